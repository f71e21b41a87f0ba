#include "server/rpc/access_service.h"

#include <memory>

#include "server/handler/access_handler.h"

namespace dnc {

grpc::ServerUnaryReactor* AccessService::CreateRole(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Write<v1::CreateRoleRequest, v1::CreateRoleResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/CreateRole"});
}

grpc::ServerUnaryReactor* AccessService::UpdateRole(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Write<v1::UpdateRoleRequest, v1::UpdateRoleResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/UpdateRole"});
}

grpc::ServerUnaryReactor* AccessService::DeleteRole(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Write<v1::DeleteRoleRequest, v1::DeleteRoleResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/DeleteRole"});
}

grpc::ServerUnaryReactor* AccessService::GetRole(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return Get<v1::GetRoleRequest, v1::GetRoleResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/GetRole"});
}

grpc::ServerUnaryReactor* AccessService::ListRoles(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return List<v1::ListRolesRequest, v1::ListRolesResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/ListRoles"});
}

grpc::ServerUnaryReactor* AccessService::CreateRoleBinding(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Write<v1::CreateRoleBindingRequest, v1::CreateRoleBindingResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/CreateRoleBinding"});
}

grpc::ServerUnaryReactor* AccessService::DeleteRoleBinding(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Write<v1::DeleteRoleBindingRequest, v1::DeleteRoleBindingResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/DeleteRoleBinding"});
}

grpc::ServerUnaryReactor* AccessService::GetRoleBinding(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Get<v1::GetRoleBindingRequest, v1::GetRoleBindingResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/GetRoleBinding"});
}

grpc::ServerUnaryReactor* AccessService::ListRoleBindings(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return List<v1::ListRoleBindingsRequest, v1::ListRoleBindingsResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/ListRoleBindings"});
}

grpc::ServerUnaryReactor* AccessService::ListPermissions(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return Get<v1::ListPermissionsRequest, v1::ListPermissionsResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/ListPermissions"});
}

grpc::ServerUnaryReactor* AccessService::TestPermissions(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  using Call = UnaryCall<v1::TestPermissionsRequest, v1::TestPermissionsResponse>;
  const RawCall raw(context, request, response, "/dnc.v1.AccessService/TestPermissions");
  return Begin<Call>(services_, raw, [this](const std::shared_ptr<Call>& call) {
    call->Finish(services_.access->TestPermissions(call->caller, call->request, &call->response));
  });
}

grpc::ServerUnaryReactor* AccessService::CreateGroup(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Write<v1::CreateGroupRequest, v1::CreateGroupResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/CreateGroup"});
}

grpc::ServerUnaryReactor* AccessService::UpdateGroup(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Write<v1::UpdateGroupRequest, v1::UpdateGroupResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/UpdateGroup"});
}

grpc::ServerUnaryReactor* AccessService::DeleteGroup(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Write<v1::DeleteGroupRequest, v1::DeleteGroupResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/DeleteGroup"});
}

grpc::ServerUnaryReactor* AccessService::GetGroup(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return GetLarge<v1::GetGroupRequest, v1::GetGroupResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/GetGroup"});
}

grpc::ServerUnaryReactor* AccessService::ListGroups(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return List<v1::ListGroupsRequest, v1::ListGroupsResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/ListGroups"});
}

grpc::ServerUnaryReactor* AccessService::SyncGroup(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return Write<v1::SyncGroupRequest, v1::SyncGroupResponse>(
      services_, {context, request, response, "/dnc.v1.AccessService/SyncGroup"});
}

}  // namespace dnc
