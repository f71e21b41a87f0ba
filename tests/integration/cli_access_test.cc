// dncctl's commands about roles, bindings, groups and permissions, against a dncd with the setting
// auth development.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using e2e::Ends;
using e2e::IsJson;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Fails, whatever the status, and says why.
MATCHER_P(EndsBadly, err, "fails, err " + testing::DescribeMatcher<std::string>(err)) {
  return arg.exit_code > 0 && testing::Matches(err)(arg.err);
}

class CliAccessTest : public e2e::CliTest {
 protected:
  // An organization with the workflow sales and the lead 42.
  void StartAcme() {
    auto gateway = e2e::GatewayProcess::Start(
        e2e::kDncd, folder_,
        {"--auth", "development", "--administrators", "users/root,users/spare"});
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    ASSERT_THAT(RunAs("users/root", {"orgs", "create", "acme"}),
                Ends(0, HasSubstr("acme"), IsEmpty()));
    const std::string file = Write("sales.yaml", e2e::kSales);
    ASSERT_THAT(RunAs("users/root", {"workflows", "apply", "-f", file}),
                Ends(0, HasSubstr("applied at revision"), IsEmpty()));
    ASSERT_THAT(RunAs("users/root", {"leads", "upsert", "42", "--record-type", "contact",
                                     "--status", "sales/new", "--phone", "+12125550123"}),
                Ends(0, HasSubstr("42"), IsEmpty()));
  }

  e2e::ProcessResult RunAs(const std::string& principal, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), e2e::kDncctl);
    e2e::ProcessOptions options;
    options.environment = {absl::StrCat("DNC_SERVER=", address()), "DNC_ORG=acme"};
    if (!principal.empty())
      options.environment.push_back(absl::StrCat("DNC_PRINCIPAL=", principal));
    return e2e::RunProcess(arguments, options);
  }
};

TEST_F(CliAccessTest, RolesAndBindings) {
  StartAcme();
  EXPECT_THAT(RunAs("", {"roles", "list"}), Ends(6, IsEmpty(), HasSubstr("UNAUTHENTICATED")));
  EXPECT_THAT(RunAs("users/kim", {"check", "--phone", "+12125550123", "--channel", "voice"}),
              EndsBadly(AllOf(HasSubstr("PERMISSION_DENIED"), HasSubstr("checks.check"),
                              HasSubstr("remedy: `dncctl permissions test`"))));
  EXPECT_THAT(RunAs("users/root", {"roles", "list"}),
              Ends(0, AllOf(HasSubstr("compliance-officer"), HasSubstr("predefined")), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"roles", "get", "checker"}),
              Ends(0, HasSubstr("  checks.filter\n"), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"roles", "create", "importer", "--permission",
                                   "lists.read,lists.import", "--display-name", "Importer"}),
              Ends(0, AllOf(HasSubstr("Importer"), HasSubstr("custom")), IsEmpty()));
  EXPECT_THAT(
      RunAs("users/root", {"roles", "update", "importer", "--permission", "lists.ride"}),
      Ends(2, IsEmpty(), AllOf(HasSubstr("role.permissions[0]"), HasSubstr("\"lists.ride\""))));
  EXPECT_THAT(RunAs("users/root",
                    {"bindings", "create", "kim-agent", "--role", "agent", "--user", "users/kim"}),
              Ends(0, AllOf(HasSubstr("users/kim"), HasSubstr("organization")), IsEmpty()));
  EXPECT_THAT(RunAs("users/kim", {"check", "--phone", "+12125550123", "--channel", "voice"}),
              Ends(0, testing::_, IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"bindings", "create", "joe", "--role", "importer", "--user",
                                   "users/joe", "--scope", "sales/new"}),
              Ends(0, HasSubstr("sales/new"), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"bindings", "create", "x", "--role", "agent"}),
              Ends(2, IsEmpty(), HasSubstr("--user or --group")));
  EXPECT_THAT(RunAs("users/root", {"-o", "json", "bindings", "list", "--user", "users/joe"}),
              Ends(0, AllOf(HasSubstr("bindings/joe"), IsJson()), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"bindings", "list", "--user", "users/nope"}),
              Ends(0, HasSubstr("BINDING"), "dncctl: nothing found\n"));
  // Who calls, and whose calls are wanted, are two things.
  EXPECT_THAT(RunAs("", {"audit", "list", "--caller", "users/root", "--principal", "users/root"}),
              Ends(0, HasSubstr("CreateRole"), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"roles", "delete", "importer"}),
              Ends(4, IsEmpty(), HasSubstr("STILL_IN_USE")));
  EXPECT_THAT(RunAs("users/root", {"bindings", "get", "joe"}),
              Ends(0, HasSubstr("importer"), IsEmpty()));
  const auto delete_joe = [this](std::vector<std::string> more) {
    more.insert(more.begin(), {"bindings", "delete", "joe"});
    return RunAs("users/root", more);
  };
  EXPECT_THAT(delete_joe({"--dry-run"}), Ends(0, "dry run: nothing was changed\n", IsEmpty()));
  EXPECT_THAT(delete_joe({}), Ends(0, StartsWith("deleted joe at revision "), IsEmpty()));
  EXPECT_THAT(delete_joe({}), Ends(3, IsEmpty(), HasSubstr("`dncctl bindings list`")));
  EXPECT_THAT(RunAs("users/root", {"roles", "delete", "importer"}),
              Ends(0, StartsWith("deleted importer at revision "), IsEmpty()));
  EXPECT_THAT(RunAs("users/kim", {"permissions", "test", "--scope", "sales/new"}),
              Ends(0,
                   AllOf(HasSubstr("you are users/kim"), HasSubstr("roles: agent"),
                         HasSubstr("  actions.apply\n")),
                   IsEmpty()));
  EXPECT_THAT(
      RunAs("users/kim", {"permissions", "list"}),
      Ends(0, AllOf(HasSubstr("actions.reconsent"), HasSubstr("compliance-officer")), IsEmpty()));
}

