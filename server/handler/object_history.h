// What the audit trail says of one object: how it changed, and how it was at a moment in the past.
#ifndef DNC_SERVER_HANDLER_OBJECT_HISTORY_H_
#define DNC_SERVER_HANDLER_OBJECT_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/handler/audit_log.h"
#include "storage/base/clock.h"
#include "storage/schema/keys.h"

namespace dnc {

struct ObjectHistory {
  std::vector<storage::v1::AuditRecord> records;  // by revision
  bool cut = false;                               // there are older ones
};

// The newest `most` changes of an object, or of something below it. `path` is its name without its
// organization: "leads/4711". CORRUPT_RECORD.
absl::StatusOr<ObjectHistory> ReadHistory(const AuditLog& log, uint32_t organization,
                                          absl::string_view path, size_t most);

// An object as it was.
struct PastObject {
  enum class Known {
    kYes,         // `content` is what it was
    kAbsent,      // it did not exist
    kUnrecorded,  // the trail has no change of it: it was as it is now, as far as is known
  };
  Known known = Known::kUnrecorded;
  std::string content;  // serialised
};

// As it was at `time`: after the last change that was asked for until then, or before the first one
// of all.
PastObject ObjectAt(const ObjectHistory& history, storage::v1::AuditedObject::Kind kind,
                    absl::string_view name, UnixMicros time);

// When the last change was asked for of which the trail does not say what it changed: one of a
// release without a chain. Nothing where there is none. CORRUPT_RECORD.
absl::StatusOr<std::optional<UnixMicros>> UnrecordedUntil(const AuditLog& log);

// An entry that a merge took from one lead and gave to another; their names.
struct MovedEntry {
  EntryId id;
  std::string from;
  std::string to;
};
std::vector<MovedEntry> MovedEntriesOf(const storage::v1::AuditRecord& record);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_OBJECT_HISTORY_H_
