#include "client/retry_policy.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/client/fakes.h"

namespace dnc {
namespace {

constexpr RetryPolicy kPolicy{.max_attempts = 5,
                              .initial_backoff = absl::Milliseconds(100),
                              .max_backoff = absl::Milliseconds(300)};

TEST(IsRetryable, OnlyWhatMayChangeByItself) {
  using absl::StatusCode;
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_TRUE(IsRetryable(ErrorWithReason(StatusCode::kUnavailable, "STORE_UNAVAILABLE")));
  EXPECT_TRUE(IsRetryable(ErrorWithReason(StatusCode::kResourceExhausted, "OVERLOADED")));
  EXPECT_TRUE(IsRetryable(absl::AbortedError("")));
  EXPECT_TRUE(IsRetryable(absl::CancelledError("")));  // a server that closed its connections
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
  EXPECT_FALSE(IsRetryable(absl::ResourceExhaustedError("message too large")));
  EXPECT_FALSE(IsRetryable(ErrorWithReason(StatusCode::kAborted, "ETAG_MISMATCH")));
  EXPECT_FALSE(IsRetryable(ErrorWithReason(StatusCode::kAborted, "IMPORT_IN_PROGRESS")));
  EXPECT_FALSE(IsRetryable(absl::DeadlineExceededError("")));
  EXPECT_FALSE(IsRetryable(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsRetryable(absl::FailedPreconditionError("")));
  EXPECT_FALSE(IsRetryable(absl::InternalError("")));
}

TEST(RetryLoop, StopsAtTheFirstSuccess) {
  FakeTime time;
  int calls = 0;
  const absl::Status status =
      RetryLoop(kPolicy, time, absl::Seconds(10), [&](absl::Duration) -> absl::Status {
        return ++calls < 3 ? absl::UnavailableError("") : absl::OkStatus();
      });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(time.slept().size(), 2u);
}

TEST(RetryLoop, DoesNotRepeatWhatCannotSucceed) {
  FakeTime time;
  int calls = 0;
  const absl::Status status = RetryLoop(kPolicy, time, absl::Seconds(10), [&](absl::Duration) {
    ++calls;
    return absl::NotFoundError("");
  });
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(calls, 1);
}

TEST(RetryLoop, GivesUpAfterItsAttempts) {
  FakeTime time;
  int calls = 0;
  const absl::Status status = RetryLoop(kPolicy, time, absl::Hours(1), [&](absl::Duration) {
    ++calls;
    return absl::UnavailableError("away");
  });
  EXPECT_EQ(status, absl::UnavailableError("away"));
  EXPECT_EQ(calls, 5);
}

TEST(RetryLoop, PausesGrowWithinTheirBounds) {
  for (int round = 0; round < 200; ++round) {
    FakeTime time;
    RetryLoop(kPolicy, time, absl::Hours(1), [](absl::Duration) {
      return absl::UnavailableError("");
    }).IgnoreError();
    const std::vector<absl::Duration> most = {absl::Milliseconds(100), absl::Milliseconds(200),
                                              absl::Milliseconds(300), absl::Milliseconds(300)};
    ASSERT_EQ(time.slept().size(), most.size());
    for (size_t i = 0; i < most.size(); ++i) {
      EXPECT_GE(time.slept()[i], absl::ZeroDuration());
      EXPECT_LE(time.slept()[i], most[i]);
    }
  }
}

TEST(RetryLoop, NeverPassesTheDeadline) {
  for (int round = 0; round < 200; ++round) {
    FakeTime time;
    const absl::Duration end = time.Now() + absl::Milliseconds(250);
    RetryLoop({.max_attempts = 100}, time, absl::Milliseconds(250), [&](absl::Duration left) {
      EXPECT_GT(left, absl::ZeroDuration());
      EXPECT_LE(time.Now() + left, end);
      time.Advance(std::min(left, absl::Milliseconds(40)));
      return absl::UnavailableError("");
    }).IgnoreError();
    EXPECT_LE(time.Now(), end);
  }
}

}  // namespace
}  // namespace dnc
