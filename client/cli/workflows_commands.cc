#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/action_text.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
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
  Table statuses({"STATUS", "NAME", "MEANS", "STATE", "RESTRICTS"});
  Table actions({"ACTION", "NAME", "CATEGORY", "STATE", "DOES"});
  for (const v1::Status& status : workflow.statuses()) {
    statuses.AddRow({ShortName(status.name()), status.display_name(),
                     EnumWord(SystemStatusNames(), status.system_status()),
                     EnumWord(ObjectStateNames(), status.state()), RestrictionText(status)});
    for (const v1::Action& action : status.actions()) {
      actions.AddRow({ShortName(action.name()), action.display_name(),
                      EnumWord(ActionCategoryNames(), action.category()),
                      EnumWord(ObjectStateNames(), action.state()), OperationsText(action)});
    }
  }
  statuses.Print(session.out());
  session.out() << '\n';
  actions.Print(session.out());
}

absl::StatusOr<int> GetWorkflow(Session& session, const std::string& id) {
  v1::GetWorkflowRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Workflow(id));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
  } else {
    PrintWorkflow(session, response.workflow());
  }
  return kExitOk;
}

absl::StatusOr<int> ListWorkflows(Session& session, int64_t limit) {
  v1::ListWorkflowsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  DNC_ASSIGN_OR_RETURN(
      const auto all,
      ListAll<v1::ListWorkflowsResponse>(session, request, limit, [](const auto& page) -> int64_t {
        return page.workflows_size();
      }));
  if (session.json()) {
    session.PrintJson(all);
    return kExitOk;
  }
  Table table({"WORKFLOW", "NAME", "RECORD TYPE", "STATE", "CREATED"});
  for (const v1::Workflow& workflow : all.workflows()) {
    table.AddRow({ShortName(workflow.name()), workflow.display_name(), workflow.record_type(),
                  EnumWord(ObjectStateNames(), workflow.state()),
                  TimeText(workflow.create_time())});
  }
  table.Print(session.out());
  return kExitOk;
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
  list->add_option("--limit", *limit, "How many at most; 0: all")->check(CLI::NonNegativeNumber);
  list->callback(
      [&chosen, limit] { chosen = [limit](Session& s) { return ListWorkflows(s, *limit); }; });
}

}  // namespace dnc::cli
