// E-mail addresses in canonical form.
#ifndef DNC_SERVER_CONTACT_EMAIL_H_
#define DNC_SERVER_CONTACT_EMAIL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// The canonical form of an address: "Jane Doe <Jane.Doe@EXAMPLE.com.>" is "jane.doe@example.com".
//
// Takes the bare address, "Name <address>" (RFC 5322 section 3.4) and "mailto:" (RFC 6068).
// - Lower case throughout. RFC 5321 section 2.4 lets a host tell "Jane" from "jane"; none in use
//   does, and treating both as one blocks more, never less.
// - The local part: without invisible characters (zero-width spaces, soft hyphens …), Unicode form
// C (RFC 6532 section 3.1), quotes only where it needs them, at most
//   64 bytes. Dots in odd places ("a..b"), which some mobile carriers issued, count as quoted.
//   Plus tags and dots are kept: at most providers they name distinct mailboxes, and a rule that
//   fits one provider would merge different people elsewhere.
// - The domain: A-labels by IDNA2008 (RFC 5891), non-transitional, without the final dot. It needs
//   at least two labels. Domain literals ("[192.0.2.1]") are refused.
//
// Idempotent. Thread-safe. INVALID_ARGUMENT with what is wrong, for an address longer than 254
// bytes (RFC 5321 section 4.5.3.1.3 with erratum 1690) as well.
absl::StatusOr<std::string> NormalizeEmail(absl::string_view text);

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_EMAIL_H_
