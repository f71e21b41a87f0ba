#include "server/state/entries.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::EntrySummary;

// A subject with as many summaries as this is worth tidying up.
constexpr int kManySummaries = 100;

UnixMicros MicrosOf(const google::protobuf::Timestamp& time) {
  return TimeUtil::TimestampToMicroseconds(time);
}

EntryId IdOf(const EntrySummary& summary) { return {summary.revision(), summary.ordinal()}; }

// `covers_contact_points`: only a lead has any.
EntrySummary Summarize(const EntrySpec& spec, bool covers_contact_points, UnixMicros now) {
  EntrySummary summary;
  summary.set_list(spec.list->record.number());
  summary.set_channels(MaskOf(spec.entry.channels()));
  summary.set_message_classes(MaskOf(spec.entry.message_classes()));
  summary.set_effective_time(MicrosOf(spec.entry.effective_time()));
  summary.set_begun(summary.effective_time() <= now);
  if (spec.entry.has_expire_time()) summary.set_expire_time(MicrosOf(spec.entry.expire_time()));
  summary.set_covers_contact_points(covers_contact_points);
  summary.set_provisional(spec.provisional);
  return summary;
}

// Whether `held` blocks all that `wanted` would, until `wanted`'s end. No clock is asked: it may be
// set back, and then only those that had begun when they were added stay in force. What may end
// with a review stands for nothing else.
bool Covers(const EntrySummary& held, const EntrySummary& wanted) {
  const bool long_enough = held.expire_time() == 0 || (wanted.expire_time() != 0 &&
                                                       held.expire_time() >= wanted.expire_time());
  const bool begun =
      held.begun() || (!wanted.begun() && held.effective_time() <= wanted.effective_time());
  return held.list() == wanted.list() && long_enough && begun && !held.provisional() &&
         MaskCovers(held.channels(), wanted.channels(), kAllChannels) &&
         MaskCovers(held.message_classes(), wanted.message_classes(), kAllClassesButEmergency) &&
         (held.covers_contact_points() || !wanted.covers_contact_points());
}

bool IsByKeyword(const v1::Entry& entry) {
  return absl::StartsWith(entry.source(), kKeywordSource);
}

// Puts the request that `spec` stands for on the record of an entry that covers it. False: the
// request needs an entry of its own, because that record cannot be read, or because a word that
// asks for messages again would end that entry and must not end this request.
bool Note(Txn& txn, uint32_t organization, EntryId id, const EntrySpec& spec) {
  const bool leave = spec.when_covered == WhenCovered::kLeave;
  const bool by_keyword = IsByKeyword(spec.entry);
  if (leave && by_keyword) return true;
  absl::StatusOr<EntryRecord> record = ReadEntry(txn, organization, id);
  if (!record.ok()) return leave;
  v1::Entry* entry = record->mutable_entry();
  if (!by_keyword && entry->has_contact_point() && IsByKeyword(*entry)) return false;
  if (leave) return true;
  const UnixMicros asked = std::min(MicrosOf(spec.entry.effective_time()), txn.now());
  const UnixMicros last = LastRequestTime(*entry);
  if (spec.when_covered == WhenCovered::kNoteIfLater && asked <= last) return true;
  *entry->mutable_last_request_time() = TimeUtil::MicrosecondsToTimestamp(std::max(asked, last));
  *entry->mutable_last_request_actor() = spec.entry.actor();
  entry->set_last_request_evidence(spec.entry.evidence());
  entry->set_etag(txn.etag());
  txn.Write(Family::kEntries, keys::Entry(organization, id), *record);
  return true;
}

std::optional<EntryId> FindCovering(Txn& txn, uint32_t organization, const EntrySpec& spec,
                                    const EntrySummary& wanted, const EntrySummaries& entries) {
  if (spec.provisional) return std::nullopt;  // each review ends what is its own
  for (const EntrySummary& held : entries) {
    if (Covers(held, wanted) && Note(txn, organization, IdOf(held), spec)) return IdOf(held);
  }
  return std::nullopt;
}

