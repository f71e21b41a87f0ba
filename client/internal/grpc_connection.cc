#include "client/internal/grpc_connection.h"

#include <utility>

#include "client/internal/grpc_check_stream.h"
#include "client/internal/grpc_filter_stream.h"
#include "client/internal/grpc_support.h"
#include "dnc/v1/action.grpc.pb.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc {
namespace {

class GrpcConnection : public Connection {
 public:
  explicit GrpcConnection(const std::shared_ptr<grpc::Channel>& channel)
      : channel_(channel),
        checks_(v1::CheckService::NewStub(channel)),
        actions_(v1::ActionService::NewStub(channel)) {}

  absl::StatusOr<v1::CheckContactResponse> CheckContact(const v1::CheckContactRequest& request,
                                                        absl::Duration deadline) override {
    return Call(*checks_, &v1::CheckService::StubInterface::CheckContact, request, deadline);
  }
  void StartCheck(absl::string_view request, absl::Duration deadline, CheckDone done) override {
    struct Call {
      grpc::ClientContext context;
      v1::CheckContactRequest request;
      v1::CheckContactResponse response;
      CheckDone done;
    };
    auto* const call = new Call{{}, {}, {}, std::move(done)};
    if (const absl::Status parsed = ParseCheck(request, &call->request); !parsed.ok()) {
      const std::unique_ptr<Call> owned(call);
      return std::move(call->done)(parsed, nullptr);
    }
    SetDeadline(call->context, deadline);
    checks_->async()->CheckContact(
        &call->context, &call->request, &call->response, [call](const grpc::Status& status) {
          const std::unique_ptr<Call> owned(call);
          if (!status.ok()) return std::move(call->done)(FromGrpcStatus(status), nullptr);
          std::string response = call->response.SerializeAsString();
          std::move(call->done)(absl::OkStatus(), &response);
        });
  }
  std::unique_ptr<CheckStream> OpenChecks() override { return MakeGrpcCheckStream(channel_); }
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
    return MakeGrpcFilterStream(channel_, deadline);
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

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::CheckService::StubInterface> checks_;
  const std::unique_ptr<v1::ActionService::StubInterface> actions_;
};

}  // namespace

std::shared_ptr<Connection> MakeGrpcConnection(const std::string& target,
                                               const std::string& principal) {
  return std::make_shared<GrpcConnection>(MakeChannel(target, principal));
}

}  // namespace dnc
