// What the titles of a CSV file's columns say about the contact points in them.
#ifndef DNC_CLIENT_CLI_CONTACT_TITLES_H_
#define DNC_CLIENT_CLI_CONTACT_TITLES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"

namespace dnc::cli {

// How well a column fits a channel, the best first.
enum class TitleFit : uint8_t {
  kChannel,  // it is for this channel: "fax" for FAX, "mobile" for SMS
  kKind,     // it holds what the channel uses: "work phone" for VOICE, "email" for EMAIL
  kVague,    // it could: "number", "contact"
  kNone,
};

// Case, spaces, punctuation and a number at the end do not count: "Phone 2" is a phone. A title
// that ends in one of its kind is one ("home phone", "Company_Phone_Number"). Fax numbers are for
// FAX alone, and a mobile number fits VOICE as well as any phone does.
TitleFit FitOf(absl::string_view title, v1::Channel channel);

// A column's title in lower case, letters and digits only: "E-Mail Address" is "emailaddress".
std::string PlainTitle(absl::string_view title);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_CONTACT_TITLES_H_
