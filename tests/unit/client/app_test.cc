// dncctl from its arguments to its exit status, against stand-ins for the gateway.
#include "client/cli/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/cli/exit_code.h"
#include "client/cli/remedies.h"
#include "client/error.h"
#include "client/mock_client.h"
#include "dnc/v1/error_reason.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
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
  // A workflow at the version "e1", which ends up changed; `applied` are the requests for it.
  bool workflow_answers = false;
  std::vector<v1::ApplyWorkflowRequest> applied;
  Answer<v1::GetWorkflowResponse> Call(const v1::GetWorkflowRequest&) override {
    if (!workflow_answers) return failure;
    v1::GetWorkflowResponse response;
    response.mutable_workflow()->set_etag("e1");
    return response;
  }
  Answer<v1::ApplyWorkflowResponse> Call(const v1::ApplyWorkflowRequest& request) override {
    applied.push_back(request);
    if (!workflow_answers || absl::EndsWith(request.workflow().name(), "/bad")) return failure;
    v1::ApplyWorkflowResponse response;
    response.add_changes()->set_kind(v1::PlannedChange::KIND_UPDATE);
    return response;
  }
  std::vector<v1::WatchChangesResponse> watched;  // before the failure
  absl::Status Read(const v1::WatchChangesRequest&,
                    const OnPiece<v1::WatchChangesResponse>& on_piece) override {
    for (const auto& piece : watched) {
      if (const absl::Status taken = on_piece(piece); !taken.ok()) return taken;
    }
    return failure;
  }
#define DNC_FAIL_READ(Method)                                                                    \
  absl::Status Read(const v1::Method##Request&, const OnPiece<v1::Method##Response>&) override { \
    return failure;                                                                              \
  }
  DNC_FAIL_READ(DiagnoseActiveReports)
  DNC_FAIL_READ(CountDncActions)
  DNC_FAIL_READ(ExportAudit)
  DNC_FAIL_READ(VerifyAudit)
  DNC_FAIL_READ(ListDncLeads)
  DNC_FAIL_READ(ListActiveLeads)
  DNC_FAIL_READ(GetCoverage)
  DNC_FAIL_READ(CountBlockedChecks)
  DNC_FAIL_READ(MeasureEffectTimes)
#undef DNC_FAIL_READ
#define DNC_FAIL(Method) \
  Answer<v1::Method##Response> Call(const v1::Method##Request&) override { return failure; }
  DNC_FAIL(ApplyAction)
  DNC_FAIL(CopyActions)
  DNC_FAIL(ReportContact)
  DNC_FAIL(ListContacts)
  DNC_FAIL(ListContactViolations)
  DNC_FAIL(GetDecision)
  DNC_FAIL(ListDecisions)
  DNC_FAIL(DiagnoseMissingAction)
  DNC_FAIL(DiagnoseCopy)
  DNC_FAIL(DiagnoseMissingOptions)
  DNC_FAIL(DiagnoseContactedLead)
  DNC_FAIL(UpsertLead)
  DNC_FAIL(GetLead)
  DNC_FAIL(ListLeads)
  DNC_FAIL(BatchUpsertLeads)
  DNC_FAIL(CreateRole)
  DNC_FAIL(UpdateRole)
  DNC_FAIL(DeleteRole)
  DNC_FAIL(GetRole)
  DNC_FAIL(ListRoles)
  DNC_FAIL(CreateRoleBinding)
  DNC_FAIL(DeleteRoleBinding)
  DNC_FAIL(GetRoleBinding)
  DNC_FAIL(ListRoleBindings)
  DNC_FAIL(ListPermissions)
  DNC_FAIL(TestPermissions)
  DNC_FAIL(CreateGroup)
  DNC_FAIL(UpdateGroup)
  DNC_FAIL(DeleteGroup)
  DNC_FAIL(GetGroup)
  DNC_FAIL(ListGroups)
  DNC_FAIL(SyncGroup)
  DNC_FAIL(ListAvailableActions)
  DNC_FAIL(RecordOptOut)
  DNC_FAIL(ListOptOuts)
  DNC_FAIL(ListOptOutKeywords)
  DNC_FAIL(GetReview)
  DNC_FAIL(ListReviews)
  DNC_FAIL(ResolveReview)
  DNC_FAIL(CreateTemplate)
  DNC_FAIL(UpdateTemplate)
  DNC_FAIL(GetTemplate)
  DNC_FAIL(ListTemplates)
  DNC_FAIL(DeleteTemplate)
  DNC_FAIL(ApplyTemplate)
  DNC_FAIL(ListTemplateCopies)
  DNC_FAIL(DeleteLead)
  DNC_FAIL(GetAuditHead)
  DNC_FAIL(GetAuditRecord)
  DNC_FAIL(ListAuditRecords)
  DNC_FAIL(MergeLeads)
  DNC_FAIL(CreateOrganization)
  DNC_FAIL(GetOrganization)
  DNC_FAIL(ListOrganizations)
  DNC_FAIL(UpdateOrganization)
  DNC_FAIL(CreateList)
  DNC_FAIL(GetList)
  DNC_FAIL(ListLists)
  DNC_FAIL(UpdateList)
  DNC_FAIL(AddEntry)
  DNC_FAIL(GetEntry)
  DNC_FAIL(ListEntries)
  DNC_FAIL(RevokeEntry)
  DNC_FAIL(GetSystemStatus)
  DNC_FAIL(ListWorkflows)
  DNC_FAIL(UpdateWorkflow)
  DNC_FAIL(GetStatus)
  DNC_FAIL(UpdateStatus)
  DNC_FAIL(GetAction)
  DNC_FAIL(UpdateAction)
  DNC_FAIL(DeleteAction)
  DNC_FAIL(ListNamingViolations)
