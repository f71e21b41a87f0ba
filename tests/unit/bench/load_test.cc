// What decides how calls are counted and timed.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "bench/load/blocking_load.h"
#include "bench/load/paced_load.h"

namespace dnc::bench {
namespace {

TEST(ScheduleTest, CallsAreDueEvenlyAndDoNotDrift) {
  const Schedule::Time start;
  const Schedule schedule(start, 3'000);
  EXPECT_EQ(schedule.Due(0), start);
  EXPECT_EQ(schedule.Due(3'000) - start, std::chrono::seconds(1));
  EXPECT_EQ(schedule.Due(3'000'000) - start, std::chrono::seconds(1'000));
  EXPECT_NEAR(static_cast<double>((schedule.Due(1) - start).count()), 333'333, 1);
}

// Notes which calls it is given, and fails from one on.
class FakeCaller final : public Caller {
 public:
  FakeCaller(std::set<uint64_t>& seen, absl::Mutex& mu, uint64_t fail_from)
      : seen_(seen), mu_(mu), fail_from_(fail_from) {}

  absl::Status Call(uint64_t index) override {
    const absl::MutexLock lock(&mu_);
    EXPECT_TRUE(seen_.insert(index).second) << "call " << index << " was given twice";
    return index < fail_from_ ? absl::OkStatus() : absl::InternalError("wrong answer");
  }

 private:
  std::set<uint64_t>& seen_;
  absl::Mutex& mu_;
  const uint64_t fail_from_;
};

struct Fakes {
  std::set<uint64_t> seen;
  absl::Mutex mu;
  Callers callers;

  explicit Fakes(uint64_t fail_from = UINT64_MAX) {
    for (int i = 0; i < 4; ++i) {
      callers.push_back(std::make_unique<FakeCaller>(seen, mu, fail_from));
    }
  }
};

TEST(BlockingLoadTest, EachCallIsMadeOnceAndTheRoundEndsWhereTheyRunOut) {
  Fakes fakes;
  const auto result = RunBlockingLoad(fakes.callers, {.warm_up = absl::ZeroDuration(),
                                                      .duration = absl::Hours(1),
                                                      .first_call = 100,
                                                      .end_call = 1'100,
                                                      .items_per_call = 10});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->calls_started, 1'000U);
  EXPECT_EQ(result->latency_ns.count(), 1'000U);
  EXPECT_EQ(fakes.seen.size(), 1'000U);
  EXPECT_EQ(*fakes.seen.begin(), 100U);
  EXPECT_GT(result->calls_per_second, 10'000.0 / 3'600) << "the hour was not waited for";
}

TEST(BlockingLoadTest, WarmUpIsNotCounted) {
  Fakes fakes;
  const auto result = RunBlockingLoad(
      fakes.callers, {.warm_up = absl::Hours(1), .duration = absl::Hours(1), .end_call = 1'000});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->calls_started, 1'000U);
  EXPECT_EQ(result->latency_ns.count(), 0U);
}

TEST(BlockingLoadTest, AWrongAnswerFailsTheRound) {
  Fakes fakes(/*fail_from=*/500);
  const auto result = RunBlockingLoad(fakes.callers, {.duration = absl::Hours(1)});
  EXPECT_EQ(result.status(), absl::InternalError("wrong answer"));
}

}  // namespace
}  // namespace dnc::bench
