// What the gateway says about a failure beyond its status code.
#ifndef DNC_CLIENT_ERROR_H_
#define DNC_CLIENT_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"

namespace dnc {

// The ErrorInfo that the gateway attached to a failure; an empty message where there is none (the
// failure arose in this process or in the network). Thread-safe.
google::rpc::ErrorInfo GetErrorInfo(const absl::Status& status);

// The name of a dnc.v1.ErrorReason without its prefix, e.g. "LEAD_NOT_FOUND"; empty for none.
std::string ErrorReasonOf(const absl::Status& status);

// The field of the request that is at fault, e.g. "contact_point.phone"; empty for none.
std::string ErrorFieldOf(const absl::Status& status);

// `status` with `info` attached to it. No effect on an OK status.
absl::Status WithErrorInfo(absl::Status status, const google::rpc::ErrorInfo& info);

}  // namespace dnc

#endif  // DNC_CLIENT_ERROR_H_
