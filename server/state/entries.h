// Entries as the state machine writes them: the whole record, the summary where checks find it, the
// indexes and the count, always together.
#ifndef DNC_SERVER_STATE_ENTRIES_H_
#define DNC_SERVER_STATE_ENTRIES_H_

#include <optional>
#include <string>

#include "server/state/txn.h"
#include "server/subject/subject.h"

namespace dnc {

// What an entry says, apart from its subject. `entry` has list, channels, message_classes, reason,
// evidence, source, actor, effective_time and expire_time.
struct EntrySpec {
  v1::Entry entry;
  const CatalogList* list = nullptr;
  bool covers_contact_points = false;
};

// The entries of one subject, wherever they are kept.
using EntrySummaries = google::protobuf::RepeatedPtrField<storage::v1::EntrySummary>;

// An entry among `entries` that blocks at least what `spec` would, now and as long.
std::optional<EntryId> FindCovering(const EntrySummaries& entries, const EntrySpec& spec,
                                    UnixMicros now);

// Adds an entry for a contact point. Answers its id, or nothing where one covers it already (which
// `covering` then names).
absl::StatusOr<std::optional<EntryId>> AddPointEntry(Txn& txn, uint32_t organization,
                                                     const std::string& organization_id,
                                                     const ContactPoint& point,
                                                     const EntrySpec& spec,
                                                     std::optional<EntryId>* covering = nullptr);

// The same for a lead; `entries` are those of its state, which the caller writes back.
absl::StatusOr<std::optional<EntryId>> AddLeadEntry(Txn& txn, uint32_t organization,
                                                    const std::string& organization_id,
                                                    const std::string& lead_id,
                                                    const EntrySpec& spec, EntrySummaries* entries,
                                                    std::optional<EntryId>* covering = nullptr);

// Reads a contact point's record; an empty one where there is none.
absl::StatusOr<storage::v1::SubjectRecord> ReadSubject(const Txn& txn, const std::string& key);

// Removes the summary of an entry.
void RemoveSummary(EntryId id, EntrySummaries* entries);

std::string EntryNameOf(const std::string& organization_id, EntryId id);

// The list that an entry or operation means: `name`, or `internal` where it is empty.
// LIST_NOT_FOUND, LIST_KIND_MISMATCH unless it is an internal list of the organization.
absl::StatusOr<const CatalogList*> ResolveInternalList(const CatalogOrganization& organization,
                                                       const std::string& name,
                                                       absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_ENTRIES_H_
