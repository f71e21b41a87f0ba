#ifndef DNC_SERVER_RPC_STREAM_CHECKS_REACTOR_H_
#define DNC_SERVER_RPC_STREAM_CHECKS_REACTOR_H_

#include "server/rpc/unary.h"

namespace dnc {

// Runs one StreamChecks stream, on gRPC's threads, as single checks are answered; on a worker where
// a message has very many checks, or where they have to wait for their records. One message is
// judged at a time. What is answered while an answer message is being written goes into the next
// one. At most three messages are held: one that is read, the answers being written and those that
// wait for it, 1 MiB of them and what the last message added; while there are more nothing is read.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartStreamChecks(
    const Services& services, const grpc::CallbackServerContext& context);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_STREAM_CHECKS_REACTOR_H_
