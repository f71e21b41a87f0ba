#include "client/internal/retry_connection.h"

#include <utility>

namespace dnc {
namespace {

class RetryConnection : public Connection {
 public:
  RetryConnection(std::shared_ptr<Connection> inner, RetryPolicy policy,
                  std::shared_ptr<const SteadyTime> time)
      : inner_(std::move(inner)), policy_(policy), time_(std::move(time)) {}

  absl::StatusOr<v1::CheckContactResponse> CheckContact(const v1::CheckContactRequest& request,
                                                        absl::Duration deadline) override {
    return Repeat(&Connection::CheckContact, request, deadline);
  }
  absl::StatusOr<v1::BatchCheckContactsResponse> BatchCheckContacts(
      const v1::BatchCheckContactsRequest& request, absl::Duration deadline) override {
    return Repeat(&Connection::BatchCheckContacts, request, deadline);
  }
  absl::StatusOr<v1::ApplyActionResponse> ApplyAction(const v1::ApplyActionRequest& request,
                                                      absl::Duration deadline) override {
    if (request.request_id().empty()) return inner_->ApplyAction(request, deadline);
    return Repeat(&Connection::ApplyAction, request, deadline);
  }
  absl::StatusOr<v1::CopyActionsResponse> CopyActions(const v1::CopyActionsRequest& request,
                                                      absl::Duration deadline) override {
    if (request.request_id().empty()) return inner_->CopyActions(request, deadline);
    return Repeat(&Connection::CopyActions, request, deadline);
  }
  std::unique_ptr<FilterStream> OpenFilter(absl::Duration deadline) override {
    return inner_->OpenFilter(deadline);
  }

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Repeat(absl::StatusOr<Response> (Connection::*call)(const Request&,
                                                                               absl::Duration),
                                  const Request& request, absl::Duration deadline) {
    absl::StatusOr<Response> response = absl::UnknownError("not called");
    const absl::Status status = RetryLoop(policy_, *time_, deadline, [&](absl::Duration left) {
      response = (inner_.get()->*call)(request, left);
      return response.status();
    });
    if (!status.ok()) return status;
    return response;
  }

  const std::shared_ptr<Connection> inner_;
  const RetryPolicy policy_;
  const std::shared_ptr<const SteadyTime> time_;
};

}  // namespace

std::shared_ptr<Connection> MakeRetryConnection(std::shared_ptr<Connection> inner,
                                                RetryPolicy policy,
                                                std::shared_ptr<const SteadyTime> time) {
  return std::make_shared<RetryConnection>(std::move(inner), policy, std::move(time));
}

}  // namespace dnc