#undef DNC_FAIL
  absl::Status Report(const v1::ReportContactsConfig&, const ContactSource&,
                      const OnPiece<v1::ReportContactsResponse>&) override {
    return failure;
  }
  Answer<v1::ImportSummary> Import(const v1::ImportConfig&, const ImportSource&,
                                   const WakeImportSource&, const ImportListener&) override {
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

// Waiting mends it as little as any other refusal.
TEST_F(AppTest, AFullDiskIsNoUnavailability) {
  google::rpc::ErrorInfo info;
  info.set_reason("DISK_SPACE_LOW");
  gateway_.failure = WithErrorInfo(absl::ResourceExhaustedError("no room"), info);
  EXPECT_EQ(Run({"--org", "acme", "check", "--lead", "1", "--channel", "sms"}), 4);
  gateway_.failure = absl::ResourceExhaustedError("busy");
  EXPECT_EQ(Run({"--org", "acme", "check", "--lead", "1", "--channel", "sms"}), 5);
}

TEST_F(AppTest, UnreachableGatewaySaysHowToStartOne) {
  EXPECT_EQ(Run({"--server", "127.0.0.1:9", "status"}), 5);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("127.0.0.1:9"), HasSubstr("dncd --listen")));
}

TEST_F(AppTest, AHostThatNobodyKnowsIsSaidSo) {
  gateway_.failure = absl::UnavailableError(
      "DNS resolution failed for foo: C-ares status is not ARES_SUCCESS qtype=AAAA");
  EXPECT_EQ(Run({"--server", "foo", "status"}), 5);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("dncctl: the host of foo is not known by that name\n"),
                                testing::Not(HasSubstr("C-ares"))));
}

// Where a watch may be taken up again, it says from where on, and nothing else does.
TEST_F(AppTest, AWatchThatIsCutOffSaysFromWhereOn) {
  gateway_.failure = absl::UnavailableError("connection reset");
  EXPECT_EQ(Run({"--org", "a", "watch", "--from", "3"}), 5);
  EXPECT_THAT(err_.str(), testing::Not(HasSubstr("continue")));
  gateway_.watched.resize(1);
  gateway_.watched[0].set_checkpoint_revision(7);
  EXPECT_EQ(Run({"--org", "a", "watch", "--from", "3"}), 5);
  EXPECT_THAT(err_.str(), AllOf(testing::StartsWith("dncctl: connection reset\n"),
                                HasSubstr("  remedy: continue with --from 8\n")));
  gateway_.failure = absl::PermissionDeniedError("no longer");
  EXPECT_EQ(Run({"--org", "a", "watch", "--from", "3"}), 6);
  EXPECT_THAT(err_.str(), testing::Not(HasSubstr("continue")));
}

