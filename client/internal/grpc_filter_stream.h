#ifndef DNC_CLIENT_INTERNAL_GRPC_FILTER_STREAM_H_
#define DNC_CLIENT_INTERNAL_GRPC_FILTER_STREAM_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/time/time.h"
#include "client/internal/connection.h"

namespace dnc {

// A call of FilterContacts whose blocks travel from where they lie, without a copy of this process.
std::unique_ptr<FilterStream> MakeGrpcFilterStream(const std::shared_ptr<grpc::Channel>& channel,
                                                   absl::Duration deadline);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_GRPC_FILTER_STREAM_H_
