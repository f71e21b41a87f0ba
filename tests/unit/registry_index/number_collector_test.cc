#include "storage/registry/number_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "storage/registry/block_bits.h"
#include "storage/registry/threaded_sink.h"
#include "tests/unit/registry_index/fakes.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;

constexpr size_t kSlab = size_t{2} << 20;

class NumberCollectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = ::testing::TempDir() + "/dnc-collector-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    dir_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<NumberCollector> Make(ImportMemory* memory, size_t few_numbers) const {
    NumberCollector::Options options;
    options.dir = dir_;
    options.memory = memory;
    options.few_numbers = few_numbers;
    options.sorter_bytes = ExternalSorter::kMinMemoryBytes;
    return NumberCollector::Create(std::move(options)).value();
  }

  static std::vector<uint64_t> Merged(NumberCollector& collector) {
    std::vector<uint64_t> numbers;
    int64_t last = -1;
    const absl::Status status = collector.Merge([&](const BlockChange& change) {
      EXPECT_GT(static_cast<int64_t>(change.block), last);
      last = static_cast<int64_t>(change.block);
      EXPECT_TRUE(ValidatePayload(change.block, change.adds).ok());
      EXPECT_EQ(change.deletes.count, 0u);
      ForEachSuffix(change.adds, [&](uint32_t suffix) {
        numbers.push_back(change.block * kNumbersPerBlock + suffix);
      });
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return numbers;
  }

  // Numbers in random order, some of them twice, in pieces of all sizes.
  static void ExpectCollects(NumberCollector& collector, const std::vector<uint64_t>& numbers) {
    std::mt19937_64 random(numbers.size());
    std::vector<uint64_t> given = numbers;
    given.insert(given.end(), numbers.begin(),
                 numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 3));
    std::shuffle(given.begin(), given.end(), random);
    for (size_t at = 0, size = 0; at < given.size(); at += size) {
      size = std::min(given.size() - at, size_t{random() % 100 + 1});
      ASSERT_TRUE(collector.Add(absl::MakeConstSpan(given).subspan(at, size)).ok());
    }
    const std::set<uint64_t> expected(numbers.begin(), numbers.end());
    EXPECT_EQ(Merged(collector), std::vector<uint64_t>(expected.begin(), expected.end()));
  }

  // One number in every `step`: sparse and dense exchanges, the first and the last one.
  static std::vector<uint64_t> American(uint64_t step, size_t count) {
    std::vector<uint64_t> numbers = {12'000'000'000, 19'999'999'999};
    for (size_t i = 0; i < count; ++i) numbers.push_back(12'000'000'000 + i * step);
    return numbers;
  }

  // Below and above the American ones, and next to them.
  static std::vector<uint64_t> Foreign() {
    std::vector<uint64_t> numbers = {1, kMaxNumber, 11'999'999'999, 20'000'000'000};
    for (uint64_t i = 0; i < 3000; ++i) numbers.push_back(441'632'960'000 + i * 7);
    return numbers;
  }

  static std::vector<uint64_t> Both(std::vector<uint64_t> a, const std::vector<uint64_t>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

  std::string dir_;
};

TEST_F(NumberCollectorTest, FewNumbersAreSorted) {
  ImportMemory memory(0);
  const auto collector = Make(&memory, 1'000'000);
  ExpectCollects(*collector, Both(American(9'999, 2'000), Foreign()));
}

TEST_F(NumberCollectorTest, ManyBecomeBitmaps) {
  ImportMemory memory(64 * kSlab);
  for (const uint64_t step : {1UL, 16UL, 17UL, 5'000UL, 10'000UL, 123'456UL}) {
    const auto collector = Make(&memory, 100);
    ExpectCollects(*collector, Both(American(step, 20'000), Foreign()));
  }
  EXPECT_TRUE(memory.TryTake(64 * kSlab)) << "all of it was given back";
}

// Each exchange is either a bitmap or sorted, wherever the memory ends.
TEST_F(NumberCollectorTest, WhatMemoryDoesNotTakeIsSortedOnDisk) {
  for (const size_t slabs : {size_t{0}, size_t{1}, size_t{2}}) {
    ImportMemory memory(slabs * kSlab);
    const auto collector = Make(&memory, 10);
    ExpectCollects(*collector, Both(American(10'001, 5'000), Foreign()));
  }
  const auto without = Make(nullptr, 10);
  ExpectCollects(*without, American(10'001, 5'000));
}

TEST_F(NumberCollectorTest, ImportsShareTheMemory) {
  ImportMemory memory(kSlab);
  const auto first = Make(&memory, 1);
  const auto second = Make(&memory, 1);
  ExpectCollects(*first, American(10'000, 100));
  EXPECT_FALSE(memory.TryTake(1 << 20));
  ExpectCollects(*second, American(10'000, 100));
}

TEST_F(NumberCollectorTest, NothingGivesNothing) {
  const auto collector = Make(nullptr, 10);
  EXPECT_THAT(Merged(*collector), ElementsAre());
}

TEST_F(NumberCollectorTest, RefusesWhatIsNoNumber) {
  for (const uint64_t bad : {uint64_t{0}, kMaxNumber + 1}) {
    const auto collector = Make(nullptr, 1);
    EXPECT_TRUE(absl::IsInvalidArgument(collector->Add(absl::MakeConstSpan(&bad, 1)))) << bad;
  }
}

TEST_F(NumberCollectorTest, StopsAtTheVisitorsError) {
  ImportMemory memory(kSlab);
  for (const size_t few : {size_t{1}, size_t{1'000}}) {
    const auto collector = Make(&memory, few);
    const std::vector<uint64_t> numbers = Both(American(10'000, 5), Foreign());
    ASSERT_TRUE(collector->Add(numbers).ok());
    int calls = 0;
    EXPECT_TRUE(absl::IsCancelled(collector->Merge([&](const BlockChange& /*change*/) {
      return ++calls == 3 ? absl::CancelledError("enough") : absl::OkStatus();
    })));
    EXPECT_EQ(calls, 3);
  }
}

TEST(BlockBitsTest, PayloadsAreCanonicalAtEveryCount) {
  BlockBits bits;
  EXPECT_EQ(bits.Payload().count, 0u);
  BlockBits copy;
  for (uint32_t count = 1; count <= kNumbersPerBlock; ++count) {
    bits.Set((count - 1) * 7 % kNumbersPerBlock);  // 7 and 10,000 have no common divisor
    if (count > 700 && count % 997 != 0 && count < 9'990) continue;
    const BlockPayload payload = bits.Payload();
    ASSERT_EQ(payload.count, count);
    ASSERT_TRUE(ValidatePayload(5, payload).ok()) << count;
    copy.Assign(payload);
    EXPECT_EQ(copy.Count(), count);
    EXPECT_EQ(copy.CountWithout(bits) + bits.CountWithout(copy), 0u);
  }
  copy.Assign(BlockPayload());
  EXPECT_EQ(copy.Count(), 0u);
}

TEST(BlockBitsTest, SetOperations) {
  BlockBits a, b;
  for (uint32_t i = 0; i < kNumbersPerBlock; i += 2) a.Set(i);
  for (uint32_t i = 0; i < kNumbersPerBlock; i += 3) b.Set(i);
  EXPECT_EQ(a.CountWithout(b), 3'333u);
  EXPECT_EQ(b.CountWithout(a), 1'667u);
  a.Add(b);
  EXPECT_EQ(a.Count(), 6'667u);
  a.Remove(b);
  EXPECT_EQ(a.Count(), 3'333u);
}

// Waits in its second chunk until it is let go.
class SlowSink : public MemoryChunks {
 public:
  absl::Status Put(uint32_t ordinal, std::string bytes) override {
    if (ordinal == 1) go.WaitForNotification();
    return MemoryChunks::Put(ordinal, std::move(bytes));
  }

  absl::Notification go;
};

TEST(ThreadedSinkTest, HandsOverInOrder) {
  MemoryChunks sink;
  ThreadedSink threaded(&sink);
  constexpr uint32_t kCount = 10 * ThreadedSink::kMostWaiting;
  for (uint32_t i = 0; i < kCount; ++i) ASSERT_TRUE(threaded.Put(i, std::to_string(i)).ok());
  ASSERT_TRUE(threaded.Finish().ok());
  ASSERT_EQ(sink.chunks.size(), kCount);
  for (uint32_t i = 0; i < kCount; ++i) EXPECT_EQ(sink.chunks[i], std::to_string(i));
}

TEST(ThreadedSinkTest, TellsOfTheFirstErrorAndGoesNoFurther) {
  SlowSink sink;
  sink.fail_at = 1;
  sink.failure = absl::ResourceExhaustedError("full");
  ThreadedSink threaded(&sink);
  ASSERT_TRUE(threaded.Put(0, "a").ok());
  ASSERT_TRUE(threaded.Put(1, "b").ok());
  ASSERT_TRUE(threaded.Put(2, "c").ok());
  sink.go.Notify();
  EXPECT_TRUE(absl::IsResourceExhausted(threaded.Finish()));
  EXPECT_THAT(sink.chunks, ElementsAre("a"));
}

TEST(ThreadedSinkTest, DropsWhatWaitsWhereNobodyFinishes) {
  SlowSink sink;
  {
    ThreadedSink threaded(&sink);
    for (uint32_t i = 0; i < 3; ++i) ASSERT_TRUE(threaded.Put(i, "x").ok());
    sink.go.Notify();
  }
  EXPECT_LE(sink.chunks.size(), 3u);
}

}  // namespace
}  // namespace dnc
