// dncctl workflows update, disable, archive, restore.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/affected_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct WorkflowsChangeOptions {
  std::string id;
  std::string display_name;
  int state = v1::OBJECT_STATE_UNSPECIFIED;
  std::vector<std::string> order;
  std::string etag;
  bool allow_affected = false;
  WriteOptions write;
};

void PrintChanged(Session& session, const v1::Workflow& now) {
  session.out() << ShortName(now.name()) << " \"" << Printable(now.display_name()) << "\" is "
                << EnumWord(ObjectStateNames(), now.state()) << "; statuses:";
  for (const v1::Status& status : now.statuses()) {
    const std::string name = ShortName(status.name());
    session.out() << ' ' << name.substr(name.find('/') + 1);
  }
  session.out() << '\n';
}

absl::StatusOr<int> Update(Session& session, const WorkflowsChangeOptions& options) {
  v1::UpdateWorkflowRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  v1::Workflow* workflow = request.mutable_workflow();
  DNC_ASSIGN_OR_RETURN(*workflow->mutable_name(), session.names().Workflow(options.id));
  workflow->set_display_name(options.display_name);
  workflow->set_state(static_cast<v1::ObjectState>(options.state));
  workflow->set_etag(options.etag);
  request.mutable_status_order()->Assign(options.order.begin(), options.order.end());
  request.set_allow_affected(options.allow_affected);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] {
    PrintChanged(session, response.workflow());
    PrintAffected(response.affected(), session.out());
  });
}

void AddCommonOptions(CLI::App& command, WorkflowsChangeOptions& options) {
  command.add_option("NAME", options.id, "Its id")->required();
  command.add_option("--etag", options.etag, "Refuse where it changed since it was read");
  AddWriteOptions(command, options.write);
}

void AddAllowAffected(CLI::App& command, WorkflowsChangeOptions& options) {
  command.add_flag("--allow-affected", options.allow_affected,
                   "Although leads are in it, or actions of other workflows move leads to it");
}

// A command that does nothing but set the state.
void AddStateCommand(CLI::App& group, Command& chosen, const std::string& name,
                     const std::string& description, v1::ObjectState state) {
  auto options = std::make_shared<WorkflowsChangeOptions>();
  options->state = state;
  CLI::App* command = AddCommand(
      group, name, description,
      "dncctl workflows " + name + " sales --dry-run\n" + "dncctl workflows " + name + " sales");
  AddCommonOptions(*command, *options);
  if (state != v1::OBJECT_STATE_ENABLED) AddAllowAffected(*command, *options);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Update(s, *options); }; });
}

}  // namespace

void AddWorkflowsChangeCommands(CLI::App& workflows, Command& chosen) {
  auto options = std::make_shared<WorkflowsChangeOptions>();
  CLI::App* command = AddCommand(workflows, "update",
                                 "Change a workflow's name, state or the order of its statuses",
                                 "dncctl workflows update sales --display-name \"Sales, inbound\"\n"
                                 "dncctl workflows update sales --order new,working,won,dead");
  AddCommonOptions(*command, *options);
  command->add_option("--display-name", options->display_name, "For people");
  AddEnum(*command, "--state", options->state, ObjectStateNames(), "What it may be used for");
  AddTexts(*command, "--order", options->order,
           "Ids of its statuses; those not named stay behind the one that they stand behind");
  AddAllowAffected(*command, *options);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Update(s, *options); }; });

  AddStateCommand(workflows, chosen, "disable", "Take a workflow out of use for now",
                  v1::OBJECT_STATE_DISABLED);
  AddStateCommand(workflows, chosen, "archive", "Keep a workflow for the record only",
                  v1::OBJECT_STATE_ARCHIVED);
  AddStateCommand(workflows, chosen, "restore", "Put a disabled or archived workflow back in use",
                  v1::OBJECT_STATE_ENABLED);
}

}  // namespace dnc::cli
