#include "server/rpc/opt_out_service.h"

namespace dnc {

grpc::ServerUnaryReactor* OptOutService::RecordOptOut(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Write<v1::RecordOptOutRequest, v1::RecordOptOutResponse>(
      services_, {context, request, response, "/dnc.v1.OptOutService/RecordOptOut"});
}

grpc::ServerUnaryReactor* OptOutService::ListOptOuts(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return List<v1::ListOptOutsRequest, v1::ListOptOutsResponse>(
      services_, {context, request, response, "/dnc.v1.OptOutService/ListOptOuts"});
}

grpc::ServerUnaryReactor* OptOutService::ListOptOutKeywords(grpc::CallbackServerContext* context,
                                                            const grpc::ByteBuffer* request,
                                                            grpc::ByteBuffer* response) {
  return GetLarge<v1::ListOptOutKeywordsRequest, v1::ListOptOutKeywordsResponse>(
      services_, {context, request, response, "/dnc.v1.OptOutService/ListOptOutKeywords"});
}

grpc::ServerUnaryReactor* OptOutService::GetReview(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return Get<v1::GetReviewRequest, v1::GetReviewResponse>(
      services_, {context, request, response, "/dnc.v1.OptOutService/GetReview"});
}

grpc::ServerUnaryReactor* OptOutService::ListReviews(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return List<v1::ListReviewsRequest, v1::ListReviewsResponse>(
      services_, {context, request, response, "/dnc.v1.OptOutService/ListReviews"});
}

grpc::ServerUnaryReactor* OptOutService::ResolveReview(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return Write<v1::ResolveReviewRequest, v1::ResolveReviewResponse>(
      services_, {context, request, response, "/dnc.v1.OptOutService/ResolveReview"});
}

}  // namespace dnc
