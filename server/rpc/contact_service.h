#ifndef DNC_SERVER_RPC_CONTACT_SERVICE_H_
#define DNC_SERVER_RPC_CONTACT_SERVICE_H_

#include "dnc/v1/contact_report.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawContactService =
    RawMethods<v1::ContactService::Service, v1::ContactService::WithRawCallbackMethod_ReportContact,
               v1::ContactService::WithRawCallbackMethod_ReportContacts,
               v1::ContactService::WithRawCallbackMethod_ListContacts,
               v1::ContactService::WithRawCallbackMethod_ListContactViolations>::Service;

// dnc.v1.ContactService: thin adapters; workers judge, write and read.
class ContactService : public RawContactService {
 public:
  explicit ContactService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* ReportContact(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ReportContacts(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ListContacts(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListContactViolations(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* List(const RawCall& raw);

  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_CONTACT_SERVICE_H_
