#include "server/contact/phone.h"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/contact/nanp.h"
#include "server/contact/text.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using ::i18n::phonenumbers::PhoneNumber;
using ::i18n::phonenumbers::PhoneNumberUtil;

constexpr int kNanpCountryCode = 1;
// libphonenumber reads "2125551234;2025550123" as an extension of ten digits. Dropping that would
// lose a number; no telephone system has extensions this long.
constexpr size_t kMostExtensionDigits = 6;
constexpr size_t kMaxTextBytes = 250;  // libphonenumber's own limit

const PhoneNumberUtil& Util() {
  static const PhoneNumberUtil* const util = [] {
    PhoneNumberUtil* instance = PhoneNumberUtil::GetInstance();
    // Its default logger prints the numbers it cannot read.
    instance->SetLogger(new i18n::phonenumbers::NullLogger);
    return instance;
  }();
  return *util;
}

absl::Status RefusePhone(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("phone number \"", MaskForMessage(text), "\" ", why));
}

// The number where `text` is ten digits of the North American plan, and nothing else.
std::optional<uint64_t> ReadTenDigits(absl::string_view text) {
  if (text.size() != 10) return std::nullopt;
  uint64_t digits = kNanpCountryCode;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    digits = digits * 10 + static_cast<uint64_t>(c - '0');
  }
  return IsNanp(digits) ? std::optional<uint64_t>(digits) : std::nullopt;
}

// The spellings that need no library. Neither can be read in another way: no national or
// international prefix starts with the digits 2 to 9 that the area code starts with.
std::optional<uint64_t> ReadFast(absl::string_view text, absl::string_view region) {
  if (text.size() == 12 && text[0] == '+' && text[1] == '1') return ReadTenDigits(text.substr(2));
  if (region == "US" || region == "CA") return ReadTenDigits(text);
  return std::nullopt;
}

absl::string_view Explain(PhoneNumberUtil::ErrorType error, absl::string_view region) {
  switch (error) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return region.empty() ? "names no country; write it with + and the country code, or give a "
                              "default region"
                            : "has an unknown country code";
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
      return "is too short; write it with its area code";
    case PhoneNumberUtil::TOO_LONG_NSN:
      return "is too long for any country; is it two numbers, or without its +?";
    default:
      return "is not a phone number";
  }
}

absl::string_view Explain(PhoneNumberUtil::ValidationResult result) {
  switch (result) {
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return "can be dialled only locally; write it with its area code";
    case PhoneNumberUtil::TOO_SHORT:
      return "is too short for its country; write it with its area code";
    case PhoneNumberUtil::TOO_LONG:
      return "is too long for its country; is it from abroad, without its + and country code?";
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
      return "has an unknown country code";
    default:
      return "has a length that its country does not use";
  }
}

// ITU-T E.164: at most 15 digits.
constexpr uint64_t kMostE164 = 999'999'999'999'999;

// Reads `text` once through libphonenumber.
absl::StatusOr<uint64_t> ReadWithLibrary(absl::string_view text, absl::string_view region) {
  PhoneNumber number;
  const auto error =
      Util().Parse(std::string(text), region.empty() ? "ZZ" : std::string(region), &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR) return RefusePhone(text, Explain(error, region));
  const auto possible = Util().IsPossibleNumberWithReason(number);
  if (possible != PhoneNumberUtil::IS_POSSIBLE) return RefusePhone(text, Explain(possible));
  if (number.extension().size() > kMostExtensionDigits) {
    return RefusePhone(text, "is followed by a second number; give one number at a time");
  }
  std::string national;
  Util().GetNationalSignificantNumber(number, &national);
  uint64_t digits = 0;
  // libphonenumber admits up to 17 digits for some of Japan's numbers, which are dialled only
  // there.
  if (!absl::SimpleAtoi(absl::StrCat(number.country_code(), national), &digits) ||
      digits > kMostE164) {
    return RefusePhone(text, "is too long for any country");
  }
  if (number.country_code() == kNanpCountryCode && !IsNanp(digits)) {
    return RefusePhone(
        text,
        "is impossible: area code and exchange of a North American number start with 2 "
        "to 9");
  }
  return digits;
}

// libphonenumber drops one national prefix at a time ("+44 0 0…"), so that reading what it wrote
// may shorten the number again. The canonical number is the one that stays.
absl::StatusOr<uint64_t> Settle(uint64_t digits, absl::string_view text) {
  constexpr int kMostPrefixes = 4;
  for (int i = 0; i < kMostPrefixes; ++i) {
    if (IsNanp(digits)) return digits;
    const absl::StatusOr<uint64_t> again = ReadWithLibrary(FormatE164(digits), "");
    if (!again.ok()) break;
    if (*again == digits) return digits;
    digits = *again;
  }
  return RefusePhone(text, "repeats its national prefix; write it with + and the country code");
}

