// CopyActions: all targets or none, unless the request permits a part.
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/action/copy_plan.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/target_refusals.h"
#include "server/state/workflow_edits.h"

namespace dnc {
namespace {

absl::StatusOr<const CatalogStatus*> FindSource(const CatalogOrganization& organization,
                                                const std::string& source) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(source, "source"));
  const CatalogStatus* status = organization.FindStatus(name.workflow, name.status);
  if (status != nullptr && name.organization == organization.id) return status;
  return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND, absl::StrCat(source, " does not exist"),
                   {{"status", source}});
}

}  // namespace

absl::Status Apply(const v1::CopyActionsRequest& request, Txn& txn,
                   v1::CopyActionsResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* source, FindSource(*organization, request.source()));
  DNC_ASSIGN_OR_RETURN(const std::vector<const v1::Action*> actions,
                       SelectActions(*source, request.actions()));
  std::vector<TargetPlan> plans;
  size_t answer_bytes = 0;
  for (const std::string& target : request.targets()) {
    NamingViolations warnings;
    const ActionJudge judge(*organization, &warnings);
    plans.push_back(PlanCopy(*organization, *source, actions, target, TargetField(plans.size()),
                             request.conflict_policy(), txn.etag(), [&](const v1::Action& action) {
                               return CheckSavedAction(txn, source->record_type, action,
                                                       TargetField(plans.size()), judge);
                             }));
    answer_bytes += plans.back().result.ByteSizeLong();
    if (answer_bytes > kMaxTargetAnswerBytes) return TargetAnswerTooLarge(answer_bytes);
    if (plans.back().refused()) continue;
    AddTargetWarnings(std::move(warnings), response->mutable_naming_violations());
  }
  if (!request.allow_partial()) DNC_RETURN_IF_ERROR(RefusalError(RefusedOf(plans), plans.size()));
  for (TargetPlan& plan : plans) {
    if (!plan.refused() && plan.changed) {
      const std::string& target = plan.result.target();
      DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(target, "targets"));
      DNC_RETURN_IF_ERROR(ReplaceStatus(txn, name.workflow,
                                        *organization->FindStatus(name.workflow, name.status),
                                        std::move(plan.after), "targets"));
    }
    *response->add_results() = std::move(plan.result);
  }
  return absl::OkStatus();
}

}  // namespace dnc
