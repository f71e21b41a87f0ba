// The gateway over the network.
#ifndef DNC_CLIENT_INTERNAL_GRPC_CONNECTION_H_
#define DNC_CLIENT_INTERNAL_GRPC_CONNECTION_H_

#include <memory>
#include <string>

#include "client/internal/connection.h"

namespace dnc {

// `target` is `host:port` or any gRPC target.
std::shared_ptr<Connection> MakeGrpcConnection(const std::string& target,
                                               const std::string& principal);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_GRPC_CONNECTION_H_
