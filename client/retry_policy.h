// When a call is repeated.
#ifndef DNC_CLIENT_RETRY_POLICY_H_
#define DNC_CLIENT_RETRY_POLICY_H_

#include <memory>

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

// Makes `attempt`, which gets the time that is left for it, until it is OK, fails in a way that is
// not retryable, or attempts or `deadline` (counted from now) are used up; answers the last status.
absl::Status RetryLoop(const RetryPolicy& policy, const SteadyTime& time, absl::Duration deadline,
                       absl::FunctionRef<absl::Status(absl::Duration left)> attempt);

}  // namespace dnc

#endif  // DNC_CLIENT_RETRY_POLICY_H_
