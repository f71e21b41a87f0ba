#include "server/rpc/organization_service.h"

namespace dnc {

grpc::ServerUnaryReactor* OrganizationService::CreateOrganization(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Write<v1::CreateOrganizationRequest, v1::CreateOrganizationResponse>(
      services_, {context, request, response, "/dnc.v1.OrganizationService/CreateOrganization"});
}

grpc::ServerUnaryReactor* OrganizationService::GetOrganization(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  return Get<v1::GetOrganizationRequest, v1::GetOrganizationResponse>(
      services_, {context, request, response, "/dnc.v1.OrganizationService/GetOrganization"});
}

grpc::ServerUnaryReactor* OrganizationService::ListOrganizations(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return List<v1::ListOrganizationsRequest, v1::ListOrganizationsResponse>(
      services_, {context, request, response, "/dnc.v1.OrganizationService/ListOrganizations"});
}

grpc::ServerUnaryReactor* OrganizationService::UpdateOrganization(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Write<v1::UpdateOrganizationRequest, v1::UpdateOrganizationResponse>(
      services_, {context, request, response, "/dnc.v1.OrganizationService/UpdateOrganization"});
}

}  // namespace dnc
