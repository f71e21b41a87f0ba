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

RetrySchedule::RetrySchedule(const RetryPolicy& policy, const SteadyTime& time,
                             absl::Duration deadline)
    : policy_(policy), time_(time), end_(time.Now() + deadline), backoff_(policy.initial_backoff) {}

std::optional<absl::Duration> RetrySchedule::PauseAfter(const absl::Status& status) {
  if (made_ >= policy_.max_attempts || !IsRetryable(status)) return std::nullopt;
  ++made_;
  const absl::Duration pause = Jittered(std::min(backoff_, policy_.max_backoff));
  backoff_ *= 2;
  if (time_.Now() + pause >= end_) return std::nullopt;
  return pause;
}

absl::Status RetryLoop(const RetryPolicy& policy, const SteadyTime& time, absl::Duration deadline,
                       absl::FunctionRef<absl::Status(absl::Duration left)> attempt) {
  RetrySchedule schedule(policy, time, deadline);
  absl::Status status = attempt(deadline);
  while (const std::optional<absl::Duration> pause = schedule.PauseAfter(status)) {
    time.Sleep(*pause);
    const absl::Duration left = schedule.left();
    if (left <= absl::ZeroDuration()) break;
    status = attempt(left);
  }
  return status;
}

}  // namespace dnc
