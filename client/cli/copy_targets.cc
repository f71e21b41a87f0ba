#include "client/cli/copy_targets.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/enums.h"
#include "client/cli/options.h"

namespace dnc::cli {
namespace {

absl::StatusOr<std::vector<std::string>> EnabledStatuses(Session& session,
                                                         const std::string& workflow,
                                                         const std::string& source) {
  v1::GetWorkflowRequest get;
  DNC_ASSIGN_OR_RETURN(*get.mutable_name(), session.names().Workflow(workflow));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(get));
  std::vector<std::string> names;
  for (const v1::Status& status : response.workflow().statuses()) {
    const bool enabled = status.state() == v1::OBJECT_STATE_ENABLED;
    if (enabled && status.name() != source) names.push_back(status.name());
  }
  if (!names.empty()) return names;
  return absl::InvalidArgumentError(absl::StrCat("the workflow ", workflow, " has no ",
                                                 source.empty() ? "" : "other ", "enabled status"));
}

}  // namespace

void AddCopyTargetOptions(CLI::App& command, CopyTargetOptions& options) {
  AddTexts(command, "--action", options.actions, "Id of an action; all if none; repeatable");
  AddTexts(command, "--to", options.to, "A target status; repeatable")
      ->type_name("WORKFLOW/STATUS");
  command
      .add_option("--all-statuses", options.all_statuses,
                  "Every enabled status of this workflow but the source")
      ->type_name("WORKFLOW");
  AddEnum(command, "--on-conflict", options.on_conflict, ConflictPolicyNames(),
          "Where a target has an action of its own of that id; fail if not given");
  command.add_flag("--partial", options.partial, "Copy to the targets that permit it");
  AddWriteOptions(command, options.write, "Print the exact difference, change nothing");
}

std::string LastId(const std::string& name) { return name.substr(name.rfind('/') + 1); }

absl::StatusOr<std::vector<std::string>> TargetNames(Session& session,
                                                     const CopyTargetOptions& options,
                                                     const std::string& source) {
  std::vector<std::string> names;
  for (const std::string& target : options.to) {
    DNC_ASSIGN_OR_RETURN(std::string name, session.names().Status(target));
    names.push_back(std::move(name));
  }
  if (!options.all_statuses.empty()) {
    DNC_ASSIGN_OR_RETURN(const auto enabled,
                         EnabledStatuses(session, options.all_statuses, source));
    names.insert(names.end(), enabled.begin(), enabled.end());
  }
  if (!names.empty()) return names;
  return absl::InvalidArgumentError(
      "no target: give --to WORKFLOW/STATUS, repeatable, or --all-statuses WORKFLOW");
}

std::vector<std::string> RefusalCells(const std::string& target, const v1::CopyRefusal& refusal) {
  return {ShortName(target), LastId(refusal.action()), "refused",
          absl::StrCat(refusal.reason(), ": ", refusal.message())};
}

}  // namespace dnc::cli
