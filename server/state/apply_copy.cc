// CopyActions: all targets or none, unless the request permits a part.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/action/copy_plan.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"

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

// The first refusal as the error of the whole call, with all of them in its metadata.
absl::Status RefusalError(const std::vector<TargetPlan>& plans) {
  std::vector<std::string> all;
  const v1::CopyTargetResult* first = nullptr;
  for (const TargetPlan& plan : plans) {
    if (!plan.refused()) continue;
    if (first == nullptr) first = &plan.result;
    for (const v1::CopyRefusal& refusal : plan.result.refusals()) {
      all.push_back(absl::StrCat(plan.result.target(), " ", refusal.reason()));
    }
  }
  if (first == nullptr) return absl::OkStatus();
  const v1::CopyRefusal& refusal = first->refusals(0);
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", refusal.reason()), &reason);
  absl::Status error =
      MakeError(reason,
                absl::StrCat(first->target(), ": ", refusal.message(), " (", all.size(),
                             all.size() == 1 ? " refusal" : " refusals",
                             "; nothing was copied; allow_partial copies to the other targets)"),
                {{"target", first->target()},
                 {"action", refusal.action()},
                 {"refusals", absl::StrJoin(all, "; ")}});
  return error;
}

}  // namespace

absl::Status Apply(const v1::CopyActionsRequest& request, Txn& txn,
                   v1::CopyActionsResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* source, FindSource(*organization, request.source()));
  DNC_ASSIGN_OR_RETURN(const std::vector<const v1::Action*> actions,
                       SelectActions(*source, request.actions()));
  std::vector<TargetPlan> plans;
  for (const std::string& target : request.targets()) {
    plans.push_back(
        PlanCopy(*organization, *source, actions, target, request.conflict_policy(), txn.etag()));
  }
  if (!request.allow_partial()) DNC_RETURN_IF_ERROR(RefusalError(plans));
  // Plans hold pointers into this state of the catalog, so it is kept while it is being replaced.
  const std::shared_ptr<const Catalog> keep = txn.shared_catalog();
  for (TargetPlan& plan : plans) {
    *response->add_results() = plan.result;
    if (plan.refused() || !plan.changed) continue;
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(plan.result.target(), "targets"));
    storage::v1::StatusRecord record = organization->FindStatus(name.workflow, name.status)->record;
    *record.mutable_status() = std::move(plan.after);
    txn.PutStatus(name.workflow,
                  std::make_shared<CatalogStatus>(std::move(record), source->record_type));
  }
  return absl::OkStatus();
}

}  // namespace dnc
