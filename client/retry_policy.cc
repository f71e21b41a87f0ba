#include "client/retry_policy.h"

#include <algorithm>
#include <random>
#include <string>

#include "client/error.h"

namespace dnc {
namespace {

absl::Duration Jittered(absl::Duration most) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return most * std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

bool IsRetryable(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    // This library cancels no such call itself.
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return ErrorReasonOf(status) == "OVERLOADED";
    case absl::StatusCode::kAborted: {
      const std::string reason = ErrorReasonOf(status);
      return reason != "ETAG_MISMATCH" && reason != "IMPORT_IN_PROGRESS";
    }
    default:
      return false;
  }
}

absl::Status RetryLoop(const RetryPolicy& policy, const SteadyTime& time, absl::Duration deadline,
                       absl::FunctionRef<absl::Status(absl::Duration left)> attempt) {
  const absl::Duration end = time.Now() + deadline;
  absl::Duration backoff = policy.initial_backoff;
  absl::Status status = attempt(deadline);
  for (int made = 1; made < policy.max_attempts && IsRetryable(status); ++made) {
    const absl::Duration pause = Jittered(std::min(backoff, policy.max_backoff));
    if (time.Now() + pause >= end) break;
    time.Sleep(pause);
    const absl::Duration left = end - time.Now();
    if (left <= absl::ZeroDuration()) break;
    status = attempt(left);
    backoff *= 2;
  }
  return status;
}

}  // namespace dnc
