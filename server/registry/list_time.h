// Times in list files.
#ifndef DNC_SERVER_REGISTRY_LIST_TIME_H_
#define DNC_SERVER_REGISTRY_LIST_TIME_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "storage/base/clock.h"

namespace dnc {

// Reads "2025-12-02", "2025-12-02 13:05:59", "2025-12-02T13:05:59.25+01:00" or "…Z", "20251202",
// "12/02/2025" (month first) and "12/02/2025 13:05:59"; without a zone it is UTC. Nothing for other
// texts, dates that do not exist, and years outside 1970 to 9999. Thread-safe.
std::optional<UnixMicros> ParseListTime(absl::string_view text);

// Whole seconds since the Unix epoch, up to the year 9999. Thread-safe.
std::optional<UnixMicros> ParseEpochSeconds(absl::string_view text);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_LIST_TIME_H_
