#ifndef DNC_SERVER_RPC_SYSTEM_SERVICE_H_
#define DNC_SERVER_RPC_SYSTEM_SERVICE_H_

#include "dnc/v1/system.grpc.pb.h"
#include "server/rpc/unary.h"
#include "storage/base/clock.h"

namespace dnc {

using RawSystemService =
    RawMethods<v1::SystemService::Service,
               v1::SystemService::WithRawCallbackMethod_GetSystemStatus>::Service;

// dnc.v1.SystemService.
class SystemService : public RawSystemService {
 public:
  SystemService(const Services& services, UnixMicros start_time)
      : services_(services), start_time_(start_time) {}

  grpc::ServerUnaryReactor* GetSystemStatus(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;

 private:
  void Fill(v1::GetSystemStatusResponse* response) const;

  const Services& services_;
  const UnixMicros start_time_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_SYSTEM_SERVICE_H_
