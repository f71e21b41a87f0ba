#include "server/state/workflow_edits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/auth/permission_denied.h"
#include "server/auth/permissions.h"
#include "server/name/resource_name.h"
#include "server/workflow/named_access.h"
#include "server/workflow/rules.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMaxStatuses = 1000;
constexpr int kMaxActions = 200;

absl::Status TooMany(absl::string_view field, int limit, int actual) {
  return MakeError(
      v1::ERROR_REASON_LIMIT_EXCEEDED,
      absl::StrCat(field, ": there would be ", actual, ", at most ", limit, " are taken"),
      {{"field", std::string(field)},
       {"limit", absl::StrCat(limit)},
       {"actual", absl::StrCat(actual)}});
}

void StampNew(const std::string& etag, v1::Status* status) {
  status->set_etag(etag);
  FillDefaults(status);
  for (v1::Action& action : *status->mutable_actions()) {
    action.set_etag(etag);
    FillDefaults(&action);
  }
}

// Saving an action that removes restrictions is a permission of its own.
absl::Status CheckReconsent(const Txn& txn, const v1::Status& status) {
  if (txn.mutation().allow_reconsent()) return absl::OkStatus();
  for (const v1::Action& action : status.actions()) {
    if (action.etag() != txn.etag() || !HasReconsentOperation(action)) continue;
    return PermissionDenied(txn.mutation().principal(), kActionsReconsent, action.name());
  }
  return absl::OkStatus();
}

// So is saving one that moves leads out of a restriction: who may apply it may lift it from then
// on. An action of a template is judged where it is put to use. A copy is refused target by target.
absl::Status CheckExit(const Txn& txn, const CatalogOrganization& organization,
                       const v1::Action& action) {
  if (txn.mutation().allow_reconsent()) return absl::OkStatus();
  const absl::StatusOr<ResourceName> name = ParseActionName(action.name(), "action");
  const CatalogStatus* status =
      name.ok() ? organization.FindStatus(name->workflow, name->status) : nullptr;
  if (status == nullptr || (!HasReconsentOperation(action) &&
                            !LiftsRestriction(organization, status->proto(), action))) {
    return absl::OkStatus();
  }
  return PermissionDenied(txn.mutation().principal(), kActionsReconsent, action.name());
}

// A status before the mutation (null: there was none) and after it.
struct StatusChange {
  const CatalogStatus* before;
  const CatalogStatus& after;

  bool changed() const { return before != &after; }
  bool restricts_otherwise() const {
    return before != nullptr && changed() &&
           (before->proto().system_status() != after.proto().system_status() ||
            !SameRestriction(before->proto(), after.proto()));
  }
};

std::vector<StatusChange> AllStatuses(const CatalogOrganization& before,
                                      const CatalogOrganization& after) {
  std::vector<StatusChange> all;
  for (const auto& [workflow_id, workflow] : after.workflows) {
    for (const auto& [id, status] : workflow->statuses) {
      all.push_back({before.FindStatus(workflow_id, id), *status});
    }
  }
  return all;
}

// Of a status that the mutation changes the request's permissions tell, of another the bindings.
bool MayOpen(const Txn& txn, const CatalogOrganization& organization, const StatusChange& status) {
  const storage::v1::Mutation& mutation = txn.mutation();
  if (mutation.principal_is_administrator()) return true;
  if (status.changed()) return mutation.allow_reconsent();
  return organization.access->Has(mutation.principal(), SetOf(kActionsReconsent),
                                  status.after.proto().name());
}

// What leads out of the status as nothing did before: an action, or that its restriction no longer
// lasts. Empty: nothing. An action that is out of use is judged when it is enabled.
std::string NewExit(const CatalogOrganization& before, const CatalogOrganization& after,
                    const StatusChange& status) {
  const v1::Status& now = status.after.proto();
  if (status.before != nullptr && RestrictsLastingly(status.before->proto()) &&
      !RestrictsLastingly(now)) {
    return now.name();
  }
  for (const v1::Action& action : now.actions()) {
    if (action.state() != v1::OBJECT_STATE_ENABLED || !LiftsRestriction(after, now, action)) {
      continue;
    }
    const v1::Action* known =
        status.before == nullptr ? nullptr : status.before->FindAction(LastPart(action.name()));
    if (known != nullptr && LiftsRestriction(before, status.before->proto(), *known)) continue;
    return action.name();
  }
  return "";
}

}  // namespace

absl::Status CheckNewExits(const Txn& txn, const CatalogOrganization& before) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* after, txn.Organization());
  const std::vector<StatusChange> statuses = AllStatuses(before, *after);
  const bool as_before =
      std::none_of(statuses.begin(), statuses.end(),
                   [](const StatusChange& status) { return status.restricts_otherwise(); });
  if (as_before) return absl::OkStatus();
  for (const StatusChange& status : statuses) {
    if (MayOpen(txn, *after, status)) continue;
    const std::string opened = NewExit(before, *after, status);
    if (opened.empty()) continue;
    return PermissionDenied(txn.mutation().principal(), kActionsReconsent, opened);
  }
  return absl::OkStatus();
}

