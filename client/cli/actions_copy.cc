#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/action_text.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ActionsCopyOptions {
  std::string from;
  std::vector<std::string> actions;
  std::vector<std::string> to;
  std::string all_statuses;
  int on_conflict = v1::CONFLICT_POLICY_FAIL;
  bool partial = false;
  WriteOptions write;
};

// The action's own id, whether it was given alone, as WORKFLOW/STATUS/ACTION or in full.
std::string LastId(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Every other enabled status of a workflow.
absl::Status AddAllStatuses(Session& session, const std::string& workflow,
                            v1::CopyActionsRequest* request) {
  v1::GetWorkflowRequest get;
  DNC_ASSIGN_OR_RETURN(*get.mutable_name(), session.names().Workflow(workflow));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(get));
  for (const v1::Status& status : response.workflow().statuses()) {
    const bool enabled = status.state() == v1::OBJECT_STATE_ENABLED;
    if (enabled && status.name() != request->source()) request->add_targets(status.name());
  }
  if (!request->targets().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the workflow ", workflow, " has no other enabled status to copy to"));
}

absl::StatusOr<v1::CopyActionsRequest> MakeRequest(Session& session,
                                                   const ActionsCopyOptions& options) {
  v1::CopyActionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_source(), session.names().Status(options.from));
  for (const std::string& action : options.actions) request.add_actions(LastId(action));
  for (const std::string& target : options.to) {
    DNC_ASSIGN_OR_RETURN(*request.add_targets(), session.names().Status(target));
  }
  if (!options.all_statuses.empty()) {
    DNC_RETURN_IF_ERROR(AddAllStatuses(session, options.all_statuses, &request));
  }
  if (request.targets().empty()) {
    return absl::InvalidArgumentError(
        "no target: give --to WORKFLOW/STATUS, repeatable, or --all-statuses WORKFLOW");
  }
  request.set_conflict_policy(static_cast<v1::ConflictPolicy>(options.on_conflict));
  request.set_allow_partial(options.partial);
  session.BeginWrite(options.write);
  session.Sign(request);
  return request;
}

void PrintActions(Session& session, const v1::CopyActionsResponse& response) {
  Table table({"TARGET", "ACTION", "OUTCOME", "NOTE"});
  for (const v1::CopyTargetResult& result : response.results()) {
    for (const v1::CopiedAction& copied : result.actions()) {
      const std::string outcome(
          absl::StripPrefix(v1::CopiedAction::Outcome_Name(copied.outcome()), "OUTCOME_"));
      table.AddRow({ShortName(result.target()), LastId(copied.target_action()),
                    absl::AsciiStrToLower(outcome), ""});
    }
    for (const v1::CopyRefusal& refusal : result.refusals()) {
      table.AddRow({ShortName(result.target()), LastId(refusal.action()), "refused",
                    absl::StrCat(refusal.reason(), ": ", refusal.message())});
    }
  }
  table.Print(session.out());
}

absl::StatusOr<int> Copy(Session& session, const ActionsCopyOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, MakeRequest(session, options));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  PrintActions(session, response);
  PrintDifference(response, session.out());
  if (options.write.dry_run) {
    session.out() << "\ndry run: nothing was changed\n";
  } else {
    session.out() << "\ncopied at revision " << response.revision() << '\n';
  }
  return kExitOk;
}

}  // namespace

void AddActionsCopyCommand(CLI::App& actions, Command& chosen) {
  auto options = std::make_shared<ActionsCopyOptions>();
  CLI::App* command = AddCommand(
      actions, "copy", "Copy actions of one status to others: to all of them, or to none",
      "dncctl actions copy --from sales/new --to sales/working --to sales/nurture --dry-run\n"
      "dncctl actions copy --from sales/new --action do-not-contact --all-statuses sales "
      "--on-conflict skip\n"
      "dncctl actions copy --from sales/new --to support/open --on-conflict rename --partial\n\n"
      "No copy ever drops a Do-Not-Contact operation; --partial copies to the targets that permit\n"
      "it and reports the refusals of the others.");
  command->add_option("--from", options->from, "The source status")
      ->required()
      ->type_name("WORKFLOW/STATUS");
  AddTexts(*command, "--action", options->actions, "Id of an action; all if none; repeatable");
  AddTexts(*command, "--to", options->to, "A target status; repeatable")
      ->type_name("WORKFLOW/STATUS");
  command
      ->add_option("--all-statuses", options->all_statuses,
                   "Every other enabled status of this workflow")
      ->type_name("WORKFLOW");
  AddEnum(*command, "--on-conflict", options->on_conflict, ConflictPolicyNames(),
          "Where a target has an action of that id; fail if not given");
  command->add_flag("--partial", options->partial, "Copy to the targets that permit it");
  AddWriteOptions(*command, options->write, "Print the exact difference, change nothing");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Copy(s, *options); }; });
}

}  // namespace dnc::cli
