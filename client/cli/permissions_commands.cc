#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

absl::StatusOr<int> List(Session& session) {
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(v1::ListPermissionsRequest()));
  return PrintAnswer(session, response, [&] {
    Table table({"PERMISSION", "ALLOWS", "PREDEFINED ROLES"});
    for (const v1::Permission& permission : response.permissions()) {
      table.AddRow({permission.name(), permission.description(),
                    permission.server_wide() ? "(administrators of the server)"
                                             : absl::StrJoin(permission.predefined_roles(), ", ")});
    }
    table.Print(session.out());
  });
}

struct TestOptions {
  std::string scope;
  std::vector<std::string> permissions;
};

absl::StatusOr<std::string> Resource(const Session& session, const std::string& scope) {
  if (scope.empty()) return session.names().Organization();
  if (absl::StrContains(scope, '/')) return session.names().Status(scope);
  return session.names().Workflow(scope);
}

std::string Names(const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.empty()) return "none";
  return absl::StrJoin(
      names, ", ", [](std::string* out, const std::string& name) { out->append(ShortName(name)); });
}

absl::StatusOr<int> Test(Session& session, const TestOptions& options) {
  v1::TestPermissionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_resource(), Resource(session, options.scope));
  for (const std::string& permission : options.permissions) request.add_permissions(permission);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] {
    session.out() << "you are " << response.principal()
                  << (response.administrator() ? ", an administrator of the server" : "") << '\n'
                  << "roles: " << Names(response.roles()) << '\n'
                  << "groups: " << Names(response.groups()) << '\n'
                  << "permissions:" << (response.permissions().empty() ? " none" : "") << '\n';
    for (const std::string& permission : response.permissions()) {
      session.out() << "  " << permission << '\n';
    }
  });
}

}  // namespace

void AddPermissionsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group =
      AddGroup(app, "permissions", "What there is to be permitted, and what you may do",
               "dncctl permissions list\ndncctl permissions test");
  CLI::App* list = AddCommand(*group, "list", "List every permission and what it allows",
                              "dncctl permissions list");
  list->callback([&chosen] { chosen = [](Session& s) { return List(s); }; });
  auto options = std::make_shared<TestOptions>();
  CLI::App* test = AddCommand(*group, "test", "Show who you are, and what you may do",
                              "dncctl permissions test\n"
                              "dncctl --principal users/jane permissions test --scope sales/new");
  test->add_option("--scope", options->scope,
                   "In this workflow or status; the organization if not given")
      ->type_name("WORKFLOW[/STATUS]");
  AddTexts(*test, "--permission", options->permissions, "Only of these; all if not given");
  test->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Test(s, *options); }; });
}

}  // namespace dnc::cli
