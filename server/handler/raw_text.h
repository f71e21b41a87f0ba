// What a text of a send list may name.
#ifndef DNC_SERVER_HANDLER_RAW_TEXT_H_
#define DNC_SERVER_HANDLER_RAW_TEXT_H_

#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"
#include "server/contact/contact_point.h"

namespace dnc {

// One contact point; two where a text may be read in two ways, so that both must be allowed.
using RawPoints = absl::InlinedVector<ContactPoint, 1>;

// A phone number for VOICE, SMS and FAX, an e-mail address for EMAIL, another address for MAIL. For
// MESSAGING:
//   with an @ after its first character    an e-mail address, and nothing else
//   everything else                        the phone number as which it can be read; and, if it has
//   a
//                                          letter or begins with @, a handle (an `other` address)
// What begins with + or (, has no letter, or as many digits as letters, and is no phone number, is
// an error, and no handle that nobody has heard of.
absl::StatusOr<RawPoints> ReadRawText(absl::string_view text, v1::Channel channel,
                                      absl::string_view region);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_RAW_TEXT_H_
