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

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_OBJECT_HISTORY_H_
