#include "server/rpc/action_service.h"

namespace dnc {

grpc::ServerUnaryReactor* ActionService::ApplyAction(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Write<v1::ApplyActionRequest, v1::ApplyActionResponse>(
      services_, {context, request, response, "/dnc.v1.ActionService/ApplyAction"});
}

grpc::ServerUnaryReactor* ActionService::CopyActions(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Write<v1::CopyActionsRequest, v1::CopyActionsResponse>(
      services_, {context, request, response, "/dnc.v1.ActionService/CopyActions"});
}

}  // namespace dnc
