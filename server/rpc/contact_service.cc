#include "server/rpc/contact_service.h"

#include <memory>

#include "server/handler/contact_handler.h"
#include "server/rpc/block_reactor.h"

namespace dnc {
namespace {

// A stream of reported contacts.
class ReportedBlocks {
 public:
  using Request = v1::ReportContactsRequest;
  static constexpr absl::string_view kMethod = "/dnc.v1.ContactService/ReportContacts";

  static absl::Status Read(grpc::ByteBuffer* bytes, Request* request) {
    return Parse(bytes, request);
  }
  static const Request& MessageOf(const Request& first) { return first; }

  static absl::StatusOr<std::unique_ptr<ReportedBlocks>> Create(const Services& services,
                                                                const Principal& caller,
                                                                const Request& first) {
    DNC_RETURN_IF_ERROR(services.contacts->CheckConfig(first.config()));
    return std::make_unique<ReportedBlocks>(services.contacts, caller, first.config());
  }

  ReportedBlocks(ContactHandler* contacts, const Principal& caller,
                 const v1::ReportContactsConfig& config)
      : contacts_(contacts), reporter_(caller.id), config_(config) {}

  static bool HasWork(const Request& message) { return !message.contacts().empty(); }
  absl::Status Answer(const Request& message, grpc::ByteBuffer* answer) {
    v1::ReportContactsResponse response;
    DNC_RETURN_IF_ERROR(contacts_->Report(config_, message, reporter_, &response));
    return Serialize(response, answer);
  }

 private:
  ContactHandler* const contacts_;
  const std::string reporter_;
  const v1::ReportContactsConfig config_;
};

}  // namespace

grpc::ServerUnaryReactor* ContactService::ReportContact(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  using Call = UnaryCall<v1::ReportContactRequest, v1::ReportContactResponse>;
  const RawCall raw(context, request, response, "/dnc.v1.ContactService/ReportContact");
  return Begin<Call>(services_, raw, [this](const std::shared_ptr<Call>& call) {
    RunLater(services_, call, [this, call] {
      call->Finish(services_.contacts->Report(call->request, call->caller.id, &call->response));
    });
  });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ContactService::ReportContacts(
    grpc::CallbackServerContext* context) {
  return BlockReactor<ReportedBlocks>::Start(services_, *context);
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* ContactService::List(const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services_, raw, [this](const std::shared_ptr<Call>& call) {
    RunLater(services_, call, [this, call] {
      call->Finish(services_.contacts->List(call->request, &call->response));
    });
  });
}

grpc::ServerUnaryReactor* ContactService::ListContacts(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return List<v1::ListContactsRequest, v1::ListContactsResponse>(
      {context, request, response, "/dnc.v1.ContactService/ListContacts"});
}

grpc::ServerUnaryReactor* ContactService::ListContactViolations(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return List<v1::ListContactViolationsRequest, v1::ListContactViolationsResponse>(
      {context, request, response, "/dnc.v1.ContactService/ListContactViolations"});
}

}  // namespace dnc
