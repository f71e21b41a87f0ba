#include "storage/registry/change_sorter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/registry/block.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Change = ChangeSorter::Change;
using Op = std::pair<uint64_t, bool>;

class ChangeSorterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = ::testing::TempDir() + "/dnc-changes-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    dir_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::vector<Op> Sort(const std::vector<Change>& changes,
                       size_t run_rows = ChangeSorter::kRunRows) {
    ChangeSorter sorter = ChangeSorter::Create(dir_, run_rows).value();
    for (const Change& change : changes) EXPECT_TRUE(sorter.Add(change).ok());
    EXPECT_TRUE(std::filesystem::is_empty(dir_));
    std::vector<Op> ops;
    const absl::Status status = sorter.Merge([&](uint64_t number, bool is_delete) {
      ops.emplace_back(number, is_delete);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return ops;
  }

  std::string dir_;
};

TEST_F(ChangeSorterTest, YieldsEachNumberOnceInOrder) {
  EXPECT_THAT(Sort({}), IsEmpty());
  EXPECT_THAT(Sort({{7, true, 1}, {5, false}, {6, true}, {5, false, 3}}),
              ElementsAre(Pair(5, false), Pair(6, true), Pair(7, true)));
}

// Whatever the order of the rows, and whether or not they lie in one run.
TEST_F(ChangeSorterTest, TheLatestCountsAndInDoubtAnAdd) {
  const struct {
    const char* what;
    std::vector<Change> changes;
    bool deletes;
  } cases[] = {
      {"the later is a delete", {{5, false, 1}, {5, true, 2}}, true},
      {"the later is an add", {{5, true, 1}, {5, false, 2}}, false},
      {"at one time", {{5, true, 2}, {5, false, 2}}, false},
      {"at the very start of time", {{5, true, 0}, {5, false, 0}}, false},
      {"no times", {{5, true}, {5, false}}, false},
      {"an add without a time", {{5, true, 9}, {5, false}}, false},
      {"a delete without a time", {{5, true}, {5, false, 9}}, false},
      {"an add without a time besides", {{5, true, 9}, {5, false, 1}, {5, false}}, false},
      {"a delete without a time besides", {{5, false, 1}, {5, true, 2}, {5, true}}, false},
      {"thrice", {{5, true, 1}, {5, false, 2}, {5, true, 3}}, true},
      {"deletes only", {{5, true}, {5, true, 2}}, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    std::vector<Change> changes = c.changes;
    std::vector<size_t> order(changes.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      changes.clear();
      for (const size_t i : order) changes.push_back(c.changes[i]);
      for (const size_t run_rows : {1u, 2u, 100u}) {
        EXPECT_THAT(Sort(changes, run_rows), ElementsAre(Pair(5, c.deletes)));
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_F(ChangeSorterTest, ManyRunsAgreeWithAMap) {
  std::mt19937_64 random(7);
  std::vector<Change> changes;
  std::map<uint64_t, std::pair<int64_t, int64_t>> latest;  // of the adds and of the deletes; or -1
  for (int i = 0; i < 50'000; ++i) {
    const Change change{1 + random() % 5'000, random() % 2 == 0,
                        static_cast<int64_t>(random() % 100)};
    changes.push_back(change);
    auto& [add, del] = latest.try_emplace(change.number, -1, -1).first->second;
    int64_t& time = change.is_delete ? del : add;
    time = std::max(time, *change.time);
  }
  std::vector<Op> expected;
  expected.reserve(latest.size());
  for (const auto& [number, times] : latest) {
    expected.emplace_back(number, times.second > times.first);
  }
  EXPECT_EQ(Sort(changes, 300), expected);
}

TEST_F(ChangeSorterTest, StopsAtTheVisitorsError) {
  ChangeSorter sorter = ChangeSorter::Create(dir_).value();
  for (uint64_t number = 1; number <= 10; ++number) ASSERT_TRUE(sorter.Add({number, false}).ok());
  int calls = 0;
  const absl::Status status = sorter.Merge([&](uint64_t, bool) {
    return ++calls == 4 ? absl::CancelledError("enough") : absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(calls, 4);
}

TEST_F(ChangeSorterTest, RefusesWhatIsNoChange) {
  ChangeSorter sorter = ChangeSorter::Create(dir_).value();
  EXPECT_TRUE(absl::IsInvalidArgument(sorter.Add({0, false})));
  EXPECT_TRUE(absl::IsInvalidArgument(sorter.Add({kMaxNumber + 1, false})));
  EXPECT_TRUE(absl::IsInvalidArgument(sorter.Add({5, false, -1})));
  EXPECT_TRUE(absl::IsNotFound(ChangeSorter::Create(dir_ + "/absent").status()));
}

}  // namespace
}  // namespace dnc
