#include "server/watch/changes.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "server/catalog/masks.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::TimeUtil;
using storage::v1::AuditedObject;
using storage::v1::AuditRecord;

// An object before and after; empty where it did not exist.
template <typename Message>
struct Sides {
  bool existed = false;
  bool exists = false;
  Message before;
  Message after;
};

template <typename Message>
absl::StatusOr<Sides<Message>> Read(const AuditedObject& object) {
  Sides<Message> sides;
  sides.existed = !object.before().empty();
  sides.exists = !object.after().empty();
  if (!sides.before.ParseFromString(object.before()) ||
      !sides.after.ParseFromString(object.after())) {
    return absl::DataLossError("an object of an audit record cannot be read");
  }
  return sides;
}

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return MessageDifferencer::Equals(a, b);
}

// Whether both lists restrict the same contacts, whatever is on them.
bool SameReach(const v1::DncList& a, const v1::DncList& b) {
  return MaskOf(a.channels()) == MaskOf(b.channels()) &&
         MaskOf(a.message_classes()) == MaskOf(b.message_classes()) &&
         a.has_max_age() == b.has_max_age() && Same(a.max_age(), b.max_age());
}

bool Has(const v1::Lead& lead, const v1::ContactPoint& point) {
  return std::any_of(lead.contact_points().begin(), lead.contact_points().end(),
                     [&](const v1::ContactPoint& held) { return Same(held, point); });
}

// Collects the changes of one record.
class Collector {
 public:
  explicit Collector(const AuditRecord& record)
      : record_(record),
        imported_(record.mutation().has_import_entries()),
        added_kind_(imported_ ? v1::CHANGE_KIND_ENTRY_IMPORTED : v1::CHANGE_KIND_ENTRY_ADDED) {}

  absl::Status Add(const AuditedObject& object) {
    switch (object.kind()) {
      case AuditedObject::KIND_LIST:
        return AddList(object);
      case AuditedObject::KIND_STATUS:
        return AddStatus(object);
      case AuditedObject::KIND_LEAD:
        return AddLead(object);
      case AuditedObject::KIND_ENTRY:
        return AddEntry(object);
      default:
        return absl::OkStatus();
    }
  }

  // One that the record only counts: as it was when it was added.
  void AddCounted(v1::Entry entry) {
    entry.clear_revoke_time();
    entry.clear_revoke_actor();
    entry.clear_revoke_evidence();
    entry.clear_consent_time();
    entry.clear_last_request_time();
    entry.clear_last_request_actor();
    entry.clear_last_request_evidence();
    entry.set_etag(std::to_string(record_.revision()));
    *New(added_kind_)->mutable_entry() = std::move(entry);
  }

  std::vector<v1::Change> Take() && { return std::move(changes_); }

 private:
  v1::Change* New(v1::ChangeKind kind) {
    v1::Change& change = changes_.emplace_back();
    change.set_revision(record_.revision());
    *change.mutable_time() = TimeUtil::MicrosecondsToTimestamp(record_.mutation().propose_time());
    change.set_kind(kind);
    return &change;
  }

  absl::Status AddList(const AuditedObject& object) {
    DNC_ASSIGN_OR_RETURN(Sides<v1::DncList> list, Read<v1::DncList>(object));
    if (list.before.active_version().version() != list.after.active_version().version()) {
      *New(v1::CHANGE_KIND_LIST_VERSION_ACTIVATED)->mutable_list() = list.after;
    }
    if (list.existed && !SameReach(list.before, list.after)) {
      *New(v1::CHANGE_KIND_LIST_CHANGED)->mutable_list() = std::move(list.after);
    }
    return absl::OkStatus();
  }

  absl::Status AddStatus(const AuditedObject& object) {
    DNC_ASSIGN_OR_RETURN(Sides<v1::Status> status, Read<v1::Status>(object));
    if (!status.existed) return absl::OkStatus();  // no lead is in it yet
    const bool same = status.before.state() == status.after.state() &&
                      status.before.has_restriction() == status.after.has_restriction() &&
                      Same(status.before.restriction(), status.after.restriction());
    if (!same) *New(v1::CHANGE_KIND_STATUS_CHANGED)->mutable_status() = std::move(status.after);
    return absl::OkStatus();
  }

  absl::Status AddEntry(const AuditedObject& object) {
    DNC_ASSIGN_OR_RETURN(Sides<v1::Entry> entry, Read<v1::Entry>(object));
    v1::ChangeKind kind = v1::CHANGE_KIND_ENTRY_UPDATED;
    if (!entry.existed) {
      kind = added_kind_;
    } else if (entry.after.has_revoke_time() && !entry.before.has_revoke_time()) {
      kind = v1::CHANGE_KIND_ENTRY_REVOKED;
    }
    *New(kind)->mutable_entry() = std::move(entry.after);
    return absl::OkStatus();
  }

