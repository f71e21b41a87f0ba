// Organizations, workflows, statuses and actions.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/state/affected.h"
#include "server/state/apply.h"
#include "server/state/audit_anchor.h"
#include "server/state/workflow_edits.h"
#include "server/workflow/order.h"
#include "server/workflow/origin.h"
#include "server/workflow/rules.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status AlreadyExists(const std::string& name) {
  return MakeError(v1::ERROR_REASON_ALREADY_EXISTS, absl::StrCat(name, " exists already"),
                   {{"name", name}});
}

absl::StatusOr<const CatalogWorkflow*> FindWorkflow(const CatalogOrganization& organization,
                                                    const ResourceName& name) {
  const CatalogWorkflow* workflow = organization.FindWorkflow(name.workflow);
  if (workflow != nullptr) return workflow;
  const std::string whole = WorkflowName(organization.id, name.workflow);
  return MakeError(v1::ERROR_REASON_WORKFLOW_NOT_FOUND, absl::StrCat(whole, " does not exist"),
                   {{"workflow", whole}});
}

absl::StatusOr<const CatalogStatus*> FindStatus(const CatalogOrganization& organization,
                                                const ResourceName& name) {
  const CatalogStatus* status = organization.FindStatus(name.workflow, name.status);
  if (status != nullptr) return status;
  const std::string whole = StatusName(organization.id, name.workflow, name.status);
  return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND, absl::StrCat(whole, " does not exist"),
                   {{"status", whole}});
}

}  // namespace

absl::Status Apply(const v1::CreateOrganizationRequest& request, Txn& txn,
                   v1::CreateOrganizationResponse* response) {
  const std::string name = OrganizationName(request.organization_id());
  if (txn.catalog().Find(request.organization_id()) != nullptr) return AlreadyExists(name);
  DNC_ASSIGN_OR_RETURN(std::optional<storage::v1::StoreRecord> store,
                       txn.Read<storage::v1::StoreRecord>(Family::kMeta, keys::Store()));
  if (!store.has_value()) return CorruptRecord(Family::kMeta);
  CatalogOrganization organization;
  organization.id = request.organization_id();
  organization.record.set_number(store->next_organization());
  store->set_next_organization(organization.record.number() + 1);
  txn.Write(Family::kMeta, keys::Store(), *store);
  v1::Organization* content = organization.record.mutable_organization();
  *content = request.organization();
  content->set_name(name);
  content->set_etag(txn.etag());
  *content->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  *response->mutable_organization() = *content;
  AddOrganization(txn, std::move(organization));
  return absl::OkStatus();
}

namespace {

// Replaces those fields of `held` that `wanted` sets; messages as a whole.
void TakeSetFields(v1::Organization wanted, v1::Organization* held) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  const google::protobuf::Reflection* reflection = v1::Organization::GetReflection();
  reflection->ListFields(wanted, &fields);
  reflection->SwapFields(held, &wanted, fields);
}

}  // namespace

absl::Status Apply(const v1::UpdateOrganizationRequest& request, Txn& txn,
                   v1::UpdateOrganizationResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  v1::Organization wanted = request.organization();
  DNC_RETURN_IF_ERROR(
      CheckEtag(wanted.name(), wanted.etag(), organization->record.organization().etag()));
  wanted.set_etag(txn.etag());
  v1::Organization* held = txn.EditOrganization().record.mutable_organization();
  TakeSetFields(std::move(wanted), held);
  *response->mutable_organization() = *held;
  return absl::OkStatus();
}

absl::Status Apply(const v1::CreateWorkflowRequest& request, Txn& txn,
                   v1::CreateWorkflowResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  if (organization->FindWorkflow(request.workflow_id()) != nullptr) {
    return AlreadyExists(request.workflow().name());
  }
  AddWorkflowRow(txn, request.workflow());
  const std::string& record_type = request.workflow().record_type();
  const ActionJudge judge(*organization, response->mutable_naming_violations());
  for (const v1::Status& status : request.workflow().statuses()) {
    DNC_RETURN_IF_ERROR(
        AddStatus(txn, request.workflow_id(), record_type, status, "workflow.statuses"));
  }
  for (int i = 0; i < request.workflow().statuses_size(); ++i) {
    const v1::Status& status = request.workflow().statuses(i);
    const std::string field = absl::StrCat("workflow.statuses[", i, "]");
    DNC_RETURN_IF_ERROR(CheckRestrictionAhead(status, txn.now(), field));
    DNC_RETURN_IF_ERROR(CheckSavedActions(txn, record_type, status, field, judge));
  }
  *response->mutable_workflow() = ReadBack(txn, request.workflow_id());
  return absl::OkStatus();
}

