// Client-visible errors: an absl::Status that carries a google.rpc.ErrorInfo as its payload. The
// message names the field or object and says how to mend it.
#ifndef DNC_SERVER_ERROR_ERROR_H_
#define DNC_SERVER_ERROR_ERROR_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/error_reason.pb.h"
#include "google/rpc/error_details.pb.h"

namespace dnc {

using ErrorMetadata = std::initializer_list<std::pair<absl::string_view, std::string>>;

// The reason's gRPC code is fixed: see proto/dnc/v1/error_reason.proto. Cold, like those below:
// what leads to them is kept out of the way of what does not fail.
ABSL_ATTRIBUTE_COLD absl::Status MakeError(v1::ErrorReason reason, absl::string_view message,
                                           ErrorMetadata metadata = {});

// REQUIRED_FIELD_MISSING and INVALID_FIELD for a field of the request, e.g. "lead.name".
ABSL_ATTRIBUTE_COLD absl::Status MissingField(absl::string_view field, absl::string_view hint);
ABSL_ATTRIBUTE_COLD absl::Status InvalidField(absl::string_view field, absl::string_view problem);
// MALFORMED_REQUEST: the bytes are no message of that type.
ABSL_ATTRIBUTE_COLD absl::Status MalformedRequest(absl::string_view type);
// SHUTTING_DOWN.
ABSL_ATTRIBUTE_COLD absl::Status ShuttingDown();
// OVERLOADED: `what` there is too much of.
ABSL_ATTRIBUTE_COLD absl::Status Overloaded(absl::string_view what);

// The code that MakeError gives a reason.
absl::StatusCode CodeOf(v1::ErrorReason reason);
// "LEAD_NOT_FOUND" for ERROR_REASON_LEAD_NOT_FOUND.
std::string ShortName(v1::ErrorReason reason);

std::optional<google::rpc::ErrorInfo> ErrorInfoOf(const absl::Status& status);
// The status with that ErrorInfo attached, replacing any that it has.
absl::Status WithErrorInfo(absl::Status status, const google::rpc::ErrorInfo& info);
// The same status with metadata["field"] and its mention in the message set to `field`.
absl::Status WithField(absl::Status status, absl::string_view field);
// The same status with `prefix` before its field, where it has one.
absl::Status WithFieldPrefix(absl::Status status, absl::string_view prefix);

}  // namespace dnc

#endif  // DNC_SERVER_ERROR_ERROR_H_
