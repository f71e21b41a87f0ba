// An error as clients get it, be it in a call's trailers or as an item's error.
#ifndef DNC_SERVER_ERROR_SENT_ERROR_H_
#define DNC_SERVER_ERROR_SENT_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace dnc {

struct SentError {
  absl::StatusCode code;
  std::string message;
  google::rpc::ErrorInfo info;
};

// An error without an ErrorInfo gets the reason that its code implies, so that every error has one.
// Message and metadata are cut, at "...", to what gRPC carries: 1 KiB, and 1.5 KiB for all values.
// DATA_LOSS is logged. `status` is not OK.
SentError ToSentError(const absl::Status& status);

}  // namespace dnc

#endif  // DNC_SERVER_ERROR_SENT_ERROR_H_
