#ifndef DNC_SERVER_RPC_ORGANIZATION_SERVICE_H_
#define DNC_SERVER_RPC_ORGANIZATION_SERVICE_H_

#include "dnc/v1/organization.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawOrganizationService =
    RawMethods<v1::OrganizationService::Service,
               v1::OrganizationService::WithRawCallbackMethod_CreateOrganization,
               v1::OrganizationService::WithRawCallbackMethod_GetOrganization,
               v1::OrganizationService::WithRawCallbackMethod_ListOrganizations,
               v1::OrganizationService::WithRawCallbackMethod_UpdateOrganization>::Service;

// dnc.v1.OrganizationService: thin adapters over the handlers.
class OrganizationService : public RawOrganizationService {
 public:
  explicit OrganizationService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateOrganization(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetOrganization(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListOrganizations(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateOrganization(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_ORGANIZATION_SERVICE_H_
