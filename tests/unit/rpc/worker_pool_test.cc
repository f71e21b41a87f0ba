#include "server/rpc/worker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace dnc {
namespace {

using Lane = WorkerPool::Lane;

// Keeps a thread of a pool busy until it is opened.
class Gate {
 public:
  WorkerPool::Task Task() {
    return [this] {
      begun_.Notify();
      open_.WaitForNotification();
    };
  }
  void AwaitBegun() { begun_.WaitForNotification(); }
  void Open() { open_.Notify(); }

 private:
  absl::Notification begun_;
  absl::Notification open_;
};

// What ran, in its order.
class Diary {
 public:
  WorkerPool::Task Writes(const std::string& line) {
    return [this, line] {
      absl::MutexLock lock(&mu_);
      lines_.push_back(line);
    };
  }
  std::vector<std::string> lines() {
    absl::MutexLock lock(&mu_);
    return lines_;
  }

 private:
  absl::Mutex mu_;
  std::vector<std::string> lines_;
};

TEST(WorkerPoolTest, RunsEveryTaskOnce) {
  constexpr int kTasks = 1'000;
  std::vector<std::atomic<int>> ran(kTasks);
  absl::BlockingCounter done(kTasks);
  WorkerPool pool(3, {kTasks, kTasks});
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_TRUE(pool.TryRun(i % 3 == 0 ? Lane::kCall : Lane::kBlock, 1, [&ran, &done, i] {
      ++ran[static_cast<size_t>(i)];
      done.DecrementCount();
    }));
  }
  done.Wait();
  for (const auto& count : ran) EXPECT_EQ(count.load(), 1);
}

TEST(WorkerPoolTest, RefusesWhatWouldWaitBeyondTheLimit) {
  std::atomic<int> ran{0};
  {
    WorkerPool pool(0, {2, 100});
    Gate gate;
    ASSERT_TRUE(pool.TryRun(Lane::kCall, 0, gate.Task()));
    gate.AwaitBegun();
    EXPECT_TRUE(pool.TryRun(Lane::kCall, 1, [&] { ++ran; }));
    EXPECT_TRUE(pool.TryRun(Lane::kCall, 1, [&] { ++ran; }));
    EXPECT_FALSE(pool.TryRun(Lane::kCall, 1, [&] { ran += 100; }));
    pool.Run(Lane::kCall, [&] { ++ran; });
    gate.Open();
  }
  EXPECT_EQ(ran.load(), 3) << "what waited runs before the pool ends";
}

TEST(WorkerPoolTest, BothLanesShareTheLimit) {
  Gate gate;
  WorkerPool pool(0, {2, 100});
  ASSERT_TRUE(pool.TryRun(Lane::kCall, 0, gate.Task()));
  gate.AwaitBegun();
  EXPECT_TRUE(pool.TryRun(Lane::kCall, 1, [] {}));
  EXPECT_TRUE(pool.TryRun(Lane::kCall, 1, [] {}));
  EXPECT_FALSE(pool.TryRun(Lane::kBlock, 1, [] {}));
  gate.Open();
}

TEST(WorkerPoolTest, RefusesMoreBytesThanMayWait) {
  absl::Notification freed;
  Gate gate;
  WorkerPool pool(0, {10, 100});
  ASSERT_TRUE(pool.TryRun(Lane::kCall, 1000, gate.Task())) << "one alone may be larger";
  gate.AwaitBegun();
  EXPECT_TRUE(pool.TryRun(Lane::kCall, 60, [] {})) << "what runs does not wait";
  EXPECT_FALSE(pool.TryRun(Lane::kCall, 41, [] {}));
  EXPECT_TRUE(pool.TryRun(Lane::kCall, 40, [&] { freed.Notify(); }));
  gate.Open();
  freed.WaitForNotification();
  EXPECT_TRUE(pool.TryRun(Lane::kCall, 100, [] {}));
}

// A task that waits for another one needs a second thread.
TEST(WorkerPoolTest, TasksRunSideBySide) {
  absl::Notification first;
  absl::Notification second;
  WorkerPool pool(2, {});
  ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, [&] {
    first.Notify();
    second.WaitForNotification();
  }));
  ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, [&] {
    first.WaitForNotification();
    second.Notify();
  }));
}

TEST(WorkerPoolTest, ACallRunsWhileAllThreadsForBlocksAreBusy) {
  Gate first;
  Gate second;
  absl::Notification ran;
  WorkerPool pool(2, {});
  ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, first.Task()));
  ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, second.Task()));
  first.AwaitBegun();
  second.AwaitBegun();
  ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, [] {}));  // waits for one of them
  ASSERT_TRUE(pool.TryRun(Lane::kCall, 0, [&] { ran.Notify(); }));
  ran.WaitForNotification();
  first.Open();
  second.Open();
}

// With the thread for calls alone busy, the other one shows whose turn it is.
TEST(WorkerPoolTest, CallsGoFirstAndBlocksAreNotStarved) {
  Diary diary;
  {
    Gate calls_only;
    Gate both;
    WorkerPool pool(1, {});
    // The thread for blocks is the only one that takes this one, so the next call is the other's.
    ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, both.Task()));
    both.AwaitBegun();
    ASSERT_TRUE(pool.TryRun(Lane::kCall, 0, calls_only.Task()));
    calls_only.AwaitBegun();
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, diary.Writes("block")));
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(pool.TryRun(Lane::kCall, 0, diary.Writes("call")));
    absl::Notification done;
    ASSERT_TRUE(pool.TryRun(Lane::kBlock, 0, [&] { done.Notify(); }));
    both.Open();
    done.WaitForNotification();
    calls_only.Open();
  }
  EXPECT_THAT(diary.lines(), testing::ElementsAre("call", "call", "call", "call", "block", "call",
                                                  "call", "block"));
}

}  // namespace
}  // namespace dnc