namespace {

absl::Status CheckRecordType(const v1::Workflow& wanted, const v1::Workflow& held) {
  if (wanted.record_type().empty() || wanted.record_type() == held.record_type()) {
    return absl::OkStatus();
  }
  return WithField(MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                             absl::StrCat(held.name(), " is for ", held.record_type(),
                                          " records and its record type is fixed"),
                             {{"source_record_type", wanted.record_type()},
                              {"target_record_type", held.record_type()},
                              {"target", held.name()}}),
                   "workflow.record_type");
}

// Every id of the wanted order must be a status of the workflow.
absl::Status CheckOrder(const CatalogWorkflow& workflow,
                        const google::protobuf::RepeatedPtrField<std::string>& order) {
  for (int i = 0; i < order.size(); ++i) {
    if (workflow.FindStatus(order.at(i)) != nullptr) continue;
    const std::string name =
        absl::StrCat(workflow.record.workflow().name(), "/statuses/", order.at(i));
    return WithField(MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND,
                               absl::StrCat(name, " does not exist"), {{"status", name}}),
                     absl::StrCat("status_order[", i, "]"));
  }
  return absl::OkStatus();
}

void Reorder(const google::protobuf::RepeatedPtrField<std::string>& wanted,
             google::protobuf::RepeatedPtrField<std::string>* order) {
  const std::vector<std::string> ordered =
      FollowOrder({order->begin(), order->end()}, {wanted.begin(), wanted.end()});
  order->Assign(ordered.begin(), ordered.end());
}

}  // namespace

absl::Status Apply(const v1::UpdateWorkflowRequest& request, Txn& txn,
                   v1::UpdateWorkflowResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseWorkflowName(request.workflow().name(), "workflow.name"));
  DNC_ASSIGN_OR_RETURN(const CatalogWorkflow* held, FindWorkflow(*organization, name));
  v1::Workflow wanted = request.workflow();
  const v1::Workflow& current = held->record.workflow();
  DNC_RETURN_IF_ERROR(CheckEtag(wanted.name(), wanted.etag(), current.etag()));
  DNC_RETURN_IF_ERROR(CheckRecordType(wanted, current));
  DNC_RETURN_IF_ERROR(CheckOrder(*held, request.status_order()));
  KeepUnset(current, &wanted);
  CatalogWorkflow& edited = txn.EditWorkflow(name.workflow);
  v1::Workflow* row = edited.record.mutable_workflow();
  row->set_display_name(wanted.display_name());
  row->set_state(wanted.state());
  row->set_etag(txn.etag());
  Reorder(request.status_order(), edited.record.mutable_status_order());
  Closing closing;
  closing.Note(current.state(), edited);
  if (!closing.empty()) {
    DNC_RETURN_IF_ERROR(closing.Check(txn, request.allow_affected(), response->mutable_affected()));
  }
  *response->mutable_workflow() = ReadBack(txn, name.workflow);
  return absl::OkStatus();
}

absl::Status Apply(const v1::CreateStatusRequest& request, Txn& txn,
                   v1::CreateStatusResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseWorkflowName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogWorkflow* workflow, FindWorkflow(*organization, name));
  if (workflow->FindStatus(request.status_id()) != nullptr) {
    return AlreadyExists(request.status().name());
  }
  const std::string record_type = workflow->record.workflow().record_type();
  const ActionJudge judge(*organization, response->mutable_naming_violations());
  DNC_RETURN_IF_ERROR(CheckRestrictionAhead(request.status(), txn.now(), "status"));
  DNC_RETURN_IF_ERROR(AddStatus(txn, name.workflow, record_type, request.status(), "parent"));
  DNC_RETURN_IF_ERROR(CheckSavedActions(txn, record_type, request.status(), "status", judge));
  DNC_ASSIGN_OR_RETURN(organization, txn.Organization());
  *response->mutable_status() =
      organization->FindStatus(name.workflow, request.status_id())->proto();
  return absl::OkStatus();
}

absl::Status Apply(const v1::UpdateStatusRequest& request, Txn& txn,
                   v1::UpdateStatusResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseStatusName(request.status().name(), "status.name"));
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* held, FindStatus(*organization, name));
  DNC_RETURN_IF_ERROR(
      CheckEtag(request.status().name(), request.status().etag(), held->proto().etag()));
  DNC_RETURN_IF_ERROR(CheckKeepsRestriction(
      held->proto(), request.status().has_restriction() ? &request.status().restriction() : nullptr,
      request.allow_lifting_restriction()));
  v1::Status status = request.status();
  KeepUnset(held->proto(), &status);
  if (!SameRestriction(status, held->proto())) {
    DNC_RETURN_IF_ERROR(CheckRestrictionAhead(status, txn.now(), "status"));
  }
  *status.mutable_actions() = held->proto().actions();
  status.set_etag(txn.etag());
  *response->mutable_status() = status;
  DNC_RETURN_IF_ERROR(
      ReplaceStatus(txn, name.workflow, *held, std::move(status), "status.actions"));
  DNC_RETURN_IF_ERROR(CheckNewExits(txn, *organization));
  DNC_ASSIGN_OR_RETURN(organization, txn.Organization());
  Closing closing;
  closing.Note(held->proto().state(), *organization->FindStatus(name.workflow, name.status));
  if (closing.empty()) return absl::OkStatus();
  return closing.Check(txn, request.allow_affected(), response->mutable_affected());
}

