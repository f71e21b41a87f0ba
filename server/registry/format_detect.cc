#include "server/registry/format_detect.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "server/registry/row_fields.h"
#include "storage/base/csv_reader.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using Row = std::vector<std::string>;

constexpr size_t kSampledRows = 200;
constexpr absl::string_view kNameIt = "name the format of the list";

bool IsOperation(absl::string_view field) {
  return absl::EqualsIgnoreCase(field, "A") || absl::EqualsIgnoreCase(field, "D");
}

bool HasAt(absl::string_view field) { return absl::StrContains(field, '@'); }

// Lines whole within the head, split at commas, up to kSampledRows.
absl::StatusOr<std::vector<Row>> Sample(absl::string_view head, bool whole) {
  std::vector<Row> rows;
  const auto on_row = [&](CsvReader::Fields fields, uint64_t) {
    Row& row = rows.emplace_back();
    for (const absl::string_view field : fields)
      row.emplace_back(absl::StripAsciiWhitespace(field));
    return rows.size() < kSampledRows ? absl::OkStatus() : absl::CancelledError();
  };
  CsvReader reader;
  absl::Status status = reader.Feed(head, on_row);
  if (status.ok() && whole) status = reader.Finish(on_row);
  if (!status.ok() && !absl::IsCancelled(status)) {
    return absl::InvalidArgumentError(absl::StrCat(status.message(), "; or ", kNameIt));
  }
  return rows;
}

std::optional<ListFormat> FormatOfHeader(CsvReader::Fields header) {
  if (std::any_of(header.begin(), header.end(), HasAt)) return std::nullopt;
  if (FindColumn(header, "Email Address")) return ListFormat::kMailchimp;
  if (FindColumn(header, "Company_Phone_Number")) return ListFormat::kFtcComplaints;
  if (FindColumn(header, "email") && FindColumn(header, "created")) return ListFormat::kSendgrid;
  return std::nullopt;
}

std::optional<ListFormat> FormatOfPair(absl::string_view first, absl::string_view second) {
  if (IsDigits(first, kAreaDigits) && IsDigits(second, kLocalDigits)) return ListFormat::kFtcFlat;
  if (!HasAt(first) || second.empty()) return std::nullopt;
  if (IsDigits(second)) return ListFormat::kSendgrid;
  const bool word = std::all_of(second.begin(), second.end(), [](char c) {
    return c == '_' || absl::ascii_isalpha(static_cast<unsigned char>(c));
  });
  return word ? std::optional(ListFormat::kSesSuppression) : std::nullopt;
}

std::optional<ListFormat> FormatOfRow(CsvReader::Fields fields) {
  if (fields.size() == 1) {
    return IsHeader(fields) ? std::nullopt : std::optional(ListFormat::kPlain);
  }
  const bool digits = std::any_of(fields.begin(), fields.end(),
                                  [](absl::string_view field) { return IsDigits(field); });
  if (digits && std::any_of(fields.begin(), fields.end(), IsOperation)) {
    return ListFormat::kFtcChange;
  }
  return fields.size() == 2 ? FormatOfPair(fields[0], fields[1]) : std::nullopt;
}

absl::StatusOr<ListFormat> Agree(std::set<ListFormat> votes) {
  // Ten digits a line are a form of the flat list as well.
  if (votes.contains(ListFormat::kFtcFlat)) votes.erase(ListFormat::kPlain);
  if (votes.size() == 1) return *votes.begin();
  if (votes.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no known list format fits the first rows; ", kNameIt));
  }
  const auto name = [](std::string* out, ListFormat f) { absl::StrAppend(out, ListFormatName(f)); };
  return absl::InvalidArgumentError(absl::StrCat("the first rows are ambiguous: some look like ",
                                                 absl::StrJoin(votes, ", others like ", name), "; ",
                                                 kNameIt));
}

// Ten digits a line that are numbers of the North American plan nearly all, as the older form of
// the FTC's full list has them; the real files have some that nobody can dial.
bool LookAmerican(const std::vector<Row>& rows) {
  constexpr size_t kMostOthers = 10;  // one in so many
  size_t all = 0, american = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<absl::string_view> fields(rows[i].begin(), rows[i].end());
    if (i == 0 && IsHeader(fields)) continue;
    if (fields.size() != 1 || !IsDigits(fields[0], kNumberDigits)) return false;
    ++all;
    if (NormalizePhone(fields[0], "US").ok()) ++american;
  }
  return all > 0 && (all - american) * kMostOthers <= all;
}

// Numbers of another country's own plan are as long in some; read as those, Americans would not be
// blocked, and the other way round.
absl::Status CheckHomePlan(const std::vector<Row>& rows, absl::string_view region) {
  if (region.empty() || IsNanpRegion(region) || !LookAmerican(rows)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the first rows are ambiguous: ten digits a line are American numbers (format ftc-flat) or "
      "numbers of the region ",
      region, " (format plain); name the format of the list"));
}

}  // namespace

absl::Status CheckIsText(absl::string_view head) {
  if (absl::StartsWith(head, "PK\x03\x04")) {
    return absl::InvalidArgumentError(
        "this is a zip archive; send the file in it, or give the archive to dncctl, which unpacks "
        "it");
  }
  if (absl::StartsWith(head, "\x1F\x8B")) {
    return absl::InvalidArgumentError("this is a gzip file; unpack it first");
  }
  if (absl::StartsWith(head, "\xFF\xFE") || absl::StartsWith(head, "\xFE\xFF")) {
    return absl::InvalidArgumentError("this is UTF-16 text; save it as UTF-8");
  }
  if (head.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError("this is not a text file: it holds zero bytes");
  }
  return absl::OkStatus();
}

absl::StatusOr<ListFormat> DetectFormat(absl::string_view head, bool whole,
                                        absl::string_view region) {
  const absl::string_view text =
      absl::StripAsciiWhitespace(absl::StripPrefix(head, "\xEF\xBB\xBF"));
  if (text.empty()) {
    return absl::InvalidArgumentError(
        whole ? "the file is empty; a list without rows needs at least its header"
              : absl::StrCat("the file starts with blank space only; ", kNameIt));
  }
  if (text.front() == '<' && !HasAt(text.substr(0, text.find('>')))) return ListFormat::kFtcXml;
  DNC_ASSIGN_OR_RETURN(const std::vector<Row> rows, Sample(head, whole));
  std::set<ListFormat> votes;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<absl::string_view> fields(rows[i].begin(), rows[i].end());
    if (const auto format = i == 0 ? FormatOfHeader(fields) : std::nullopt) return *format;
    const bool header = i == 0 && IsHeader(fields);
    if (header && rows.size() == 1 && whole && fields.size() == 1) return ListFormat::kPlain;
    if (const auto format = FormatOfRow(fields); !header && format) votes.insert(*format);
  }
  DNC_ASSIGN_OR_RETURN(const ListFormat format, Agree(std::move(votes)));
  if (format == ListFormat::kPlain) DNC_RETURN_IF_ERROR(CheckHomePlan(rows, region));
  return format;
}

}  // namespace dnc
