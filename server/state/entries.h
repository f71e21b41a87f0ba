// Entries as the state machine writes them: the whole record, the summary where checks find it, the
// indexes and the count, always together.
#ifndef DNC_SERVER_STATE_ENTRIES_H_
#define DNC_SERVER_STATE_ENTRIES_H_

#include <optional>
#include <string>

#include "server/state/txn.h"
#include "server/subject/subject.h"

namespace dnc {

// How the source of an entry begins that a keyword reply made: a word that asks for messages again
// ends it, and no other.
inline constexpr absl::string_view kKeywordSource = "keyword reply ";

// What becomes of the record of an entry that covers the one that is to be added.
enum class WhenCovered {
  kLeave,        // nothing: nobody asked for anything
  kNoteIfLater,  // it notes the request, if that is later than what it knows of
  kNote,         // it notes the request
};

// What an entry says, apart from its subject. `entry` has list, channels, message_classes, reason,
// evidence, source, actor, effective_time and expire_time.
struct EntrySpec {
  v1::Entry entry;
  const CatalogList* list = nullptr;
  bool covers_contact_points = false;
  bool provisional = false;  // it blocks until a review is resolved; covered by none, covers none
  WhenCovered when_covered = WhenCovered::kLeave;
};

// The entries of one subject, wherever they are kept.
using EntrySummaries = google::protobuf::RepeatedPtrField<storage::v1::EntrySummary>;

// Adds an entry for a contact point. Answers its id, or nothing where one covers it already (which
// `covering` then names): one that blocks all that it would, as long, whatever becomes of the
// clock.
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

// Takes the summary of the entry that `record` is about out of its subject's, from where on the
// index names it, and puts back those whose place it took, unless they are revoked as well.
absl::Status RemoveSummary(Txn& txn, uint32_t organization, EntryId id,
                           const storage::v1::EntryRecord& record, EntrySummaries* entries);

// CORRUPT_RECORD where there is none.
absl::StatusOr<storage::v1::EntryRecord> ReadEntry(const Txn& txn, uint32_t organization,
                                                   EntryId id);

// When the person last asked for the entry, and its etag; entries that were written before there
// were such fields have them too.
UnixMicros LastRequestTime(const v1::Entry& entry);
std::string EtagOf(const v1::Entry& entry);

// The entry as the API shows it: CompleteEntry adds to that of the record what is not stored.
void CompleteEntry(v1::Entry* entry);
v1::Entry EntryToProto(const storage::v1::EntryRecord& record);
// Whether the entry blocks at `now`, as a check says that it does.
bool IsActive(const v1::Entry& entry, UnixMicros now);
bool IsActive(const storage::v1::EntrySummary& entry, UnixMicros now);

std::string EntryNameOf(const std::string& organization_id, EntryId id);

// The list that an entry or operation means: `name`, or `internal` where it is empty.
// LIST_NOT_FOUND, LIST_KIND_MISMATCH unless it is an internal list of the organization.
absl::StatusOr<const CatalogList*> ResolveInternalList(const CatalogOrganization& organization,
                                                       const std::string& name,
                                                       absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_ENTRIES_H_
