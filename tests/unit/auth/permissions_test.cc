// The table of methods against the proto files: no method is missing, none is made up, and each
// comment states exactly the permission that the table has.
#include "server/auth/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace dnc {
namespace {

using testing::HasSubstr;

// What the proto files say, by "/dnc.v1.Service/Method"; "" where the comment states nothing, or
// more than one.
std::map<std::string, std::string> StatedPermissions() {
  static const std::regex* const kService = new std::regex(R"(^service (\w+) \{)");
  static const std::regex* const kRpc = new std::regex(R"(^  rpc (\w+)\()");
  static const std::regex* const kStated = new std::regex(R"(^  // Permission: `([a-z.]+)`\.$)");
  std::map<std::string, std::string> stated;
  for (const auto& file : std::filesystem::directory_iterator(DNC_SOURCE_DIR "/proto/dnc/v1")) {
    std::ifstream in(file.path());
    std::string service;
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (std::regex_search(line, match, *kService)) service = match[1];
      if (std::regex_search(line, match, *kStated)) found.push_back(match[1]);
      if (!std::regex_search(line, match, *kRpc)) continue;
      stated[absl::StrCat("/dnc.v1.", service, "/", match.str(1))] =
          found.size() == 1 ? found.front() : "";
      found.clear();
    }
  }
  return stated;
}

TEST(PermissionsTest, EveryMethodIsInTheTableWithThePermissionThatItsCommentStates) {
  const std::map<std::string, std::string> stated = StatedPermissions();
  EXPECT_GT(stated.size(), 60u);
  for (const auto& [method, permission] : stated) {
    const MethodNeed* need = NeedOf(method);
    ASSERT_NE(need, nullptr) << method << " is not in kMethods, or its permission not in "
                             << "kPermissions (server/auth/permissions.cc)";
    EXPECT_EQ(need->row->permission, permission)
        << method << ": its comment must end with one line \"Permission: `...`.\"";
  }
}

TEST(PermissionsTest, NoMethodIsMadeUpOrThereTwice) {
  const std::map<std::string, std::string> stated = StatedPermissions();
  std::set<std::string> seen;
  for (const MethodRow& row : Methods()) {
    EXPECT_EQ(stated.count(std::string(row.method)), 1u) << row.method;
    EXPECT_TRUE(seen.insert(std::string(row.method)).second) << row.method;
  }
}

TEST(PermissionsTest, AnUnknownMethodNeedsWhatNobodyHas) {
  EXPECT_EQ(NeedOf("/dnc.v1.CheckService/Guess"), nullptr);
  EXPECT_EQ(NeedOf(""), nullptr);
}

TEST(PermissionsTest, ThePermissionsAreInOrderAndTheirRolesExist) {
  std::string before;
  for (const PermissionRow& row : Permissions()) {
    EXPECT_LT(before, row.name);
    before = std::string(row.name);
    EXPECT_FALSE(row.description.empty());
    EXPECT_EQ(row.server_wide, SetOf(row.name) == 0) << row.name;
    for (const absl::string_view role : absl::StrSplit(row.roles, ' ', absl::SkipEmpty())) {
      EXPECT_NE(FindPredefinedRole(role), nullptr) << row.name << " " << role;
      EXPECT_FALSE(row.server_wide) << row.name;
    }
  }
}

TEST(PermissionsTest, TheAdministratorHasEveryPermissionOfAnOrganization) {
  const PredefinedRole* administrator = FindPredefinedRole(kAdministratorRole);
  ASSERT_NE(administrator, nullptr);
  for (const PermissionRow& row : Permissions()) {
    EXPECT_EQ((administrator->permissions & SetOf(row.name)) == SetOf(row.name), true) << row.name;
  }
  for (const PredefinedRole& role : PredefinedRoles()) {
    EXPECT_EQ(role.permissions & ~administrator->permissions, 0u) << role.id;
    EXPECT_NE(role.permissions, 0u) << role.id;
  }
}

// What a role is for must not be lost by a slip in the table.
TEST(PermissionsTest, TheAuditorChangesNothingAndOnlyTheOfficerTakesConsentBack) {
  const auto has = [](absl::string_view role, absl::string_view permission) {
    return (FindPredefinedRole(role)->permissions & SetOf(permission)) != 0;
  };
  for (const absl::string_view name : NamesOf(FindPredefinedRole("auditor")->permissions)) {
    const absl::string_view verb = name.substr(name.find('.') + 1);
    EXPECT_TRUE(verb == "read" || verb == "verify" || verb == "run") << name;
  }
  for (const absl::string_view role : {"agent", "auditor", "checker", "workflow-editor"}) {
    for (const absl::string_view permission :
         {"actions.reconsent", "entries.revoke", "bindings.write", "roles.write"}) {
      EXPECT_FALSE(has(role, permission)) << role << " " << permission;
    }
  }
  EXPECT_TRUE(has("compliance-officer", "actions.reconsent"));
  EXPECT_FALSE(has("compliance-officer", "bindings.write"));
  EXPECT_TRUE(has("checker", "checks.filter"));
  EXPECT_FALSE(has("checker", "entries.read"));
}

TEST(PermissionsTest, WhoHasAPermissionIsNamed) {
  EXPECT_EQ(PredefinedRolesWith("bindings.write"), "administrator");
  EXPECT_THAT(PredefinedRolesWith("checks.check"), HasSubstr("agent, checker"));
  EXPECT_EQ(PredefinedRolesWith("system.read"), "");
  EXPECT_EQ(PredefinedRolesWith("no.such"), "");
}

TEST(PermissionsTest, SetsAndNamesAreEachOther) {
  const PermissionSet set = SetOf("leads.read") | SetOf("audit.read");
  const std::vector<absl::string_view> names = {"audit.read", "leads.read"};
  EXPECT_EQ(NamesOf(set), names);
  EXPECT_EQ(SetOf("leads.reads"), 0u);
  EXPECT_EQ(SetOf(""), 0u);
  EXPECT_EQ(SetOf("zzz"), 0u);
}

}  // namespace
}  // namespace dnc
