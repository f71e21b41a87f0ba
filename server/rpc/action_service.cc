#include "server/rpc/action_service.h"

namespace dnc {

grpc::ServerUnaryReactor* ActionService::ApplyAction(grpc::CallbackServerContext* context,
                                                     const v1::ApplyActionRequest* request,
                                                     v1::ApplyActionResponse* response) {
  return Write(services_, context, "/dnc.v1.ActionService/ApplyAction", *request, response);
}

grpc::ServerUnaryReactor* ActionService::CopyActions(grpc::CallbackServerContext* context,
                                                     const v1::CopyActionsRequest* request,
                                                     v1::CopyActionsResponse* response) {
  return Write(services_, context, "/dnc.v1.ActionService/CopyActions", *request, response);
}

}  // namespace dnc
