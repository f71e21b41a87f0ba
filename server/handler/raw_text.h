// What a text of a send list, or an address of a messenger, may name.
#ifndef DNC_SERVER_HANDLER_RAW_TEXT_H_
#define DNC_SERVER_HANDLER_RAW_TEXT_H_

#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"
#include "server/contact/contact_point.h"

namespace dnc {

// One contact point; more where a text may be read in several ways, so that all must be allowed.
using RawPoints = absl::InlinedVector<ContactPoint, 1>;

// A phone number for VOICE, SMS and FAX, an e-mail address for EMAIL, another address for MAIL. For
// MESSAGING:
//   with an @ inside       an e-mail address; and, where digits stand before the @ as in the
//                          identifiers of messengers (12125550123@…), that phone number
//   everything else        the phone number as which it can be read; and, if it has a letter or
//                          begins with @, a handle (an `other` address)
// What begins with + or (, has no letter, or as many digits as letters, and is no phone number, is
// an error, and no handle that nobody has heard of.
absl::StatusOr<RawPoints> ReadRawText(absl::string_view text, v1::Channel channel,
                                      absl::string_view region);

// The readings of a contact point that a check on `channel` names: itself first, and for MESSAGING
// the phone number as which a handle or the account of an address can be read as well, as in send
// lists.
RawPoints ReadingsOf(ContactPoint point, v1::Channel channel, absl::string_view region);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_RAW_TEXT_H_