void AddOrganization(Txn& txn, CatalogOrganization organization) {
  storage::v1::ListRecord record;
  record.set_number(organization.record.next_list());
  organization.record.set_next_list(record.number() + 1);
  record.mutable_list()->set_name(ListName(organization.id, kInternalList));
  record.mutable_list()->set_display_name("Internal Do-Not-Contact list");
  record.mutable_list()->set_kind(v1::LIST_KIND_INTERNAL);
  record.mutable_list()->set_etag(txn.etag());
  *record.mutable_list()->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  txn.Write(Family::kConfig, keys::List(organization.number(), kInternalList), record);
  organization.PutList(std::make_shared<CatalogList>(std::move(record)));
  txn.PutOrganization(organization);
}

v1::DncList AddList(Txn& txn, v1::DncList content) {
  storage::v1::OrganizationRecord& organization = txn.EditOrganization().record;
  storage::v1::ListRecord record;
  record.set_number(organization.next_list());
  organization.set_next_list(record.number() + 1);
  *record.mutable_list() = std::move(content);
  record.mutable_list()->set_etag(txn.etag());
  *record.mutable_list()->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  v1::DncList added = record.list();
  txn.PutList(std::make_shared<CatalogList>(std::move(record)));
  return added;
}

absl::Status CheckEtag(const std::string& name, const std::string& given, const std::string& held) {
  if (given.empty() || given == held) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_ETAG_MISMATCH,
                   absl::StrCat(name, " changed since it was read; read it again and repeat"),
                   {{"name", name}, {"etag", held}});
}

absl::Status CheckSavedAction(const Txn& txn, const std::string& record_type,
                              const v1::Action& action, const std::string& field,
                              const ActionJudge& judge) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_RETURN_IF_ERROR(CheckReferences(*organization, record_type, action, txn.now(), field));
  DNC_RETURN_IF_ERROR(CheckExit(txn, *organization, action));
  return judge.naming.CheckSaved(action, field, judge.warnings);
}

absl::Status CheckSavedActions(const Txn& txn, const std::string& record_type,
                               const v1::Status& status, const std::string& field,
                               const ActionJudge& judge) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status.name(), field));
  const CatalogStatus* saved = organization->FindStatus(name.workflow, name.status);
  for (int i = 0; i < status.actions_size(); ++i) {
    const v1::Action* action = saved->FindAction(LastPart(status.actions(i).name()));
    if (action->etag() != txn.etag()) continue;  // it is as it was
    DNC_RETURN_IF_ERROR(CheckSavedAction(txn, record_type, *action,
                                         absl::StrCat(field, ".actions[", i, "]"), judge));
  }
  return absl::OkStatus();
}

absl::Status AddStatus(Txn& txn, const std::string& workflow_id, const std::string& record_type,
                       v1::Status status, const std::string& field) {
  storage::v1::WorkflowRecord& workflow = txn.EditWorkflow(workflow_id).record;
  if (workflow.status_order_size() >= kMaxStatuses) {
    return TooMany(field, kMaxStatuses, workflow.status_order_size() + 1);
  }
  workflow.add_status_order(std::string(LastPart(status.name())));
  workflow.mutable_workflow()->set_etag(txn.etag());
  storage::v1::OrganizationRecord& organization = txn.EditOrganization().record;
  storage::v1::StatusRecord record;
  record.set_number(organization.next_status());
  organization.set_next_status(record.number() + 1);
  StampNew(txn.etag(), &status);
  DNC_RETURN_IF_ERROR(CheckReconsent(txn, status));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* named_in, txn.Organization());
  DNC_RETURN_IF_ERROR(CheckNamedAccess(*named_in, status, txn.etag()));
  *record.mutable_status() = std::move(status);
  txn.PutStatus(workflow_id, std::make_shared<CatalogStatus>(std::move(record), record_type));
  return absl::OkStatus();
}

absl::Status ReplaceStatus(Txn& txn, const std::string& workflow_id, const CatalogStatus& held,
                           v1::Status status, const std::string& field) {
  if (status.actions_size() > kMaxActions) {
    return TooMany(field, kMaxActions, status.actions_size());
  }
  DNC_RETURN_IF_ERROR(CheckReconsent(txn, status));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* named_in, txn.Organization());
  DNC_RETURN_IF_ERROR(CheckNamedAccess(*named_in, status, txn.etag()));
  txn.EditWorkflow(workflow_id).record.mutable_workflow()->set_etag(txn.etag());
  storage::v1::StatusRecord record;
  record.set_number(held.record.number());
  status.set_etag(txn.etag());
  *record.mutable_status() = std::move(status);
  txn.PutStatus(workflow_id, std::make_shared<CatalogStatus>(std::move(record), held.record_type));
  return absl::OkStatus();
}

void AddWorkflowRow(Txn& txn, v1::Workflow workflow) {
  workflow.clear_statuses();
  FillDefaults(&workflow);
  workflow.set_etag(txn.etag());
  *workflow.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  const std::string id(LastPart(workflow.name()));
  *txn.EditWorkflow(id).record.mutable_workflow() = std::move(workflow);
}

v1::Workflow ReadBack(const Txn& txn, const std::string& workflow_id) {
  return txn.catalog().Find(txn.mutation().organization())->FindWorkflow(workflow_id)->ToProto();
}

}  // namespace dnc
