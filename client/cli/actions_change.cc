// dncctl actions get, update, delete. Their operations are changed by `dncctl workflows apply`.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/action_text.h"
#include "client/cli/affected_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

// An action is never archived.
const EnumNames& ActionStateNames() {
  static const auto& names = *new EnumNames{{"enabled", v1::OBJECT_STATE_ENABLED},
                                            {"disabled", v1::OBJECT_STATE_DISABLED}};
  return names;
}

struct ActionsChangeOptions {
  std::string name;
  std::string display_name;
  int category = v1::ACTION_CATEGORY_UNSPECIFIED;
  int state = v1::OBJECT_STATE_UNSPECIFIED;
  std::vector<std::string> roles;
  bool all_roles = false;
  std::vector<std::string> groups;
  bool all_groups = false;
  bool allow_dropping_dnc = false;
  WriteOptions write;
};

void PrintAction(Session& session, const v1::Action& action) {
  Table table({"ACTION", "NAME", "CATEGORY", "STATE", "ROLES", "GROUPS", "DOES"});
  table.AddRow({ShortName(action.name()), action.display_name(),
                EnumWord(ActionCategoryNames(), action.category()),
                EnumWord(ObjectStateNames(), action.state()), AllOr(action.roles()),
                AllOr(action.groups()), OperationsText(action)});
  table.Print(session.out());
}

absl::StatusOr<v1::GetActionResponse> Read(Session& session, const std::string& name) {
  return ReadNamed<v1::GetActionRequest>(session, session.names().Action(name));
}

absl::StatusOr<int> GetAction(Session& session, const std::string& name) {
  DNC_ASSIGN_OR_RETURN(const auto response, Read(session, name));
  return PrintAnswer(session, response, [&] { PrintAction(session, response.action()); });
}

absl::StatusOr<int> Update(Session& session, const ActionsChangeOptions& options) {
  v1::UpdateActionRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  // What is not mentioned stays as it was read; the etag refuses if it changes in between.
  DNC_ASSIGN_OR_RETURN(const auto read, Read(session, options.name));
  v1::Action* action = request.mutable_action();
  *action = read.action();
  if (!options.display_name.empty()) action->set_display_name(options.display_name);
  if (options.category != v1::ACTION_CATEGORY_UNSPECIFIED) {
    action->set_category(static_cast<v1::ActionCategory>(options.category));
  }
  if (options.state != v1::OBJECT_STATE_UNSPECIFIED) {
    action->set_state(static_cast<v1::ObjectState>(options.state));
  }
  if (options.all_roles) action->clear_roles();
  if (!options.roles.empty()) {
    action->mutable_roles()->Assign(options.roles.begin(), options.roles.end());
  }
  if (options.all_groups) action->clear_groups();
  if (!options.groups.empty()) {
    action->mutable_groups()->Assign(options.groups.begin(), options.groups.end());
  }
  request.set_allow_dropping_dnc(options.allow_dropping_dnc);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] {
    PrintAction(session, response.action());
    PrintNamingWarnings(response.naming_violations(), session.out());
  });
}

absl::StatusOr<int> Delete(Session& session, const ActionsChangeOptions& options) {
  v1::DeleteActionRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Action(options.name));
  request.set_allow_dropping_dnc(options.allow_dropping_dnc);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintDeleted(session, response, request.name());
}

void AddName(CLI::App& command, std::string& name) {
  command.add_option("NAME", name, "The action")->required()->type_name("WORKFLOW/STATUS/ACTION");
}

void AddUpdateAction(CLI::App& actions, Command& chosen) {
  auto options = std::make_shared<ActionsChangeOptions>();
  CLI::App* command =
      AddCommand(actions, "update", "Change an action's name, category, state and who may use it",
                 "dncctl actions update sales/new/stop --display-name \"DNC: asked to stop\"\n"
                 "dncctl actions update sales/new/stop --role agent,compliance-officer\n"
                 "dncctl actions update sales/new/stop --all-roles --group inside-sales");
  AddName(*command, options->name);
  command->add_option("--display-name", options->display_name, "For people");
  AddEnum(*command, "--category", options->category, ActionCategoryNames(), "How it is grouped");
  AddEnum(*command, "--state", options->state, ActionStateNames(), "Whether it may be used");
  AddTexts(*command, "--role", options->roles, "Ids of the roles that may use it");
  command->add_flag("--all-roles", options->all_roles, "Every role may use it");
  AddTexts(*command, "--group", options->groups, "Ids of the groups whose members may use it");
  command->add_flag("--all-groups", options->all_groups, "Whatever group somebody is in");
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Permit that an action that adds to a DNC list is disabled");
  AddWriteOptions(*command, options->write);
  command->callback([&chosen, options] {
    if (options->all_roles && !options->roles.empty()) {
      throw CLI::ValidationError("--all-roles", "not with --role");
    }
    if (options->all_groups && !options->groups.empty()) {
      throw CLI::ValidationError("--all-groups", "not with --group");
    }
    chosen = [options](Session& s) { return Update(s, *options); };
  });
}

}  // namespace

void AddActionsChangeCommands(CLI::App& actions, Command& chosen) {
  auto name = std::make_shared<std::string>();
  CLI::App* get =
      AddCommand(actions, "get", "Show an action", "dncctl actions get sales/new/do-not-contact");
  AddName(*get, *name);
  get->callback([&chosen, name] { chosen = [name](Session& s) { return GetAction(s, *name); }; });
  AddUpdateAction(actions, chosen);
  auto options = std::make_shared<ActionsChangeOptions>();
  CLI::App* command = AddCommand(actions, "delete", "Delete an action",
                                 "dncctl actions delete sales/new/call-back --dry-run");
  AddName(*command, options->name);
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Although it adds to a DNC list");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Delete(s, *options); }; });
}

}  // namespace dnc::cli