// Where an entry is found once its subject's record names it no more.
std::string IndexPrefixOf(uint32_t organization, const v1::Entry& entry) {
  return entry.has_lead() ? keys::LeadIndexPrefix(organization, LastPart(entry.lead()))
                          : keys::SubjectIndexPrefix(
                                SubjectKey(organization, FromCanonical(entry.contact_point())));
}

// Moves the summaries of what `added` covers entirely from `entries` into its record, where there
// are very many. Nothing is lost to checks, and what they read stays short however often somebody
// prolongs an opt-out.
void Supersede(Txn& txn, uint32_t organization, const EntrySummary& added, EntrySummaries* entries,
               EntryRecord* record) {
  if (entries->size() < kManySummaries) return;
  const std::string prefix = IndexPrefixOf(organization, record->entry());
  EntrySummaries kept;
  for (EntrySummary& held : *entries) {
    if (!Covers(added, held)) {
      kept.Add()->Swap(&held);
      continue;
    }
    txn.WriteEmpty(Family::kIndex, keys::WithEntryId(prefix, IdOf(held)));
    record->add_superseded()->Swap(&held);
  }
  entries->Swap(&kept);
}

// Adds an entry that none covers: the whole record, its list's index and count, and its summary.
// The caller writes `entries` back.
absl::StatusOr<EntryId> Add(Txn& txn, uint32_t organization, const std::string& organization_id,
                            const EntrySpec& spec, v1::Entry entry, EntrySummary summary,
                            EntrySummaries* entries) {
  const EntryId id = txn.NextEntryId();
  summary.set_revision(id.revision);
  summary.set_ordinal(id.ordinal);
  entry.set_name(EntryNameOf(organization_id, id));
  entry.set_list(spec.list->record.list().name());
  *entry.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  entry.set_revision(txn.revision());
  entry.clear_etag();  // until something changes, its revision is its etag
  EntryRecord record;
  *record.mutable_entry() = std::move(entry);
  record.set_list(spec.list->record.number());
  record.set_covers_contact_points(summary.covers_contact_points());
  record.set_provisional(spec.provisional);
  Supersede(txn, organization, summary, entries, &record);
  *entries->Add() = std::move(summary);
  txn.Write(Family::kEntries, keys::Entry(organization, id), record);
  txn.WriteEmpty(
      Family::kIndex,
      keys::WithEntryId(keys::ListIndexPrefix(organization, spec.list->record.number()), id));
  DNC_RETURN_IF_ERROR(txn.AddToEntryCount(organization, spec.list->record.number(), 1));
  return id;
}

bool Has(const EntrySummaries& entries, EntryId id) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const EntrySummary& held) { return IdOf(held) == id; });
}

}  // namespace

std::string EntryNameOf(const std::string& organization_id, EntryId id) {
  return EntryName(organization_id, FormatEntryId(id));
}

absl::StatusOr<EntryRecord> ReadEntry(const Txn& txn, uint32_t organization, EntryId id) {
  DNC_ASSIGN_OR_RETURN(std::optional<EntryRecord> record,
                       txn.Read<EntryRecord>(Family::kEntries, keys::Entry(organization, id)));
  if (!record.has_value()) return CorruptRecord(Family::kEntries);
  return *std::move(record);
}

absl::StatusOr<std::optional<EntryId>> AddPointEntry(Txn& txn, uint32_t organization,
                                                     const std::string& organization_id,
                                                     const ContactPoint& point,
                                                     const EntrySpec& spec,
                                                     std::optional<EntryId>* covering) {
  const std::string key = SubjectKey(organization, point);
  DNC_ASSIGN_OR_RETURN(SubjectEdit* const subject, txn.EditSubject(key));
  const EntrySummary wanted = Summarize(spec, /*covers_contact_points=*/false, txn.now());
  if (const auto held = FindCovering(txn, organization, spec, wanted, subject->record.entries())) {
    if (covering != nullptr) *covering = held;
    return std::optional<EntryId>();
  }
  v1::Entry entry = spec.entry;
  *entry.mutable_contact_point() = ToProto(point);
  DNC_ASSIGN_OR_RETURN(const EntryId id,
                       Add(txn, organization, organization_id, spec, std::move(entry), wanted,
                           subject->record.mutable_entries()));
  subject->changed = true;
  return std::optional<EntryId>(id);
}

