// Phone numbers in canonical form: the digits of the E.164 number (ITU-T E.164 section 6), country
// code first, as one integer. "+1 (212) 555-1234" is 12125551234.
//
// Which digits make a number is libphonenumber's judgement, by length only ("possible"), never by
// its table of assigned ranges: new ranges are opened all the time, and an opt-out of one must
// hold. One rule is stricter: in the North American Numbering Plan the area code and the exchange
// both start with 2 to 9 (ATIS-0300051, ATIS-0300119; 47 CFR Part 52); anything else cannot be
// dialled.
//
// Forms that are kept or merged as libphonenumber does it: Mexico's former mobile prefix is dropped
// (+521… is +52…); Argentina's mobile 9 is kept, and its national spelling 0…15… becomes it;
// Italian leading zeros belong to the number. Extensions of up to six digits are dropped, for the
// line is what opted out; what is longer is a second number: refused.
//
// All functions are thread-safe.
#ifndef DNC_SERVER_CONTACT_PHONE_H_
#define DNC_SERVER_CONTACT_PHONE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// The canonical number of any common spelling: punctuation, national and international prefixes,
// full-width and other Unicode digits, "tel:" URIs; letters for digits in North American numbers.
//
// `default_region` (ISO 3166-1 alpha-2, "US") is the country of numbers that name none; where it is
// empty, only international spellings are taken. NormalizePhone(FormatE164(n), r) is n for every
// number n that was returned, whatever r is. Takes tens of nanoseconds for "+12125551234", and for
// 2125551234 in the regions US and CA; tens of microseconds for anything else.
//
// INVALID_ARGUMENT where it is no number that could be dialled, or the region is unknown.
absl::StatusOr<uint64_t> NormalizePhone(absl::string_view text, absl::string_view default_region);

// True where `digits` is a number that NormalizePhone could have returned. Nanoseconds for country
// code 1, tens of microseconds for others.
bool IsCanonicalPhone(uint64_t digits);

// True for a canonical number of the North American Numbering Plan: 1, area code, exchange, line.
bool IsNanp(uint64_t digits);

// "+12125551234" for 12125551234.
std::string FormatE164(uint64_t digits);

// True for the ISO 3166-1 alpha-2 code, in capitals, of a region whose numbering is known.
bool IsKnownRegion(absl::string_view region);

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_PHONE_H_
