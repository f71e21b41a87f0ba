#ifndef DNC_SERVER_RPC_IMPORT_REACTOR_H_
#define DNC_SERVER_RPC_IMPORT_REACTOR_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/statusor.h"
#include "server/handler/import_session.h"

namespace dnc {

// Runs one ImportList stream on a thread of its own, since it waits for the disk. The next piece of
// the file is read only when the one before has been parsed, so a fast client is held back.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartImport(
    const ImportContext& context, absl::StatusOr<Principal> caller);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_IMPORT_REACTOR_H_
