#ifndef DNC_SERVER_RPC_FILTER_REACTOR_H_
#define DNC_SERVER_RPC_FILTER_REACTOR_H_

#include "server/rpc/unary.h"

namespace dnc {

// Runs one FilterContacts stream; see block_reactor.h.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartFilter(
    const Services& services, const grpc::CallbackServerContext& context);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_FILTER_REACTOR_H_
