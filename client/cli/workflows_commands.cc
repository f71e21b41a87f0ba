#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/action_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

void PrintWorkflow(Session& session, const v1::Workflow& workflow) {
  session.out() << ShortName(workflow.name()) << "  " << Printable(workflow.display_name())
                << "  record type " << Printable(workflow.record_type()) << ", "
                << EnumWord(ObjectStateNames(), workflow.state()) << "\n\n";
  Table statuses({"STATUS", "NAME", "MEANS", "STATE", "RESTRICTS", "VISIBLE TO"});
  Table actions({"ACTION", "NAME", "CATEGORY", "STATE", "ROLES", "GROUPS", "DOES"});
  for (const v1::Status& status : workflow.statuses()) {
    statuses.AddRow({ShortName(status.name()), status.display_name(),
                     EnumWord(SystemStatusNames(), status.system_status()),
                     EnumWord(ObjectStateNames(), status.state()), RestrictionText(status),
                     AllOr(status.visible_to_roles())});
    for (const v1::Action& action : status.actions()) {
      actions.AddRow({ShortName(action.name()), action.display_name(),
                      EnumWord(ActionCategoryNames(), action.category()),
                      EnumWord(ObjectStateNames(), action.state()), AllOr(action.roles()),
                      AllOr(action.groups()), OperationsText(action)});
    }
  }
  statuses.Print(session.out());
  session.out() << '\n';
  actions.Print(session.out());
}

absl::StatusOr<int> GetWorkflow(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetWorkflowRequest>(session, session.names().Workflow(id)));
  return PrintAnswer(session, response, [&] { PrintWorkflow(session, response.workflow()); });
}

void PrintWorkflows(Session& session, const v1::ListWorkflowsResponse& all) {
  Table table({"WORKFLOW", "NAME", "RECORD TYPE", "STATE", "CREATED"});
  for (const v1::Workflow& workflow : all.workflows()) {
    table.AddRow({ShortName(workflow.name()), workflow.display_name(), workflow.record_type(),
                  EnumWord(ObjectStateNames(), workflow.state()),
                  TimeText(workflow.create_time())});
  }
  table.Print(session.out());
}

absl::StatusOr<int> ListWorkflows(Session& session, int64_t limit) {
  return PrintAllOfOrganization<v1::ListWorkflowsRequest>(
      session, limit, &v1::ListWorkflowsResponse::workflows_size,
      [&](const auto& all) { PrintWorkflows(session, all); });
}

}  // namespace

void AddWorkflowsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "workflows", "Workflows, their statuses and actions",
                             "dncctl workflows apply -f sales.yaml --dry-run\n"
                             "dncctl workflows get sales");
  AddWorkflowsApplyCommand(*group, chosen);
  AddWorkflowsChangeCommands(*group, chosen);

  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show a workflow with its statuses and actions",
                             "dncctl workflows get sales");
  get->add_option("NAME", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetWorkflow(s, *id); }; });

  auto limit = std::make_shared<int64_t>(kDefaultLimit);
  CLI::App* list = AddCommand(*group, "list", "List the workflows", "dncctl workflows list");
  AddLimit(*list, *limit);
  list->callback(
      [&chosen, limit] { chosen = [limit](Session& s) { return ListWorkflows(s, *limit); }; });
}

}  // namespace dnc::cli
