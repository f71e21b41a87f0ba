#ifndef DNC_SERVER_RPC_CHECK_SERVICE_H_
#define DNC_SERVER_RPC_CHECK_SERVICE_H_

#include "dnc/v1/check.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawCheckService =
    RawMethods<v1::CheckService::Service, v1::CheckService::WithRawCallbackMethod_CheckContact,
               v1::CheckService::WithRawCallbackMethod_BatchCheckContacts,
               v1::CheckService::WithRawCallbackMethod_FilterContacts,
               v1::CheckService::WithRawCallbackMethod_StreamChecks>::Service;

// dnc.v1.CheckService. Single checks, also those of streams, are answered on the thread that gRPC
// calls them on, since they neither wait nor block; batches and blocks of send lists by workers,
// and so are single checks while they have to wait for their records.
class CheckService : public RawCheckService {
 public:
  explicit CheckService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CheckContact(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchCheckContacts(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* FilterContacts(
      grpc::CallbackServerContext* context) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamChecks(
      grpc::CallbackServerContext* context) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_CHECK_SERVICE_H_
