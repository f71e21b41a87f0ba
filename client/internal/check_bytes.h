// Single checks as they travel, without messages in between: building one costs more than the rest
// of what the library does for a check.
#ifndef DNC_CLIENT_INTERNAL_CHECK_BYTES_H_
#define DNC_CLIENT_INTERNAL_CHECK_BYTES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/check_request.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// Replaces `*bytes` by `request` as a serialised v1.CheckContactRequest. `organization` is a full
// name, and comes before the lead's where the request has only its id.
void EncodeCheck(absl::string_view organization, const CheckRequest& request, std::string* bytes);

// The message of such bytes. What the gateway would answer, MALFORMED_REQUEST, where a text of the
// caller's is no UTF-8.
absl::Status ParseCheck(absl::string_view request, v1::CheckContactRequest* message);

// Appends a serialised v1.CheckContactRequest to a serialised v1.StreamChecksRequest.
void AppendStreamedCheck(uint64_t id, absl::string_view request, std::string* message);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_CHECK_BYTES_H_