// Every reason says how to go on, here or in the gateway's own message.
TEST_F(AppTest, EveryReasonHasItsRemedy) {
  const std::vector<std::string> tell_themselves = {
      "REQUIRED_FIELD_MISSING", "INVALID_FIELD",
      "INVALID_EMAIL_ADDRESS",  "LIMIT_EXCEEDED",
      "MALFORMED_REQUEST",      "COPY_ONTO_ITSELF",
      "FILE_UNREADABLE",        "CONTACT_POINT_SHARED_TOO_WIDELY"};
  GlobalOptions options;
  options.flags = {"--allow-affected", "--allow-dropping-dnc", "--allow-lifting-restriction",
                   "--allow-weakening"};
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const std::string name = reasons->value(i)->name().substr(sizeof("ERROR_REASON_") - 1);
    google::rpc::ErrorInfo info;
    info.set_reason(name);
    const absl::Status status = WithErrorInfo(
        absl::InternalError("confirm with allow_affected, allow_lifting_restriction or "
                            "allow_weakening"),
        info);
    const bool itself = absl::c_linear_search(tell_themselves, name);
    EXPECT_TRUE(itself || !RemedyFor(status, options).empty()) << name;
  }
}

TEST_F(AppTest, RemediesSpeakOfTheCommandsOwnOptions) {
  google::rpc::ErrorInfo info;
  info.set_reason("DNC_OPERATION_DROPPED");
  gateway_.failure =
      WithErrorInfo(absl::FailedPreconditionError("confirm with allow_dropping_dnc"), info);
  EXPECT_EQ(Run({"--org", "a", "actions", "delete", "s/n/x"}), 4);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("--allow-dropping-dnc confirms it"),
                                testing::Not(HasSubstr("--on-conflict"))));
  EXPECT_EQ(Run({"--org", "a", "actions", "copy", "--from", "s/n", "--to", "s/x"}), 4);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("--on-conflict rename keeps both"),
                                testing::Not(HasSubstr("--allow-dropping-dnc"))));
  info.set_reason("ACTION_CONFLICT");
  gateway_.failure = WithErrorInfo(
      absl::FailedPreconditionError("allow_partial copies to the other targets"), info);
  EXPECT_EQ(Run({"--org", "a", "actions", "copy", "--from", "s/n", "--to", "s/x"}), 4);
  EXPECT_THAT(err_.str(), HasSubstr("; if that is meant, repeat with --partial\n"));
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
      {{"leads", "destroy"}, "unknown command \"destroy\""},
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
      {{"leads", "list", "--limit", "-1"}, "--limit: \"-1\" is no whole number from 0 on"},
      {{"leads", "list", "--limit", "abc"}, "\"abc\" is no whole number from 0 on"},
      {{"audit", "show", "0"}, "REVISION: \"0\" is no whole number from 1 on"},
      {{"watch", "--from", "0"}, "--from: \"0\" is no whole number from 1 on"},
      {{"reports", "coverage", "--max-findings", "0"}, "is no whole number from 1 to 100000"},
      {{"optouts", "record", "--text", "STOP\xff", "--brand", "a\xff"}, "--brand: is not UTF-8"},
      {{"leads", "get", "\xff"}, "ID: is not UTF-8"},
      {{"audit", "list", "--actor", "users/jane"}, "--by shows what somebody did"},
      {{"leads", "list", "--actor", "users/jane"}, "this command makes none; leave it out"},
  };
  for (const auto& [arguments, want] : cases) {
    EXPECT_EQ(Run(arguments), 2) << want;
    EXPECT_EQ(out_.str(), "") << want;
    EXPECT_THAT(err_.str(), AllOf(testing::StartsWith("dncctl: "), HasSubstr(want)));
  }
}