TEST_F(CliAccessTest, GroupsAndWhatCanBeDone) {
  StartAcme();
  EXPECT_THAT(RunAs("users/root", {"groups", "create", "inside", "--member", "users/kim,users/joe",
                                   "--workflow", "sales"}),
              Ends(0, AllOf(HasSubstr("up to date"), HasSubstr("users/joe")), IsEmpty()));
  EXPECT_THAT(
      RunAs("users/root", {"bindings", "create", "inside", "--role", "agent", "--group", "inside"}),
      Ends(0, HasSubstr("group inside"), IsEmpty()));
  EXPECT_THAT(RunAs("users/kim", {"actions", "available", "--lead", "42"}),
              Ends(0, AllOf(HasSubstr("sales/new/do-not-contact"), HasSubstr("yes")), IsEmpty()));
  EXPECT_THAT(RunAs("users/root",
                    {"actions", "update", "sales/new/do-not-contact", "--display-name", "Stop"}),
              Ends(0, HasSubstr("Stop"), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"groups", "list", "--outdated"}),
              Ends(0, AllOf(HasSubstr("inside"), HasSubstr("outdated")), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"groups", "get", "inside"}),
              Ends(0, HasSubstr("  sales/new/do-not-contact\n"), IsEmpty()));
  const std::vector<std::string> stop = {"actions", "apply",    "--lead",
                                         "42",      "--action", "sales/new/do-not-contact"};
  std::vector<std::string> try_stop = stop;
  try_stop.emplace_back("--dry-run");
  EXPECT_THAT(RunAs("users/kim", try_stop),
              Ends(0,
                   AllOf(HasSubstr("warning: "), HasSubstr("dncctl groups sync inside"),
                         HasSubstr("dry run: nothing was changed")),
                   IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"orgs", "get"}),
              Ends(0, HasSubstr("users of outdated groups: warn"), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"orgs", "update", "acme", "--outdated-groups", "block"}),
              Ends(0, HasSubstr("users of outdated groups: block"), IsEmpty()));
  EXPECT_THAT(RunAs("users/kim", {"actions", "available", "--lead", "42"}),
              Ends(0, AllOf(HasSubstr("GROUP_OUTDATED"), HasSubstr("dncctl groups sync inside")),
                   IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"diagnose", "missing-action", "--user", "users/kim", "--status",
                                   "sales/new", "--lead", "42"}),
              Ends(0, AllOf(HasSubstr("in part"), HasSubstr("[cause]")), IsEmpty()));
  EXPECT_THAT(RunAs("users/kim",
                    {"actions", "apply", "--lead", "42", "--action", "sales/new/do-not-contact"}),
              Ends(0,
                   AllOf(HasSubstr("not_applied"), HasSubstr("GROUP_OUTDATED"),
                         HasSubstr("status sales/new -> sales/new")),
                   IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"groups", "sync", "inside"}),
              Ends(0, AllOf(HasSubstr("up to date"), HasSubstr("sales changed since")), IsEmpty()));
  EXPECT_THAT(RunAs("users/kim", stop),
              Ends(0, HasSubstr("sales/new -> sales/dead; revision"), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"groups", "update", "inside", "--remove-member", "users/zoe"}),
              Ends(0, HasSubstr("done at revision"), HasSubstr("users/zoe is no member")));
  EXPECT_THAT(RunAs("users/root", {"groups", "update", "inside", "--remove-member", "users/joe"}),
              Ends(0, testing::Not(HasSubstr("users/joe")), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"groups", "delete", "inside"}),
              Ends(4, IsEmpty(), HasSubstr("`dncctl bindings list --group GROUP`")));
  EXPECT_THAT(RunAs("users/root", {"bindings", "delete", "inside"}),
              Ends(0, StartsWith("deleted inside at revision "), IsEmpty()));
  EXPECT_THAT(RunAs("users/root", {"groups", "delete", "inside"}),
              Ends(0, StartsWith("deleted inside at revision "), IsEmpty()));
}

}  // namespace
}  // namespace dnc
