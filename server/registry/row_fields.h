// Judging the fields of rows. Internal to this folder. All functions are thread-safe.
#ifndef DNC_SERVER_REGISTRY_ROW_FIELDS_H_
#define DNC_SERVER_REGISTRY_ROW_FIELDS_H_

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/contact/phone.h"
#include "storage/base/csv_reader.h"

namespace dnc {

inline bool IsAsciiDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// The widths of North American numbers: area code, exchange and line together, and all of it.
inline constexpr size_t kAreaDigits = 3;
inline constexpr size_t kLocalDigits = 7;
inline constexpr size_t kNumberDigits = 10;

inline bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsAsciiDigit);
}

inline bool IsDigits(absl::string_view text, size_t count) {
  return text.size() == count && IsDigits(text);
}

// True where the region numbers its telephones by the North American plan, as US, CA and JM do.
inline bool IsNanpRegion(absl::string_view region) {
  if (region.empty()) return false;
  const absl::StatusOr<uint64_t> number = NormalizePhone("2125550100", region);
  return number.ok() && *number == 1'212'555'0100;
}

// True where no field could be a contact point: column names, as "pattern" or "Email Address".
// Other than ASCII text is none: digits exist in other scripts too. Where a damaged contact point
// could look the same, the column's title must be known as well: see column_title.h.
inline bool IsHeader(CsvReader::Fields fields) {
  const auto in_contact = [](char c) {
    return c == '@' || IsAsciiDigit(c) || !absl::ascii_isascii(static_cast<unsigned char>(c));
  };
  return std::none_of(fields.begin(), fields.end(), [&](absl::string_view field) {
    return std::any_of(field.begin(), field.end(), in_contact);
  });
}

inline std::optional<size_t> FindColumn(CsvReader::Fields header, absl::string_view name) {
  for (size_t i = 0; i < header.size(); ++i) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(header[i]), name)) return i;
  }
  return std::nullopt;
}

// As FindColumn; INVALID_ARGUMENT where the header lacks the column.
inline absl::StatusOr<size_t> NeedColumn(CsvReader::Fields header, absl::string_view name,
                                         uint64_t line) {
  if (const auto column = FindColumn(header, name); column.has_value()) return *column;
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ": the header has no column \"", name,
                   "\"; export the list with it, or name the format that the file has"));
}

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_ROW_FIELDS_H_
