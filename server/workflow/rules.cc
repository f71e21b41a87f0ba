#include "server/workflow/rules.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/workflow/origin.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status StatusError(v1::ErrorReason reason, absl::string_view field, const std::string& name,
                         absl::string_view problem) {
  return MakeError(reason, absl::StrCat(field, ": ", name, " ", problem),
                   {{"status", name}, {"field", std::string(field)}});
}

// Exists, and belongs to the record type.
absl::StatusOr<const CatalogStatus*> FindStatusOfType(const CatalogOrganization& organization,
                                                      const std::string& status_name,
                                                      const std::string& record_type,
                                                      absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status_name, field));
  const CatalogStatus* status = name.organization == organization.id
                                    ? organization.FindStatus(name.workflow, name.status)
                                    : nullptr;
  if (status == nullptr) {
    return StatusError(v1::ERROR_REASON_STATUS_NOT_FOUND, field, status_name,
                       "does not exist in this organization; create it first");
  }
  if (status->record_type == record_type) return status;
  return MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                   absl::StrCat(field, ": ", status_name, " is for ", status->record_type,
                                " records, not for ", record_type, " records"),
                   {{"source_record_type", record_type},
                    {"target_record_type", status->record_type},
                    {"target", status_name},
                    {"field", std::string(field)}});
}

}  // namespace

bool HasDncOperation(const v1::Action& action) {
  return std::any_of(action.operations().begin(), action.operations().end(),
                     [](const v1::Operation& op) { return op.has_add_to_dnc_list(); });
}

bool HasReconsentOperation(const v1::Action& action) {
  return std::any_of(action.operations().begin(), action.operations().end(),
                     [](const v1::Operation& op) { return op.has_remove_restriction(); });
}

absl::Status CheckWorkflowEnabled(const v1::Workflow& workflow, absl::string_view field) {
  absl::Status status;
  if (workflow.state() == v1::OBJECT_STATE_ARCHIVED) {
    status = MakeError(v1::ERROR_REASON_WORKFLOW_ARCHIVED,
                       absl::StrCat(workflow.name(), " is archived; restore it first"),
                       {{"workflow", workflow.name()}});
  } else if (workflow.state() == v1::OBJECT_STATE_DISABLED) {
    status = MakeError(v1::ERROR_REASON_WORKFLOW_DISABLED,
                       absl::StrCat(workflow.name(), " is disabled; enable it first"),
                       {{"workflow", workflow.name()}});
  }
  return status.ok() || field.empty() ? status : WithField(std::move(status), field);
}

absl::StatusOr<const CatalogStatus*> FindMoveTarget(const CatalogOrganization& organization,
                                                    const std::string& status_name,
                                                    const std::string& record_type,
                                                    absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status,
                       FindStatusOfType(organization, status_name, record_type, field));
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status_name, field));
  DNC_RETURN_IF_ERROR(
      CheckWorkflowEnabled(organization.FindWorkflow(name.workflow)->record.workflow(), field));
  if (status->proto().state() == v1::OBJECT_STATE_ARCHIVED) {
    return StatusError(v1::ERROR_REASON_STATUS_ARCHIVED, field, status_name,
                       "is archived; restore it or name another");
  }
  if (!status->enabled()) {
    return StatusError(v1::ERROR_REASON_STATUS_DISABLED, field, status_name,
                       "is disabled; enable it or name another");
  }
  return status;
}

namespace {

absl::Status CheckInternalList(const CatalogOrganization& organization,
                               const std::string& list_name, const std::string& field) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(list_name, field));
  const CatalogList* list =
      name.organization == organization.id ? organization.FindList(name.list) : nullptr;
  if (list == nullptr) {
    return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                     absl::StrCat(field, ": ", list_name,
                                  " does not exist in this organization; create it first"),
                     {{"list", list_name}, {"field", field}});
  }
  if (!list->is_registry()) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_LIST_KIND_MISMATCH,
                   absl::StrCat(field, ": ", list_name, " is a registry, which takes imports only"),
                   {{"list", list_name}, {"kind", "REGISTRY"}, {"field", field}});
}

absl::Status CheckAhead(const google::protobuf::Timestamp& time, UnixMicros now,
                        absl::string_view field, absl::string_view else_what) {
  if (TimeUtil::TimestampToMicroseconds(time) > now) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("lies in the past: ", else_what));
}

