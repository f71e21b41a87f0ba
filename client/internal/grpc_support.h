// The crossing between gRPC and absl, for this library and the programs built on it. Includes gRPC:
// keep it out of other headers.
#ifndef DNC_CLIENT_INTERNAL_GRPC_SUPPORT_H_
#define DNC_CLIENT_INTERNAL_GRPC_SUPPORT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace dnc {

// The same code and message; the gateway's ErrorInfo, where there is one, can be read from it with
// GetErrorInfo (client/error.h).
absl::Status FromGrpcStatus(const grpc::Status& status);

// A channel without encryption (the gateway listens on loopback). Connects when it is first used
// and tries again within a second where the gateway was away.
// Every call says that it comes from `principal`, unless that is empty, in the metadata
// `x-dnc-principal`: for gateways whose setting `auth` is development.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const std::string& principal = "");

// Ends the call when `deadline` has passed from now on, whatever the wall clock does.
void SetDeadline(grpc::ClientContext& context, absl::Duration deadline);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_GRPC_SUPPORT_H_
