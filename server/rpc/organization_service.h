#ifndef DNC_SERVER_RPC_ORGANIZATION_SERVICE_H_
#define DNC_SERVER_RPC_ORGANIZATION_SERVICE_H_

#include "dnc/v1/organization.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

// dnc.v1.OrganizationService: thin adapters over the handlers.
class OrganizationService : public v1::OrganizationService::CallbackService {
 public:
  explicit OrganizationService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateOrganization(grpc::CallbackServerContext* context,
                                               const v1::CreateOrganizationRequest* request,
                                               v1::CreateOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* GetOrganization(grpc::CallbackServerContext* context,
                                            const v1::GetOrganizationRequest* request,
                                            v1::GetOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* ListOrganizations(grpc::CallbackServerContext* context,
                                              const v1::ListOrganizationsRequest* request,
                                              v1::ListOrganizationsResponse* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_ORGANIZATION_SERVICE_H_
