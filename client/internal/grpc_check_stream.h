// StreamChecks over the network.
#ifndef DNC_CLIENT_INTERNAL_GRPC_CHECK_STREAM_H_
#define DNC_CLIENT_INTERNAL_GRPC_CHECK_STREAM_H_

#include <grpcpp/channel.h>

#include <memory>

#include "client/internal/connection.h"

namespace dnc {

// Whoever calls Next does the network's work: there is no thread in between.
std::unique_ptr<CheckStream> MakeGrpcCheckStream(std::shared_ptr<grpc::Channel> channel);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_GRPC_CHECK_STREAM_H_
