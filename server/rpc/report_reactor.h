#ifndef DNC_SERVER_RPC_REPORT_REACTOR_H_
#define DNC_SERVER_RPC_REPORT_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "server/handler/report.h"
#include "server/rpc/unary.h"

namespace dnc {

// Begins the report that a request asks for, once the caller may.
using BeginReport = std::function<absl::StatusOr<std::unique_ptr<Report>>(const Principal& caller)>;

// Streams a report: a piece is made once the one before it has been taken.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReport(const Services& services,
                                                        const grpc::CallbackServerContext& context,
                                                        BeginReport begin);

}  // namespace dnc

#endif  // DNC_SERVER_RPC_REPORT_REACTOR_H_
