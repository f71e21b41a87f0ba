#include "server/rpc/organization_service.h"

namespace dnc {

grpc::ServerUnaryReactor* OrganizationService::CreateOrganization(
    grpc::CallbackServerContext* context, const v1::CreateOrganizationRequest* request,
    v1::CreateOrganizationResponse* response) {
  return Write(services_, context, "/dnc.v1.OrganizationService/CreateOrganization", *request,
               response);
}

grpc::ServerUnaryReactor* OrganizationService::GetOrganization(
    grpc::CallbackServerContext* context, const v1::GetOrganizationRequest* request,
    v1::GetOrganizationResponse* response) {
  return Answer(services_, context, "/dnc.v1.OrganizationService/GetOrganization",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* OrganizationService::ListOrganizations(
    grpc::CallbackServerContext* context, const v1::ListOrganizationsRequest* request,
    v1::ListOrganizationsResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.OrganizationService/ListOrganizations",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

}  // namespace dnc
