// What the normalisers of contact points share: judging and folding UTF-8 text.
#ifndef DNC_SERVER_CONTACT_TEXT_H_
#define DNC_SERVER_CONTACT_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// INVALID_ARGUMENT where `text` is not UTF-8 (RFC 3629: no surrogates, no overlong forms), naming
// the first bad byte. `what` names the value in the message. Thread-safe.
absl::Status CheckUtf8(absl::string_view text, absl::string_view what);

// Without the white space, in the sense of Unicode, and the invisible characters (see
// DropInvisible) at both ends: spreadsheets and web pages leave them around copied addresses.
// `text` is valid UTF-8. Thread-safe.
absl::string_view TrimSpace(absl::string_view text);

// Without the characters that no reader sees (Unicode's Default_Ignorable_Code_Point: zero-width
// spaces and joiners, soft hyphens, byte order and direction marks, variation selectors). Two
// addresses that look the same must not differ in one. `text` is valid UTF-8. Thread-safe.
std::string DropInvisible(absl::string_view text);

// True where `text`, valid UTF-8, holds white space in the sense of Unicode. Thread-safe.
bool HasWhiteSpace(absl::string_view text);

// Runs of white space become one space; those at the ends vanish. `text` is valid UTF-8.
std::string CollapseSpace(absl::string_view text);

// True where `text`, valid UTF-8, holds a control character (C0, DEL or C1).
bool HasControl(absl::string_view text);

// True where the first character of `text`, valid UTF-8, is a letter of any script. Thread-safe.
bool StartsWithLetter(absl::string_view text);

struct CharCounts {
  int letters = 0;
  int digits = 0;
};
// The letters and decimal digits, of any script. `text` is valid UTF-8. Thread-safe.
CharCounts CountChars(absl::string_view text);

// Simple Unicode case folding, character by character, then normalisation form C (one spelling of
// each accented letter). "É" and "é" become the same, "ß" and "ss" do not. `text` is valid UTF-8.
// Thread-safe. INTERNAL where ICU has no normalisation data.
absl::StatusOr<std::string> FoldCase(absl::string_view text);

// Whether `text` can only be meant as a number: it has no letter, or begins as numbers do, with +
// or a parenthesis; "@123" is a handle. `text` is valid UTF-8. Thread-safe.
bool MayBeDialled(absl::string_view text);

// The value as error texts may show it: masked, short, printable ASCII only.
std::string MaskForMessage(absl::string_view value);

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_TEXT_H_
