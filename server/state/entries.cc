#include "server/state/entries.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::EntrySummary;
using storage::v1::SubjectRecord;

EntrySummary Summarize(const EntrySpec& spec, EntryId id, UnixMicros now) {
  EntrySummary summary;
  summary.set_revision(id.revision);
  summary.set_ordinal(id.ordinal);
  summary.set_list(spec.list->record.number());
  summary.set_channels(MaskOf(spec.entry.channels()));
  summary.set_message_classes(MaskOf(spec.entry.message_classes()));
  summary.set_effective_time(TimeUtil::TimestampToMicroseconds(spec.entry.effective_time()));
  summary.set_begun(summary.effective_time() <= now);
  if (spec.entry.has_expire_time()) {
    summary.set_expire_time(TimeUtil::TimestampToMicroseconds(spec.entry.expire_time()));
  }
  summary.set_covers_contact_points(spec.covers_contact_points);
  return summary;
}

// Whether `held` blocks all that `wanted` would, from `now` to `wanted`'s end.
bool Covers(const EntrySummary& held, const EntrySummary& wanted, UnixMicros now) {
  const bool long_enough = held.expire_time() == 0 || (wanted.expire_time() != 0 &&
                                                       held.expire_time() >= wanted.expire_time());
  const bool begun = held.begun() || held.effective_time() <= now ||
                     held.effective_time() <= wanted.effective_time();
  return held.list() == wanted.list() && long_enough && begun &&
         MaskCovers(held.channels(), wanted.channels(), kAllChannels) &&
         MaskCovers(held.message_classes(), wanted.message_classes(), kAllClassesButEmergency) &&
         (held.covers_contact_points() || !wanted.covers_contact_points());
}

// Expired entries stay on the record; what checks read need not grow with them. A day is left for
// clocks that were set back.
void DropExpired(UnixMicros now, EntrySummaries* entries) {
  constexpr UnixMicros kDay = UnixMicros{24} * 3600 * 1'000'000;
  entries->erase(std::remove_if(entries->begin(), entries->end(),
                                [&](const EntrySummary& entry) {
                                  return entry.expire_time() != 0 &&
                                         entry.expire_time() + kDay <= now;
                                }),
                 entries->end());
}

// Writes the whole record, its list's index and count; the caller writes summary and subject index.
absl::Status WriteRecord(Txn& txn, uint32_t organization, const std::string& organization_id,
                         const EntrySpec& spec, v1::Entry entry, EntryId id) {
  entry.set_name(EntryNameOf(organization_id, id));
  entry.set_list(spec.list->record.list().name());
  *entry.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  entry.set_revision(txn.revision());
  EntryRecord record;
  *record.mutable_entry() = std::move(entry);
  record.set_list(spec.list->record.number());
  record.set_covers_contact_points(spec.covers_contact_points);
  txn.Write(Family::kEntries, keys::Entry(organization, id), record);
  txn.WriteEmpty(
      Family::kIndex,
      keys::WithEntryId(keys::ListIndexPrefix(organization, spec.list->record.number()), id));
  return txn.AddToEntryCount(organization, spec.list->record.number(), 1);
}

}  // namespace

std::string EntryNameOf(const std::string& organization_id, EntryId id) {
  return EntryName(organization_id, FormatEntryId(id));
}

std::optional<EntryId> FindCovering(const EntrySummaries& entries, const EntrySpec& spec,
                                    UnixMicros now) {
  const EntrySummary wanted = Summarize(spec, {}, now);
  for (const EntrySummary& held : entries) {
    if (Covers(held, wanted, now)) return EntryId{held.revision(), held.ordinal()};
  }
  return std::nullopt;
}

absl::StatusOr<SubjectRecord> ReadSubject(const Txn& txn, const std::string& key) {
  DNC_ASSIGN_OR_RETURN(std::optional<SubjectRecord> record,
                       txn.Read<SubjectRecord>(Family::kSubjects, key));
  return record.has_value() ? *std::move(record) : SubjectRecord();
}

