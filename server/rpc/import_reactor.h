#ifndef DNC_SERVER_RPC_IMPORT_REACTOR_H_
#define DNC_SERVER_RPC_IMPORT_REACTOR_H_

#include "server/rpc/unary.h"

namespace dnc {

// How long an ImportList stream may stay open without a first message.
inline constexpr int64_t kFirstMessageSeconds = 30;

// Runs one ImportList stream on a thread of its own, since it waits for the disk; it has one from
// when its config was read and its list is locked. The next piece of the file is read only when the
// one before has been parsed, so a fast client is held back.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartImport(
    const Services& services, const grpc::CallbackServerContext& context);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_IMPORT_REACTOR_H_