// "2125551234 / x2125559876": libphonenumber drops what follows as a second number.
bool HasSecondNumber(absl::string_view text) {
  for (size_t at = text.find_first_of("/\\"); at != absl::string_view::npos;
       at = text.find_first_of("/\\", at + 1)) {
    absl::string_view rest = absl::StripLeadingAsciiWhitespace(text.substr(at + 1));
    if (rest.empty() || absl::ascii_tolower(static_cast<unsigned char>(rest.front())) != 'x') {
      continue;
    }
    if (CountChars(rest).digits > static_cast<int>(kMostExtensionDigits)) return true;
  }
  return false;
}

// "30123456.0": a spreadsheet took the number for a quantity; its 0 would be read as a digit.
bool IsDecimal(absl::string_view text) {
  absl::ConsumePrefix(&text, "+");
  const size_t point = text.find('.');
  if (point == absl::string_view::npos || point == 0) return false;
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  const absl::string_view whole = text.substr(0, point), part = text.substr(point + 1);
  return std::all_of(whole.begin(), whole.end(), is_digit) && !part.empty() && part.size() <= 2 &&
         part.find_first_not_of('0') == absl::string_view::npos;
}

// Where the letters behind the first digit begin; npos where there are none.
size_t FindLettersWithin(absl::string_view text) {
  const size_t first = text.find_first_of("+0123456789");
  if (first == absl::string_view::npos) return first;
  const auto letter =
      std::find_if(text.begin() + static_cast<std::ptrdiff_t>(first), text.end(),
                   [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); });
  return letter == text.end() ? absl::string_view::npos
                              : static_cast<size_t>(letter - text.begin());
}

// Letters stand for digits ("1-800-FLOWERS") in the North American plan only, where the length
// tells that they do. In countries with numbers of any length a name behind a number ("+49 30
// 1234567 Max") would be dialled as more of it. Labels of extensions are no part of the number.
absl::Status CheckLetters(absl::string_view text, absl::string_view region, uint64_t digits) {
  if (IsNanp(digits)) return absl::OkStatus();
  constexpr absl::string_view kContext = ";phone-context=";  // RFC 3966 section 5.1.5
  const size_t letters = FindLettersWithin(text.substr(0, text.find(kContext)));
  if (letters == absl::string_view::npos) return absl::OkStatus();
  const absl::StatusOr<uint64_t> without = ReadWithLibrary(text.substr(0, letters), region);
  if (without.ok() && *without == digits) return absl::OkStatus();
  return RefusePhone(text, "has letters among its digits; write digits only");
}

absl::Status CheckOneNumber(absl::string_view text) {
  if (HasSecondNumber(text)) {
    return RefusePhone(text, "is followed by a second number; give one number at a time");
  }
  if (IsDecimal(text)) {
    return RefusePhone(text,
                       "ends in a decimal fraction; export the column as text, not as numbers");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<uint64_t> NormalizePhone(absl::string_view text, absl::string_view default_region) {
  if (const auto fast = ReadFast(text, default_region); fast.has_value()) return *fast;
  if (!default_region.empty() && !IsKnownRegion(default_region)) {
    return absl::InvalidArgumentError(
        absl::StrCat("default region \"", MaskForMessage(default_region),
                     "\" is unknown; use an ISO 3166-1 code of two capitals, as US"));
  }
  if (text.size() > kMaxTextBytes) return RefusePhone(text, "is longer than 250 bytes");
  DNC_RETURN_IF_ERROR(CheckUtf8(text, "phone number"));
  text = TrimSpace(text);
  if (text.empty()) return absl::InvalidArgumentError("phone number is empty");
  if (const auto fast = ReadFast(text, default_region); fast.has_value()) return *fast;
  DNC_RETURN_IF_ERROR(CheckOneNumber(text));
  DNC_ASSIGN_OR_RETURN(const uint64_t digits, ReadWithLibrary(text, default_region));
  DNC_RETURN_IF_ERROR(CheckLetters(text, default_region, digits));
  return Settle(digits, text);
}

bool IsCanonicalPhone(uint64_t digits) {
  if (IsNanp(digits)) return true;
  const std::string text = FormatE164(digits);
  if (text[1] == '1') return false;  // country code 1 is the only one that starts with 1
  const absl::StatusOr<uint64_t> read = ReadWithLibrary(text, "");
  return read.ok() && *read == digits;
}

bool IsNanp(uint64_t digits) { return HasNanpShape(digits); }

std::string FormatE164(uint64_t digits) { return absl::StrCat("+", digits); }

bool IsKnownRegion(absl::string_view region) {
  static const auto* const regions = [] {
    std::set<std::string> supported;
    Util().GetSupportedRegions(&supported);
    return new absl::flat_hash_set<std::string>(supported.begin(), supported.end());
  }();
  return regions->contains(region);
}

}  // namespace dnc
