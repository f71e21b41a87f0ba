// dncctl as people use it: the built programs, good and bad input, what is printed where, and the
// exit status. Files in and out are in cli_files_test.cc.
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using e2e::CliTest;
using e2e::Ends;
using e2e::ProcessResult;
using e2e::RunProcess;
using testing::AllOf;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(CliTest, WithoutAGatewayEveryCommandSaysHowToStartOne) {
  const std::string list = Write("list.csv", "phone\n+12125550101\n");
  const std::string yaml = Write("sales.yaml", e2e::kSales);
  const std::string leads = Write("leads.csv", "id,phone\n1,+12125550101\n");
  const std::vector<std::vector<std::string>> commands = {
      {"status"},
      {"orgs", "list"},
      {"check", "--phone", "+12125550101", "--channel", "voice"},
      {"filter", list, "--channel", "voice", "-o", Path("out.csv")},
      {"lists", "import", "national", list},
      {"leads", "import", leads},
      {"workflows", "apply", "-f", yaml},
      {"actions", "apply", "--lead", "1", "--action", "sales/new/do-not-contact"},
      {"actions", "copy", "--from", "sales/new", "--to", "sales/working"},
      {"entries", "add", "--phone", "+12125550101", "--reason", "asked"}};
  for (const auto& command : commands) {
    EXPECT_THAT(Run(command), Ends(5, IsEmpty(),
                                   AllOf(StartsWith("dncctl: "), HasSubstr("127.0.0.1:1"),
                                         HasSubstr("dncd --listen"))));
  }
  EXPECT_FALSE(std::filesystem::exists(Path("out.csv")));
}

