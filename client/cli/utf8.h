// Text as UTF-8, and what of it may be shown.
#ifndef DNC_CLIENT_CLI_UTF8_H_
#define DNC_CLIENT_CLI_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace dnc::cli {

// How many bytes the character at the start of `text` has; 0 where none of UTF-8 stands there.
size_t CharacterLength(absl::string_view text);

// Whether `text` may travel in a protobuf string.
bool IsUtf8(absl::string_view text);

// `text` with U+FFFD for each byte that is not UTF-8, so that it may travel.
std::string WithReplacements(absl::string_view text);

// `text` with control characters (C0, DEL, C1) and bytes that are not UTF-8 shown as '?', so that
// data cannot act on a terminal.
std::string Printable(absl::string_view text);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_UTF8_H_
