// Starting with contact points that are not in memory yet.
#include "server/state/start_fill.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/schema/keys.h"
#include "tests/contract/temp_dir.h"

namespace dnc {
namespace {

constexpr uint64_t kSubjects = 3'000;
constexpr uint64_t kGlobals = 10;
constexpr size_t kCacheBytes = size_t{4} << 20;

std::string Subject(uint64_t i) { return keys::PhoneSubject(7, 12'125'550'000 + i); }
std::string Global(uint64_t i) { return keys::PhoneSubject(0, 12'125'550'000 + i); }
std::string LeadKey(uint64_t i) { return keys::Lead(7, absl::StrCat("lead-", i)); }

class StartFillTest : public ::testing::Test {
 protected:
  StartFillTest() {
    StoreOptions options;
    options.dir = dir_.Path("store");
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    WriteSet changes;
    for (uint64_t i = 0; i < kSubjects; ++i) {
      changes.Put(Family::kSubjects, Subject(i), absl::StrCat("subject ", i));
      changes.Put(Family::kLeads, LeadKey(i), absl::StrCat("lead ", i));
    }
    for (uint64_t i = 0; i < kGlobals; ++i) changes.Put(Family::kSubjects, Global(i), "global");
    EXPECT_TRUE(store_->Commit(changes, Durability::kBuffered).ok());
  }

  void Begin(uint64_t rows_at_start) {
    fill_ = std::make_unique<StartFill>(store_->Snapshot(), 5, SubjectFilters{&own_, &global_},
                                        &cache_, FillOptions{rows_at_start, &paused_});
    const absl::Status begun = fill_->Begin();
    ASSERT_TRUE(begun.ok()) << begun;
  }

  std::string Cached(Family family, const std::string& key, int64_t revision = 5) {
    absl::string_view value;
    return cache_.Find(family, key, revision, &value) ? std::string(value) : "";
  }

  void ExpectEverything() {
    ASSERT_TRUE(own_.complete() && global_.complete());
    EXPECT_EQ(own_.size(), kSubjects);
    EXPECT_EQ(global_.size(), kGlobals);
    for (uint64_t i = 0; i < kSubjects; ++i) {
      EXPECT_TRUE(own_.MayContain(SubjectFilter::Hash(Subject(i))));
    }
    for (uint64_t i = 0; i < kGlobals; ++i) {
      EXPECT_TRUE(global_.MayContain(SubjectFilter::Hash(Global(i))));
    }
    EXPECT_FALSE(own_.MayContain(SubjectFilter::Hash(Subject(kSubjects))));
    EXPECT_FALSE(global_.MayContain(SubjectFilter::Hash(Global(kGlobals))));
  }

  testing::TempDir dir_;
  std::unique_ptr<Store> store_;
  SubjectFilter own_{false};
  SubjectFilter global_{false};
  RecordCache cache_{kCacheBytes};
  std::atomic<bool> paused_{false};
  std::unique_ptr<StartFill> fill_;
};

TEST_F(StartFillTest, SmallStoreIsInMemoryAtOnce) {
  paused_ = true;
  Begin(1'000'000);
  ExpectEverything();
  EXPECT_EQ(Cached(Family::kSubjects, Subject(17)), "subject 17");
  EXPECT_EQ(Cached(Family::kLeads, LeadKey(17)), "lead 17");
}

// Wherever the first part ends: in the contact points, at their end, in the leads.
TEST_F(StartFillTest, TheRestFollows) {
  for (const uint64_t rows : {uint64_t{0}, uint64_t{1}, kGlobals, kSubjects + kGlobals - 1}) {
    SubjectFilter own(false);
    SubjectFilter global(false);
    RecordCache cache(kCacheBytes);
    paused_ = true;
    StartFill fill(store_->Snapshot(), 5, {&own, &global}, &cache, {rows, &paused_});
    ASSERT_TRUE(fill.Begin().ok());
    EXPECT_TRUE(own.MayContain(SubjectFilter::Hash(Subject(kSubjects + 1)))) << rows;
    paused_ = false;
    fill.AwaitEnd();
    EXPECT_EQ(own.size(), kSubjects) << rows;
    EXPECT_EQ(global.size(), kGlobals) << rows;
    EXPECT_FALSE(own.MayContain(SubjectFilter::Hash(Subject(kSubjects + 1)))) << rows;
    absl::string_view value;
    EXPECT_TRUE(cache.Find(Family::kLeads, LeadKey(kSubjects - 1), 5, &value)) << rows;
  }
}

// What is committed meanwhile is in the filter, and the cache never gets an older record back.
TEST_F(StartFillTest, LeavesAloneWhatWasWrittenMeanwhile) {
  paused_ = true;
  Begin(0);
  own_.Insert(SubjectFilter::Hash(Subject(kSubjects)), 6);
  cache_.Put(Family::kSubjects, Subject(1), "newer", 6);
  cache_.Put(Family::kSubjects, Subject(2), "newer", 6);
  cache_.Erase(Family::kSubjects, Subject(2), 7);
  cache_.Erase(Family::kLeads, LeadKey(3), 7);
  paused_ = false;
  fill_->AwaitEnd();
  EXPECT_TRUE(own_.MayContain(SubjectFilter::Hash(Subject(kSubjects))));
  EXPECT_EQ(Cached(Family::kSubjects, Subject(1), 7), "newer");
  EXPECT_EQ(Cached(Family::kSubjects, Subject(1), 5), "");
  EXPECT_EQ(Cached(Family::kSubjects, Subject(2), 7), "");
  EXPECT_EQ(Cached(Family::kLeads, LeadKey(3), 7), "");
  EXPECT_EQ(Cached(Family::kSubjects, Subject(4), 7), "subject 4");
}

// The store goes on while it is read: the filter is that of the snapshot and what was inserted.
TEST_F(StartFillTest, BesideCommits) {
  Begin(0);
  for (uint64_t i = 0; i < 2'000; ++i) {
    WriteSet changes;
    changes.Put(Family::kSubjects, Subject(kSubjects + i), "new");
    ASSERT_TRUE(store_->Commit(changes, Durability::kBuffered).ok());
    own_.Insert(SubjectFilter::Hash(Subject(kSubjects + i)), static_cast<int64_t>(6 + i));
    cache_.Put(Family::kSubjects, Subject(i), "newer", static_cast<int64_t>(6 + i));
  }
  fill_->AwaitEnd();
  EXPECT_EQ(own_.size(), kSubjects + 2'000);
  for (uint64_t i = 0; i < kSubjects + 2'000; ++i) {
    ASSERT_TRUE(own_.MayContain(SubjectFilter::Hash(Subject(i)))) << i;
  }
  for (uint64_t i = 0; i < 2'000; ++i) {
    ASSERT_EQ(Cached(Family::kSubjects, Subject(i), 1'000'000), "newer") << i;
  }
}

// A server that ends before everything is read does not wait for it.
TEST_F(StartFillTest, StopsWhereItIs) {
  paused_ = true;
  Begin(10);
  fill_.reset();
  EXPECT_FALSE(own_.complete());
  EXPECT_TRUE(own_.MayContain(SubjectFilter::Hash(Subject(kSubjects + 1))));
}

TEST_F(StartFillTest, CacheTakesWhatFits) {
  RecordCache small(64 << 10);
  StartFill fill(store_->Snapshot(), 5, {&own_, &global_}, &small, FillOptions());
  ASSERT_TRUE(fill.Begin().ok());
  ExpectEverything();
  EXPECT_LE(small.memory_bytes(), size_t{64} << 10);
  small.Put(Family::kSubjects, Subject(1), "newer", 6);
  absl::string_view value;
  ASSERT_TRUE(small.Find(Family::kSubjects, Subject(1), 6, &value));
  EXPECT_EQ(value, "newer");
}

}  // namespace
}  // namespace dnc
