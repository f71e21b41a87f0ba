#include "server/registry/row_emitter.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contact/email.h"
#include "server/contact/phone.h"
#include "server/contact/text.h"
#include "server/registry/row_fields.h"

namespace dnc {
namespace {

// Digits with at most the punctuation of phone numbers between them.
bool IsDialText(absl::string_view text) {
  static constexpr absl::string_view kPunctuation = " ()+-./\t";
  return std::any_of(text.begin(), text.end(), IsAsciiDigit) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAsciiDigit(c) || absl::StrContains(kPunctuation, c); });
}

// More digits than any number has (ITU-T E.164: 15), in several groups.
bool MayBeSeveralNumbers(absl::string_view text) {
  constexpr auto kMostDigits = 15;
  const auto digits = std::count_if(text.begin(), text.end(), IsAsciiDigit);
  return digits > kMostDigits && static_cast<size_t>(digits) < text.size();
}

// The number that digits without a plus are where they start with a country code. A row that is no
// number of its region may well be one of another country, written without the plus: blocking that
// one too is the restrictive reading.
std::optional<uint64_t> ReadAsInternational(absl::string_view text) {
  constexpr size_t kFewestDigits = 11;  // shorter ones are national numbers cut off
  if (text.size() < kFewestDigits || !std::all_of(text.begin(), text.end(), IsAsciiDigit)) {
    return std::nullopt;
  }
  const absl::StatusOr<uint64_t> number = NormalizePhone(absl::StrCat("+", text), "");
  if (!number.ok()) return std::nullopt;
  return *number;
}

// A whole North American number with an area code or an exchange that none has. A shorter or longer
// one may be somebody's: cut off, without its area code, or with something behind it. So may ten
// digits with a 1 in front, which is the country code as well.
bool IsWholeButImpossible(absl::string_view text, absl::string_view region) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), IsAsciiDigit);
  const bool international = absl::StartsWith(text, "+");
  if (!international && !IsNanpRegion(region)) return false;
  if (digits.size() == kNumberDigits + 1 && digits[0] == '1') {
    digits.erase(0, 1);
  } else if (international || digits.size() != kNumberDigits || digits[0] == '1') {
    return false;
  }
  return digits[0] < '2' || digits[kAreaDigits] < '2';
}

}  // namespace

RowEmitter::RowEmitter(std::string default_region, bool damaged_numbers_break_file,
                       ListRowSink* sink)
    : default_region_(std::move(default_region)),
      damaged_numbers_break_file_(damaged_numbers_break_file),
      sink_(sink) {}

void RowEmitter::Phone(const Details& details, absl::string_view text, absl::string_view region) {
  text = absl::StripAsciiWhitespace(text);
  const absl::StatusOr<uint64_t> national = NormalizePhone(text, region);
  const std::optional<uint64_t> number =
      national.ok() ? std::optional<uint64_t>(*national) : ReadAsInternational(text);
  if (!number.has_value()) {
    RejectPhone(details.line, text, region, national.status().message());
    return;
  }
  row_.contact.kind = ContactKind::kPhone;
  row_.contact.phone = *number;
  row_.contact.text.clear();
  Emit(details);
}

void RowEmitter::RejectPhone(uint64_t line, absl::string_view text, absl::string_view region,
                             absl::string_view message) {
  RejectCause cause = RejectCause::kMalformed;
  if (IsDialText(text) && !MayBeSeveralNumbers(text)) {
    const bool names_country = !region.empty() || absl::StartsWith(text, "+");
    cause = names_country ? RejectCause::kImpossibleNumber : RejectCause::kNumberWithoutCountry;
  }
  const bool harmless = cause == RejectCause::kImpossibleNumber &&
                        (!damaged_numbers_break_file_ || IsWholeButImpossible(text, region));
  sink_->OnReject({.line = line,
                   .cause = cause,
                   .message = absl::StrCat("line ", line, ": ", message),
                   .masked_value = MaskForMessage(text),
                   .breaks_file = !harmless});
}

void RowEmitter::Email(const Details& details, absl::string_view text) {
  absl::StatusOr<std::string> address = NormalizeEmail(text);
  if (!address.ok()) {
    sink_->OnReject(
        {.line = details.line,
         .cause = RejectCause::kInvalidEmail,
         .message = absl::StrCat("line ", details.line, ": ", address.status().message()),
         .masked_value = MaskForMessage(text),
         .breaks_file = true});
    return;
  }
  row_.contact.kind = ContactKind::kEmail;
  row_.contact.phone = 0;
  row_.contact.text = *std::move(address);
  Emit(details);
}

void RowEmitter::Reject(uint64_t line, RejectCause cause, absl::string_view why,
                        absl::string_view value) {
  const std::string masked = MaskForMessage(value);
  sink_->OnReject({.line = line,
                   .cause = cause,
                   .message = absl::StrCat("line ", line, ": \"", masked, "\" ", why),
                   .masked_value = masked,
                   .breaks_file = true});
}

void RowEmitter::RejectWidth(uint64_t line, size_t columns, size_t expected,
                             absl::string_view value) {
  const bool fewer = columns < expected;
  Reject(line, fewer ? RejectCause::kMissingField : RejectCause::kExtraField,
         absl::StrCat("starts a row of ", columns, " columns where the file has ", expected,
                      "; put quotes around fields that hold commas"),
         value);
}

void RowEmitter::RejectHarmless(uint64_t line, RejectCause cause, absl::string_view why) {
  sink_->OnReject({.line = line,
                   .cause = cause,
                   .message = absl::StrCat("line ", line, ": ", why),
                   .masked_value = "",
                   .breaks_file = false});
}

void RowEmitter::Emit(const Details& details) {
  if (!CheckUtf8(details.reason, "reason").ok()) {
    Reject(details.line, RejectCause::kMalformed, "is not UTF-8; save the file as UTF-8",
           details.reason);
    return;
  }
  row_.line = details.line;
  row_.op = details.op;
  row_.reason = details.reason;
  row_.time = details.time;
  sink_->OnRow(row_);
}

absl::string_view RejectCauseName(RejectCause cause) {
  switch (cause) {
    case RejectCause::kMalformed:
      return "MALFORMED";
    case RejectCause::kImpossibleNumber:
      return "IMPOSSIBLE_NUMBER";
    case RejectCause::kInvalidEmail:
      return "INVALID_EMAIL";
    case RejectCause::kMissingField:
      return "MISSING_FIELD";
    case RejectCause::kExtraField:
      return "EXTRA_FIELD";
    case RejectCause::kBadOperation:
      return "BAD_OPERATION";
    case RejectCause::kBadTime:
      return "BAD_TIME";
    case RejectCause::kNumberWithoutCountry:
      return "NUMBER_WITHOUT_COUNTRY";
  }
  return "UNKNOWN";
}

}  // namespace dnc
