// CopyActions: all targets or none, unless the request permits a part.
#include "absl/strings/str_cat.h"
#include "server/action/copy_plan.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
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

// Half of what clients take, so that the answer of a copy that was carried out always arrives.
constexpr size_t kMaxAnswerBytes = 32 << 20;

absl::Status AnswerTooLarge(size_t bytes) {
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat("targets: the answer would have more than ", kMaxAnswerBytes,
                                " bytes; copy to fewer targets, or fewer actions, at once"),
                   {{"field", "targets"},
                    {"limit", absl::StrCat(kMaxAnswerBytes)},
                    {"actual", absl::StrCat(bytes)}});
}

std::string TargetField(size_t index) { return absl::StrCat("targets[", index, "]"); }

// gRPC carries an error in its headers, which clients limit to 8 KiB.
constexpr size_t kMaxRefusalBytes = 2048;

// All refusals, or as many as fit.
std::string RefusalList(const std::vector<std::string>& all) {
  std::string list;
  for (size_t i = 0; i < all.size(); ++i) {
    if (list.size() + all[i].size() > kMaxRefusalBytes) {
      return absl::StrCat(list, "; and ", all.size() - i, " more");
    }
    absl::StrAppend(&list, i == 0 ? "" : "; ", all[i]);
  }
  return list;
}

// The first refusal as the error of the whole call, with all of them in its metadata.
absl::Status RefusalError(const std::vector<TargetPlan>& plans) {
  std::vector<std::string> all;
  const TargetPlan* first = nullptr;
  for (const TargetPlan& plan : plans) {
    if (!plan.refused()) continue;
    if (first == nullptr) first = &plan;
    for (const v1::CopyRefusal& refusal : plan.result.refusals()) {
      all.push_back(absl::StrCat(plan.result.target(), " ", refusal.reason()));
    }
  }
  if (first == nullptr) return absl::OkStatus();
  google::rpc::ErrorInfo info = ErrorInfoOf(first->first_refusal).value();
  (*info.mutable_metadata())["field"] = TargetField(static_cast<size_t>(first - plans.data()));
  (*info.mutable_metadata())["target"] = first->result.target();
  (*info.mutable_metadata())["refusals"] = RefusalList(all);
  const std::string& action = first->result.refusals(0).action();
  if (!action.empty()) (*info.mutable_metadata())["action"] = action;
  return WithErrorInfo(
      absl::Status(
          first->first_refusal.code(),
          absl::StrCat(first->result.target(), ": ", first->result.refusals(0).message(), " (",
                       all.size(), all.size() == 1 ? " refusal" : " refusals",
                       "; nothing was copied; allow_partial copies to the other targets)")),
      info);
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
    plans.push_back(PlanCopy(*organization, *source, actions, target, TargetField(plans.size()),
                             request.conflict_policy(), txn.etag()));
    answer_bytes += plans.back().result.ByteSizeLong();
    if (answer_bytes > kMaxAnswerBytes) return AnswerTooLarge(answer_bytes);
  }
  if (!request.allow_partial()) DNC_RETURN_IF_ERROR(RefusalError(plans));
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
