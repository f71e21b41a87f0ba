#ifndef DNC_SERVER_RPC_FILTER_REACTOR_H_
#define DNC_SERVER_RPC_FILTER_REACTOR_H_

#include "server/rpc/unary.h"

namespace dnc {

// Runs one FilterContacts stream. While a worker judges a block the next one is read, and no
// further: at most two blocks and one answer are held, however slow the reader is.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartFilter(
    const Services& services, const grpc::CallbackServerContext& context);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_FILTER_REACTOR_H_
