// Times in list files and in their names.
#ifndef DNC_SERVER_REGISTRY_LIST_TIME_H_
#define DNC_SERVER_REGISTRY_LIST_TIME_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "storage/base/clock.h"

namespace dnc {

// Reads "2025-12-02", "2025-12-02 13:05:59", "2025-12-02T13:05:59.25+01:00" or "…Z", "20251202",
// "12/02/2025" (month first) and "12/02/2025 13:05:59"; without a zone it is UTC. Nothing for other
// texts, dates that do not exist, and years outside 1970 to 9999. Thread-safe.
std::optional<UnixMicros> ParseListTime(absl::string_view text);

// Whole seconds since the Unix epoch, up to the year 9999. Thread-safe.
std::optional<UnixMicros> ParseEpochSeconds(absl::string_view text);

// The version date that publishers put into file names, as the FTC does: the one YYYY-MM-DD or
// YYYYMMDD in the last part of the path that is a real date from 1990 to 2199 and no part of a
// longer run of digits: 2025-11-03 for "2025-11-03_Global_1A2B.txt". Nothing where there is none,
// or where several such dates differ. Thread-safe.
std::optional<absl::CivilDay> VersionDateFromFileName(absl::string_view file_name);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_LIST_TIME_H_
