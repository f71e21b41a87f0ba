#ifndef DNC_SERVER_RPC_OPT_OUT_SERVICE_H_
#define DNC_SERVER_RPC_OPT_OUT_SERVICE_H_

#include "dnc/v1/opt_out.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawOptOutService =
    RawMethods<v1::OptOutService::Service, v1::OptOutService::WithRawCallbackMethod_RecordOptOut,
               v1::OptOutService::WithRawCallbackMethod_ListOptOuts,
               v1::OptOutService::WithRawCallbackMethod_ListOptOutKeywords,
               v1::OptOutService::WithRawCallbackMethod_GetReview,
               v1::OptOutService::WithRawCallbackMethod_ListReviews,
               v1::OptOutService::WithRawCallbackMethod_ResolveReview>::Service;

// dnc.v1.OptOutService: thin adapters over the handlers.
class OptOutService : public RawOptOutService {
 public:
  explicit OptOutService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* RecordOptOut(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListOptOuts(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListOptOutKeywords(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetReview(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListReviews(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ResolveReview(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_OPT_OUT_SERVICE_H_
