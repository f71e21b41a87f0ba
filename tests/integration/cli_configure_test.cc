// dncctl's commands that change settings and end leads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using e2e::CliTest;
using e2e::Ends;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class CliConfigureTest : public CliTest {};

TEST_F(CliConfigureTest, WorkflowsAndStatuses) {
  StartDemo();
  UpsertLead();
  EXPECT_THAT(
      Run({"workflows", "update", "sales", "--display-name", "Inbound", "--order", "dead,new"}),
      Ends(0,
           AllOf(HasSubstr("Inbound"), HasSubstr("statuses: dead new"),
                 HasSubstr("done at revision")),
           IsEmpty()));
  EXPECT_THAT(Run({"workflows", "archive", "sales"}),
              Ends(4, IsEmpty(),
                   AllOf(HasSubstr("STATUS_IN_USE"), HasSubstr("1 lead"),
                         HasSubstr("remedy: if that is meant, repeat with --allow-affected"))));
  EXPECT_THAT(
      Run({"workflows", "archive", "sales", "--allow-affected", "--dry-run"}),
      Ends(0, AllOf(HasSubstr("archived"), HasSubstr("leads in it: 1"), HasSubstr("dry run")),
           IsEmpty()));
  EXPECT_THAT(Run({"workflows", "disable", "sales", "--allow-affected"}),
              Ends(0, HasSubstr("disabled"), IsEmpty()));
  EXPECT_THAT(Run({"workflows", "restore", "sales"}), Ends(0, HasSubstr("enabled"), IsEmpty()));

  EXPECT_THAT(Run({"statuses", "archive", "sales/dead"}),
              Ends(4, IsEmpty(), HasSubstr("sales/statuses/new/actions/do-not-contact")));
  EXPECT_THAT(
      Run({"statuses", "archive", "sales/dead", "--allow-affected"}),
      Ends(0,
           AllOf(HasSubstr("archived"), HasSubstr("email"), HasSubstr("sales/new/do-not-contact")),
           IsEmpty()));
  EXPECT_THAT(Run({"statuses", "restore", "sales/dead"}),
              Ends(0, AllOf(HasSubstr("enabled"), HasSubstr("email")), IsEmpty()));
  EXPECT_THAT(Run({"statuses", "update", "sales/later", "--restrict-for", "90d", "--channel",
                   "voice,sms", "--visible-to", "agent"}),
              Ends(0, AllOf(HasSubstr("voice, sms for 90d"), HasSubstr("agent")), IsEmpty()));
  EXPECT_THAT(Run({"statuses", "update", "sales/later", "--no-restriction"}),
              Ends(4, IsEmpty(),
                   AllOf(HasSubstr("RESTRICTION_LIFTED"),
                         HasSubstr("repeat with --allow-lifting-restriction"))));
  EXPECT_THAT(Run({"statuses", "update", "sales/later", "--no-restriction",
                   "--allow-lifting-restriction", "--visible-to-all"}),
              Ends(0, Not(HasSubstr("voice")), IsEmpty()));
  EXPECT_THAT(Run({"statuses", "update", "sales/later", "--no-restriction", "--restrict"}),
              Ends(2, IsEmpty(), HasSubstr("--no-restriction")));
  EXPECT_THAT(Run({"-o", "json", "statuses", "get", "sales/later"}),
              Ends(0, e2e::IsJson(), IsEmpty()));
}

