// Dates in the names of files.
#ifndef DNC_STORAGE_BASE_FILE_DATE_H_
#define DNC_STORAGE_BASE_FILE_DATE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace dnc {

// The date that publishers of lists put into file names, as the FTC does: the one YYYY-MM-DD or
// YYYYMMDD in the last part of the path that is a real date from 1990 to 2199 and no part of a
// longer run of digits: 2025-11-03 for "2025-11-03_Global_1A2B.txt". Nothing where there is none,
// or where several such dates differ. Thread-safe.
std::optional<absl::CivilDay> DateInFileName(absl::string_view file_name);

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_FILE_DATE_H_
