#include "server/rpc/decision_service.h"

#include <memory>

#include "server/handler/decision_handler.h"

namespace dnc {

grpc::ServerUnaryReactor* DecisionService::GetDecision(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  using Call = UnaryCall<v1::GetDecisionRequest, v1::GetDecisionResponse>;
  const RawCall raw(context, request, response, "/dnc.v1.DecisionService/GetDecision");
  return Begin<Call>(services_, raw, [this](const std::shared_ptr<Call>& call) {
    RunLater(services_, call, [this, call] {
      call->Finish(services_.decisions->Get(call->request, &call->response));
    });
  });
}

grpc::ServerUnaryReactor* DecisionService::ListDecisions(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  using Call = UnaryCall<v1::ListDecisionsRequest, v1::ListDecisionsResponse>;
  const RawCall raw(context, request, response, "/dnc.v1.DecisionService/ListDecisions");
  return Begin<Call>(services_, raw, [this](const std::shared_ptr<Call>& call) {
    RunLater(services_, call, [this, call] {
      call->Finish(services_.decisions->List(call->request, &call->response));
    });
  });
}

}  // namespace dnc
