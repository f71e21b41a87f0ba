#include "storage/registry/external_sorter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using Op = std::pair<uint64_t, bool>;

class ExternalSorterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = ::testing::TempDir() + "/dnc-sorter-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    dir_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  ExternalSorter Make(size_t memory_bytes = ExternalSorter::kMinMemoryBytes) {
    return ExternalSorter::Create({dir_, memory_bytes}).value();
  }

  static std::vector<Op> Merged(ExternalSorter& sorter) {
    std::vector<Op> ops;
    const absl::Status status = sorter.Merge([&](uint64_t number, bool is_delete) {
      ops.emplace_back(number, is_delete);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return ops;
  }

  // Random ops over `width` numbers, against a map that keeps the last.
  void ExpectSorts(size_t count, uint64_t first, uint64_t width, size_t memory_bytes) {
    ExternalSorter sorter = Make(memory_bytes);
    std::map<uint64_t, bool> expected;
    std::mt19937_64 random(count);
    for (size_t i = 0; i < count; ++i) {
      const uint64_t number = first + random() % width;
      const bool is_delete = random() % 3 == 0;
      ASSERT_TRUE(sorter.Add(number, is_delete).ok());
      expected[number] = is_delete;
    }
    EXPECT_EQ(Merged(sorter), std::vector<Op>(expected.begin(), expected.end()));
  }

  std::string dir_;
};

TEST_F(ExternalSorterTest, Empty) {
  ExternalSorter sorter = Make();
  EXPECT_THAT(Merged(sorter), IsEmpty());
}

TEST_F(ExternalSorterTest, LastOpWinsInMemory) {
  ExternalSorter sorter = Make();
  for (const Op& op : {Op{7, true}, Op{5, false}, Op{7, false}, Op{5, true}, Op{6, false}}) {
    ASSERT_TRUE(sorter.Add(op.first, op.second).ok());
  }
  EXPECT_THAT(Merged(sorter), ElementsAre(Pair(5, true), Pair(6, false), Pair(7, false)));
}

TEST_F(ExternalSorterTest, LastOpWinsAcrossRuns) {
  ExternalSorter sorter = Make();  // 256 records a run
  for (int round = 0; round < 21; ++round) {
    for (uint64_t number = 1; number <= 100; ++number) {
      ASSERT_TRUE(sorter.Add(number, round % 2 == 1).ok());
    }
  }
  ASSERT_TRUE(sorter.Add(50, true).ok());
  const std::vector<Op> ops = Merged(sorter);
  ASSERT_EQ(ops.size(), 100u);
  for (const Op& op : ops) EXPECT_EQ(op.second, op.first == 50) << op.first;
}

TEST_F(ExternalSorterTest, ManyRunsManyRepeats) { ExpectSorts(100'000, 1, 5'000, 4096); }
TEST_F(ExternalSorterTest, ManyRunsFewRepeats) { ExpectSorts(100'000, 1, kMaxNumber, 4096); }
TEST_F(ExternalSorterTest, LargeRunsByRadix) {
  ExpectSorts(100'000, 12'000'000'000, 8'000'000'000, 1 << 19);
  ExpectSorts(100'000, 1, kMaxNumber, 1 << 19);
  ExpectSorts(100'000, kMaxNumber - 9'999, 10'000, 64 << 20);
}

TEST_F(ExternalSorterTest, SortedInputAndExactRunBoundary) {
  for (const uint64_t count : {255u, 256u, 257u, 512u, 10'000u}) {
    ExternalSorter sorter = Make();
    for (uint64_t number = 1; number <= count; ++number) {
      ASSERT_TRUE(sorter.Add(number, false).ok());
    }
    const std::vector<Op> ops = Merged(sorter);
    ASSERT_EQ(ops.size(), count);
    EXPECT_EQ(ops.back(), Op(count, false));
  }
}

TEST_F(ExternalSorterTest, LeavesNoFileBehindEvenWhileOpen) {
  ExternalSorter sorter = Make();
  for (uint64_t number = 1; number <= 1'000; ++number) {
    ASSERT_TRUE(sorter.Add(number, false).ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir_));
}

TEST_F(ExternalSorterTest, StopsAtTheVisitorsError) {
  for (const uint64_t count : {10u, 1'000u}) {
    ExternalSorter sorter = Make();
    for (uint64_t number = 1; number <= count; ++number) {
      ASSERT_TRUE(sorter.Add(number, false).ok());
    }
    uint64_t calls = 0;
    const absl::Status status = sorter.Merge([&](uint64_t, bool) {
      return ++calls == 4 ? absl::CancelledError("enough") : absl::OkStatus();
    });
    EXPECT_TRUE(absl::IsCancelled(status));
    EXPECT_EQ(calls, 4u);
  }
}

TEST_F(ExternalSorterTest, RefusesNonNumbersAndUseAfterMerge) {
  ExternalSorter sorter = Make();
  EXPECT_TRUE(absl::IsInvalidArgument(sorter.Add(0, false)));
  EXPECT_TRUE(absl::IsInvalidArgument(sorter.Add(kMaxNumber + 1, false)));
  Merged(sorter);
  EXPECT_TRUE(absl::IsFailedPrecondition(sorter.Add(1, false)));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(sorter.Merge([](uint64_t, bool) { return absl::OkStatus(); })));
}

TEST_F(ExternalSorterTest, CreateRefusesBadOptions) {
  EXPECT_TRUE(absl::IsInvalidArgument(ExternalSorter::Create({dir_, 4095}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ExternalSorter::Create({}).status()));
  const absl::Status status = ExternalSorter::Create({dir_ + "/absent"}).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(dir_ + "/absent"));
}

// A file size limit stands in for a full volume; the process's limit is put back.
TEST_F(ExternalSorterTest, NoSpaceNamesTheDirectory) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = before;
  tight.rlim_cur = 10'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  ExternalSorter sorter = Make();
  absl::Status status;
  for (uint64_t number = 1; number <= 5'000 && status.ok(); ++number) {
    status = sorter.Add(number, false);
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(dir_));
}

// Asked before the file grows, so that nothing is written where there is no room.
TEST_F(ExternalSorterTest, EndsWhereThereIsNoRoom) {
  uint64_t asked = 0;
  ExternalSorter::Options options{dir_, ExternalSorter::kMinMemoryBytes};
  options.room = [&](uint64_t bytes) {
    asked += bytes;
    return asked <= ExternalSorter::kMinMemoryBytes ? absl::OkStatus()
                                                    : absl::ResourceExhaustedError("no room");
  };
  ExternalSorter sorter = ExternalSorter::Create(options).value();
  absl::Status status;
  uint64_t number = 0;
  while (status.ok() && number < 10'000) status = sorter.Add(++number, false);
  EXPECT_EQ(status, absl::ResourceExhaustedError("no room"));
  EXPECT_GT(number * sizeof(number), ExternalSorter::kMinMemoryBytes);
}

}  // namespace
}  // namespace dnc