// A value that a script lost must not turn the command into another one.
TEST_F(AppTest, OptionsThatAreGivenButEmptyAreRefused) {
  gateway_.check_answers = true;
  gateway_.check.set_verdict(v1::VERDICT_ALLOW);
  gateway_.check.mutable_valid_for()->set_seconds(60);
  const std::vector<std::vector<const char*>> cases = {
      {"check", "--lead", "", "--phone", "+12125550123"},
      {"check", "--lead", "1", "--phone", ""},
      {"check", "--lead", "1", "--email", " "},
      {"check", "--lead", "1", "--other", ""},
      {"check", "--lead", "1", "--brand", ""},
      {"check", "--lead", "1", "--campaign", ""},
      {"check", "--phone", "2125550123", "--default-region", ""},
      {"check", "--lead", "1", "--org", ""},
      {"check", "--lead", "1", "--server", ""},
      {"entries", "add", "--lead", "1", "--reason", "r", "--list", ""},
      {"entries", "add", "--lead", "1", "--reason", ""},
      {"entries", "list", "--phone", ""},
      {"leads", "upsert", "1", "--phone", "+12125550123", "--phone", ""},
      {"actions", "apply", "--lead", "1", "--action", "a/b/c", "--phone", ","},
      {"actions", "copy", "--from", "a/b", "--to", "a/c", "--action", ""},
      {"orgs", "get", ""},
      {"filter", "in.csv", "--column", ""},
      {"lists", "import", "national", "", "--rejects", "x"}};
  for (std::vector<const char*> arguments : cases) {
    const std::string what = absl::StrJoin(arguments, " ");
    if (absl::string_view(arguments[0]) == "check" || absl::string_view(arguments[0]) == "filter") {
      arguments.insert(arguments.end(), {"--channel", "voice"});
    }
    arguments.insert(arguments.begin(), {"--org", "acme"});
    EXPECT_EQ(Run(arguments), 2) << what;
    EXPECT_EQ(out_.str(), "") << what;
  }
  EXPECT_EQ(Run({"--org", "acme", "check", "--lead", "", "--phone", "1", "--channel", "voice"}), 2);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("--lead"), HasSubstr("empty")));
}

TEST_F(AppTest, UnknownOutcomesSayHowToRepeat) {
  const std::vector<std::vector<const char*>> writes = {
      {"orgs", "create", "acme"},
      {"leads", "upsert", "1"},
      {"lists", "create", "x", "--kind", "internal"},
      {"entries", "add", "--lead", "1", "--reason", "r"},
      {"entries", "revoke", "1", "--evidence", "e"},
      {"actions", "apply", "--lead", "1", "--action", "a/b/c"},
      {"actions", "copy", "--from", "a/b", "--to", "a/c"}};
  for (std::vector<const char*> arguments : writes) {
    arguments.insert(arguments.begin(), {"--org", "acme"});
    const std::string what = absl::StrJoin(arguments, " ");
    for (const auto code : {absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded}) {
      gateway_.failure = absl::Status(code, "gone");
      EXPECT_EQ(Run(arguments), 5) << what;
      EXPECT_THAT(err_.str(), testing::ContainsRegex("--request-id [0-9a-f-]+,")) << what;
    }
    gateway_.failure = absl::FailedPreconditionError("no");
    EXPECT_EQ(Run(arguments), 4) << what;
    EXPECT_THAT(err_.str(), testing::Not(HasSubstr("request"))) << what;
    gateway_.failure = absl::UnavailableError("gone");
    arguments.insert(arguments.end(), {"--request-id", "mine-7"});
    EXPECT_EQ(Run(arguments), 5) << what;
    EXPECT_THAT(err_.str(),
                AllOf(HasSubstr("  request id: mine-7\n"), HasSubstr("--request-id mine-7")))
        << what;
    arguments.insert(arguments.begin(), {"-o", "json"});
    EXPECT_EQ(Run(arguments), 5) << what;
    EXPECT_THAT(err_.str(), HasSubstr("\"request_id\":\"mine-7\"")) << what;
    arguments.push_back("--dry-run");
    EXPECT_EQ(Run(arguments), 5) << what;
    EXPECT_THAT(err_.str(), testing::Not(HasSubstr("mine-7"))) << what;
  }
  EXPECT_EQ(Run({"--org", "acme", "leads", "get", "1"}), 5);
  EXPECT_THAT(err_.str(), testing::Not(HasSubstr("request")));
}

