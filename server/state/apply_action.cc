// ApplyAction: performs an action's operations on a lead.
//
// An opt-out is never lost to a detail. The add-to-DNC part takes effect although the lead has
// moved on, or the action's status was disabled or archived, or another operation cannot be done;
// what could not be done is reported operation by operation. An action without such a part is
// refused in those cases.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/entries.h"
#include "server/state/leads.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using v1::OperationResult;

// What the operations of one application share.
struct Application {
  Txn& txn;
  const CatalogOrganization& organization;
  const CatalogStatus& status;  // the action's
  const v1::Action& action;
  const v1::ApplyActionRequest& request;
  LeadEdit lead;
  // Contact points of the request that the lead cannot hold; an opt-out blocks them all the same.
  std::vector<ContactPoint> unlinked_points;
};

struct Target {
  const CatalogStatus* status;
  const v1::Action* action;
};

absl::StatusOr<Target> FindTarget(const CatalogOrganization& organization,
                                  const std::string& action_name) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseActionName(action_name, "action"));
  if (name.organization != organization.id) {
    return InvalidField("action", "lead and action must belong to one organization");
  }
  const CatalogStatus* status = organization.FindStatus(name.workflow, name.status);
  const v1::Action* action = status == nullptr ? nullptr : status->FindAction(name.action);
  if (action != nullptr) return Target{status, action};
  return MakeError(v1::ERROR_REASON_ACTION_NOT_FOUND,
                   absl::StrCat(action_name, " does not exist; list the status's actions"),
                   {{"action", action_name}});
}

absl::StatusOr<LeadEdit> FindOrCreateLead(Txn& txn, const CatalogOrganization& organization,
                                          const CatalogStatus& status,
                                          const v1::ApplyActionRequest& request) {
  const std::string id(LastPart(request.lead()));
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> known, LoadLead(txn, organization.number(), id));
  if (known.has_value()) return *std::move(known);
  if (!request.contact_points().empty()) return NewLead(txn, organization.id, id, status);
  return MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND,
                   absl::StrCat(request.lead(),
                                " is not known; send its contact_points with the action, or upsert "
                                "it first"),
                   {{"lead", request.lead()}});
}

// Why operations other than add-to-DNC cannot run now.
absl::Status CheckAvailable(const Application& application) {
  const CatalogStatus& status = application.status;
  const std::string& name = status.proto().name();
  if (status.proto().state() == v1::OBJECT_STATE_ARCHIVED) {
    return MakeError(v1::ERROR_REASON_STATUS_ARCHIVED,
                     absl::StrCat(name, " is archived; restore it first"), {{"status", name}});
  }
  DNC_ASSIGN_OR_RETURN(const ResourceName parsed, ParseStatusName(name, "action"));
  const CatalogWorkflow* workflow = application.organization.FindWorkflow(parsed.workflow);
  if (workflow->record.workflow().state() == v1::OBJECT_STATE_ARCHIVED) {
    return MakeError(v1::ERROR_REASON_WORKFLOW_ARCHIVED,
                     absl::StrCat(workflow->record.workflow().name(), " is archived"),
                     {{"workflow", workflow->record.workflow().name()}});
  }
  if (!status.enabled()) {
    return MakeError(v1::ERROR_REASON_STATUS_DISABLED,
                     absl::StrCat(name, " is disabled; enable it first"), {{"status", name}});
  }
  if (application.lead.state().status() != status.record.number()) {
    return MakeError(v1::ERROR_REASON_ACTION_NOT_AVAILABLE,
                     absl::StrCat("the lead is no longer in ", name,
                                  "; read the lead and use an action of its status"),
                     {{"action", application.action.name()}, {"status", name}});
  }
  return absl::OkStatus();
}

absl::Status CheckRecordType(const Application& application) {
  const std::string& held = application.lead.record.lead().record_type();
  if (held == application.status.record_type) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                   absl::StrCat("the lead is a ", held, " and the action is for ",
                                application.status.record_type, " records"),
                   {{"source_record_type", application.status.record_type},
                    {"target_record_type", held},
                    {"target", application.request.lead()}});
}