  absl::Status AddLead(const AuditedObject& object) {
    DNC_ASSIGN_OR_RETURN(const Sides<v1::Lead> lead, Read<v1::Lead>(object));
    const bool was = lead.existed && !lead.before.has_delete_time();
    const bool is = lead.exists && !lead.after.has_delete_time();
    if (is && !was) {
      AddPoints(v1::CHANGE_KIND_LEAD_CREATED, v1::Lead(), lead.after);
    } else if (is) {
      AddChanged(lead.before, lead.after);
    }
    if (is) AddRestrictions(was ? lead.before : v1::Lead(), lead.after);
    if (was && !is) AddGone(lead.exists ? lead.after : lead.before);
    return absl::OkStatus();
  }

  void AddChanged(const v1::Lead& before, const v1::Lead& after) {
    if (before.status() != after.status() || !Same(before.status_time(), after.status_time())) {
      v1::Change* moved = New(v1::CHANGE_KIND_LEAD_MOVED);
      *moved->mutable_lead() = after;
      moved->set_previous_status(before.status());
    }
    AddPoints(v1::CHANGE_KIND_CONTACT_POINTS_CHANGED, before, after);
  }

  // For a new lead also where it has none.
  void AddPoints(v1::ChangeKind kind, const v1::Lead& before, const v1::Lead& after) {
    v1::Change change;
    for (const v1::ContactPoint& point : after.contact_points()) {
      if (!Has(before, point)) *change.add_gained_contact_points() = point;
    }
    for (const v1::ContactPoint& point : before.contact_points()) {
      if (!Has(after, point)) *change.add_lost_contact_points() = point;
    }
    if (kind != v1::CHANGE_KIND_LEAD_CREATED && change.gained_contact_points().empty() &&
        change.lost_contact_points().empty()) {
      return;
    }
    *change.mutable_lead() = after;
    New(kind)->MergeFrom(change);
  }

  void AddRestrictions(const v1::Lead& before, const v1::Lead& after) {
    if (before.do_not_contact() != after.do_not_contact()) {
      *New(after.do_not_contact() ? v1::CHANGE_KIND_LEAD_FLAGGED : v1::CHANGE_KIND_LEAD_UNFLAGGED)
           ->mutable_lead() = after;
    }
    if (!Same(before.nurture_until(), after.nurture_until())) {
      *New(v1::CHANGE_KIND_LEAD_NURTURED)->mutable_lead() = after;
    }
  }

  void AddGone(const v1::Lead& lead) {
    const bool merged = record_.mutation().has_merge_leads() &&
                        record_.mutation().merge_leads().source() == lead.name();
    v1::Change* gone = New(merged ? v1::CHANGE_KIND_LEAD_MERGED : v1::CHANGE_KIND_LEAD_DELETED);
    *gone->mutable_lead() = lead;
    if (merged) gone->set_merged_into(record_.mutation().merge_leads().target());
  }

  const AuditRecord& record_;
  const bool imported_;
  const v1::ChangeKind added_kind_;
  std::vector<v1::Change> changes_;
};

// Bits of the channels; none: all.
template <typename Channels>
bool Concerns(const Channels& channels, uint32_t wanted) {
  const uint32_t mask = MaskOf(channels);
  return mask == 0 || (mask & wanted) != 0;
}

bool OnChannels(const v1::Change& change, uint32_t wanted) {
  switch (change.object_case()) {
    case v1::Change::kEntry:
      return Concerns(change.entry().channels(), wanted);
    case v1::Change::kList:
      return Concerns(change.list().channels(), wanted);
    case v1::Change::kStatus:
      return !change.status().has_restriction() ||
             Concerns(change.status().restriction().channels(), wanted);
    default:
      return true;
  }
}

bool OnList(const v1::Change& change, const std::string& list) {
  if (change.has_entry()) return change.entry().list() == list;
  return change.has_list() && change.list().name() == list;
}

}  // namespace

bool ChangeFilter::Wants(const v1::Change& change) const {
  return (kinds.empty() || kinds.count(change.kind()) != 0) &&
         (list.empty() || OnList(change, list)) && (channels == 0 || OnChannels(change, channels));
}

absl::StatusOr<std::vector<v1::Change>> ChangesOf(const AuditRecord& record,
                                                  absl::Span<const v1::Entry> added) {
  if (record.disposition() != AuditRecord::DISPOSITION_APPLIED) return std::vector<v1::Change>();
  Collector collector(record);
  for (const AuditedObject& object : record.objects()) {
    DNC_RETURN_IF_ERROR(collector.Add(object));
  }
  for (const v1::Entry& entry : added) collector.AddCounted(entry);
  return std::move(collector).Take();
}

}  // namespace dnc