absl::StatusOr<std::optional<EntryId>> AddLeadEntry(Txn& txn, uint32_t organization,
                                                    const std::string& organization_id,
                                                    const std::string& lead_id,
                                                    const EntrySpec& spec, EntrySummaries* entries,
                                                    std::optional<EntryId>* covering) {
  const EntrySummary wanted = Summarize(spec, spec.covers_contact_points, txn.now());
  if (const auto held = FindCovering(txn, organization, spec, wanted, *entries)) {
    if (covering != nullptr) *covering = held;
    return std::optional<EntryId>();
  }
  v1::Entry entry = spec.entry;
  entry.set_lead(LeadName(organization_id, lead_id));
  DNC_ASSIGN_OR_RETURN(const EntryId id, Add(txn, organization, organization_id, spec,
                                             std::move(entry), wanted, entries));
  return std::optional<EntryId>(id);
}

absl::Status RemoveSummary(Txn& txn, uint32_t organization, EntryId id, const EntryRecord& record,
                           EntrySummaries* entries) {
  entries->erase(std::remove_if(entries->begin(), entries->end(),
                                [&](const EntrySummary& held) { return IdOf(held) == id; }),
                 entries->end());
  txn.WriteEmpty(Family::kIndex,
                 keys::WithEntryId(IndexPrefixOf(organization, record.entry()), id));
  std::vector<EntrySummary> returning(record.superseded().begin(), record.superseded().end());
  while (!returning.empty()) {
    EntrySummary summary = std::move(returning.back());
    returning.pop_back();
    if (Has(*entries, IdOf(summary))) continue;
    DNC_ASSIGN_OR_RETURN(const EntryRecord held, ReadEntry(txn, organization, IdOf(summary)));
    if (held.entry().has_revoke_time()) {
      returning.insert(returning.end(), held.superseded().begin(), held.superseded().end());
    } else {
      *entries->Add() = std::move(summary);
    }
  }
  return absl::OkStatus();
}

UnixMicros LastRequestTime(const v1::Entry& entry) {
  if (entry.has_last_request_time()) return MicrosOf(entry.last_request_time());
  return std::min(MicrosOf(entry.effective_time()), MicrosOf(entry.create_time()));
}

std::string EtagOf(const v1::Entry& entry) {
  return entry.etag().empty() ? std::to_string(entry.revision()) : entry.etag();
}

void CompleteEntry(v1::Entry* entry) {
  *entry->mutable_last_request_time() = TimeUtil::MicrosecondsToTimestamp(LastRequestTime(*entry));
  entry->set_etag(EtagOf(*entry));
}

v1::Entry EntryToProto(const EntryRecord& record) {
  v1::Entry entry = record.entry();
  CompleteEntry(&entry);
  return entry;
}

bool IsActive(const EntrySummary& entry, UnixMicros now) {
  const bool begun = entry.begun() || entry.effective_time() <= now;
  return begun && (entry.expire_time() == 0 || entry.expire_time() > now);
}

bool IsActive(const v1::Entry& entry, UnixMicros now) {
  if (entry.has_revoke_time()) return false;
  const UnixMicros effective = MicrosOf(entry.effective_time());
  const bool begun = effective <= MicrosOf(entry.create_time()) || effective <= now;
  return begun && (!entry.has_expire_time() || MicrosOf(entry.expire_time()) > now);
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
        {{"list", full}, {"kind", "REGISTRY"}, {"field", std::string(field)}});
  }
  return list;
}

}  // namespace dnc
