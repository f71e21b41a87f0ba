#include "server/rpc/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

namespace dnc {
namespace {

TEST(WorkerPoolTest, RunsEveryTaskOnce) {
  constexpr int kTasks = 1'000;
  std::vector<std::atomic<int>> ran(kTasks);
  absl::BlockingCounter done(kTasks);
  WorkerPool pool(3, kTasks);
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_TRUE(pool.TryRun([&ran, &done, i] {
      ++ran[static_cast<size_t>(i)];
      done.DecrementCount();
    }));
  }
  done.Wait();
  for (const auto& count : ran) EXPECT_EQ(count.load(), 1);
}

TEST(WorkerPoolTest, RefusesWhatWouldWaitBeyondTheLimit) {
  absl::Notification started;
  absl::Notification release;
  std::atomic<int> ran{0};
  {
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.TryRun([&] {
      started.Notify();
      release.WaitForNotification();
    }));
    started.WaitForNotification();
    EXPECT_TRUE(pool.TryRun([&] { ++ran; }));
    EXPECT_TRUE(pool.TryRun([&] { ++ran; }));
    EXPECT_FALSE(pool.TryRun([&] { ran += 100; }));
    release.Notify();
  }
  EXPECT_EQ(ran.load(), 2) << "what waited runs before the pool ends";
}

// A task that waits for another one needs a second thread.
TEST(WorkerPoolTest, TasksRunSideBySide) {
  absl::Notification first;
  absl::Notification second;
  WorkerPool pool(2, 2);
  ASSERT_TRUE(pool.TryRun([&] {
    first.Notify();
    second.WaitForNotification();
  }));
  ASSERT_TRUE(pool.TryRun([&] {
    first.WaitForNotification();
    second.Notify();
  }));
}

}  // namespace
}  // namespace dnc
