#ifndef DNC_SERVER_RPC_WATCH_SERVICE_H_
#define DNC_SERVER_RPC_WATCH_SERVICE_H_

#include "dnc/v1/watch.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawWatchService = RawMethods<v1::WatchService::Service,
                                   v1::WatchService::WithRawCallbackMethod_WatchChanges>::Service;

// dnc.v1.WatchService.
class WatchService : public RawWatchService {
 public:
  explicit WatchService(const Services& services) : services_(services) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchChanges(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_WATCH_SERVICE_H_
