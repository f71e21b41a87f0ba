#include "server/rpc/drain.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "server/error/error.h"

namespace dnc {
namespace {

class CountingStream : public OpenStream {
 public:
  void OnDrain() override { ++drained; }
  void OnStop() override { ++stopped; }
  void OnTick() override { ++ticked; }

  std::atomic<int> drained{0};
  std::atomic<int> stopped{0};
  std::atomic<int> ticked{0};
};

TEST(DrainTest, RefusesOnceItHasBegun) {
  Drain drain;
  EXPECT_TRUE(drain.Admit().ok());
  drain.Begin();
  const auto info = ErrorInfoOf(drain.Admit());
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "SHUTTING_DOWN");
}

TEST(DrainTest, StreamsAreToldWhileTheyAreOpen) {
  Drain drain;
  const auto open = std::make_shared<CountingStream>();
  const auto closed = std::make_shared<CountingStream>();
  auto gone = std::make_shared<CountingStream>();
  drain.Add(open);
  drain.Add(closed);
  drain.Add(gone);
  gone.reset();
  drain.Remove(closed.get());
  drain.Tick();
  EXPECT_EQ(open->drained.load(), 0);
  drain.Begin();
  drain.Stop();
  EXPECT_EQ(open->ticked.load(), 1);
  EXPECT_EQ(open->drained.load(), 1);
  EXPECT_EQ(open->stopped.load(), 1);
  EXPECT_EQ(closed->drained.load() + closed->stopped.load() + closed->ticked.load(), 0);
}

TEST(DrainTest, AStreamThatComesLateIsToldAtOnce) {
  Drain drain;
  drain.Begin();
  const auto late = std::make_shared<CountingStream>();
  drain.Add(late);
  EXPECT_EQ(late->drained.load(), 1);
}

TEST(DrainTest, WaitsForCallsInFlight) {
  Drain drain;
  auto call = std::make_unique<Drain::Call>(&drain);
  drain.Begin();
  std::atomic<bool> ended{false};
  std::thread waiting([&] {
    drain.AwaitEnd(absl::InfiniteFuture(), absl::ZeroDuration(), absl::InfiniteFuture());
    EXPECT_TRUE(ended.load());
  });
  ended.store(true);
  call.reset();
  waiting.join();
}

TEST(DrainTest, DoesNotWaitBeyondTheDeadline) {
  Drain drain;
  const Drain::Call call(&drain);
  drain.AwaitEnd(absl::InfinitePast(), absl::InfiniteDuration(), absl::InfiniteFuture());
}

TEST(DrainTest, DoesNotWaitForQuietBeyondItsDeadline) {
  Drain drain;
  drain.AwaitEnd(absl::InfiniteFuture(), absl::InfiniteDuration(), absl::InfinitePast());
}

}  // namespace
}  // namespace dnc