TEST_F(CliTest, HelpAndVersionNeedNoGateway) {
  EXPECT_THAT(Run({"--help"}), Ends(0, HasSubstr("Exit status"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--help"}), Ends(0, HasSubstr("Examples:"), IsEmpty()));
  EXPECT_THAT(Run({"--version"}), Ends(0, StartsWith("dncctl "), IsEmpty()));
}

TEST_F(CliTest, BashCompletes) {
  const std::string script = Write("dncctl.bash", Run({"completion", "bash"}).out);
  const auto complete = [&](const std::string& words, int word) {
    return RunProcess({"/bin/bash", "-c",
                       absl::StrCat("source ", script, "; COMP_WORDS=(", words, "); COMP_CWORD=",
                                    word, "; _dncctl; echo \"${COMPREPLY[@]}\"")});
  };
  EXPECT_THAT(complete("dncctl check --channel v", 3), Ends(0, Eq("voice\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl leads im", 2), Ends(0, Eq("import\n"), IsEmpty()));
  Write("two words.csv", "");
  EXPECT_THAT(complete(absl::StrCat("dncctl leads import '", Path("two"), "'"), 3),
              Ends(0, Eq(Path("two words.csv") + "\n"), IsEmpty()));
  EXPECT_THAT(complete(absl::StrCat("dncctl leads import --rejects '", Path("two"), "'"), 4),
              Ends(0, Eq(Path("two words.csv") + "\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl check --phone ''", 3), Ends(0, Eq("\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl leads import --allow-pa", 3),
              Ends(0, Eq("--allow-partial\n"), IsEmpty()));
}

// The script as zsh loads it out of $fpath; compadd says what it is given.
TEST_F(CliTest, ZshCompletes) {
  const std::string zsh = "/usr/bin/zsh";
  if (!std::filesystem::exists(zsh)) GTEST_SKIP() << "zsh is not installed";
  Write("_dncctl", Run({"completion", "zsh"}).out);
  const auto complete = [&](const std::string& words, int word) {
    return RunProcess({zsh, "-fc",
                       absl::StrCat("fpath=(", Path(""), " $fpath); autoload -U _dncctl; ",
                                    "_files() { print files }; ",
                                    "compadd() { shift; print -rl -- ${(M)@:#$words[CURRENT]*} }; ",
                                    "words=(", words, "); CURRENT=", word, "; _dncctl")});
  };
  EXPECT_THAT(complete("dncctl check --channel v", 4), Ends(0, Eq("voice\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl leads im", 3), Ends(0, Eq("import\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl leads import --allow-pa", 4),
              Ends(0, Eq("--allow-partial\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl workflows apply -f ''", 5), Ends(0, Eq("files\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl lists import national ''", 5),
              Ends(0, AllOf(HasSubstr("--rejects\n"), HasSubstr("files\n")), IsEmpty()));
  EXPECT_THAT(complete("dncctl check --phone ''", 4), Ends(1, IsEmpty(), IsEmpty()));
}

TEST_F(CliTest, FishCompletes) {
  const std::string fish = "/usr/bin/fish";
  if (!std::filesystem::exists(fish)) GTEST_SKIP() << "fish is not installed";
  const std::string script = Write("dncctl.fish", Run({"completion", "fish"}).out);
  const auto complete = [&](const std::string& line) {
    return RunProcess({fish, "--no-config", "-c",
                       absl::StrCat("source ", script, "; complete -C '", line,
                                    "' | string replace -r '\\t.*' ''; true")});
  };
  EXPECT_THAT(complete("dncctl check --channel v"), Ends(0, Eq("voice\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl leads im"), Ends(0, Eq("import\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl leads import --allow-pa"),
              Ends(0, Eq("--allow-partial\n"), IsEmpty()));
  EXPECT_THAT(complete("dncctl check --ser"), Ends(0, Eq("--server\n"), IsEmpty()));
  Write("two words.csv", "");
  EXPECT_THAT(complete("dncctl lists import x " + Path("two")),
              Ends(0, HasSubstr("words.csv"), IsEmpty()));
  EXPECT_THAT(complete("dncctl check --phone " + Path("two")), Ends(0, IsEmpty(), IsEmpty()));
}

TEST_F(CliTest, WrongCommandLinesExitWithTwo) {
  EXPECT_THAT(Run({"chek"}), Ends(2, IsEmpty(), HasSubstr("one of check")));
  EXPECT_THAT(Run({"check", "--fone", "1", "--channel", "voice"}),
              Ends(2, IsEmpty(), HasSubstr("--phone")));
  EXPECT_THAT(Run({"check", "--phone", "1", "--channel", "fone"}),
              Ends(2, IsEmpty(), HasSubstr("voice, sms, email")));
  EXPECT_THAT(Run({"-o", "json", "check"}), Ends(2, IsEmpty(), StartsWith("{\"error\":")));
}

TEST_F(CliTest, StatusAndOrganizations) {
  StartGateway();
  EXPECT_THAT(Run({"status"}), Ends(0, HasSubstr("SERVING"), IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "status"}),
              Ends(0, HasSubstr("\"state\": \"SERVING_STATE_SERVING\""), IsEmpty()));
  EXPECT_THAT(Run({"orgs", "get"}), Ends(3, IsEmpty(), HasSubstr("ORGANIZATION_NOT_FOUND")));
  EXPECT_THAT(Run({"orgs", "create", "acme", "--display-name", "Acme Inc."}),
              Ends(0, HasSubstr("Acme Inc."), IsEmpty()));
  EXPECT_THAT(Run({"orgs", "create", "acme"}), Ends(4, IsEmpty(), HasSubstr("ALREADY_EXISTS")));
  EXPECT_THAT(Run({"orgs", "create", "Not An Id"}), Ends(2, IsEmpty(), HasSubstr("reason: ")));
  EXPECT_THAT(Run({"orgs", "get", "acme"}), Ends(0, HasSubstr("Acme Inc."), IsEmpty()));
  EXPECT_THAT(Run({"orgs", "list"}), Ends(0, HasSubstr("acme"), IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "orgs", "list"}),
              Ends(0, HasSubstr("\"name\": \"organizations/acme\""), IsEmpty()));
}

TEST_F(CliTest, CheckExitsWithItsVerdict) {
  StartDemo();
  UpsertLead();
  const std::vector<std::string> call = {"check", "--phone", "+1 212 555 0123", "--channel",
                                         "voice"};
  EXPECT_THAT(Run(call), Ends(0, AllOf(StartsWith("ALLOW"), HasSubstr("+12125550123")), IsEmpty()));
  EXPECT_THAT(Run({"check", "--lead", "42", "--channel", "voice"}),
              Ends(0, StartsWith("ALLOW"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--lead", "43", "--channel", "voice"}),
              Ends(11, AllOf(StartsWith("UNKNOWN"), HasSubstr("LEAD_UNKNOWN")), IsEmpty()));
  EXPECT_THAT(Run({"check", "--phone", "12", "--channel", "voice"}),
              Ends(2, IsEmpty(), HasSubstr("INVALID_PHONE_NUMBER")));
  EXPECT_THAT(Run({"check", "--email", "jane@example.com", "--channel", "voice"}),
              Ends(2, IsEmpty(), HasSubstr("CHANNEL_MISMATCH")));
  ASSERT_THAT(
      Run({"actions", "apply", "--lead", "42", "--action", "sales/new/do-not-contact"}),
      Ends(0, AllOf(HasSubstr("applied"), HasSubstr("sales/new -> sales/dead")), IsEmpty()));
  EXPECT_THAT(Run(call),
              Ends(10, AllOf(StartsWith("DENY"), HasSubstr("CONTACT_POINT_ON_LIST")), IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "check", "--lead", "42", "--channel", "sms"}),
              Ends(10, HasSubstr("\"verdict\": \"VERDICT_DENY\""), IsEmpty()));
}

TEST_F(CliTest, WorkflowsApplyIsRepeatable) {
  StartDemo();
  const std::string file = Path("sales.yaml");
  EXPECT_THAT(Run({"workflows", "apply", "-f", file}),
              Ends(0, AllOf(HasSubstr("nothing to change"), Not(HasSubstr("applied"))), IsEmpty()));
  const std::string changed =
      std::regex_replace(std::string(e2e::kSales), std::regex("id: later"), "id: someday");
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-", "--dry-run"}, changed),
              Ends(0, AllOf(HasSubstr("create"), HasSubstr("sales/someday"), HasSubstr("dry run")),
                   IsEmpty()));
  EXPECT_THAT(Run({"workflows", "get", "sales"}),
              Ends(0, AllOf(HasSubstr("add to internal"), Not(HasSubstr("someday"))), IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "workflows", "apply", "-f", file, "-f", file}),
              Ends(0,
                   AllOf(e2e::IsJson(), HasSubstr("\"results\": ["),
                         HasSubstr("organizations/acme/workflows/support")),
                   IsEmpty()));
  EXPECT_THAT(Run({"workflows", "list"}),
              Ends(0, AllOf(HasSubstr("sales"), HasSubstr("support")), IsEmpty()));
  EXPECT_THAT(Run({"workflows", "get", "none"}),
              Ends(3, IsEmpty(), HasSubstr("WORKFLOW_NOT_FOUND")));
}

// A file may bring the lists that its actions need: planned, refused and made with the workflow.
TEST_F(CliTest, WorkflowsApplyBringsItsLists) {
  StartGateway();
  ASSERT_EQ(Run({"orgs", "create", "acme"}).exit_code, 0);
  const std::string yaml =
      "workflow: sales\nrecord_type: contact\n"
      "lists:\n  - {id: partners, kind: internal, brand: home}\n"
      "statuses:\n  - id: new\n    system_status: new\n    actions:\n      - id: dnc\n"
      "        operations:\n          - add_to_dnc_list: {list: partners}\n";
  const std::string file = Write("lists.yaml", yaml);
  const auto plan = AllOf(HasSubstr("list partners"), HasSubstr("create"));
  EXPECT_THAT(Run({"workflows", "apply", "-f", file, "--dry-run"}),
              Ends(0, AllOf(plan, HasSubstr("nothing was changed")), IsEmpty()));
  EXPECT_THAT(Run({"lists", "get", "partners"}), Ends(3, IsEmpty(), HasSubstr("LIST_NOT_FOUND")));
  const std::string broken = absl::StrCat(yaml, "          - move_to_status: nowhere\n");
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-"}, broken),
              Ends(3, IsEmpty(), HasSubstr("STATUS_NOT_FOUND")));
  EXPECT_THAT(Run({"lists", "get", "partners"}), Ends(3, IsEmpty(), HasSubstr("LIST_NOT_FOUND")));
  EXPECT_THAT(Run({"workflows", "apply", "-f", file}),
              Ends(0, AllOf(plan, HasSubstr("applied at revision")), IsEmpty()));
  EXPECT_THAT(Run({"lists", "get", "partners"}), Ends(0, HasSubstr("home"), IsEmpty()));
  EXPECT_THAT(Run({"workflows", "apply", "-f", file}),
              Ends(0, HasSubstr("nothing to change"), IsEmpty()));
  const std::string other =
      absl::StrReplaceAll(yaml, {{"kind: internal", "kind: registry"}, {", brand: home", ""}});
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-"}, other),
              Ends(4, IsEmpty(), HasSubstr("with another kind")));
}

TEST_F(CliTest, WorkflowsApplyRefusesBadFilesWithTheirLine) {
  StartGateway();
  EXPECT_THAT(Run({"workflows", "apply", "-f", Write("bad.yaml", "workflow: a\nstatus: x\n")}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("bad.yaml:2:1"), HasSubstr("statuses"))));
  EXPECT_THAT(Run({"workflows", "apply", "-f", Write("empty.yaml", "")}),
              Ends(2, IsEmpty(), HasSubstr("is empty")));
  EXPECT_THAT(Run({"workflows", "apply", "-f", Path("none.yaml")}),
              Ends(2, IsEmpty(), HasSubstr("No such file")));
  EXPECT_THAT(Run({"workflows", "apply", "-f", folder_}),
              Ends(2, IsEmpty(), HasSubstr("is a directory")));
  EXPECT_THAT(Run({"workflows", "apply"}), Ends(2, IsEmpty(), HasSubstr("--file is required")));
}

TEST_F(CliTest, ActionsCopyShowsTheDifferenceAndDoesIt) {
  StartDemo();
  const std::vector<std::string> copy = {"actions",   "copy",           "--from",
                                         "sales/new", "--all-statuses", "sales"};
  std::vector<std::string> dry = copy;
  dry.push_back("--dry-run");
  EXPECT_THAT(Run(dry),
              Ends(0,
                   AllOf(HasSubstr("sales/working"), HasSubstr("created"), HasSubstr("+ "),
                         HasSubstr("dry run"), Not(HasSubstr("sales/old"))),
                   IsEmpty()));
  EXPECT_THAT(Run({"workflows", "get", "sales"}),
              Ends(0, Not(HasSubstr("sales/working/do-not-contact")), IsEmpty()));
  EXPECT_THAT(Run(copy), Ends(0, HasSubstr("copied at revision"), IsEmpty()));
  EXPECT_THAT(Run({"workflows", "get", "sales"}),
              Ends(0, HasSubstr("sales/working/do-not-contact"), IsEmpty()));
}

TEST_F(CliTest, ActionsCopyRefusals) {
  StartDemo();
  EXPECT_THAT(Run({"actions", "copy", "--from", "sales/new", "--to", "support/open"}),
              Ends(4, IsEmpty(), HasSubstr("RECORD_TYPE_MISMATCH")));
  EXPECT_THAT(Run({"actions", "copy", "--from", "sales/new", "--to", "sales/old"}),
              Ends(4, IsEmpty(), AllOf(HasSubstr("STATUS_DISABLED"), Not(HasSubstr("--partial")))));
  EXPECT_THAT(Run({"actions", "copy", "--from", "sales/new", "--to", "sales/old,sales/working"}),
              Ends(4, IsEmpty(), HasSubstr("repeat with --partial")));
  EXPECT_THAT(Run({"actions", "copy", "--from", "sales/none", "--to", "sales/working"}),
              Ends(3, IsEmpty(), HasSubstr("STATUS_NOT_FOUND")));
  EXPECT_THAT(Run({"actions", "copy", "--from", "sales/new", "--to", "sales/old", "--to",
                   "sales/working", "--partial"}),
              Ends(0, AllOf(HasSubstr("STATUS_DISABLED"), HasSubstr("created")), IsEmpty()));
  EXPECT_THAT(Run({"actions", "copy", "--from", "sales/new", "--to", "sales/working",
                   "--on-conflict", "never"}),
              Ends(2, IsEmpty(), HasSubstr("fail, skip, replace, rename")));
}

TEST_F(CliTest, ActionsApply) {
  StartDemo();
  UpsertLead();
  const std::string action = "sales/new/do-not-contact";
  EXPECT_THAT(Run({"actions", "apply", "--lead", "42", "--action", action, "--dry-run"}),
              Ends(0, HasSubstr("dry run"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--lead", "42", "--channel", "voice"}),
              Ends(0, HasSubstr("ALLOW"), IsEmpty()));
  EXPECT_THAT(Run({"actions", "apply", "--lead", "99", "--action", action}),
              Ends(3, IsEmpty(), HasSubstr("LEAD_NOT_FOUND")));
  EXPECT_THAT(Run({"actions", "apply", "--lead", "42", "--action", "sales/new/none"}),
              Ends(3, IsEmpty(), HasSubstr("ACTION_NOT_FOUND")));
  EXPECT_THAT(Run({"actions", "apply", "--lead", "42", "--action", "none"}),
              Ends(2, IsEmpty(), HasSubstr("WORKFLOW/STATUS/ACTION")));
  // A lead that the gateway has not met.
  EXPECT_THAT(Run({"actions", "apply", "--lead", "77", "--action", action, "--phone",
                   "+12125550177", "--request-id", "r-1"}),
              Ends(0, HasSubstr("the lead is new"), IsEmpty()));
  const auto again = Run({"actions", "apply", "--lead", "77", "--action", action, "--phone",
                          "+12125550177", "--request-id", "r-1"});
  EXPECT_THAT(again, Ends(0, HasSubstr("the lead is new"), IsEmpty()));
  EXPECT_THAT(Run({"actions", "apply", "--lead", "42", "--action", action, "--request-id", "r-1"}),
              Ends(4, IsEmpty(), HasSubstr("REQUEST_ID_REUSED")));
}

TEST_F(CliTest, Leads) {
  StartDemo();
  UpsertLead();
  EXPECT_THAT(Run({"leads", "get", "42"}),
              Ends(0, AllOf(HasSubstr("sales/new"), HasSubstr("jane@example.com")), IsEmpty()));
  EXPECT_THAT(Run({"leads", "get", "1"}), Ends(3, IsEmpty(), HasSubstr("LEAD_NOT_FOUND")));
  EXPECT_THAT(Run({"leads", "list", "--phone", "212-555-0123"}),
              Ends(0, HasSubstr("42"), IsEmpty()));
  EXPECT_THAT(Run({"leads", "list", "--status", "sales/working"}),
              Ends(0, Not(HasSubstr("42")), "dncctl: nothing found\n"));
  EXPECT_THAT(Run({"leads", "upsert", "42", "--status", "sales/dead"}),
              Ends(0, HasSubstr("sales/dead"), IsEmpty()));
  EXPECT_THAT(Run({"leads", "upsert", "42", "--status", "sales/new"}),
              Ends(4, IsEmpty(), HasSubstr("RESTRICTION_LIFTED")));
  EXPECT_THAT(
      Run({"leads", "upsert", "42", "--status", "sales/new", "--allow-lifting-restriction"}),
      Ends(0, HasSubstr("sales/new"), IsEmpty()));
  EXPECT_THAT(Run({"leads", "upsert", "5", "--status", "sales/new"}),
              Ends(2, IsEmpty(), HasSubstr("record_type")));
}

TEST_F(CliTest, Entries) {
  StartDemo();
  EXPECT_THAT(Run({"entries", "add", "--phone", "212 555 0144", "--reason", "asked", "--channel",
                   "voice,sms", "--expires", "30d"}),
              Ends(0, AllOf(HasSubstr("voice,sms"), HasSubstr("+12125550144")), IsEmpty()));
  EXPECT_THAT(Run({"entries", "add", "--phone", "212 555 0144", "--reason", "again", "--channel",
                   "voice", "--expires", "1d"}),
              Ends(0, HasSubstr("+12125550144"), HasSubstr("was there already")));
  EXPECT_THAT(Run({"check", "--phone", "+12125550144", "--channel", "sms"}),
              Ends(10, HasSubstr("DENY"), IsEmpty()));
  const ProcessResult listed = Run({"-o", "json", "entries", "list", "--phone", "+12125550144"});
  std::smatch match;
  ASSERT_TRUE(std::regex_search(listed.out, match,
                                std::regex("\"name\": \"organizations/acme/entries/([^\"]+)\"")))
      << listed.out << listed.err;
  const std::string entry = match[1];
  EXPECT_THAT(Run({"entries", "get", entry}), Ends(0, HasSubstr("asked"), IsEmpty()));
  EXPECT_THAT(Run({"entries", "revoke", entry}),
              Ends(2, IsEmpty(), HasSubstr("--evidence is required")));
  EXPECT_THAT(Run({"entries", "revoke", entry, "--evidence", "signed form", "--etag", "none"}),
              Ends(4, IsEmpty(), HasSubstr("ETAG_MISMATCH")));
  EXPECT_THAT(Run({"entries", "revoke", entry, "--evidence", "signed form", "--consent-time",
                   "2020-01-01T00:00:00Z"}),
              Ends(4, IsEmpty(), HasSubstr("CONSENT_OLDER_THAN_OPT_OUT")));
  EXPECT_THAT(Run({"entries", "revoke", entry, "--evidence", "signed form"}),
              Ends(0, HasSubstr("+12125550144"), IsEmpty()));
  EXPECT_THAT(Run({"entries", "revoke", entry, "--evidence", "signed form"}),
              Ends(4, IsEmpty(), HasSubstr("ENTRY_ALREADY_REVOKED")));
  EXPECT_THAT(Run({"entries", "list", "--active"}),
              Ends(0, Not(HasSubstr("+12125550144")), "dncctl: nothing found\n"));
  EXPECT_THAT(Run({"entries", "get", "none"}), Ends(3, IsEmpty(), HasSubstr("ENTRY_NOT_FOUND")));
  EXPECT_THAT(Run({"entries", "add", "--phone", "+12125550144", "--reason", "r", "--list", "none"}),
              Ends(3, IsEmpty(), HasSubstr("LIST_NOT_FOUND")));
  EXPECT_THAT(Run({"check", "--phone", "+12125550144", "--channel", "sms"}),
              Ends(0, HasSubstr("ALLOW"), IsEmpty()));
}

TEST_F(CliTest, EntriesOfEverySubjectAndList) {
  StartDemo();
  UpsertLead();
  ASSERT_EQ(Run({"lists", "create", "partners", "--kind", "internal", "--brand", "home"}).exit_code,
            0);
  EXPECT_THAT(Run({"entries", "add", "--email", "Joe@Example.com", "--reason", "asked", "--list",
                   "partners", "--evidence", "mail 7", "--request-id", "e-1"}),
              Ends(0, AllOf(HasSubstr("partners"), HasSubstr("joe@example.com")), IsEmpty()));
  EXPECT_THAT(Run({"entries", "add", "--email", "Joe@Example.com", "--reason", "asked", "--list",
                   "partners", "--evidence", "mail 7", "--request-id", "e-1"}),
              Ends(0, HasSubstr("joe@example.com"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--email", "joe@example.com", "--channel", "email", "--brand", "home"}),
              Ends(10, HasSubstr("partners"), IsEmpty()));
  EXPECT_THAT(
      Run({"check", "--email", "joe@example.com", "--channel", "email", "--brand", "other"}),
      Ends(0, HasSubstr("ALLOW"), IsEmpty()));
  EXPECT_THAT(Run({"entries", "add", "--lead", "42", "--reason", "asked"}),
              Ends(0, AllOf(HasSubstr("lead 42"), HasSubstr("internal")), IsEmpty()));
  EXPECT_THAT(Run({"check", "--lead", "42", "--channel", "email"}),
              Ends(10, HasSubstr("LEAD_ON_LIST"), IsEmpty()));
  EXPECT_THAT(Run({"entries", "list", "--lead", "42"}), Ends(0, HasSubstr("lead 42"), IsEmpty()));
  EXPECT_THAT(Run({"entries", "list", "--list", "partners"}),
              Ends(0, AllOf(HasSubstr("joe@example.com"), Not(HasSubstr("lead 42"))), IsEmpty()));
  EXPECT_THAT(Run({"entries", "add", "--other", "1 Main Street", "--reason", "asked"}),
              Ends(0, HasSubstr("street"), IsEmpty()));
  EXPECT_THAT(Run({"entries", "add", "--lead", "99", "--reason", "r"}),
              Ends(3, IsEmpty(), HasSubstr("LEAD_NOT_FOUND")));
}

}  // namespace
}  // namespace dnc
