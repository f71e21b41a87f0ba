// DiagnoseCopy: what CopyActions would refuse. It is asked itself, in a dry run.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/auth/permissions.h"
#include "server/diagnose/copy_findings.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/remedies.h"
#include "server/error/error.h"
#include "server/handler/diagnose_handler.h"
#include "server/handler/read_handler.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/state/refusal.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using v1::Finding;

constexpr absl::string_view kActionsCopy = "actions.copy";

v1::CopyActionsRequest CopyRequest(const v1::DiagnoseCopyRequest& request,
                                   const std::string& actor) {
  v1::CopyActionsRequest copy;
  copy.set_source(request.source());
  *copy.mutable_actions() = request.actions();
  *copy.mutable_targets() = request.targets();
  copy.set_conflict_policy(request.conflict_policy());
  copy.set_allow_partial(true);
  copy.set_validate_only(true);
  copy.mutable_actor()->set_id(actor);
  return copy;
}

// Whether whoever is to copy has the permission for the source and every target; findings where
// not, if they are asked for.
bool JudgePermission(const CatalogOrganization& organization,
                     const v1::DiagnoseCopyRequest& request, absl::string_view permission,
                     FindingList* findings) {
  const PermissionSet wanted = SetOf(permission);
  bool has_all = true;
  const auto judge = [&](const std::string& status) {
    if (organization.access->Has(request.user(), wanted, status)) return;
    has_all = false;
    if (findings == nullptr) return;
    Finding finding =
        MakeFinding(Finding::KIND_PERMISSION, Finding::SEVERITY_CAUSE, status, permission,
                    absl::StrCat(request.user(), " does not have the permission ", permission,
                                 " for ", CommandName(status)));
    finding.set_reason(ShortName(v1::ERROR_REASON_PERMISSION_DENIED));
    *finding.mutable_remedy() =
        GrantPermission(permission, PredefinedRolesWith(permission), status);
    findings->Add(std::move(finding), request.user());
  };
  judge(request.source());
  for (const std::string& target : request.targets()) judge(target);
  return has_all;
}

// A whole copy that was refused, where that is the trouble: the source lacks an action.
bool IsMissingAction(const absl::Status& refusal) {
  const auto info = ErrorInfoOf(refusal);
  return info.has_value() && info->reason() == ShortName(v1::ERROR_REASON_ACTION_NOT_FOUND);
}

void AddMissingAction(const v1::DiagnoseCopyRequest& request, const absl::Status& refusal,
                      FindingList* findings) {
  Finding finding = MakeFinding(Finding::KIND_NO_SUCH_ACTION, Finding::SEVERITY_CAUSE,
                                request.source(), "", std::string(refusal.message()));
  finding.set_reason(ShortName(v1::ERROR_REASON_ACTION_NOT_FOUND));
  *finding.mutable_remedy() = MakeRemedy("Name actions of the source, or none for all of them.",
                                         "WorkflowService.ListActions");
  findings->Add(std::move(finding));
}

}  // namespace

absl::Status DiagnoseHandler::Diagnose(const v1::DiagnoseCopyRequest& request,
                                       const Principal& caller,
                                       v1::DiagnoseCopyResponse* response) const {
  if (!request.user().empty()) DNC_RETURN_IF_ERROR(ValidatePrincipal(request.user(), "user"));
  DNC_ASSIGN_OR_RETURN(
      storage::v1::Mutation mutation,
      sources_.preparer->Prepare(
          CopyRequest(request, request.user().empty() ? caller.id : request.user()), caller));
  FindingList findings;
  {
    const StateMachine::ViewGuard view = sources_.state->Read();
    response->set_revision(view->revision);
    DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, request.source()));
    for (const std::string& target : request.targets()) {
      DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, target));
    }
    DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                         FindOrganization(*view, mutation.organization()));
    const bool administrator = request.user() == caller.id && caller.administrator;
    const bool judged = !request.user().empty() && !administrator;
    if (judged) JudgePermission(*organization, request, kActionsCopy, &findings);
    mutation.set_allow_reconsent(
        !judged || JudgePermission(*organization, request, kActionsReconsent, nullptr));
    if (judged) mutation.set_principal(request.user());  // refusals name who lacks what
  }
  const Outcome outcome = sources_.state->DryRun(mutation);
  v1::CopyActionsResponse plan;
  if (outcome.code() != 0) {
    const absl::Status refusal = RefusalOf(outcome);
    if (!IsMissingAction(refusal)) return refusal;
    AddMissingAction(request, refusal, &findings);
  } else if (!plan.ParseFromString(outcome.response())) {
    return absl::InternalError("the plan of a copy cannot be read");
  }
  for (const v1::CopyTargetResult& result : plan.results()) {
    for (const v1::CopyRefusal& refusal : result.refusals()) {
      findings.Add(FindingOf(refusal, result.target(), request.source()), request.user());
    }
    *response->add_targets() = Describe(result);
  }
  for (const v1::NamingViolation& violation : plan.naming_violations()) {
    findings.Add(FindingOf(violation));
  }
  std::move(findings).Write("nothing stands in the way of the copy", response->mutable_findings(),
                            response->mutable_diagnosis());
  return absl::OkStatus();
}

}  // namespace dnc
