#include "server/diagnose/copy_findings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/remedies.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using v1::Finding;
using v1::Remedy;

struct Refusal {
  const v1::CopyRefusal& refusal;
  const std::string& target;
  const std::string& source;

  std::string CopyCommand(absl::string_view more) const {
    return absl::StrCat(
        "dncctl actions copy --from ", CommandName(source),
        refusal.action().empty() ? "" : absl::StrCat(" --action ", refusal.action()), " --to ",
        CommandName(target), more);
  }
};

// What one reason means, and how it is mended.
struct RefusalRow {
  const char* reason;
  Finding::Kind kind;
  Remedy (*remedy)(const Refusal&);
};

Remedy WorkflowOf(const Refusal& refusal, Remedy (*remedy)(absl::string_view)) {
  const std::string& target = refusal.target;
  return remedy(target.substr(0, target.find("/statuses/")));
}

constexpr RefusalRow kRefusalRows[] = {
    {"COPY_ONTO_ITSELF", Finding::KIND_COPY_ONTO_ITSELF,
     [](const Refusal&) {
       return MakeRemedy("Leave the source out of the targets.", "ActionService.CopyActions");
     }},
    {"STATUS_NOT_FOUND", Finding::KIND_STATUS_MISSING,
     [](const Refusal& refusal) {
       return MakeRemedy(
           absl::StrCat("Create ", CommandName(refusal.target), ", or name a status that exists."),
           "WorkflowService.CreateStatus",
           absl::StrCat("dncctl workflows get ",
                        CommandName(refusal.source.substr(0, refusal.source.find("/statuses/")))));
     }},
    {"STATUS_DISABLED", Finding::KIND_STATUS_DISABLED,
     [](const Refusal& refusal) { return EnableStatus(refusal.target); }},
    {"STATUS_ARCHIVED", Finding::KIND_STATUS_ARCHIVED,
     [](const Refusal& refusal) { return RestoreStatus(refusal.target); }},
    {"WORKFLOW_DISABLED", Finding::KIND_WORKFLOW_DISABLED,
     [](const Refusal& refusal) { return WorkflowOf(refusal, EnableWorkflow); }},
    {"WORKFLOW_ARCHIVED", Finding::KIND_WORKFLOW_ARCHIVED,
     [](const Refusal& refusal) { return WorkflowOf(refusal, RestoreWorkflow); }},
    {"RECORD_TYPE_MISMATCH", Finding::KIND_COPY_RECORD_TYPE,
     [](const Refusal& refusal) {
       return MakeRemedy(absl::StrCat("Copies never cross record types. Create the action in ",
                                      CommandName(refusal.target),
                                      " itself, or copy it from a status of that record type."),
                         "WorkflowService.CreateAction");
     }},
    {"ACTION_CONFLICT", Finding::KIND_COPY_CONFLICT,
     [](const Refusal& refusal) {
       return MakeRemedy(
           "Keep the target's action (skip), replace it, or copy under another id (rename).",
           "ActionService.CopyActions", refusal.CopyCommand(" --on-conflict rename"));
     }},
    {"DNC_OPERATION_DROPPED", Finding::KIND_COPY_DROPS_DNC,
     [](const Refusal& refusal) {
       return MakeRemedy(
           "Copy under another id (rename), so that the opt-out stays, or bring both actions to "
           "the "
           "same add_to_dnc_list first.",
           "ActionService.CopyActions", refusal.CopyCommand(" --on-conflict rename"));
     }},
    {"NAMING_VIOLATION", Finding::KIND_NAMING,
     [](const Refusal& refusal) {
       return MakeRemedy(absl::StrCat("Give ", refusal.refusal.action(),
                                      " a display name that follows the organization's rule, or "
                                      "change the rule."),
                         "WorkflowService.UpdateAction");
     }},
    {"LIMIT_EXCEEDED", Finding::KIND_TARGET_FULL,
     [](const Refusal& refusal) {
       return MakeRemedy(
           absl::StrCat("Copy fewer actions, or delete some of ", CommandName(refusal.target), "."),
           "WorkflowService.DeleteAction");
     }},
    {"PERMISSION_DENIED", Finding::KIND_PERMISSION,
     [](const Refusal& refusal) {
       return GrantPermission("actions.reconsent", "compliance-officer", refusal.target);
     }},
};

}  // namespace

Finding FindingOf(const v1::CopyRefusal& refusal, const std::string& target,
                  const std::string& source) {
  const Refusal whole{refusal, target, source};
  const std::string action =
      refusal.action().empty() ? "" : ActionName(source, LastPart(refusal.action()));
  Finding finding = MakeFinding(Finding::KIND_COPY_REFUSED, Finding::SEVERITY_CAUSE, target, action,
                                absl::StrCat(CommandName(target), ": ", refusal.message()));
  finding.set_reason(refusal.reason());
  *finding.mutable_remedy() =
      MakeRemedy("Mend the action at the source as the message says, or leave it out of the copy.",
                 "WorkflowService.UpdateAction");
  for (const RefusalRow& row : kRefusalRows) {
    if (row.reason != refusal.reason()) continue;
    // An action that names something of another record type is not the target's fault.
    if (row.kind == Finding::KIND_COPY_RECORD_TYPE && !action.empty()) break;
    finding.set_kind(row.kind);
    *finding.mutable_remedy() = row.remedy(whole);
  }
  if (finding.kind() == Finding::KIND_COPY_RECORD_TYPE) finding.set_related(source);
  if (finding.kind() == Finding::KIND_PERMISSION) finding.set_related("actions.reconsent");
  return finding;
}

Finding FindingOf(const v1::NamingViolation& violation) {
  Finding finding = MakeFinding(
      Finding::KIND_NAMING, Finding::SEVERITY_WARNING,
      violation.action().substr(0, violation.action().find("/actions/")), violation.action(),
      absl::StrCat("\"", violation.display_name(), "\" does not follow the naming rule ",
                   violation.pattern(), ", which is not enforced"));
  *finding.mutable_remedy() = MakeRemedy("Give the action a display name that follows the rule.",
                                         "WorkflowService.UpdateAction");
  return finding;
}

v1::DiagnosedTarget Describe(const v1::CopyTargetResult& result) {
  v1::DiagnosedTarget described;
  described.set_target(result.target());
  described.set_possible(result.refusals().empty());
  int32_t changes = 0;
  for (const v1::CopiedAction& copied : result.actions()) {
    if (copied.outcome() != v1::CopiedAction::OUTCOME_SKIPPED &&
        copied.outcome() != v1::CopiedAction::OUTCOME_UNCHANGED) {
      ++changes;
    }
  }
  described.set_changes(changes);
  return described;
}

}  // namespace dnc
