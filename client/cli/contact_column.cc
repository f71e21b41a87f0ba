#include "client/cli/contact_column.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/contact_titles.h"

namespace dnc::cli {
namespace {

constexpr char kNameOne[] = "name one with --column TITLE or --column NUMBER";

// Digits of any number, or what an address has and a title has not.
bool CouldBeContact(absl::string_view cell, v1::Channel channel) {
  const auto digits = std::count_if(cell.begin(), cell.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (channel == v1::CHANNEL_MAIL && digits > 0 && absl::StrContains(cell, ' ')) return true;
  return digits >= 5 || absl::StrContains(cell, '@');
}

// Contact points of these channels may be any text, so a cell never shows that it is none.
bool AnyTextCouldBeContact(v1::Channel channel) {
  return channel == v1::CHANNEL_MAIL || channel == v1::CHANNEL_MESSAGING;
}

// A file's first row, and what is asked of it.
class FirstRow {
 public:
  FirstRow(CsvReader::Fields row, v1::Channel channel, bool no_header)
      : row_(row), channel_(channel), no_header_(no_header) {}

  absl::StatusOr<ContactColumn> ByTitleOrNumber(absl::string_view wanted) const;
  absl::StatusOr<ContactColumn> ByItself() const;

 private:
  ContactColumn WithHeader(size_t index) const {
    return {index, true, std::string(absl::StripAsciiWhitespace(row_[index]))};
  }
  bool HoldsData() const {
    return no_header_ || std::any_of(row_.begin(), row_.end(), [this](absl::string_view cell) {
             return CouldBeContact(cell, channel_);
           });
  }
  std::vector<size_t> Called(absl::string_view wanted) const;
  std::vector<size_t> Fitting(TitleFit fit) const;
  absl::StatusOr<ContactColumn> ByNumber(size_t index) const;
  absl::Status NotFound(absl::string_view what) const;
  absl::Status Ambiguous(const std::vector<size_t>& columns, absl::string_view what) const;

  const CsvReader::Fields row_;
  const v1::Channel channel_;
  const bool no_header_;
};

absl::Status FirstRow::NotFound(absl::string_view what) const {
  if (HoldsData()) {
    return absl::InvalidArgumentError(absl::StrCat(what, "; the first line holds data of ",
                                                   row_.size(),
                                                   " columns: name one with --column NUMBER"));
  }
  return absl::InvalidArgumentError(absl::StrCat(what, "; the first line has the columns ",
                                                 absl::StrJoin(row_, ", "), ": ", kNameOne));
}

absl::Status FirstRow::Ambiguous(const std::vector<size_t>& columns, absl::string_view what) const {
  const auto append = [this](std::string* out, size_t index) {
    absl::StrAppend(out, index + 1, " \"", absl::StripAsciiWhitespace(row_[index]), "\"");
  };
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": columns ", absl::StrJoin(columns, ", ", append), "; ", kNameOne));
}

std::vector<size_t> FirstRow::Called(absl::string_view wanted) const {
  std::vector<size_t> exact;
  std::vector<size_t> loose;
  const std::string plain = PlainTitle(wanted);
  for (size_t i = 0; i < row_.size(); ++i) {
    if (absl::StripAsciiWhitespace(row_[i]) == wanted) exact.push_back(i);
    if (!plain.empty() && PlainTitle(row_[i]) == plain) loose.push_back(i);
  }
  return exact.empty() ? loose : exact;
}

std::vector<size_t> FirstRow::Fitting(TitleFit fit) const {
  std::vector<size_t> columns;
  for (size_t i = 0; i < row_.size(); ++i) {
    if (FitOf(row_[i], channel_) == fit) columns.push_back(i);
  }
  return columns;
}

absl::StatusOr<ContactColumn> FirstRow::ByNumber(size_t index) const {
  if (HoldsData()) return ContactColumn{index, false};
  if (!AnyTextCouldBeContact(channel_) || FitOf(row_[index], channel_) != TitleFit::kNone) {
    return WithHeader(index);
  }
  return absl::InvalidArgumentError(
      "the first line may be a header or data, and on this channel any text may be a contact "
      "point: give --no-header if it is data, otherwise name the column by its title");
}

absl::StatusOr<ContactColumn> FirstRow::ByTitleOrNumber(absl::string_view wanted) const {
  if (!no_header_) {
    const std::vector<size_t> called = Called(wanted);
    if (called.size() == 1) return WithHeader(called.front());
    if (!called.empty()) return Ambiguous(called, "several columns have that title");
  }
  size_t number = 0;
  if (!absl::SimpleAtoi(wanted, &number)) {
    return NotFound(absl::StrCat("no column is called \"", wanted, "\""));
  }
  if (number < 1 || number > row_.size()) {
    return NotFound(absl::StrCat("there is no column ", number));
  }
  return ByNumber(number - 1);
}

absl::StatusOr<ContactColumn> FirstRow::ByItself() const {
  if (!no_header_) {
    for (const TitleFit fit : {TitleFit::kChannel, TitleFit::kKind, TitleFit::kVague}) {
      const std::vector<size_t> columns = Fitting(fit);
      if (columns.size() == 1) return WithHeader(columns.front());
      if (!columns.empty()) {
        return Ambiguous(columns, "several columns could hold the contact points");
      }
    }
  }
  if (row_.size() != 1) return NotFound("cannot tell which column holds the contact points");
  return AnyTextCouldBeContact(channel_) ? ContactColumn{0, false} : ByNumber(0);
}

}  // namespace

absl::StatusOr<ContactColumn> FindContactColumn(CsvReader::Fields first_row, v1::Channel channel,
                                                absl::string_view wanted, bool no_header) {
  const FirstRow row(first_row, channel, no_header);
  return wanted.empty() ? row.ByItself() : row.ByTitleOrNumber(wanted);
}

std::optional<uint64_t> StrictNanpDigits(absl::string_view text) {
  if (text.size() != 12 || !absl::StartsWith(text, "+1")) return std::nullopt;
  uint64_t digits = 0;
  for (const char c : text.substr(1)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    digits = digits * 10 + static_cast<uint64_t>(c - '0');
  }
  if (text[2] < '2' || text[5] < '2') return std::nullopt;
  return digits;
}

}  // namespace dnc::cli
