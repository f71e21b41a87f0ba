#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

const EnumNames& AdjustmentNames() {
  static const auto& names = *new EnumNames{{"keep", v1::ADJUSTMENT_POLICY_KEEP},
                                            {"override", v1::ADJUSTMENT_POLICY_OVERRIDE}};
  return names;
}

struct TemplatesApplyOptions {
  std::string id;
  std::vector<std::string> actions;
  std::vector<std::string> to;
  std::string all_statuses;
  int on_conflict = v1::CONFLICT_POLICY_FAIL;
  int adjustments = v1::ADJUSTMENT_POLICY_KEEP;
  bool allow_dropping_dnc = false;
  bool partial = false;
  WriteOptions write;
};

std::string TemplateLastId(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Every enabled status of a workflow.
absl::Status AddAllStatuses(Session& session, const std::string& workflow,
                            v1::ApplyTemplateRequest* request) {
  v1::GetWorkflowRequest get;
  DNC_ASSIGN_OR_RETURN(*get.mutable_name(), session.names().Workflow(workflow));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(get));
  for (const v1::Status& status : response.workflow().statuses()) {
    if (status.state() == v1::OBJECT_STATE_ENABLED) request->add_targets(status.name());
  }
  if (!request->targets().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the workflow ", workflow, " has no enabled status to apply it to"));
}

absl::StatusOr<v1::ApplyTemplateRequest> MakeRequest(Session& session,
                                                     const TemplatesApplyOptions& options) {
  v1::ApplyTemplateRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_template_(), session.names().Template(options.id));
  for (const std::string& action : options.actions) request.add_actions(TemplateLastId(action));
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
  request.set_adjustments(static_cast<v1::AdjustmentPolicy>(options.adjustments));
  request.set_allow_dropping_dnc(options.allow_dropping_dnc);
  request.set_allow_partial(options.partial);
  return request;
}

void PrintTemplates(Session& session, const v1::ApplyTemplateResponse& response) {
  Table table({"TARGET", "ACTION", "OUTCOME", "CHANGED", "ADJUSTED", "NOTE"});
  for (const v1::TemplateTargetResult& result : response.results()) {
    for (const v1::AppliedAction& applied : result.actions()) {
      const std::string outcome(
          absl::StripPrefix(v1::AppliedAction::Outcome_Name(applied.outcome()), "OUTCOME_"));
      table.AddRow({ShortName(result.target()), TemplateLastId(applied.target_action()),
                    absl::AsciiStrToLower(outcome), absl::StrJoin(applied.fields(), ", "),
                    absl::StrJoin(applied.adjusted_fields(), ", "), ""});
    }
    for (const v1::CopyRefusal& refusal : result.refusals()) {
      table.AddRow({ShortName(result.target()), TemplateLastId(refusal.action()), "refused", "", "",
                    absl::StrCat(refusal.reason(), ": ", refusal.message())});
    }
  }
  table.Print(session.out());
}

absl::StatusOr<int> Apply(Session& session, const TemplatesApplyOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, MakeRequest(session, options));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  PrintTemplates(session, response);
  PrintDifference(response, session.out());
  if (options.write.dry_run) {
    session.out() << "\ndry run: nothing was changed\n";
  } else {
    session.out() << "\nversion " << response.version() << " applied at revision "
                  << response.revision() << '\n';
  }
  return kExitOk;
}

}  // namespace

void AddTemplatesApplyCommand(CLI::App& templates, Command& chosen) {
  auto options = std::make_shared<TemplatesApplyOptions>();
  CLI::App* command = AddCommand(
      templates, "apply", "Copy a template's actions to statuses, or bring copies to its version",
      "dncctl templates apply opt-outs --to sales/new --to sales/working --dry-run\n"
      "dncctl templates apply opt-outs --all-statuses sales --on-conflict skip\n"
      "dncctl templates apply opt-outs --all-statuses sales --adjustments override");
  command->add_option("TEMPLATE", options->id, "Its id")->required();
  AddTexts(*command, "--action", options->actions, "Id of an action; all if none; repeatable");
  AddTexts(*command, "--to", options->to, "A target status; repeatable")
      ->type_name("WORKFLOW/STATUS");
  command
      ->add_option("--all-statuses", options->all_statuses, "Every enabled status of this workflow")
      ->type_name("WORKFLOW");
  AddEnum(*command, "--on-conflict", options->on_conflict, ConflictPolicyNames(),
          "Where a target has an action of its own of that id; fail if not given");
  AddEnum(*command, "--adjustments", options->adjustments, AdjustmentNames(),
          "What becomes of copies that were adjusted; keep if not given");
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Permit that an action loses its Do-Not-Contact operation");
  command->add_flag("--partial", options->partial, "Apply it to the targets that permit it");
  AddWriteOptions(*command, options->write, "Print the exact difference, change nothing");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Apply(s, *options); }; });
}

}  // namespace dnc::cli
