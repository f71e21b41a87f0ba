// When a call is repeated.
#ifndef DNC_CLIENT_RETRY_POLICY_H_
#define DNC_CLIENT_RETRY_POLICY_H_

#include <memory>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/steady_time.h"

namespace dnc {

// Repeats are spaced by exponential backoff with full jitter: before the n-th repeat a random time
// up to min(max_backoff, initial_backoff · 2ⁿ⁻¹) passes. Never beyond the deadline of the call.
struct RetryPolicy {
  // How often a call is made at most, the first time included; 1 means no repeats.
  int max_attempts = 4;
  absl::Duration initial_backoff = absl::Milliseconds(20);
  absl::Duration max_backoff = absl::Milliseconds(500);
};

// Whether a call that ended in `status` may succeed if it is made again as it was: UNAVAILABLE;
// CANCELLED, with which gRPC cuts off a call that reaches a server while it closes its connections;
// RESOURCE_EXHAUSTED because of OVERLOADED; ABORTED unless it tells of a changed object
// (ETAG_MISMATCH) or a running import. Says nothing about whether repeating is safe: it is for
// reads, and for writes that carry a request_id.
bool IsRetryable(const absl::Status& status);

// When one call is to be repeated. Not thread-safe.
class RetrySchedule {
 public:
  // `deadline` is counted from now. `time` outlives it.
  RetrySchedule(const RetryPolicy& policy, const SteadyTime& time, absl::Duration deadline);

  // How long to wait before the call, which ended in `status`, is made again. None: it is not,
  // because it is OK, fails in a way that is not retryable, or attempts or time are used up.
  std::optional<absl::Duration> PauseAfter(const absl::Status& status);

  // The time that is left for the call.
  absl::Duration left() const { return end_ - time_.Now(); }

 private:
  const RetryPolicy policy_;
  const SteadyTime& time_;
  const absl::Duration end_;
  absl::Duration backoff_;
  int made_ = 1;
};

// Makes `attempt`, which gets the time that is left for it, until it is OK, fails in a way that is
// not retryable, or attempts or `deadline` (counted from now) are used up; answers the last status.
absl::Status RetryLoop(const RetryPolicy& policy, const SteadyTime& time, absl::Duration deadline,
                       absl::FunctionRef<absl::Status(absl::Duration left)> attempt);

}  // namespace dnc

#endif  // DNC_CLIENT_RETRY_POLICY_H_
