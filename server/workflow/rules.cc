#include "server/workflow/rules.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

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
                    {"target", status_name}});
}

}  // namespace

bool HasDncOperation(const v1::Action& action) {
  return std::any_of(action.operations().begin(), action.operations().end(),
                     [](const v1::Operation& op) { return op.has_add_to_dnc_list(); });
}

absl::StatusOr<const CatalogStatus*> FindMoveTarget(const CatalogOrganization& organization,
                                                    const std::string& status_name,
                                                    const std::string& record_type,
                                                    absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status,
                       FindStatusOfType(organization, status_name, record_type, field));
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status_name, field));
  const CatalogWorkflow& workflow = *organization.FindWorkflow(name.workflow);
  if (workflow.record.workflow().state() == v1::OBJECT_STATE_ARCHIVED) {
    const std::string& workflow_name = workflow.record.workflow().name();
    return MakeError(v1::ERROR_REASON_WORKFLOW_ARCHIVED,
                     absl::StrCat(field, ": ", workflow_name, " is archived"),
                     {{"workflow", workflow_name}});
  }
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

absl::Status CheckReferences(const CatalogOrganization& organization,
                             const std::string& record_type, const v1::Action& action,
                             absl::string_view field) {
  for (int i = 0; i < action.operations_size(); ++i) {
    const v1::Operation& operation = action.operations(i);
    const std::string where = absl::StrCat(field, ".operations[", i, "]");
    if (operation.has_move_to_status()) {
      DNC_RETURN_IF_ERROR(FindStatusOfType(organization, operation.move_to_status().status(),
                                           record_type,
                                           absl::StrCat(where, ".move_to_status.status"))
                              .status());
    }
    const std::string& list_name = operation.add_to_dnc_list().list();
    if (list_name.empty()) continue;
    const std::string list_field = absl::StrCat(where, ".add_to_dnc_list.list");
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(list_name, list_field));
    const CatalogList* list =
        name.organization == organization.id ? organization.FindList(name.list) : nullptr;
    if (list == nullptr) {
      return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                       absl::StrCat(list_field, ": ", list_name,
                                    " does not exist in this organization; create it first"),
                       {{"list", list_name}, {"field", list_field}});
    }
    if (list->is_registry()) {
      return MakeError(
          v1::ERROR_REASON_LIST_KIND_MISMATCH,
          absl::StrCat(list_field, ": ", list_name, " is a registry, which takes imports only"),
          {{"list", list_name}, {"kind", "REGISTRY"}});
    }
  }
  return absl::OkStatus();
}

namespace {

bool AtLeastAsLong(const v1::AddToDncList& wide, const v1::AddToDncList& narrow) {
  return !wide.has_duration() || (narrow.has_duration() && wide.duration() >= narrow.duration());
}

// The list by its id, since an empty name means `internal`.
absl::string_view ListId(const v1::AddToDncList& operation) {
  return operation.list().empty() ? absl::string_view(kInternalList) : LastPart(operation.list());
}

bool Covers(const v1::AddToDncList& wide, const v1::AddToDncList& narrow) {
  return ListId(wide) == ListId(narrow) && (!wide.lead_only() || narrow.lead_only()) &&
         AtLeastAsLong(wide, narrow) &&
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
  const bool kept =
      after != nullptr &&
      (!after->has_duration() || (held.has_duration() && after->duration() >= held.duration())) &&
      MaskCovers(MaskOf(after->channels()), MaskOf(held.channels()), kAllChannels);
  if (kept) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_RESTRICTION_LIFTED,
                   absl::StrCat(before.name(),
                                " would restrict contact less than it does; send its restriction, "
                                "or lift it by UpdateStatus with allow_lifting_restriction"),
                   {{"status", before.name()}});
}

absl::Status CheckMoveKeepsRestriction(const CatalogStatus* held, UnixMicros since,
                                       const CatalogStatus& target, UnixMicros now) {
  constexpr UnixMicros kForGood = std::numeric_limits<UnixMicros>::max();
  const auto end = [](const CatalogStatus& status, UnixMicros start) {
    return status.restriction_micros == 0 ? kForGood
                                          : SaturatingAdd(start, status.restriction_micros);
  };
  const bool restricted = held == nullptr || (held->restricts && end(*held, since) > now);
  if (!restricted) return absl::OkStatus();
  const uint32_t channels = held == nullptr ? 0 : held->restricted_channels;
  const UnixMicros until = held == nullptr ? kForGood : end(*held, since);
  const bool kept = target.restricts && end(target, now) >= until &&
                    MaskCovers(target.restricted_channels, channels, kAllChannels);
  if (kept) return absl::OkStatus();
  const std::string name = held == nullptr ? "a status that is not known" : held->proto().name();
  return MakeError(v1::ERROR_REASON_RESTRICTION_LIFTED,
                   absl::StrCat("the lead is in ", name, ", and ", target.proto().name(),
                                " restricts contact less; leave the status out, or confirm with "
                                "allow_lifting_restriction"),
                   {{"status", name}});
}

bool SameContent(const v1::Action& a, const v1::Action& b) {
  v1::Action left = a;
  v1::Action right = b;
  for (v1::Action* action : {&left, &right}) {
    action->clear_name();
    action->clear_etag();
    action->clear_copied_from();
  }
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

}  // namespace dnc
