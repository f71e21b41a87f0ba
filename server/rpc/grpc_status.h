// The only crossing from absl::Status to gRPC: the code, the message, and the ErrorInfo in the
// trailer `grpc-status-details-bin`.
#ifndef DNC_SERVER_RPC_GRPC_STATUS_H_
#define DNC_SERVER_RPC_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace dnc {

// An error without an ErrorInfo gets the reason that its code implies, so that every error has one.
// Message and metadata are cut, at "...", to what gRPC carries: 1 KiB, and 1.5 KiB for all values.
// DATA_LOSS is logged.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_GRPC_STATUS_H_
