#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/delete_command.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

// The permissions of a list of roles are many; those of one are shown whole.
template <typename Roles>
void PrintRoles(Session& session, const Roles& roles) {
  Table table({"ROLE", "NAME", "KIND", "PERMISSIONS"});
  for (const v1::Role& role : roles) {
    table.AddRow({ShortName(role.name()), role.display_name(),
                  role.predefined() ? "predefined" : "custom",
                  absl::StrCat(role.permissions_size())});
  }
  table.Print(session.out());
}

void PrintRole(Session& session, const v1::Role& role) {
  PrintRoles(session, std::vector<v1::Role>{role});
  for (const std::string& permission : role.permissions()) {
    session.out() << "  " << permission << '\n';
  }
}

struct SaveOptions {
  std::string id;
  std::string display_name;
  std::string description;
  std::vector<std::string> permissions;
  std::string etag;
  WriteOptions write;
};

void FillRole(const SaveOptions& options, v1::Role* role) {
  role->set_display_name(options.display_name);
  role->set_description(options.description);
  for (const std::string& permission : options.permissions) role->add_permissions(permission);
}

absl::StatusOr<int> Create(Session& session, const SaveOptions& options) {
  v1::CreateRoleRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_role_id(options.id);
  FillRole(options, request.mutable_role());
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintRole(session, response.role()); });
}

absl::StatusOr<int> Update(Session& session, const SaveOptions& options) {
  v1::UpdateRoleRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  FillRole(options, request.mutable_role());
  DNC_ASSIGN_OR_RETURN(*request.mutable_role()->mutable_name(), session.names().Role(options.id));
  request.mutable_role()->set_etag(options.etag);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintRole(session, response.role()); });
}

absl::StatusOr<int> GetRole(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetRoleRequest>(session, session.names().Role(id)));
  return PrintAnswer(session, response, [&] { PrintRole(session, response.role()); });
}

absl::StatusOr<int> ListRoles(Session& session, int64_t limit) {
  return PrintAllOfOrganization<v1::ListRolesRequest>(
      session, limit, &v1::ListRolesResponse::roles_size,
      [&](const auto& all) { PrintRoles(session, all.roles()); });
}

void AddSave(CLI::App& group, Command& chosen, bool create) {
  auto options = std::make_shared<SaveOptions>();
  CLI::App* command =
      create ? AddCommand(group, "create", "Create a role of the organization's own",
                          "dncctl roles create importer --permission lists.read,lists.import\n"
                          "dncctl roles create senior --display-name \"Senior agents\"")
             : AddCommand(group, "update",
                          "Replace the permissions of a role, and with them what everybody may do "
                          "who has it",
                          "dncctl roles update importer --permission lists.read,lists.import,"
                          "lists.write");
  command->add_option("ROLE", options->id, "Its id")->required();
  AddTexts(*command, "--permission", options->permissions,
           "What it permits; `dncctl permissions list` names all. A role without any only marks "
           "those who have it");
  command->add_option("--display-name", options->display_name, "For people");
  command->add_option("--description", options->description, "What it is for");
  if (!create) {
    command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  }
  AddWriteOptions(*command, options->write);
  command->callback([&chosen, options, create] {
    chosen = [options, create](Session& s) {
      return create ? Create(s, *options) : Update(s, *options);
    };
  });
}

}  // namespace

void AddRolesCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "roles", "Roles: sets of permissions under a name",
                             "dncctl roles list\n"
                             "dncctl roles get compliance-officer\n"
                             "dncctl roles create importer --permission lists.read,lists.import");
  AddSave(*group, chosen, /*create=*/true);
  AddSave(*group, chosen, /*create=*/false);

  AddDeleteCommand<v1::DeleteRoleRequest>(
      *group, chosen, {"ROLE", "Delete a role that nothing names", "dncctl roles delete importer"},
      &Names::Role);

  auto id = std::make_shared<std::string>();
  CLI::App* get =
      AddCommand(*group, "get", "Show a role and what it permits", "dncctl roles get agent");
  get->add_option("ROLE", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetRole(s, *id); }; });

  auto limit = std::make_shared<int64_t>(kDefaultLimit);
  CLI::App* list =
      AddCommand(*group, "list", "List the roles, the predefined ones too", "dncctl roles list");
  AddLimit(*list, *limit);
  list->callback(
      [&chosen, limit] { chosen = [limit](Session& s) { return ListRoles(s, *limit); }; });
}

}  // namespace dnc::cli
