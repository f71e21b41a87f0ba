#include "server/rpc/action_service.h"

#include <memory>
#include <vector>

#include "server/handler/access_handler.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using AvailableCall = UnaryCall<v1::ListAvailableActionsRequest, v1::ListAvailableActionsResponse>;

// About another user only for those who may know of everybody.
absl::Status AnswerAvailable(const Services& services, AvailableCall* call) {
  const v1::ListAvailableActionsRequest& request = call->request;
  const absl::string_view lead = request.lead();
  Principal user = call->caller;
  if (!request.principal().empty() && request.principal() != user.id) {
    DNC_RETURN_IF_ERROR(ValidatePrincipal(request.principal(), "principal"));
    DNC_RETURN_IF_ERROR(
        services.authorizer->Require(call->caller, kRolesRead, absl::MakeConstSpan(&lead, 1)));
    user = {request.principal(), services.authenticator->IsAdministrator(request.principal()),
            /*named=*/true};
  }
  // Actions that are asked for by name may stand in other workflows than the lead.
  const std::vector<absl::string_view> named(request.actions().begin(), request.actions().end());
  if (!named.empty()) {
    DNC_RETURN_IF_ERROR(services.authorizer->Require(call->caller, kLeadsRead, named));
  }
  DNC_RETURN_IF_ERROR(
      services.access->ListAvailableActions(call->caller, user, request, &call->response));
  const absl::string_view about =
      call->response.status().empty() ? lead : absl::string_view(call->response.status());
  return services.authorizer->Require(call->caller, kLeadsRead, absl::MakeConstSpan(&about, 1));
}

}  // namespace

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

grpc::ServerUnaryReactor* ActionService::ListAvailableActions(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  const RawCall raw(context, request, response, "/dnc.v1.ActionService/ListAvailableActions");
  return Begin<AvailableCall>(services_, raw, [this](const std::shared_ptr<AvailableCall>& call) {
    RunLater(services_, call,
             [this, call] { call->Finish(AnswerAvailable(services_, call.get())); });
  });
}

}  // namespace dnc