TEST_F(CliConfigureTest, ActionsAndNaming) {
  StartDemo();
  EXPECT_THAT(Run({"naming", "violations", "--pattern", "DNC: .+"}),
              Ends(0, AllOf(HasSubstr("sales/new/do-not-contact"), HasSubstr("Do not contact")),
                   IsEmpty()));
  EXPECT_THAT(Run({"orgs", "update", "--naming-pattern", "DNC: .+", "--naming-enforcement", "warn",
                   "--naming-description", "DNC and a colon first"}),
              Ends(0, HasSubstr("names of DNC actions: DNC: .+, warn"), IsEmpty()));
  const std::string action = "sales/new/do-not-contact";
  EXPECT_THAT(Run({"actions", "update", action, "--role", "agent"}),
              Ends(0,
                   AllOf(HasSubstr("agent"), HasSubstr("warning: \"Do not contact\""),
                         HasSubstr("DNC and a colon first")),
                   IsEmpty()));
  EXPECT_THAT(Run({"orgs", "update", "--naming-enforcement", "enforce"}),
              Ends(0, HasSubstr("DNC: .+, enforce"), IsEmpty()));
  EXPECT_THAT(Run({"actions", "update", action, "--display-name", "Stop"}),
              Ends(4, IsEmpty(), HasSubstr("NAMING_VIOLATION")));
  EXPECT_THAT(Run({"actions", "update", action, "--display-name", "DNC: stop", "--all-roles"}),
              Ends(0, AllOf(HasSubstr("DNC: stop"), HasSubstr("all"), HasSubstr("move to sales/")),
                   IsEmpty()));
  EXPECT_THAT(Run({"naming", "violations"}),
              Ends(0, Not(HasSubstr("sales/new")), "dncctl: nothing found\n"));
  EXPECT_THAT(Run({"orgs", "update", "--no-naming"}), Ends(0, Not(HasSubstr("DNC:")), IsEmpty()));
  EXPECT_THAT(Run({"actions", "update", action, "--state", "disabled"}),
              Ends(4, IsEmpty(),
                   AllOf(HasSubstr("DNC_OPERATION_DROPPED"), HasSubstr("--allow-dropping-dnc"),
                         Not(HasSubstr("--on-conflict")))));
  EXPECT_THAT(Run({"actions", "delete", action, "--allow-dropping-dnc", "--dry-run"}),
              Ends(0, "dry run: nothing was changed\n", IsEmpty()));
  ASSERT_THAT(Run({"groups", "create", "inside", "--workflow", "sales"}),
              Ends(0, HasSubstr("inside"), IsEmpty()));
  EXPECT_THAT(Run({"actions", "update", action, "--group", "inside"}),
              Ends(0, HasSubstr("inside"), IsEmpty()));
  EXPECT_THAT(Run({"actions", "get", action}),
              Ends(0, AllOf(HasSubstr("add to internal"), HasSubstr("inside")), IsEmpty()));
  EXPECT_THAT(Run({"actions", "update", action, "--all-groups"}),
              Ends(0, Not(HasSubstr("inside")), IsEmpty()));
  EXPECT_THAT(Run({"lists", "update", "internal", "--display-name", "Ours"}),
              Ends(0, HasSubstr("Ours"), IsEmpty()));
}

TEST_F(CliConfigureTest, WorkflowsApplyKnowsEverySetting) {
  StartDemo();
  ASSERT_THAT(Run({"groups", "create", "inside"}), Ends(0, HasSubstr("inside"), IsEmpty()));
  const std::string file = R"(
workflow: sales
record_type: contact
statuses:
  - id: later
    system_status: nurture
    restriction: {channels: [sms], until: 2090-01-31}
    visible_to: [agent, compliance-officer]
    actions:
      - id: summer
        roles: agent
        groups: inside
        operations:
          - add_to_dnc_list: {until: 2090-09-01T00:00:00Z, evidence_required: true}
      - id: march
        operations:
          - nurture: {until: 2090-03-01}
      - id: resume
        operations:
          - remove_restriction: {end_nurture: true, lists: internal, channels: [email]}
)";
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-"}, file),
              Ends(0, HasSubstr("applied at revision"), IsEmpty()));
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-"}, file),
              Ends(0, HasSubstr("nothing to change"), IsEmpty()));
  EXPECT_THAT(
      Run({"workflows", "get", "sales"}),
      Ends(0,
           AllOf(HasSubstr("sms until 2090-01-31T00:00:00Z"), HasSubstr("VISIBLE TO"),
                 HasSubstr("agent, compliance-officer"), HasSubstr("GROUPS"), HasSubstr("inside"),
                 HasSubstr("until 2090-09-01T00:00:00Z, with evidence"),
                 HasSubstr("nurture until 2090-03-01T00:00:00Z"),
                 HasSubstr("on renewed consent end nurture and revoke entries on internal "
                           "(email)")),
           IsEmpty()));
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-"},
                  "workflow: sales\nrecord_type: contact\nstatuses:\n  - {id: later, "
                  "system_status: nurture, restriction: {until: 30d}}\n"),
              Ends(2, IsEmpty(), AllOf(HasSubstr(":4:"), HasSubstr("is no time"))));
  EXPECT_THAT(Run({"workflows", "apply", "-f", "-"},
                  "workflow: sales\nrecord_type: contact\nstatuses:\n  - {id: dead, "
                  "system_status: dead, state: archived}\n"),
              Ends(4, IsEmpty(), HasSubstr("STATUS_IN_USE")));
  // What the gateway refuses is found in the file.
  EXPECT_THAT(
      Run({"workflows", "apply", "-f", "-"},
          "workflow: sales\nrecord_type: contact\nstatuses:\n  - {id: new, system_status: "
          "new}\n  - id: later\n    system_status: nurture\n    actions:\n      - id: stop\n"
          "        operations:\n          - add_to_dnc_list: {duration: 1d, until: 2090-01-31}\n"),
      Ends(2, IsEmpty(), HasSubstr("-:10:")));
}

