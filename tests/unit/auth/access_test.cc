#include "server/catalog/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kAcme[] = "organizations/acme";
constexpr char kNew[] = "organizations/acme/workflows/sales/statuses/new";

class AccessTest : public ::testing::Test {
 protected:
  void Bind(const std::string& id, const std::string& role, const std::string& who,
            const std::string& scope) {
    access_.bindings[id] = std::make_shared<const v1::RoleBinding>(FromText<v1::RoleBinding>(
        "name: 'organizations/acme/bindings/" + id + "' role: 'organizations/acme/roles/" + role +
        "' " + who + " scope: '" + scope + "'"));
    access_.Index();
  }
  void AddGroup(const std::string& id, const std::string& members) {
    access_.groups[id] = std::make_shared<const v1::Group>(
        FromText<v1::Group>("name: 'organizations/acme/groups/" + id + "' " + members));
    access_.Index();
  }

  CatalogAccess access_;
};

TEST_F(AccessTest, AScopeCoversItselfAndWhatIsBelowIt) {
  EXPECT_TRUE(ScopeCovers(kAcme, kAcme));
  EXPECT_TRUE(ScopeCovers(kAcme, kNew));
  EXPECT_TRUE(ScopeCovers(kNew, "organizations/acme/workflows/sales/statuses/new/actions/a"));
  EXPECT_FALSE(ScopeCovers(kNew, kAcme));
  EXPECT_FALSE(ScopeCovers(kAcme, "organizations/acme2"));
  EXPECT_FALSE(ScopeCovers(kNew, "organizations/acme/workflows/sales/statuses/newer"));
  EXPECT_FALSE(ScopeCovers(kNew, ""));
}

TEST_F(AccessTest, WhatSomebodyHasIsTheSumOfTheirRolesThere) {
  Bind("a", "checker", "principal: 'kim'", kAcme);
  Bind("b", "agent", "principal: 'kim'", kNew);
  EXPECT_TRUE(access_.Has("kim", SetOf("checks.filter") | SetOf("actions.apply"), kNew));
  EXPECT_FALSE(access_.Has("kim", SetOf("actions.apply"), kAcme));
  EXPECT_TRUE((access_.PermissionsAnywhere("kim") & SetOf("actions.apply")) != 0);
  EXPECT_EQ(access_.PermissionsOf("joe", kNew), 0u);
  EXPECT_THAT(access_.RolesOf("kim", kNew), ElementsAre("agent", "checker"));
  EXPECT_THAT(access_.RolesOf("kim", kAcme), ElementsAre("checker"));
  EXPECT_TRUE(access_.HasRole("kim", "agent", kNew));
  EXPECT_FALSE(access_.HasRole("kim", "agent", kAcme));
}

TEST_F(AccessTest, MembersHaveWhatTheirGroupHas) {
  AddGroup("g", "members: 'kim' members: 'joe'");
  Bind("a", "agent", "group: 'organizations/acme/groups/g'", kAcme);
  EXPECT_TRUE(access_.Has("joe", SetOf("actions.apply"), kNew));
  EXPECT_THAT(access_.GroupsOf("joe"), ElementsAre("g"));
  EXPECT_EQ(access_.GrantsOfGroup("g").size(), 1u);
  AddGroup("g", "members: 'kim'");
  EXPECT_FALSE(access_.Has("joe", SetOf("actions.apply"), kNew));
  EXPECT_THAT(access_.GroupsOf("joe"), IsEmpty());
}

TEST_F(AccessTest, ACustomRolePermitsWhatItNamesAndUnknownNamesNothing) {
  access_.roles["r"] = std::make_shared<const v1::Role>(
      FromText<v1::Role>("permissions: 'leads.read' permissions: 'of.a.later.version'"));
  Bind("a", "r", "principal: 'kim'", kAcme);
  EXPECT_EQ(access_.PermissionsOf("kim", kAcme), SetOf("leads.read"));
  access_.roles.clear();
  access_.Index();
  EXPECT_EQ(access_.PermissionsOf("kim", kAcme), 0u);
}

TEST_F(AccessTest, AdministratorsOfTheWholeOrganizationAreCounted) {
  EXPECT_EQ(access_.CountAdministrators(), 0u);
  Bind("a", "administrator", "principal: 'kim'", kAcme);
  Bind("b", "administrator", "principal: 'joe'", kNew);
  Bind("c", "agent", "principal: 'joe'", kAcme);
  EXPECT_EQ(access_.CountAdministrators(), 1u);
  AddGroup("g", "");
  Bind("d", "administrator", "group: 'organizations/acme/groups/g'", kAcme);
  EXPECT_EQ(access_.CountAdministrators(), 1u);
  AddGroup("g", "members: 'ada' members: 'bea'");
  EXPECT_EQ(access_.CountAdministrators(), 3u);
}

}  // namespace
}  // namespace dnc
