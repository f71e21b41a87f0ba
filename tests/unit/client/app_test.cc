// dncctl from its arguments to its exit status, against stand-ins for the gateway.
#include "client/cli/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/error.h"
#include "client/mock_client.h"
#include "tests/unit/client/fakes.h"

namespace dnc::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Answers checks as told, everything else with `failure`.
class StubGateway : public Gateway {
 public:
  absl::Status failure = absl::UnavailableError("connection refused");
  v1::CheckContactResponse check;
  bool check_answers = false;
  v1::CheckContactRequest asked;

  Answer<v1::CheckContactResponse> Call(const v1::CheckContactRequest& request) override {
    asked = request;
    if (!check_answers) return failure;
    return check;
  }
#define DNC_FAIL(Method) \
  Answer<v1::Method##Response> Call(const v1::Method##Request&) override { return failure; }
  DNC_FAIL(ApplyAction)
  DNC_FAIL(CopyActions)
  DNC_FAIL(UpsertLead)
  DNC_FAIL(GetLead)
  DNC_FAIL(ListLeads)
  DNC_FAIL(BatchUpsertLeads)
  DNC_FAIL(CreateOrganization)
  DNC_FAIL(GetOrganization)
  DNC_FAIL(ListOrganizations)
  DNC_FAIL(CreateList)
  DNC_FAIL(GetList)
  DNC_FAIL(ListLists)
  DNC_FAIL(AddEntry)
  DNC_FAIL(GetEntry)
  DNC_FAIL(ListEntries)
  DNC_FAIL(RevokeEntry)
  DNC_FAIL(GetSystemStatus)
  DNC_FAIL(ApplyWorkflow)
  DNC_FAIL(GetWorkflow)
  DNC_FAIL(ListWorkflows)
#undef DNC_FAIL
  Answer<v1::ImportSummary> Import(const v1::ImportConfig&, const ImportSource&,
                                   const ImportListener&) override {
    return failure;
  }
};

class AppTest : public testing::Test {
 protected:
  int Run(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "dncctl");
    out_.str("");
    err_.str("");
    return RunDncctl(static_cast<int>(arguments.size()), arguments.data(), out_, err_, &gateway_,
                     &checks_);
  }
  int Check(int verdict, int64_t seconds) {
    gateway_.check_answers = true;
    gateway_.check.set_verdict(static_cast<v1::Verdict>(verdict));
    gateway_.check.mutable_valid_for()->set_seconds(seconds);
    return Run({"--org", "acme", "check", "--phone", "+12125550123", "--channel", "voice"});
  }

  StubGateway gateway_;
  FakeClient checks_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(AppTest, CheckExitsWithTheVerdict) {
  EXPECT_EQ(Check(v1::VERDICT_ALLOW, 60), 0);
  EXPECT_THAT(out_.str(), HasSubstr("ALLOW"));
  EXPECT_EQ(Check(v1::VERDICT_DENY, 0), 10);
  EXPECT_EQ(Check(v1::VERDICT_UNKNOWN, 0), 11);
}

TEST_F(AppTest, CheckNeverExitsZeroForAnOddAllow) {
  EXPECT_EQ(Check(v1::VERDICT_ALLOW, 0), 11);
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(Check(v1::VERDICT_UNSPECIFIED, 60), 11);
  EXPECT_EQ(Check(9, 60), 11);
}

TEST_F(AppTest, ErrorsBecomeExitCodes) {
  const std::vector<std::pair<absl::StatusCode, int>> cases = {
      {absl::StatusCode::kInvalidArgument, 2},
      {absl::StatusCode::kNotFound, 3},
      {absl::StatusCode::kFailedPrecondition, 4},
      {absl::StatusCode::kAlreadyExists, 4},
      {absl::StatusCode::kAborted, 4},
      {absl::StatusCode::kUnavailable, 5},
      {absl::StatusCode::kDeadlineExceeded, 5},
      {absl::StatusCode::kPermissionDenied, 6},
      {absl::StatusCode::kInternal, 1}};
  for (const auto& [code, exit_code] : cases) {
    gateway_.failure = absl::Status(code, "no");
    EXPECT_EQ(Run({"--org", "acme", "check", "--lead", "1", "--channel", "sms"}), exit_code);
    EXPECT_EQ(out_.str(), "");
  }
}

TEST_F(AppTest, UnreachableGatewaySaysHowToStartOne) {
  EXPECT_EQ(Run({"--server", "127.0.0.1:9", "status"}), 5);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("127.0.0.1:9"), HasSubstr("dncd --listen")));
}

