#include "client/cli/filter_rows.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/contact_titles.h"

namespace dnc::cli {
namespace {

// Most fields are short and plain, and there are tens of millions.
bool IsPlain(absl::string_view field) {
  return std::none_of(field.begin(), field.end(),
                      [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; });
}

}  // namespace

absl::StatusOr<FilterRows> FilterRows::FromFirst(CsvReader::Fields first_row, bool is_header) {
  FilterRows rows;
  rows.width_ = first_row.size();
  rows.has_header_ = is_header;
  if (!is_header) return rows;
  size_t verdicts = 0;
  size_t reasons = 0;
  for (size_t i = 0; i < first_row.size(); ++i) {
    const std::string title = PlainTitle(first_row[i]);
    if (title != "verdict" && title != "reasons") continue;
    rows.left_out_.push_back(i);
    const absl::string_view exact = absl::StripAsciiWhitespace(first_row[i]);
    verdicts += exact == "verdict" ? 1 : 0;
    reasons += exact == "reasons" ? 1 : 0;
  }
  const bool of_earlier_run = rows.left_out_.size() == 2 && verdicts == 1 && reasons == 1;
  if (rows.left_out_.empty() || of_earlier_run) return rows;
  const size_t first = rows.left_out_.front();
  return absl::InvalidArgumentError(absl::StrCat(
      "column ", first + 1, " \"", absl::StripAsciiWhitespace(first_row[first]),
      "\" could be taken for the one that the filter adds; rename it, or remove it (the pair "
      "verdict, reasons of an earlier run is replaced)"));
}

absl::Status FilterRows::Check(CsvReader::Fields row, uint64_t line) const {
  if (row.size() <= width_) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "line ", line, ": ", row.size(), " fields, but the ", has_header_ ? "header" : "first line",
      " has ", width_, "; quote fields that hold a comma"));
}

std::string FilterRows::Join(CsvReader::Fields row) const {
  std::string text;
  Append(row, &text);
  return text;
}

void FilterRows::Append(CsvReader::Fields row, std::string* text) const {
  bool first = true;
  for (size_t i = 0; i < width_; ++i) {
    if (std::find(left_out_.begin(), left_out_.end(), i) != left_out_.end()) continue;
    if (!first) text->push_back(',');
    first = false;
    if (i >= row.size()) continue;
    if (IsPlain(row[i])) {
      absl::StrAppend(text, row[i]);
    } else {
      absl::StrAppend(text, CsvEscape(row[i]));
    }
  }
}

}  // namespace dnc::cli
