#ifndef DNC_SERVER_RPC_CHECK_SERVICE_H_
#define DNC_SERVER_RPC_CHECK_SERVICE_H_

#include "dnc/v1/check.grpc.pb.h"
#include "server/rpc/arena_allocator.h"
#include "server/rpc/unary.h"

namespace dnc {

// dnc.v1.CheckService. Single checks are answered on the thread that gRPC calls them on, since they
// neither wait nor block; batches and blocks of send lists by workers.
class CheckService : public v1::CheckService::CallbackService {
 public:
  explicit CheckService(const Services& services) : services_(services) {
    SetMessageAllocatorFor_CheckContact(&check_allocator_);
  }

  grpc::ServerUnaryReactor* CheckContact(grpc::CallbackServerContext* context,
                                         const v1::CheckContactRequest* request,
                                         v1::CheckContactResponse* response) override;
  grpc::ServerUnaryReactor* BatchCheckContacts(grpc::CallbackServerContext* context,
                                               const v1::BatchCheckContactsRequest* request,
                                               v1::BatchCheckContactsResponse* response) override;
  grpc::ServerBidiReactor<v1::FilterContactsRequest, v1::FilterContactsResponse>* FilterContacts(
      grpc::CallbackServerContext* context) override;

 private:
  const Services& services_;
  ArenaAllocator<v1::CheckContactRequest, v1::CheckContactResponse> check_allocator_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_CHECK_SERVICE_H_
