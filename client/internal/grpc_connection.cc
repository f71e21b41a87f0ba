#include "client/internal/grpc_connection.h"

#include <utility>

#include "client/internal/grpc_support.h"
#include "dnc/v1/action.grpc.pb.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc {
namespace {

class GrpcFilterStream : public FilterStream {
 public:
  GrpcFilterStream(v1::CheckService::StubInterface& stub, absl::Duration deadline) {
    SetDeadline(context_, deadline);
    stream_ = stub.FilterContacts(&context_);
  }

  bool Write(const v1::FilterContactsRequest& request) override { return stream_->Write(request); }
  bool WritesDone() override { return stream_->WritesDone(); }
  bool Read(v1::FilterContactsResponse* response) override { return stream_->Read(response); }
  void Cancel() override { context_.TryCancel(); }
  absl::Status Finish() override { return FromGrpcStatus(stream_->Finish()); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriterInterface<v1::FilterContactsRequest, v1::FilterContactsResponse>>
      stream_;
};

class GrpcConnection : public Connection {
 public:
  explicit GrpcConnection(const std::shared_ptr<grpc::Channel>& channel)
      : checks_(v1::CheckService::NewStub(channel)),
        actions_(v1::ActionService::NewStub(channel)) {}

  absl::StatusOr<v1::CheckContactResponse> CheckContact(const v1::CheckContactRequest& request,
                                                        absl::Duration deadline) override {
    return Call(*checks_, &v1::CheckService::StubInterface::CheckContact, request, deadline);
  }
  absl::StatusOr<v1::BatchCheckContactsResponse> BatchCheckContacts(
      const v1::BatchCheckContactsRequest& request, absl::Duration deadline) override {
    return Call(*checks_, &v1::CheckService::StubInterface::BatchCheckContacts, request, deadline);
  }
  absl::StatusOr<v1::ApplyActionResponse> ApplyAction(const v1::ApplyActionRequest& request,
                                                      absl::Duration deadline) override {
    return Call(*actions_, &v1::ActionService::StubInterface::ApplyAction, request, deadline);
  }
  absl::StatusOr<v1::CopyActionsResponse> CopyActions(const v1::CopyActionsRequest& request,
                                                      absl::Duration deadline) override {
    return Call(*actions_, &v1::ActionService::StubInterface::CopyActions, request, deadline);
  }
  std::unique_ptr<FilterStream> OpenFilter(absl::Duration deadline) override {
    return std::make_unique<GrpcFilterStream>(*checks_, deadline);
  }

 private:
  template <typename Stub, typename Request, typename Response>
  static absl::StatusOr<Response> Call(Stub& stub,
                                       grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                                       const Request& request, absl::Duration deadline) {
    grpc::ClientContext context;
    SetDeadline(context, deadline);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  const std::unique_ptr<v1::CheckService::StubInterface> checks_;
  const std::unique_ptr<v1::ActionService::StubInterface> actions_;
};

}  // namespace

std::shared_ptr<Connection> MakeGrpcConnection(const std::string& target,
                                               const std::string& principal) {
  return std::make_shared<GrpcConnection>(MakeChannel(target, principal));
}

}  // namespace dnc