absl::StatusOr<std::optional<EntryId>> AddPointEntry(Txn& txn, uint32_t organization,
                                                     const std::string& organization_id,
                                                     const ContactPoint& point,
                                                     const EntrySpec& spec,
                                                     std::optional<EntryId>* covering) {
  const std::string key = SubjectKey(organization, point);
  DNC_ASSIGN_OR_RETURN(SubjectRecord subject, ReadSubject(txn, key));
  EntrySpec own = spec;
  own.covers_contact_points = false;  // only a lead has contact points
  if (const auto held = FindCovering(subject.entries(), own, txn.now()); held.has_value()) {
    if (covering != nullptr) *covering = held;
    return std::optional<EntryId>();
  }
  DropExpired(txn.now(), subject.mutable_entries());
  const EntryId id = txn.NextEntryId();
  v1::Entry entry = spec.entry;
  *entry.mutable_contact_point() = ToProto(point);
  DNC_RETURN_IF_ERROR(WriteRecord(txn, organization, organization_id, own, std::move(entry), id));
  txn.WriteEmpty(Family::kIndex, keys::WithEntryId(keys::SubjectIndexPrefix(key), id));
  *subject.add_entries() = Summarize(own, id, txn.now());
  txn.Write(Family::kSubjects, key, subject);
  return std::optional<EntryId>(id);
}

absl::StatusOr<std::optional<EntryId>> AddLeadEntry(Txn& txn, uint32_t organization,
                                                    const std::string& organization_id,
                                                    const std::string& lead_id,
                                                    const EntrySpec& spec, EntrySummaries* entries,
                                                    std::optional<EntryId>* covering) {
  if (const auto held = FindCovering(*entries, spec, txn.now()); held.has_value()) {
    if (covering != nullptr) *covering = held;
    return std::optional<EntryId>();
  }
  DropExpired(txn.now(), entries);
  const EntryId id = txn.NextEntryId();
  v1::Entry entry = spec.entry;
  entry.set_lead(LeadName(organization_id, lead_id));
  DNC_RETURN_IF_ERROR(WriteRecord(txn, organization, organization_id, spec, std::move(entry), id));
  txn.WriteEmpty(Family::kIndex,
                 keys::WithEntryId(keys::LeadIndexPrefix(organization, lead_id), id));
  *entries->Add() = Summarize(spec, id, txn.now());
  return std::optional<EntryId>(id);
}

void RemoveSummary(EntryId id, EntrySummaries* entries) {
  entries->erase(std::remove_if(entries->begin(), entries->end(),
                                [&](const EntrySummary& entry) {
                                  return entry.revision() == id.revision &&
                                         entry.ordinal() == id.ordinal;
                                }),
                 entries->end());
}

absl::StatusOr<const CatalogList*> ResolveInternalList(const CatalogOrganization& organization,
                                                       const std::string& name,
                                                       absl::string_view field) {
  std::string id = kInternalList;
  if (!name.empty()) {
    DNC_ASSIGN_OR_RETURN(const ResourceName parsed, ParseListName(name, field));
    if (parsed.organization != organization.id) {
      return InvalidField(
          field, absl::StrCat("the list must belong to ", OrganizationName(organization.id)));
    }
    id = parsed.list;
  }
  const CatalogList* list = organization.FindList(id);
  const std::string full = ListName(organization.id, id);
  if (list == nullptr) {
    return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                     absl::StrCat(field, ": ", full, " does not exist; create it first"),
                     {{"list", full}, {"field", std::string(field)}});
  }
  if (list->is_registry()) {
    return MakeError(
        v1::ERROR_REASON_LIST_KIND_MISMATCH,
        absl::StrCat(field, ": ", full,
                     " is a registry, which takes imports only; name an internal list"),
        {{"list", full}, {"kind", "REGISTRY"}});
  }
  return list;
}

}  // namespace dnc