EntrySpec SpecOf(const Application& application, const v1::AddToDncList& operation,
                 const CatalogList& list) {
  const v1::ApplyActionRequest& request = application.request;
  EntrySpec spec;
  spec.when_covered = WhenCovered::kNote;
  spec.list = &list;
  spec.covers_contact_points = !operation.lead_only();
  *spec.entry.mutable_channels() = operation.channels();
  spec.entry.set_reason(operation.reason().empty() ? application.action.display_name()
                                                   : operation.reason());
  spec.entry.set_evidence(request.evidence());
  spec.entry.set_source(absl::StrCat("action ", application.action.name()));
  *spec.entry.mutable_actor() = request.actor();
  const UnixMicros now = application.txn.now();
  const UnixMicros asked =
      request.has_request_time() ? TimeUtil::TimestampToMicroseconds(request.request_time()) : now;
  *spec.entry.mutable_effective_time() = TimeUtil::MicrosecondsToTimestamp(std::min(asked, now));
  if (operation.has_duration()) {
    *spec.entry.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(
        now + TimeUtil::DurationToMicroseconds(operation.duration()));
  }
  return spec;
}

absl::Status AddToDncList(Application& application, const v1::AddToDncList& operation,
                          OperationResult* result) {
  const CatalogOrganization& organization = application.organization;
  DNC_ASSIGN_OR_RETURN(const CatalogList* list,
                       ResolveInternalList(organization, operation.list(), "list"));
  const EntrySpec spec = SpecOf(application, operation, *list);
  std::optional<EntryId> covering;
  const auto record = [&](const std::optional<EntryId>& id) {
    if (id.has_value()) {
      result->add_entries(EntryNameOf(organization.id, *id));
    } else {
      result->add_covering_entries(EntryNameOf(organization.id, covering.value()));
    }
  };
  LeadEdit& lead = application.lead;
  // Where the flag of the lead does not reach a contact point, only an entry of its own blocks it.
  std::vector<ContactPoint> points = application.unlinked_points;
  if (!operation.lead_only()) {
    for (const v1::ContactPoint& point : lead.record.lead().contact_points()) {
      points.push_back(FromCanonical(point));
    }
  }
  DNC_ASSIGN_OR_RETURN(
      const std::optional<EntryId> of_lead,
      AddLeadEntry(application.txn, organization.number(), organization.id, lead.id, spec,
                   lead.record.mutable_state()->mutable_entries(), &covering));
  record(of_lead);
  for (const ContactPoint& point : points) {
    DNC_ASSIGN_OR_RETURN(const std::optional<EntryId> of_point,
                         AddPointEntry(application.txn, organization.number(), organization.id,
                                       point, spec, &covering));
    record(of_point);
  }
  result->set_outcome(result->entries().empty() ? OperationResult::OUTCOME_NO_CHANGE
                                                : OperationResult::OUTCOME_APPLIED);
  return absl::OkStatus();
}

void NotApplied(const absl::Status& why, OperationResult* result) {
  result->set_outcome(OperationResult::OUTCOME_NOT_APPLIED);
  const auto info = ErrorInfoOf(why);
  if (info.has_value()) result->set_reason(info->reason());
  result->set_message(std::string(why.message()));
}

void MoveToStatus(Application& application, const v1::MoveToStatus& operation,
                  OperationResult* result) {
  const absl::StatusOr<const CatalogStatus*> target = FindMoveTarget(
      application.organization, operation.status(), application.status.record_type, "status");
  if (!target.ok()) return NotApplied(target.status(), result);
  const bool moved = MoveLead(application.txn, **target, &application.lead);
  result->set_outcome(moved ? OperationResult::OUTCOME_APPLIED
                            : OperationResult::OUTCOME_NO_CHANGE);
}

