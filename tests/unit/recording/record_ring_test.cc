#include "storage/recording/record_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

std::string Record(size_t bytes, char fill) { return std::string(bytes, fill); }

TEST(RecordRingTest, GivesBackWhatWasPushedInItsOrder) {
  RecordRing ring(64);
  const size_t sizes[] = {1, RecordRing::kSlotPayload - 1, RecordRing::kSlotPayload,
                          RecordRing::kSlotPayload + 1, RecordRing::kMaxRecordBytes};
  std::string popped;
  EXPECT_FALSE(ring.Pop(&popped));
  char fill = 'a';
  for (const size_t size : sizes) ASSERT_TRUE(ring.TryPush(Record(size, fill++)));
  fill = 'a';
  for (const size_t size : sizes) {
    ASSERT_TRUE(ring.Pop(&popped));
    EXPECT_EQ(popped, Record(size, fill++));
  }
  EXPECT_FALSE(ring.Pop(&popped));
  EXPECT_EQ(ring.pushed(), ring.popped());
}

TEST(RecordRingTest, RefusesWhatHasNoRoomAndGoesOnWhenItHas) {
  RecordRing ring(1);
  ASSERT_EQ(ring.capacity(), RecordRing::kMaxRecordSlots);
  for (size_t i = 0; i < ring.capacity() - 1; ++i) ASSERT_TRUE(ring.TryPush("x"));
  EXPECT_FALSE(ring.TryPush(Record(RecordRing::kSlotPayload + 1, 'y')));  // two slots
  EXPECT_TRUE(ring.TryPush("z"));
  EXPECT_FALSE(ring.TryPush("z"));
  std::string popped;
  ASSERT_TRUE(ring.Pop(&popped));
  EXPECT_TRUE(ring.TryPush("last"));
  for (size_t i = 0; i < ring.capacity(); ++i) ASSERT_TRUE(ring.Pop(&popped));
  EXPECT_EQ(popped, "last");
}

// Every lap begins elsewhere, and a slot that was in the midst of a record begins another.
TEST(RecordRingTest, RecordsOfAllSizesGoRoundManyTimes) {
  RecordRing ring(32);
  std::string popped;
  for (size_t i = 0; i < 5000; ++i) {
    const std::string first = Record(1 + i * 37 % RecordRing::kMaxRecordBytes, 'a');
    const std::string second = Record(1 + i * 91 % (3 * RecordRing::kSlotPayload), 'b');
    ASSERT_TRUE(ring.TryPush(first));
    ASSERT_TRUE(ring.TryPush(second));
    ASSERT_TRUE(ring.Pop(&popped));
    ASSERT_EQ(popped, first);
    ASSERT_TRUE(ring.Pop(&popped));
    ASSERT_EQ(popped, second);
  }
}

TEST(RecordRingTest, ManyPushWhileOnePops) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20'000;
  RecordRing ring(256);
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        // Its length tells whether it was torn.
        const std::string record =
            absl::StrCat(t, ":", i, ":", std::string(static_cast<size_t>(i % 600), '.'));
        while (!ring.TryPush(record)) {
          ++refused;
          std::this_thread::yield();
        }
      }
    });
  }
  std::map<int, int> next;
  std::string record;
  for (int popped = 0; popped < kThreads * kEach;) {
    if (!ring.Pop(&record)) {
      std::this_thread::yield();
      continue;
    }
    ++popped;
    int thread = 0;
    int number = 0;
    int dots = 0;
    ASSERT_EQ(std::sscanf(record.c_str(), "%d:%d:%n", &thread, &number, &dots), 2);
    ASSERT_EQ(number, next[thread]++);
    ASSERT_EQ(record.size(), static_cast<size_t>(dots + number % 600));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(ring.Pop(&record));
}

}  // namespace
}  // namespace dnc
