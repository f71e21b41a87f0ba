#ifndef DNC_SERVER_RPC_ACTION_SERVICE_H_
#define DNC_SERVER_RPC_ACTION_SERVICE_H_

#include "dnc/v1/action.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawActionService =
    RawMethods<v1::ActionService::Service, v1::ActionService::WithRawCallbackMethod_ApplyAction,
               v1::ActionService::WithRawCallbackMethod_CopyActions,
               v1::ActionService::WithRawCallbackMethod_ListAvailableActions>::Service;

// dnc.v1.ActionService: thin adapters over the handlers.
class ActionService : public RawActionService {
 public:
  explicit ActionService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* ApplyAction(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CopyActions(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListAvailableActions(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_ACTION_SERVICE_H_