absl::Status CheckOperation(const CatalogOrganization& organization, const v1::Operation& operation,
                            UnixMicros now, const std::string& where) {
  const v1::AddToDncList& add = operation.add_to_dnc_list();
  if (!add.list().empty()) {
    DNC_RETURN_IF_ERROR(
        CheckInternalList(organization, add.list(), absl::StrCat(where, ".add_to_dnc_list.list")));
  }
  if (add.has_expire_time()) {
    DNC_RETURN_IF_ERROR(CheckAhead(add.expire_time(), now,
                                   absl::StrCat(where, ".add_to_dnc_list.expire_time"),
                                   "the action would block nothing"));
  }
  if (operation.nurture().has_until_time()) {
    DNC_RETURN_IF_ERROR(CheckAhead(operation.nurture().until_time(), now,
                                   absl::StrCat(where, ".nurture.until_time"),
                                   "the action would restrict nothing"));
  }
  for (int i = 0; i < operation.remove_restriction().lists_size(); ++i) {
    DNC_RETURN_IF_ERROR(
        CheckInternalList(organization, operation.remove_restriction().lists(i),
                          absl::StrCat(where, ".remove_restriction.lists[", i, "]")));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckReferences(const CatalogOrganization& organization,
                             const std::string& record_type, const v1::Action& action,
                             UnixMicros now, absl::string_view field) {
  const bool enabled = action.state() != v1::OBJECT_STATE_DISABLED;
  for (int i = 0; i < action.operations_size(); ++i) {
    const v1::Operation& operation = action.operations(i);
    const std::string where = absl::StrCat(field, ".operations[", i, "]");
    if (operation.has_move_to_status()) {
      const std::string& target = operation.move_to_status().status();
      const std::string target_field = absl::StrCat(where, ".move_to_status.status");
      const auto found = enabled
                             ? FindMoveTarget(organization, target, record_type, target_field)
                             : FindStatusOfType(organization, target, record_type, target_field);
      DNC_RETURN_IF_ERROR(found.status());
    }
    DNC_RETURN_IF_ERROR(CheckOperation(organization, operation, now, where));
  }
  return absl::OkStatus();
}

absl::Status CheckRestrictionAhead(const v1::Status& status, UnixMicros now,
                                   absl::string_view field) {
  if (!status.restriction().has_until_time()) return absl::OkStatus();
  return CheckAhead(status.restriction().until_time(), now,
                    absl::StrCat(field, ".restriction.until_time"),
                    "the status would restrict nothing");
}

namespace {

// Whether one that lasts for a duration, until a time or for good lasts at least as long as
// another, whenever they begin.
template <typename Message, typename EndTime>
bool AtLeastAsLong(const Message& wide, const Message& narrow, EndTime end_time) {
  const std::optional<google::protobuf::Timestamp> wide_end = end_time(wide);
  const std::optional<google::protobuf::Timestamp> narrow_end = end_time(narrow);
  if (wide_end.has_value()) return narrow_end.has_value() && *wide_end >= *narrow_end;
  return !wide.has_duration() || (narrow.has_duration() && wide.duration() >= narrow.duration());
}

std::optional<google::protobuf::Timestamp> EndOfAddition(const v1::AddToDncList& operation) {
  if (!operation.has_expire_time()) return std::nullopt;
  return operation.expire_time();
}

std::optional<google::protobuf::Timestamp> EndOfRestriction(const v1::ContactRestriction& held) {
  if (!held.has_until_time()) return std::nullopt;
  return held.until_time();
}

// The list by its id, since an empty name means `internal`.
absl::string_view ListId(const v1::AddToDncList& operation) {
  return operation.list().empty() ? absl::string_view(kInternalList) : LastPart(operation.list());
}

bool Covers(const v1::AddToDncList& wide, const v1::AddToDncList& narrow) {
  return ListId(wide) == ListId(narrow) && (!wide.lead_only() || narrow.lead_only()) &&
         AtLeastAsLong(wide, narrow, EndOfAddition) &&
         MaskCovers(MaskOf(wide.channels()), MaskOf(narrow.channels()), kAllChannels);
}

}  // namespace

bool KeepsDnc(const v1::Action& before, const v1::Action& after) {
  if (!HasDncOperation(before)) return true;
  if (before.state() == v1::OBJECT_STATE_ENABLED && after.state() != v1::OBJECT_STATE_ENABLED) {
    return false;
  }
  return std::all_of(
      before.operations().begin(), before.operations().end(), [&](const v1::Operation& held) {
        if (!held.has_add_to_dnc_list()) return true;
        return std::any_of(after.operations().begin(), after.operations().end(),
                           [&](const v1::Operation& kept) {
                             return kept.has_add_to_dnc_list() &&
                                    Covers(kept.add_to_dnc_list(), held.add_to_dnc_list());
                           });
      });
}

absl::Status CheckKeepsDnc(const v1::Action& before, const v1::Action* after, bool allow) {
  if (allow || !HasDncOperation(before)) return absl::OkStatus();
  if (after != nullptr && KeepsDnc(before, *after)) return absl::OkStatus();
  return MakeError(
      v1::ERROR_REASON_DNC_OPERATION_DROPPED,
      absl::StrCat(before.name(),
                   " would add to its DNC list less than it does; keep that operation, or "
                   "confirm with allow_dropping_dnc"),
      {{"action", before.name()},
       {"target", before.name().substr(0, before.name().rfind("/actions/"))}});
}

absl::Status CheckKeepsRestriction(const v1::Status& before, const v1::ContactRestriction* after,
                                   bool allow) {
  if (!before.has_restriction() || allow) return absl::OkStatus();
  const v1::ContactRestriction& held = before.restriction();
  const bool kept = after != nullptr && AtLeastAsLong(*after, held, EndOfRestriction) &&
                    MaskCovers(MaskOf(after->channels()), MaskOf(held.channels()), kAllChannels);
  if (kept) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_RESTRICTION_LIFTED,
                   absl::StrCat(before.name(),
                                " would restrict contact less than it does; send its restriction, "
                                "or lift it by UpdateStatus with allow_lifting_restriction"),
                   {{"status", before.name()}});
}

absl::Status CheckMoveKeepsRestriction(const CatalogStatus* held, UnixMicros since,
                                       const CatalogStatus& target, UnixMicros target_since,
                                       UnixMicros now) {
  constexpr UnixMicros kForGood = std::numeric_limits<UnixMicros>::max();
  const auto end = [](const CatalogStatus& status, UnixMicros start) {
    const UnixMicros ends = status.RestrictionEnd(start);
    return ends == 0 ? kForGood : ends;
  };
  const bool restricted = held == nullptr || (held->restricts && end(*held, since) > now);
  if (!restricted) return absl::OkStatus();
  const uint32_t channels = held == nullptr ? 0 : held->restricted_channels;
  const UnixMicros until = held == nullptr ? kForGood : end(*held, since);
  const bool kept = target.restricts && end(target, target_since) >= until &&
                    MaskCovers(target.restricted_channels, channels, kAllChannels);
  if (kept) return absl::OkStatus();
  const std::string name = held == nullptr ? "a status that is not known" : held->proto().name();
  return MakeError(v1::ERROR_REASON_RESTRICTION_LIFTED,
                   absl::StrCat("the lead is in ", name, ", and ", target.proto().name(),
                                " restricts contact less; leave the status out, or confirm with "
                                "allow_lifting_restriction"),
                   {{"status", name}});
}

bool RestrictsLastingly(const v1::Status& status) {
  const v1::ContactRestriction& held = status.restriction();
  const bool lasts = !held.has_duration() && !held.has_until_time();
  return status.has_restriction() && (lasts || status.system_status() == v1::SYSTEM_STATUS_DEAD);
}

bool LiftsRestriction(const CatalogOrganization& organization, const v1::Status& status,
                      const v1::Action& action) {
  if (!RestrictsLastingly(status)) return false;
  return std::any_of(
      action.operations().begin(), action.operations().end(), [&](const v1::Operation& operation) {
        if (!operation.has_move_to_status()) return false;
        const absl::StatusOr<ResourceName> name =
            ParseStatusName(operation.move_to_status().status(), "status");
        const CatalogStatus* target =
            name.ok() ? organization.FindStatus(name->workflow, name->status) : nullptr;
        if (target == nullptr) return false;  // it moves nothing
        const v1::Status& to = target->proto();
        return !RestrictsLastingly(to) ||
               !CheckKeepsRestriction(status, &to.restriction(), /*allow=*/false).ok();
      });
}

bool SameRestriction(const v1::Status& a, const v1::Status& b) {
  return a.has_restriction() == b.has_restriction() &&
         google::protobuf::util::MessageDifferencer::Equals(a.restriction(), b.restriction());
}

bool SameContent(const v1::Action& a, const v1::Action& b) {
  v1::Action left = a;
  v1::Action right = b;
  for (v1::Action* action : {&left, &right}) {
    action->clear_name();
    action->clear_etag();
    ClearOrigin(action);
  }
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

}  // namespace dnc
