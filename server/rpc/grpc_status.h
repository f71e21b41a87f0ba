// The only crossing from absl::Status to gRPC: the code, the message, and the ErrorInfo in the
// trailer `grpc-status-details-bin`.
#ifndef DNC_SERVER_RPC_GRPC_STATUS_H_
#define DNC_SERVER_RPC_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace dnc {

// See server/error/sent_error.h.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_GRPC_STATUS_H_
