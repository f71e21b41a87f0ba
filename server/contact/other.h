// Addresses that are neither phone number nor e-mail: postal addresses, handles of messengers.
#ifndef DNC_SERVER_CONTACT_OTHER_H_
#define DNC_SERVER_CONTACT_OTHER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// The most bytes that a canonical other address may have.
inline constexpr size_t kMaxOtherBytes = 512;

// The canonical form: invisible characters dropped, white space trimmed and each run of it one
// space, the @ before a handle dropped ("@jane" is "jane"; "@123" and "@jane@example.social" keep
// it), simple Unicode case folding (so that "É" and "E" with a combining accent stay the same),
// Unicode form C. "12 Main St\n Springfield" is "12 main st springfield". Idempotent. Thread-safe.
// INVALID_ARGUMENT where it is empty, longer than kMaxOtherBytes, not UTF-8, or holds control
// characters other than white space.
absl::StatusOr<std::string> NormalizeOther(absl::string_view text);

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_OTHER_H_