class WorkflowsApplyTest : public AppTest {
 protected:
  int Apply(const std::string& yaml, std::vector<const char*> more = {}) {
    const std::string path = absl::StrCat(testing::TempDir(), "/apply-", getpid(), ".yaml");
    std::ofstream(path) << yaml;
    more.insert(more.begin(), {"--org", "acme", "workflows", "apply", "-f", path.c_str()});
    gateway_.workflow_answers = true;
    gateway_.applied.clear();
    const int code = Run(more);
    std::filesystem::remove(path);
    return code;
  }
};

// What is done is what was planned, or nothing.
TEST_F(WorkflowsApplyTest, PlanAndChangeAreAboutOneVersion) {
  EXPECT_EQ(Apply("workflow: a\nrecord_type: contact\n", {"--request-id", "r"}), 0);
  ASSERT_EQ(gateway_.applied.size(), 2u);
  EXPECT_TRUE(gateway_.applied[0].validate_only());
  EXPECT_NE(gateway_.applied[0].request_id(), "r");
  EXPECT_FALSE(gateway_.applied[1].validate_only());
  EXPECT_EQ(gateway_.applied[1].request_id(), "r");
  for (const auto& request : gateway_.applied) EXPECT_EQ(request.workflow().etag(), "e1");
  EXPECT_EQ(Apply("workflow: a\nrecord_type: contact\n", {"--dry-run"}), 0);
  ASSERT_EQ(gateway_.applied.size(), 1u);
  EXPECT_TRUE(gateway_.applied[0].validate_only());
}

TEST_F(WorkflowsApplyTest, DocumentsHaveRequestIdsOfTheirOwnAndOneAnswer) {
  const std::string two =
      "workflow: a\nrecord_type: contact\n---\nworkflow: b\nrecord_type: contact\n";
  EXPECT_EQ(Apply(two, {"--request-id", "r", "-o", "json"}), 0);
  ASSERT_EQ(gateway_.applied.size(), 4u);
  EXPECT_EQ(gateway_.applied[1].request_id(), "r-1");
  EXPECT_EQ(gateway_.applied[3].request_id(), "r-2");
  google::protobuf::Struct json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(out_.str(), &json).ok()) << out_.str();
  EXPECT_EQ(json.fields().at("results").list_value().values_size(), 2);
  // What was applied before a failure is shown.
  EXPECT_EQ(Apply("workflow: a\nrecord_type: contact\n---\nworkflow: bad\nrecord_type: contact\n",
                  {"-o", "json"}),
            5);
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(out_.str(), &json).ok()) << out_.str();
  EXPECT_EQ(json.fields().at("results").list_value().values_size(), 1);
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(err_.str(), &json).ok()) << err_.str();
}

TEST_F(AppTest, FilterRefusesAFileCalledLikeAFormat) {
  EXPECT_EQ(Run({"--org", "a", "filter", "in.csv", "--channel", "voice", "-o", "json"}), 2);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("./json"), HasSubstr("--output json")));
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

// An option that is called like a global one would take its value: --principal of a filter.
TEST_F(AppTest, NoCommandHidesAGlobalOption) {
  GlobalOptions options;
  Command chosen;
  const auto app = BuildApp(options, chosen);
  std::vector<std::vector<std::string>> paths;
  Walk(app.get(), {}, &paths);
  for (const auto& path : paths) {
    const CLI::App* command = app.get();
    for (const std::string& word : path) command = command->get_subcommand(word);
    if (command == app.get()) continue;
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_name() == "--help") continue;
      for (const CLI::Option* global : app->get_options()) {
        EXPECT_NE(option->get_name(), global->get_name()) << absl::StrJoin(path, " ");
      }
    }
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
    EXPECT_THAT(out_.str(), HasSubstr("Examples:\n")) << (path.empty() ? "dncctl" : path.back());
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