// Whatever is only tried says so, and nothing becomes of it.
TEST_F(CliConfigureTest, EveryDryRunSaysSo) {
  StartDemo();
  UpsertLead();
  ASSERT_THAT(Run({"entries", "add", "--phone", "+12125550177", "--reason", "asked"}),
              Ends(0, HasSubstr("done at revision 5"), IsEmpty()));
  const std::string leads = Write("leads.csv", "id,record_type,status\n7,contact,sales/new\n");
  const std::string numbers = Write("numbers.txt", "2125550101\n");
  const std::vector<std::vector<std::string>> commands = {
      {"orgs", "create", "other"},
      {"orgs", "update", "--display-name", "Acme"},
      {"leads", "upsert", "7", "--record-type", "contact", "--status", "sales/new"},
      {"leads", "import", leads},
      {"entries", "add", "--lead", "42", "--reason", "asked"},
      {"entries", "revoke", "5-0", "--evidence", "signed"},
      {"optouts", "record", "--phone", "+12125550123", "--text", "stop"},
      {"optouts", "policy", "--near-misses", "flag-only"},
      {"roles", "create", "importer", "--permission", "lists.import"},
      {"groups", "create", "inside"},
      {"bindings", "create", "kim", "--role", "agent", "--user", "users/kim"},
      {"lists", "create", "national", "--kind", "registry"},
      {"lists", "update", "internal", "--display-name", "Ours"},
      {"lists", "import", "internal", numbers},
      {"statuses", "update", "sales/later", "--display-name", "Later on"},
      {"workflows", "update", "sales", "--display-name", "Inbound"},
      {"actions", "apply", "--lead", "42", "--action", "sales/new/do-not-contact"}};
  const std::string before = Run({"audit", "list", "--all-orgs", "--limit", "0"}).out;
  for (std::vector<std::string> command : commands) {
    command.emplace_back("--dry-run");
    EXPECT_THAT(Run(command), Ends(0,
                                   AllOf(testing::EndsWith("dry run: nothing was changed\n"),
                                         Not(HasSubstr("at revision"))),
                                   testing::_))
        << absl::StrJoin(command, " ");
  }
  EXPECT_EQ(Run({"audit", "list", "--all-orgs", "--limit", "0"}).out, before);
}

TEST_F(CliConfigureTest, LeadsDeleteAndMerge) {
  StartDemo();
  UpsertLead();
  ASSERT_THAT(Run({"leads", "upsert", "43", "--record-type", "contact", "--status", "sales/new",
                   "--phone", "+12125550177"}),
              Ends(0, HasSubstr("43"), IsEmpty()));
  ASSERT_THAT(Run({"entries", "add", "--lead", "43", "--reason", "asked"}),
              Ends(0, HasSubstr("43"), IsEmpty()));
  EXPECT_THAT(Run({"leads", "merge", "--from", "43", "--into", "42"}),
              Ends(0,
                   AllOf(HasSubstr("lead 43 merged into 42"), HasSubstr("do not contact: yes"),
                         HasSubstr("entries moved: 1")),
                   IsEmpty()));
  EXPECT_THAT(Run({"leads", "get", "43"}),
              Ends(3, IsEmpty(), AllOf(HasSubstr("LEAD_MERGED"), HasSubstr("leads/42"))));
  EXPECT_THAT(Run({"check", "--phone", "+12125550123", "--channel", "voice"}),
              Ends(10, HasSubstr("DENY"), IsEmpty()));
  EXPECT_THAT(Run({"leads", "delete", "42", "--dry-run"}),
              Ends(0, "dry run: nothing was changed\n", IsEmpty()));
  EXPECT_THAT(Run({"leads", "delete", "42"}),
              Ends(0, StartsWith("deleted 42 at revision "), IsEmpty()));
  EXPECT_THAT(Run({"leads", "list"}), Ends(0, Not(HasSubstr("42")), "dncctl: nothing found\n"));
  EXPECT_THAT(Run({"leads", "list", "--show-deleted"}), Ends(0, HasSubstr("42"), IsEmpty()));
  EXPECT_THAT(Run({"check", "--phone", "+12125550123", "--channel", "voice"}),
              Ends(10, HasSubstr("DENY"), IsEmpty()));
}

}  // namespace
}  // namespace dnc
