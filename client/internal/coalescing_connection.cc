#include "client/internal/coalescing_connection.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "client/internal/check_pipeline.h"

namespace dnc {
namespace {

// A larger check would hold up those behind it.
constexpr size_t kMostCheckBytes = size_t{16} << 10;

using Clock = std::chrono::steady_clock;

absl::Duration LeftOf(absl::Duration deadline, Clock::time_point began) {
  return deadline - absl::FromChrono(Clock::now() - began);
}

class CoalescingConnection : public Connection {
 public:
  explicit CoalescingConnection(std::shared_ptr<Connection> inner)
      : inner_(std::move(inner)), pipeline_([this] { return inner_->OpenChecks(); }) {}

  absl::StatusOr<v1::CheckContactResponse> CheckContact(const v1::CheckContactRequest& request,
                                                        absl::Duration deadline) override {
    return inner_->CheckContact(request, deadline);
  }

  absl::StatusOr<std::string> Check(absl::string_view request, absl::Duration deadline) override {
    if (!Coalesces(request)) return inner_->Check(request, deadline);
    const Clock::time_point began = Clock::now();
    absl::StatusOr<std::string> response = pipeline_.Check(request, deadline);
    if (!absl::IsUnimplemented(response.status())) return response;
    coalesces_.store(false, std::memory_order_relaxed);
    const absl::Duration left = LeftOf(deadline, began);
    return left > absl::ZeroDuration() ? inner_->Check(request, left) : response;
  }

  void StartCheck(absl::string_view request, absl::Duration deadline, CheckDone done) override {
    if (!Coalesces(request)) return inner_->StartCheck(request, deadline, std::move(done));
    if (pipeline_.proven()) return pipeline_.Start(request, deadline, std::move(done));
    pipeline_.Start(request, deadline,
                    [this, request, deadline, began = Clock::now(), done = std::move(done)](
                        const absl::Status& status, std::string* response) mutable {
                      if (!absl::IsUnimplemented(status)) return std::move(done)(status, response);
                      coalesces_.store(false, std::memory_order_relaxed);
                      const absl::Duration left = LeftOf(deadline, began);
                      if (left <= absl::ZeroDuration()) return std::move(done)(status, nullptr);
                      inner_->StartCheck(request, left, std::move(done));
                    });
  }

  void StopChecks() override {
    pipeline_.Stop();
    inner_->StopChecks();
  }

  absl::StatusOr<v1::BatchCheckContactsResponse> BatchCheckContacts(
      const v1::BatchCheckContactsRequest& request, absl::Duration deadline) override {
    return inner_->BatchCheckContacts(request, deadline);
  }
  absl::StatusOr<v1::ApplyActionResponse> ApplyAction(const v1::ApplyActionRequest& request,
                                                      absl::Duration deadline) override {
    return inner_->ApplyAction(request, deadline);
  }
  absl::StatusOr<v1::CopyActionsResponse> CopyActions(const v1::CopyActionsRequest& request,
                                                      absl::Duration deadline) override {
    return inner_->CopyActions(request, deadline);
  }
  std::unique_ptr<FilterStream> OpenFilter(absl::Duration deadline) override {
    return inner_->OpenFilter(deadline);
  }

 private:
  bool Coalesces(absl::string_view request) const {
    return coalesces_.load(std::memory_order_relaxed) && request.size() <= kMostCheckBytes;
  }

  const std::shared_ptr<Connection> inner_;
  std::atomic<bool> coalesces_{true};  // as far as is known
  CheckPipeline pipeline_;
};

}  // namespace

std::shared_ptr<Connection> MakeCoalescingConnection(std::shared_ptr<Connection> inner) {
  return std::make_shared<CoalescingConnection>(std::move(inner));
}

}  // namespace dnc
