#include "server/state/change_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Notes what it is told.
class Noting : public Follower {
 public:
  void OnRevision(int64_t revision, int64_t evicted) override {
    told.emplace_back(revision, evicted);
  }

  std::vector<std::pair<int64_t, int64_t>> told;
};

class ChangeFeedTest : public ::testing::Test {
 protected:
  ChangeFeedTest() {
    ChangeFeed::Limits limits;
    limits.records = 3;
    limits.bytes = 1000;
    feed_.SetLimits(limits);
  }

  void Prepare(int64_t revision, size_t bytes = 0) {
    storage::v1::AuditRecord record;
    record.set_revision(revision);
    record.mutable_mutation()->set_request_id(std::string(bytes, 'x'));
    feed_.Prepare(record.SerializeAsString(), &prepared_);
  }
  void Publish(int64_t revision) { feed_.Publish(revision, std::exchange(prepared_, {})); }
  void Apply(const std::vector<int64_t>& revisions, size_t bytes = 0) {
    for (const int64_t revision : revisions) Prepare(revision, bytes);
    Publish(revisions.back());
  }
  std::vector<int64_t> Held() const {
    std::vector<int64_t> held;
    for (int64_t revision = 0; revision < 40; ++revision) {
      const ChangeFeed::Record record = feed_.Find(revision);
      if (record == nullptr) continue;
      EXPECT_EQ(record->revision(), revision);
      held.push_back(revision);
    }
    return held;
  }
  std::shared_ptr<Noting> Follow() {
    auto follower = std::make_shared<Noting>();
    feed_.Add(follower);
    return follower;
  }

  ChangeFeed feed_;
  ChangeFeed::Prepared prepared_;
};

TEST_F(ChangeFeedTest, KeepsTheNewestForThoseWhoFollow) {
  Apply({1, 2});
  EXPECT_THAT(Held(), IsEmpty()) << "nobody follows";
  const auto follower = Follow();
  Apply({3});
  Apply({4, 5});
  EXPECT_THAT(Held(), ElementsAre(3, 4, 5));
  EXPECT_THAT(follower->told, ElementsAre(Pair(3, 0), Pair(5, 0)));
  feed_.Remove(follower.get());
  EXPECT_THAT(Held(), IsEmpty());
  Apply({6});
  EXPECT_EQ(follower->told.size(), 2u);
}

TEST_F(ChangeFeedTest, TellsWhatHadToMakeRoomToThoseWhoCouldHaveReadIt) {
  const auto follower = Follow();
  Apply({1, 2, 3});
  Apply({4, 5});
  EXPECT_THAT(Held(), ElementsAre(3, 4, 5));
  EXPECT_THAT(follower->told, ElementsAre(Pair(3, 0), Pair(5, 2)));
}

// However fast they are: nobody can have read a revision of the very batch.
TEST_F(ChangeFeedTest, ABatchThatDoesNotFitCutsOffOnlyThoseWhoWereBehindBefore) {
  const auto follower = Follow();
  Apply({1, 2});
  Apply({3, 4, 5, 6, 7});
  EXPECT_THAT(Held(), ElementsAre(5, 6, 7));
  EXPECT_EQ(follower->told.back(), std::make_pair(int64_t{7}, int64_t{2}));
  // Whoever has not read of it by the next one is told then.
  Apply({8});
  EXPECT_EQ(follower->told.back(), std::make_pair(int64_t{8}, int64_t{5}));
}

TEST_F(ChangeFeedTest, ARecordThatIsLargerThanTheFeedIsReadFromTheStore) {
  const auto follower = Follow();
  Apply({1});
  Apply({2}, 2000);
  EXPECT_THAT(Held(), IsEmpty());
  EXPECT_EQ(follower->told.back(), std::make_pair(int64_t{2}, int64_t{1}));
  Apply({3});
  EXPECT_THAT(Held(), ElementsAre(3));
  EXPECT_EQ(follower->told.back(), std::make_pair(int64_t{3}, int64_t{2}));
}

TEST_F(ChangeFeedTest, WhatWasNotKeptLeavesNoHole) {
  auto first = Follow();
  Apply({1, 2});
  feed_.Remove(first.get());
  Apply({3});
  const auto second = Follow();
  Apply({4});
  EXPECT_THAT(Held(), ElementsAre(4));
}

TEST_F(ChangeFeedTest, WhoComesOrGoesWithinABatchChangesNothingForOthers) {
  Prepare(1);  // nobody follows yet
  const auto early = Follow();
  Prepare(2);
  Publish(2);
  EXPECT_THAT(Held(), ElementsAre(2));
  EXPECT_THAT(early->told, ElementsAre(Pair(2, 0)));
  Prepare(3);
  feed_.Remove(early.get());
  Publish(3);
  EXPECT_THAT(Held(), IsEmpty());
  Prepare(4);
  const auto late = Follow();
  Publish(4);
  EXPECT_THAT(late->told, ElementsAre(Pair(4, 0)));
  EXPECT_THAT(Held(), IsEmpty());
  Apply({5});
  EXPECT_THAT(Held(), ElementsAre(5));
}

TEST_F(ChangeFeedTest, ABatchThatFailedIsForgotten) {
  const auto follower = Follow();
  Prepare(1);
  prepared_.clear();
  Apply({1});
  EXPECT_THAT(Held(), ElementsAre(1));
  EXPECT_EQ(follower->told.size(), 1u);
}

}  // namespace
}  // namespace dnc