// Never shortens a period that runs: both stay in force until the later end.
void Nurture(Application& application, const v1::Nurture& operation, OperationResult* result) {
  storage::v1::LeadState* state = application.lead.record.mutable_state();
  const UnixMicros now = application.txn.now();
  const UnixMicros until = now + TimeUtil::DurationToMicroseconds(operation.duration());
  const uint32_t channels = MaskOf(operation.channels());
  const bool running = state->nurture_until() > now;
  if (!running) {
    state->set_nurture_since(now);
    state->set_nurture_channels(channels);
  } else if (state->nurture_channels() != 0) {
    state->set_nurture_channels(channels == 0 ? 0 : channels | state->nurture_channels());
  }
  state->set_nurture_until(running ? std::max(until, state->nurture_until()) : until);
  result->set_outcome(OperationResult::OUTCOME_APPLIED);
}

absl::Status Perform(Application& application, const v1::Operation& operation,
                     const absl::Status& available, OperationResult* result) {
  if (operation.has_add_to_dnc_list()) {
    return AddToDncList(application, operation.add_to_dnc_list(), result);
  }
  if (!available.ok()) {
    NotApplied(available, result);
  } else if (operation.has_move_to_status()) {
    MoveToStatus(application, operation.move_to_status(), result);
  } else {
    Nurture(application, operation.nurture(), result);
  }
  return absl::OkStatus();
}

void Unlinked(const ContactPoint& point, const absl::Status& why,
              v1::UnlinkedContactPoint* unlinked) {
  *unlinked->mutable_contact_point() = ToProto(point);
  const auto info = ErrorInfoOf(why);
  if (info.has_value()) unlinked->set_reason(info->reason());
  unlinked->set_message(std::string(why.message()));
}

absl::Status AddContactPoints(Application& application, v1::ApplyActionResponse* response) {
  for (const v1::ContactPoint& proto : application.request.contact_points()) {
    const ContactPoint point = FromCanonical(proto);
    const absl::Status added =
        AddContactPoint(application.txn, application.organization, point, &application.lead)
            .status();
    if (added.ok()) continue;
    if (!HasDncOperation(application.action) || absl::IsDataLoss(added) ||
        absl::IsUnavailable(added)) {
      return added;
    }
    application.unlinked_points.push_back(point);
    Unlinked(point, added, response->add_unlinked_contact_points());
  }
  return absl::OkStatus();
}

absl::Status PerformAll(Application& application, v1::ApplyActionResponse* response) {
  const absl::Status available = CheckAvailable(application);
  if (!available.ok() && !HasDncOperation(application.action)) return available;
  for (int i = 0; i < application.action.operations_size(); ++i) {
    OperationResult* result = response->add_results();
    result->set_index(i);
    DNC_RETURN_IF_ERROR(Perform(application, application.action.operations(i), available, result));
    for (const std::string& entry : result->entries()) response->add_entries(entry);
  }
  return absl::OkStatus();
}

std::string StatusNameOf(const Application& application) {
  const CatalogStatus* status =
      application.organization.StatusByNumber(application.lead.state().status());
  return status == nullptr ? "" : status->proto().name();
}

}  // namespace

absl::Status Apply(const v1::ApplyActionRequest& request, Txn& txn,
                   v1::ApplyActionResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const Target target, FindTarget(*organization, request.action()));
  if (target.action->state() != v1::OBJECT_STATE_ENABLED) {
    return MakeError(v1::ERROR_REASON_ACTION_DISABLED,
                     absl::StrCat(request.action(), " is disabled; enable it or use another"),
                     {{"action", request.action()}});
  }
  DNC_ASSIGN_OR_RETURN(LeadEdit lead,
                       FindOrCreateLead(txn, *organization, *target.status, request));
  Application application{
      txn, *organization, *target.status, *target.action, request, std::move(lead), {}};
  DNC_RETURN_IF_ERROR(CheckRecordType(application));
  response->set_previous_status(application.lead.created ? "" : StatusNameOf(application));
  DNC_RETURN_IF_ERROR(AddContactPoints(application, response));
  DNC_RETURN_IF_ERROR(PerformAll(application, response));
  DNC_RETURN_IF_ERROR(SaveLead(txn, organization->number(), &application.lead));
  response->set_status(StatusNameOf(application));
  response->set_lead_created(application.lead.created);
  *response->mutable_effective_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  return absl::OkStatus();
}

}  // namespace dnc
