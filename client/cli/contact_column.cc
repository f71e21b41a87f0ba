#include "client/cli/contact_column.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dnc::cli {
namespace {

using Titles = std::vector<absl::string_view>;

// In the order in which they are preferred.
Titles TitlesFor(v1::Channel channel) {
  const Titles phones = {
      "phone",     "phonenumber", "mobile", "mobilephone", "mobilenumber",       "cell",
      "cellphone", "telephone",   "tel",    "msisdn",      "companyphonenumber", "fax",
      "faxnumber", "number",      "to",     "contact",     "contactpoint",       "pattern"};
  const Titles emails = {"email", "emailaddress", "mail",        "recipient",
                         "to",    "contact",      "contactpoint"};
  const Titles others = {"address", "postaladdress", "mailingaddress",
                         "other",   "contact",       "contactpoint"};
  switch (channel) {
    case v1::CHANNEL_EMAIL:
      return emails;
    case v1::CHANNEL_MAIL:
      return others;
    case v1::CHANNEL_MESSAGING: {
      Titles all = phones;
      all.insert(all.end(), emails.begin(), emails.end());
      all.insert(all.end(), others.begin(), others.end());
      all.push_back("handle");
      return all;
    }
    default:
      return phones;
  }
}

bool CouldBeContact(absl::string_view cell) {
  const auto digits = std::count_if(cell.begin(), cell.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return digits >= 5 || absl::StrContains(cell, '@');
}

absl::Status NotFound(CsvReader::Fields row, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, "; the first line has the columns ", absl::StrJoin(row, ", "),
                   ": name one with --column TITLE or --column NUMBER"));
}

absl::StatusOr<ContactColumn> FindWanted(CsvReader::Fields row, absl::string_view wanted,
                                         bool no_header) {
  for (size_t i = 0; i < row.size() && !no_header; ++i) {
    if (PlainTitle(row[i]) == PlainTitle(wanted)) return ContactColumn{i, true};
  }
  size_t number = 0;
  if (!absl::SimpleAtoi(wanted, &number)) {
    return NotFound(row, absl::StrCat("no column is called \"", wanted, "\""));
  }
  if (number < 1 || number > row.size()) {
    return NotFound(row, absl::StrCat("there is no column ", number));
  }
  return ContactColumn{number - 1, !no_header && !CouldBeContact(row[number - 1])};
}

std::optional<size_t> FindByTitle(CsvReader::Fields row, v1::Channel channel) {
  for (const absl::string_view title : TitlesFor(channel)) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (PlainTitle(row[i]) == title) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ContactColumn> FindContactColumn(CsvReader::Fields first_row, v1::Channel channel,
                                                absl::string_view wanted, bool no_header) {
  if (!wanted.empty()) return FindWanted(first_row, wanted, no_header);
  if (!no_header) {
    if (const auto found = FindByTitle(first_row, channel)) return ContactColumn{*found, true};
  }
  if (first_row.size() != 1) {
    return NotFound(first_row, "cannot tell which column holds the contact points");
  }
  return ContactColumn{0,
                       !no_header && channel != v1::CHANNEL_MAIL && !CouldBeContact(first_row[0])};
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

std::string PlainTitle(absl::string_view title) {
  std::string plain;
  for (const char c : title) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      plain.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return plain;
}

bool IsUtf8(absl::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = at + text.size();
  while (at < end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    const int length = *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : 2;
    if (*at < 0xC2 || *at > 0xF4 || end - at < length) return false;
    // The second byte rules out overlong forms, surrogates and what is above U+10FFFF.
    const uint8_t low = *at == 0xE0 ? 0xA0 : *at == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = *at == 0xED ? 0x9F : *at == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high) return false;
    for (int i = 2; i < length; ++i) {
      if ((at[i] & 0xC0) != 0x80) return false;
    }
    at += length;
  }
  return true;
}

}  // namespace dnc::cli