TEST_F(AppTest, ErrorsShowReasonFieldAndRemedy) {
  google::rpc::ErrorInfo info;
  info.set_reason("LEAD_NOT_FOUND");
  (*info.mutable_metadata())["field"] = "lead";
  gateway_.failure = WithErrorInfo(absl::NotFoundError("no lead 1"), info);
  EXPECT_EQ(Run({"--org", "acme", "leads", "get", "1"}), 3);
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr("dncctl: no lead 1\n"), HasSubstr("  reason: LEAD_NOT_FOUND\n"),
                    HasSubstr("  field: lead\n"), HasSubstr("  remedy: ")));
  EXPECT_EQ(Run({"-o", "json", "--org", "acme", "leads", "get", "1"}), 3);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("\"reason\":\"LEAD_NOT_FOUND\""),
                                HasSubstr("\"exit_code\":3"), HasSubstr("\"field\":\"lead\"")));
}

TEST_F(AppTest, WrongCommandLinesSayWhatIsRight) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{}, "which command? One of check, filter"},
      {{"chek"}, "unknown command \"chek\"; one of check"},
      {{"leads"}, "which command? One of upsert"},
      {{"leads", "delete"}, "unknown command \"delete\""},
      {{"check", "--phon", "1", "--channel", "voice"}, "--phone"},
      {{"check", "--phone", "1"}, "--channel is required"},
      {{"check", "--phone", "1", "--channel", "fone"}, "voice, sms, email, mail, fax, messaging"},
      {{"check", "--phone", "1", "--email", "a@b", "--channel", "voice"}, "excludes"},
      {{"--org", "acme", "check", "--channel", "voice"}, "nothing to check"},
      {{"check", "--phone", "1", "--channel", "voice"}, "--org"},
      {{"-o", "xml", "status"}, "table, json"},
      {{"--timeout", "5", "status"}, "no duration"},
      {{"lists", "create", "x", "--kind", "big"}, "internal, registry"},
      {{"--org", "a", "entries", "add", "--reason", "r"}, "one subject"},
      {{"entries", "add", "--phone", "1", "--reason", "r", "--expires", "soon"}, "no time"},
      {{"--org", "a", "actions", "copy", "--from", "s/n"}, "no target"},
      {{"--org", "a", "actions", "copy", "--from", "n", "--to", "s/x"}, "names no status"},
      {{"--org", "a", "filter", "/no/such/file", "--channel", "voice"}, "No such file"},
      {{"--org", "a", "workflows", "apply", "-f", "/"}, "is a directory"},
      {{"completion", "tcsh"}, "bash, zsh, fish"},
      {{"status", "extra"}, "one argument too many"},
  };
  for (const auto& [arguments, want] : cases) {
    EXPECT_EQ(Run(arguments), 2) << want;
    EXPECT_EQ(out_.str(), "") << want;
    EXPECT_THAT(err_.str(), AllOf(testing::StartsWith("dncctl: "), HasSubstr(want)));
  }
}

TEST_F(AppTest, UsageErrorsAreJsonToo) {
  EXPECT_EQ(Run({"-o", "json", "chek"}), 2);
  EXPECT_THAT(err_.str(), testing::StartsWith("{\"error\":{"));
}

// Every command, down to the leaves.
void Walk(CLI::App* app, std::vector<std::string> path,
          std::vector<std::vector<std::string>>* paths) {
  paths->push_back(path);
  for (CLI::App* command : app->get_subcommands(nullptr)) {
    path.push_back(command->get_name());
    Walk(command, path, paths);
    path.pop_back();
  }
}

TEST_F(AppTest, EveryCommandHasHelpWithExamples) {
  GlobalOptions options;
  Command chosen;
  const auto app = BuildApp(options, chosen);
  std::vector<std::vector<std::string>> paths;
  Walk(app.get(), {}, &paths);
  EXPECT_GT(paths.size(), 30u);
  for (const auto& path : paths) {
    std::vector<const char*> arguments;
    for (const std::string& word : path) arguments.push_back(word.c_str());
    arguments.push_back("--help");
    EXPECT_EQ(Run(arguments), 0);
    const bool leaf = path.size() == 2 ||
                      (path.size() == 1 && out_.str().find("Subcommands:") == std::string::npos);
    if (leaf) {
      EXPECT_THAT(out_.str(), HasSubstr("Examples:\n")) << path.back();
    }
    EXPECT_EQ(err_.str(), "");
  }
}

TEST_F(AppTest, CompletionKnowsCommandsAndWords) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(Run({"completion", shell}), 0);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("import"), HasSubstr("voice sms email"),
                                  HasSubstr("allow-partial")));
  }
}

TEST_F(AppTest, VersionIsPrinted) {
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_THAT(out_.str(), testing::StartsWith("dncctl "));
}

}  // namespace
}  // namespace dnc::cli