namespace {

// Changes a status's actions by `edit` and writes it.
absl::Status EditActions(Txn& txn, const std::string& status_name, NamingViolations* warnings,
                         absl::FunctionRef<absl::Status(const CatalogStatus&, v1::Status*)> edit) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status_name, "status"));
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* held, FindStatus(*organization, name));
  v1::Status status = held->proto();
  DNC_RETURN_IF_ERROR(edit(*held, &status));
  const ActionJudge judge(*organization, warnings);
  for (const v1::Action& action : status.actions()) {
    if (action.etag() != txn.etag()) continue;
    DNC_RETURN_IF_ERROR(CheckSavedAction(txn, held->record_type, action, "action", judge));
  }
  return ReplaceStatus(txn, name.workflow, *held, std::move(status), "parent");
}

absl::StatusOr<v1::Action*> FindAction(const std::string& name, v1::Status* status) {
  for (v1::Action& action : *status->mutable_actions()) {
    if (action.name() == name) return &action;
  }
  return MakeError(v1::ERROR_REASON_ACTION_NOT_FOUND, absl::StrCat(name, " does not exist"),
                   {{"action", name}});
}

int IndexOf(const v1::Action& action, const v1::Status& status) {
  int index = 0;
  while (&status.actions(index) != &action) ++index;
  return index;
}

std::string StatusOfAction(const std::string& action_name) {
  return action_name.substr(0, action_name.rfind("/actions/"));
}

}  // namespace

absl::Status Apply(const v1::CreateActionRequest& request, Txn& txn,
                   v1::CreateActionResponse* response) {
  return EditActions(txn, request.parent(), response->mutable_naming_violations(),
                     [&](const CatalogStatus& held, v1::Status* status) {
                       if (held.FindAction(request.action_id()) != nullptr) {
                         return AlreadyExists(request.action().name());
                       }
                       *response->mutable_action() = request.action();
                       FillDefaults(response->mutable_action());
                       response->mutable_action()->set_etag(txn.etag());
                       *status->add_actions() = response->action();
                       return absl::OkStatus();
                     });
}

absl::Status Apply(const v1::UpdateActionRequest& request, Txn& txn,
                   v1::UpdateActionResponse* response) {
  const v1::Action& wanted = request.action();
  return EditActions(
      txn, StatusOfAction(wanted.name()), response->mutable_naming_violations(),
      [&](const CatalogStatus& /*held*/, v1::Status* status) -> absl::Status {
        DNC_ASSIGN_OR_RETURN(v1::Action * action, FindAction(wanted.name(), status));
        DNC_RETURN_IF_ERROR(CheckEtag(wanted.name(), wanted.etag(), action->etag()));
        v1::Action changed = wanted;
        KeepUnset(*action, &changed);
        DNC_RETURN_IF_ERROR(CheckKeepsDnc(*action, &changed, request.allow_dropping_dnc()));
        KeepOrigin(*action, &changed);
        *action = std::move(changed);
        action->set_etag(txn.etag());
        *response->mutable_action() = *action;
        return absl::OkStatus();
      });
}

absl::Status Apply(const v1::DeleteActionRequest& request, Txn& txn,
                   v1::DeleteActionResponse* /*response*/) {
  NamingViolations none;
  return EditActions(
      txn, StatusOfAction(request.name()), &none,
      [&](const CatalogStatus& /*held*/, v1::Status* status) -> absl::Status {
        DNC_ASSIGN_OR_RETURN(v1::Action * action, FindAction(request.name(), status));
        DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), action->etag()));
        DNC_RETURN_IF_ERROR(CheckKeepsDnc(*action, nullptr, request.allow_dropping_dnc()));
        const int index = IndexOf(*action, *status);
        status->mutable_actions()->DeleteSubrange(index, 1);
        return absl::OkStatus();
      });
}

void ApplyBootstrap(Txn& txn) {
  storage::v1::StoreRecord store;
  store.set_schema_version(kSchemaVersion);
  store.set_next_organization(kGlobalNumber + 1);
  *store.mutable_audit_chain() = NewAuditChain();
  txn.Write(Family::kMeta, keys::Store(), store);
  CatalogOrganization global;
  global.id = kGlobalOrganization;
  global.record.set_number(kGlobalNumber);
  global.record.mutable_organization()->set_name(OrganizationName(kGlobalOrganization));
  global.record.mutable_organization()->set_display_name("Lists for every organization");
  global.record.mutable_organization()->set_default_region("US");
  AddOrganization(txn, std::move(global));
}

}  // namespace dnc
