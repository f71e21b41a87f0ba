#ifndef DNC_SERVER_RPC_DECISION_SERVICE_H_
#define DNC_SERVER_RPC_DECISION_SERVICE_H_

#include "dnc/v1/decision.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawDecisionService =
    RawMethods<v1::DecisionService::Service, v1::DecisionService::WithRawCallbackMethod_GetDecision,
               v1::DecisionService::WithRawCallbackMethod_ListDecisions>::Service;

// dnc.v1.DecisionService: thin adapters; all of it is read by workers.
class DecisionService : public RawDecisionService {
 public:
  explicit DecisionService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* GetDecision(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListDecisions(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_DECISION_SERVICE_H_
