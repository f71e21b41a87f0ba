// The column families of the store: names and ids in one place. Persisted: never renamed or reused.
#ifndef DNC_STORAGE_SCHEMA_COLUMN_FAMILIES_H_
#define DNC_STORAGE_SCHEMA_COLUMN_FAMILIES_H_

#include <array>
#include <cstdint>

namespace dnc {

enum class Family : uint8_t {
  kMeta = 0,      // the store record and counters
  kConfig = 1,    // organizations, lists, workflows, statuses; all of it is held in memory
  kLeads = 2,     // leads by id
  kSubjects = 3,  // contact points: what blocks them, and the leads that have them
  kEntries = 4,   // entries, whole, in the order of their creation
  kIndex = 5,     // entries by list, subject and lead; leads by status
  kRequests = 6,  // first answers by request id
  kAudit = 7,     // every mutation and its outcome by revision
  kChunks = 8,    // registry versions: compressed runs of numbers
  kReviews = 9,   // opt-outs as they arrived, and reviews
};

inline constexpr std::array<const char*, 10> kFamilyNames = {
    "meta",  "config",   "leads", "subjects", "entries",
    "index", "requests", "audit", "chunks",   "reviews"};

// Version of all persisted formats together. Raised with any change that an older program would
// misread; a program refuses a store with a version that it does not know, and brings older ones
// forward (server/state/migrate.h).
inline constexpr uint32_t kSchemaVersion = 3;

}  // namespace dnc

#endif  // DNC_STORAGE_SCHEMA_COLUMN_FAMILIES_H_
