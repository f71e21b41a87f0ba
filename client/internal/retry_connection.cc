#include "client/internal/retry_connection.h"

#include <atomic>
#include <optional>
#include <type_traits>
#include <utility>

#include "client/internal/delayed_calls.h"

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
  absl::StatusOr<std::string> Check(absl::string_view request, absl::Duration deadline) override {
    return Repeat(&Connection::Check, request, deadline);
  }
  void StartCheck(absl::string_view request, absl::Duration deadline, CheckDone done) override {
    Attempt(std::make_unique<RepeatedCheck>(
                RepeatedCheck{request, RetrySchedule(policy_, *time_, deadline), std::move(done)}),
            deadline);
  }
  void StopChecks() override {
    stopped_.store(true);
    inner_->StopChecks();
    delayed_.Stop();
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
  // A check of StartCheck.
  struct RepeatedCheck {
    absl::string_view request;
    RetrySchedule schedule;
    CheckDone done;
  };

  void Attempt(std::unique_ptr<RepeatedCheck> check, absl::Duration left) {
    const absl::string_view request = check->request;
    inner_->StartCheck(request, left,
                       [this, check = std::move(check)](const absl::Status& status,
                                                        std::string* response) mutable {
                         End(std::move(check), status, response);
                       });
  }

  void End(std::unique_ptr<RepeatedCheck> check, const absl::Status& status,
           std::string* response) {
    std::optional<absl::Duration> pause;
    if (!status.ok() && !stopped_.load()) pause = check->schedule.PauseAfter(status);
    if (!pause.has_value()) return std::move(check->done)(status, response);
    delayed_.After(*pause, [this, check = std::move(check), status]() mutable {
      const absl::Duration left = check->schedule.left();
      if (stopped_.load() || left <= absl::ZeroDuration()) {
        return std::move(check->done)(status, nullptr);
      }
      Attempt(std::move(check), left);
    });
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Repeat(absl::StatusOr<Response> (Connection::*call)(Request,
                                                                               absl::Duration),
                                  const std::remove_reference_t<Request>& request,
                                  absl::Duration deadline) {
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
  std::atomic<bool> stopped_{false};  // checks are not repeated any more
  DelayedCalls delayed_;
};

}  // namespace

std::shared_ptr<Connection> MakeRetryConnection(std::shared_ptr<Connection> inner,
                                                RetryPolicy policy,
                                                std::shared_ptr<const SteadyTime> time) {
  return std::make_shared<RetryConnection>(std::move(inner), policy, std::move(time));
}

}  // namespace dnc
