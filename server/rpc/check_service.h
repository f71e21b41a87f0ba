#ifndef DNC_SERVER_RPC_CHECK_SERVICE_H_
#define DNC_SERVER_RPC_CHECK_SERVICE_H_

#include "dnc/v1/check.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

// Checks take their messages as they travel, so that a check costs as little as an empty call.
using RawCheckService = v1::CheckService::WithRawCallbackMethod_CheckContact<
    v1::CheckService::WithRawCallbackMethod_BatchCheckContacts<
        v1::CheckService::WithCallbackMethod_FilterContacts<v1::CheckService::Service>>>;

// dnc.v1.CheckService. Single checks are answered on the thread that gRPC calls them on, since they
// neither wait nor block; batches and blocks of send lists by workers.
class CheckService : public RawCheckService {
 public:
  explicit CheckService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CheckContact(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchCheckContacts(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<v1::FilterContactsRequest, v1::FilterContactsResponse>* FilterContacts(
      grpc::CallbackServerContext* context) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_CHECK_SERVICE_H_
