#include "storage/base/file_date.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace dnc {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// The date at the start of `text`, as digits with `separator` (or none) between its parts.
std::optional<absl::CivilDay> ReadDate(absl::string_view text, absl::string_view separator) {
  const size_t month_at = 4 + separator.size();
  const size_t day_at = month_at + 2 + separator.size();
  if (text.size() < day_at + 2) return std::nullopt;
  if (text.substr(4, separator.size()) != separator) return std::nullopt;
  if (text.substr(month_at + 2, separator.size()) != separator) return std::nullopt;
  int year = 0, month = 0, day = 0;
  const auto read = [](absl::string_view part, int& value) {
    return std::all_of(part.begin(), part.end(), IsDigit) && absl::SimpleAtoi(part, &value);
  };
  if (!read(text.substr(0, 4), year) || !read(text.substr(month_at, 2), month) ||
      !read(text.substr(day_at, 2), day)) {
    return std::nullopt;
  }
  const absl::CivilDay date(year, month, day);
  // CivilDay carries the 31st of April over into May.
  const bool exists = date.month() == month && date.day() == day;
  return exists && year >= 1990 && year < 2200 ? std::optional(date) : std::nullopt;
}

}  // namespace

std::optional<absl::CivilDay> DateInFileName(absl::string_view file_name) {
  if (const size_t slash = file_name.find_last_of("/\\"); slash != absl::string_view::npos) {
    file_name.remove_prefix(slash + 1);
  }
  std::optional<absl::CivilDay> found;
  for (size_t at = 0; at < file_name.size(); ++at) {
    if (at > 0 && IsDigit(file_name[at - 1])) continue;
    const absl::string_view rest = file_name.substr(at);
    for (const absl::string_view separator : {"-", ""}) {
      const size_t size = 8 + 2 * separator.size();
      if (rest.size() > size && IsDigit(rest[size])) continue;
      const auto date = ReadDate(rest, separator);
      if (!date.has_value()) continue;
      if (found.has_value() && *found != *date) return std::nullopt;
      found = date;
    }
  }
  return found;
}

}  // namespace dnc
