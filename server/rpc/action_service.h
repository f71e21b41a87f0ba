#ifndef DNC_SERVER_RPC_ACTION_SERVICE_H_
#define DNC_SERVER_RPC_ACTION_SERVICE_H_

#include "dnc/v1/action.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

// dnc.v1.ActionService: thin adapters over the handlers.
class ActionService : public v1::ActionService::CallbackService {
 public:
  explicit ActionService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* ApplyAction(grpc::CallbackServerContext* context,
                                        const v1::ApplyActionRequest* request,
                                        v1::ApplyActionResponse* response) override;
  grpc::ServerUnaryReactor* CopyActions(grpc::CallbackServerContext* context,
                                        const v1::CopyActionsRequest* request,
                                        v1::CopyActionsResponse* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_ACTION_SERVICE_H_
