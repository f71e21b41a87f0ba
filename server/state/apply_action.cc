// ApplyAction: performs an action's operations on a lead.
//
// An opt-out is never lost to a detail. The add-to-DNC part takes effect although the lead has
// moved on, or the action's status was disabled or archived, or another operation cannot be done;
// what could not be done is reported operation by operation. An action without such a part is
// refused in those cases; where only a status to which it moves the lead is closed, the rest of it
// is done, if there is any.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/action/obstacles.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/entries.h"
#include "server/state/leads.h"
#include "server/state/reconsent.h"
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
  std::vector<ContactPoint> own_points;  // those that the lead had before the request
  // Contact points of the request that the lead cannot hold; an opt-out blocks them all the same.
  std::vector<ContactPoint> unlinked_points;
  std::vector<Obstacle> obstacles;
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

// An opt-out of a lead that was merged reaches the one that it was merged into; nothing else does.
absl::StatusOr<LeadEdit> FindOrCreateLead(Txn& txn, const CatalogOrganization& organization,
                                          const Target& target,
                                          const v1::ApplyActionRequest& request) {
  const std::string id(LastPart(request.lead()));
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> known,
                       HasDncOperation(*target.action)
                           ? LoadLeadOrHeir(txn, organization.number(), id)
                           : LoadLead(txn, organization.number(), id));
  if (known.has_value()) {
    DNC_RETURN_IF_ERROR(CheckNotMerged(known->record, organization.id));
    return *std::move(known);
  }
  if (!request.contact_points().empty()) {
    return NewLead(txn, organization.id, id, *target.status);
  }
  return MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND,
                   absl::StrCat(request.lead(),
                                " is not known; send its contact_points with the action, or upsert "
                                "it first"),
                   {{"lead", request.lead()}});
}

// What stands between the mutation's caller and the action, judged with the state at this revision.
std::vector<Obstacle> ObstaclesOf(const Application& application) {
  const storage::v1::Mutation& mutation = application.txn.mutation();
  ActionUser user;
  user.principal = mutation.principal();
  user.administrator = mutation.principal_is_administrator();
  user.may_apply = true;  // or the call would not have come here
  user.may_reconsent = mutation.allow_reconsent();
  const ActionLead lead{application.lead.record.lead().record_type(),
                        application.lead.state().status()};
  return FindObstacles({application.organization, application.status, application.action, user,
                        lead, !application.request.evidence().empty(), application.txn.now()});
}

// OK where the action is performed at least in part. What it does not hold up goes into `response`.
absl::Status JudgeObstacles(const std::vector<Obstacle>& obstacles,
                            v1::ApplyActionResponse* response) {
  for (const Obstacle& obstacle : obstacles) {
    switch (obstacle.extent) {
      case v1::ActionObstacle::EXTENT_REFUSED:
      case v1::ActionObstacle::EXTENT_CONDITION:
        return obstacle.status;
      case v1::ActionObstacle::EXTENT_WARNING:
        *response->add_warnings() = ToProto(obstacle);
        break;
      default:
        break;
    }
  }
  return absl::OkStatus();
}

// Why operations other than add-to-DNC cannot run now. One whose own target is closed says so
// itself.
absl::Status CheckAvailable(const Application& application) {
  DNC_RETURN_IF_ERROR(CheckNotDeleted(application.lead.record, application.organization.id));
  for (const Obstacle& obstacle : application.obstacles) {
    if (obstacle.extent != v1::ActionObstacle::EXTENT_PARTIAL || obstacle.of_target) continue;
    return obstacle.status;
  }
  return absl::OkStatus();
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
  } else if (operation.has_expire_time()) {
    *spec.entry.mutable_expire_time() = operation.expire_time();
  }
  return spec;
}

void NotApplied(const absl::Status& why, OperationResult* result) {
  result->set_outcome(OperationResult::OUTCOME_NOT_APPLIED);
  const auto info = ErrorInfoOf(why);
  if (info.has_value()) result->set_reason(info->reason());
  result->set_message(std::string(why.message()));
}

absl::Status AddToDncList(Application& application, const v1::AddToDncList& operation,
                          OperationResult* result) {
  if (HasExpired(operation, application.txn.now())) {
    NotApplied(OperationExpired(application.action, operation.expire_time()), result);
    return absl::OkStatus();
  }
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
  const UnixMicros until = operation.has_until_time()
                               ? TimeUtil::TimestampToMicroseconds(operation.until_time())
                               : now + TimeUtil::DurationToMicroseconds(operation.duration());
  if (until <= now) {
    return NotApplied(OperationExpired(application.action, operation.until_time()), result);
  }
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
  } else if (operation.has_remove_restriction()) {
    return RemoveRestriction(application.txn, application.organization,
                             operation.remove_restriction(), application.request,
                             application.own_points, &application.lead, result);
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
  DNC_ASSIGN_OR_RETURN(LeadEdit lead, FindOrCreateLead(txn, *organization, target, request));
  Application application{
      txn, *organization, *target.status, *target.action, request, std::move(lead), {}, {}, {}};
  for (const v1::ContactPoint& point : application.lead.record.lead().contact_points()) {
    application.own_points.push_back(FromCanonical(point));
  }
  application.obstacles = ObstaclesOf(application);
  DNC_RETURN_IF_ERROR(JudgeObstacles(application.obstacles, response));
  response->set_previous_status(application.lead.created ? "" : StatusNameOf(application));
  DNC_RETURN_IF_ERROR(AddContactPoints(application, response));
  DNC_RETURN_IF_ERROR(PerformAll(application, response));
  DNC_RETURN_IF_ERROR(SaveLead(txn, organization->number(), &application.lead));
  response->set_status(StatusNameOf(application));
  response->set_lead_created(application.lead.created);
  response->set_lead(application.lead.record.lead().name());
  *response->mutable_effective_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  return absl::OkStatus();
}

}  // namespace dnc
