#ifndef DNC_SERVER_RPC_ACCESS_SERVICE_H_
#define DNC_SERVER_RPC_ACCESS_SERVICE_H_

#include "dnc/v1/access.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawAccessService =
    RawMethods<v1::AccessService::Service, v1::AccessService::WithRawCallbackMethod_CreateRole,
               v1::AccessService::WithRawCallbackMethod_UpdateRole,
               v1::AccessService::WithRawCallbackMethod_DeleteRole,
               v1::AccessService::WithRawCallbackMethod_GetRole,
               v1::AccessService::WithRawCallbackMethod_ListRoles,
               v1::AccessService::WithRawCallbackMethod_CreateRoleBinding,
               v1::AccessService::WithRawCallbackMethod_DeleteRoleBinding,
               v1::AccessService::WithRawCallbackMethod_GetRoleBinding,
               v1::AccessService::WithRawCallbackMethod_ListRoleBindings,
               v1::AccessService::WithRawCallbackMethod_ListPermissions,
               v1::AccessService::WithRawCallbackMethod_TestPermissions,
               v1::AccessService::WithRawCallbackMethod_CreateGroup,
               v1::AccessService::WithRawCallbackMethod_UpdateGroup,
               v1::AccessService::WithRawCallbackMethod_DeleteGroup,
               v1::AccessService::WithRawCallbackMethod_GetGroup,
               v1::AccessService::WithRawCallbackMethod_ListGroups,
               v1::AccessService::WithRawCallbackMethod_SyncGroup>::Service;

// dnc.v1.AccessService: thin adapters over the handlers.
class AccessService : public RawAccessService {
 public:
  explicit AccessService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateRole(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateRole(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteRole(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetRole(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListRoles(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateRoleBinding(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteRoleBinding(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetRoleBinding(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListRoleBindings(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListPermissions(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* TestPermissions(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateGroup(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateGroup(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteGroup(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetGroup(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListGroups(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SyncGroup(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_ACCESS_SERVICE_H_
