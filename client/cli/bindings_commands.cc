#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/delete_command.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

// "organization", "sales" or "sales/new".
std::string ScopeText(const v1::RoleBinding& binding) {
  const std::string scope = ShortName(binding.scope());
  return absl::StrContains(binding.scope(), "/workflows/") ? scope : "organization";
}

template <typename Bindings>
void PrintBindings(Session& session, const Bindings& bindings) {
  Table table({"BINDING", "ROLE", "WHO", "WHERE", "SINCE"});
  for (const v1::RoleBinding& binding : bindings) {
    table.AddRow({ShortName(binding.name()), ShortName(binding.role()),
                  binding.has_group() ? absl::StrCat("group ", ShortName(binding.group()))
                                      : binding.principal(),
                  ScopeText(binding), TimeText(binding.create_time())});
  }
  table.Print(session.out());
}

void PrintBinding(Session& session, const v1::RoleBinding& binding) {
  PrintBindings(session, std::vector<v1::RoleBinding>{binding});
}

// A workflow as "sales", a status as "sales/new", or a full name.
absl::StatusOr<std::string> ScopeName(const Session& session, const std::string& scope) {
  const bool full = absl::StartsWith(scope, "organizations/");
  if (absl::StrContains(scope, full ? "/statuses/" : "/")) return session.names().Status(scope);
  return session.names().Workflow(scope);
}

struct Who {
  std::string principal;
  std::string group;
};

void AddWho(CLI::App& command, Who& who, const std::string& about) {
  CLI::Option* user = command.add_option("--user", who.principal,
                                         absl::StrCat(about, "a user or service, e.g. users/jane"));
  CLI::Option* group =
      command.add_option("--group", who.group, absl::StrCat(about, "the members of this group"));
  user->excludes(group);
}

struct CreateOptions {
  std::string id;
  std::string role;
  Who who;
  std::string scope;
  WriteOptions write;
};

absl::StatusOr<int> Create(Session& session, const CreateOptions& options) {
  v1::CreateRoleBindingRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_binding_id(options.id);
  v1::RoleBinding* binding = request.mutable_binding();
  DNC_ASSIGN_OR_RETURN(*binding->mutable_role(), session.names().Role(options.role));
  if (!options.who.group.empty()) {
    DNC_ASSIGN_OR_RETURN(*binding->mutable_group(), session.names().Group(options.who.group));
  } else {
    binding->set_principal(options.who.principal);
  }
  if (!options.scope.empty()) {
    DNC_ASSIGN_OR_RETURN(*binding->mutable_scope(), ScopeName(session, options.scope));
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintBinding(session, response.binding()); });
}

absl::StatusOr<int> GetBinding(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetRoleBindingRequest>(session, session.names().Binding(id)));
  return PrintAnswer(session, response, [&] { PrintBinding(session, response.binding()); });
}

struct BindingsListOptions {
  Who who;
  std::string role;
  std::string scope;
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<int> List(Session& session, const BindingsListOptions& options) {
  v1::ListRoleBindingsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_principal(options.who.principal);
  if (!options.who.group.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_group(), session.names().Group(options.who.group));
  }
  if (!options.role.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_role(), session.names().Role(options.role));
  }
  if (!options.scope.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_scope(), ScopeName(session, options.scope));
  }
  return PrintAll(session, request, options.limit, &v1::ListRoleBindingsResponse::bindings_size,
                  [&](const auto& all) { PrintBindings(session, all.bindings()); });
}

void AddCreateBinding(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* command =
      AddCommand(group, "create", "Give a user, or the members of a group, a role",
                 "dncctl bindings create jane-officer --role compliance-officer --user users/jane\n"
                 "dncctl bindings create inside-agents --role agent --group inside-sales "
                 "--scope sales");
  command->add_option("BINDING", options->id, "An id for it, chosen freely")->required();
  command->add_option("--role", options->role, "The role's id")->required();
  AddWho(*command, options->who, "Who gets it: ");
  command
      ->add_option("--scope", options->scope,
                   "Only in this workflow or status; the whole organization if not given")
      ->type_name("WORKFLOW[/STATUS]");
  AddWriteOptions(*command, options->write);
  command->callback([&chosen, options] {
    if (options->who.principal.empty() && options->who.group.empty()) {
      throw CLI::ValidationError("--user", "say who gets the role: --user or --group");
    }
    chosen = [options](Session& s) { return Create(s, *options); };
  });
}

void AddListBindings(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<BindingsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List who has which role where",
                                 "dncctl bindings list\n"
                                 "dncctl bindings list --user users/jane\n"
                                 "dncctl bindings list --role administrator");
  AddWho(*command, options->who, "Only those of ");
  command->add_option("--role", options->role, "Only those of this role");
  command->add_option("--scope", options->scope, "Only those of this workflow or status")
      ->type_name("WORKFLOW[/STATUS]");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

}  // namespace

void AddBindingsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group =
      AddGroup(app, "bindings", "Role bindings: who has which role where",
               "dncctl bindings list\n"
               "dncctl bindings create jane-officer --role compliance-officer --user users/jane");
  AddCreateBinding(*group, chosen);
  AddDeleteCommand<v1::DeleteRoleBindingRequest>(
      *group, chosen, {"BINDING", "Take a role away", "dncctl bindings delete jane-officer"},
      &Names::Binding);
  AddListBindings(*group, chosen);
  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show one binding", "dncctl bindings get jane-officer");
  get->add_option("BINDING", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetBinding(s, *id); }; });
}

}  // namespace dnc::cli
