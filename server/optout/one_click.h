// One-click unsubscribe, RFC 8058.
#ifndef DNC_SERVER_OPTOUT_ONE_CLICK_H_
#define DNC_SERVER_OPTOUT_ONE_CLICK_H_

#include "absl/strings/string_view.h"

namespace dnc {

// Whether the body of a POST holds the pair List-Unsubscribe=One-Click (section 3.2), as
// application/x-www-form-urlencoded or as multipart/form-data. Pure.
bool IsOneClickBody(absl::string_view body);

}  // namespace dnc

#endif  // DNC_SERVER_OPTOUT_ONE_CLICK_H_
