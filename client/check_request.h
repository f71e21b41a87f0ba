// What to ask the gateway.
#ifndef DNC_CLIENT_CHECK_REQUEST_H_
#define DNC_CLIENT_CHECK_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"

namespace dnc {

// A phone number in any common spelling. `default_region` (ISO 3166-1 alpha-2) is for numbers
// without a country code; empty means the organization's.
v1::ContactPoint Phone(absl::string_view number, absl::string_view default_region = "");

// An e-mail address.
v1::ContactPoint Email(absl::string_view address);

// A postal or any other address.
v1::ContactPoint OtherAddress(absl::string_view address);

// One intended contact. Needs a lead or a contact point, and a channel; the rest may be left out of
// a designated initializer.
struct CheckRequest {
  // The lead's id, or its full name `organizations/…/leads/…`.
  std::string lead = {};
  // The number or address about to be used. Unset: those of the lead that the channel can reach.
  std::optional<v1::ContactPoint> contact_point = {};
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::MessageClass message_class = v1::MESSAGE_CLASS_MARKETING;
  // Select campaign and brand lists; empty: all of them apply.
  std::string campaign = {};
  std::string brand = {};
  // Answer only from a state at or after this revision; 0: any. Of a batch, the highest counts.
  int64_t at_least_revision = 0;
};

}  // namespace dnc

#endif  // DNC_CLIENT_CHECK_REQUEST_H_
