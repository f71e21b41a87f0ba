// The state machine over a store that cannot write, or of which something cannot be read.
#include <gtest/gtest.h>

#include <functional>

#include "server/state/state_machine.h"
#include "storage/schema/keys.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

// Reads that fail when told to.
class FailingReader : public StoreReader {
 public:
  explicit FailingReader(const StoreReader* reader) : reader_(reader) {}

  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override {
    if (fails && fails(family, key)) return absl::UnavailableError("reading a block: I/O error");
    return reader_->Get(family, key, on_value);
  }
  absl::Status Scan(
      Family family, absl::string_view lower, absl::string_view upper,
      absl::FunctionRef<bool(absl::string_view, absl::string_view)> on_row) const override {
    return reader_->Scan(family, lower, upper, on_row);
  }
  std::shared_ptr<const StoreReader> ForScans() const override { return reader_->ForScans(); }

  std::function<bool(Family, absl::string_view)> fails;

 private:
  const StoreReader* const reader_;
};

// A store whose commits and recoveries fail when told to.
class FailingStore : public Store {
 public:
  explicit FailingStore(Store* store) : reader(&store->Latest()), store_(store) {}

  absl::Status CreateMissingFamilies() override { return store_->CreateMissingFamilies(); }
  const StoreReader& Latest() const override { return reader; }
  std::shared_ptr<const StoreReader> Snapshot() const override { return store_->Snapshot(); }
  absl::Status Commit(const WriteSet& changes, Durability durability) override {
    ++commits;
    if (fail_commits) return absl::UnavailableError("no space left");
    return store_->Commit(changes, durability);
  }
  absl::Status DeleteRange(Family family, absl::string_view lower,
                           absl::string_view upper) override {
    return store_->DeleteRange(family, lower, upper);
  }
  absl::Status Drop(Family family, absl::string_view lower, absl::string_view upper) override {
    return store_->Drop(family, lower, upper);
  }
  absl::Status Flush() override { return store_->Flush(); }
  absl::StatusOr<uint64_t> FreeBytes() const override { return store_->FreeBytes(); }
  uint64_t ReservedBytes() const override { return store_->ReservedBytes(); }
  absl::Status background_error() const override {
    return flush_failed ? absl::UnavailableError("a flush failed") : absl::OkStatus();
  }
  absl::Status Resume() override {
    return fail_resume ? absl::UnavailableError("still no space") : absl::OkStatus();
  }
  bool wal_tail_dropped() const override { return false; }

  FailingReader reader;
  bool fail_commits = false;
  bool fail_resume = false;
  bool flush_failed = false;
  int commits = 0;

 private:
  Store* const store_;
};

class StoreFailureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::SetUpAcme(&gateway_);
    gateway_.CloseState();
    absl::StatusOr<std::unique_ptr<StateMachine>> state = StateMachine::Create(&store_, {});
    ASSERT_TRUE(state.ok()) << state.status();
    state_ = *std::move(state);
  }
  absl::Status Apply(const Mutation& mutation) { return Apply({mutation}, nullptr); }
  absl::Status Apply(const std::vector<Mutation>& mutations, std::vector<Outcome>* answers) {
    std::vector<Outcome> outcomes;
    std::vector<LogEntry> entries;
    entries.reserve(mutations.size());
    int64_t revision = state_->applied_revision();
    for (const Mutation& mutation : mutations) entries.push_back({++revision, mutation});
    absl::Status status = state_->Apply(entries, &outcomes);
    if (answers != nullptr) *answers = std::move(outcomes);
    return status;
  }
  // Of one mutation, upon all that is judged.
  std::unique_ptr<JudgedBatch> JudgeBatch(const Mutation& mutation) {
    std::unique_ptr<JudgedBatch> batch = state_->Begin();
    state_->Judge({LogEntry{batch->revision + 1, mutation}}, batch.get());
    return batch;
  }
  bool Writable() const { return state_->writable() && state_->Read()->writable; }

  testing::Gateway gateway_;
  FailingStore store_{&gateway_.store()};
  std::unique_ptr<StateMachine> state_;
};

TEST_F(StoreFailureTest, FailedCommitChangesNothing) {
  const testing::Dump before = gateway_.Rows();
  const int64_t revision = state_->applied_revision();
  EXPECT_TRUE(Writable());
  store_.fail_commits = true;
  const absl::Status failed = Apply(testing::AddPhoneEntry("+12125550001", "id"));
  EXPECT_TRUE(absl::IsUnavailable(failed)) << failed;
  const auto info = ErrorInfoOf(failed);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "STORE_UNAVAILABLE");
  EXPECT_FALSE(Writable());
  EXPECT_EQ(state_->Read()->problem, "no space left");
  EXPECT_EQ(state_->applied_revision(), revision);
  EXPECT_EQ(state_->Read()->revision, revision);
  EXPECT_EQ(gateway_.Rows(), before);
}

TEST_F(StoreFailureTest, FailedConfigurationIsNotShown) {
  store_.fail_commits = true;
  EXPECT_FALSE(Apply(testing::CreateRegistry("r")).ok());
  EXPECT_EQ(state_->Read()->catalog->Find("acme")->FindList("r"), nullptr);
}

// What stands upon a change that was never written must not be written either, even where the store
// has recovered before its turn comes.
TEST_F(StoreFailureTest, BatchJudgedUponOneThatFailedFails) {
  const testing::Dump before = gateway_.Rows();
  const int64_t revision = state_->applied_revision();
  const auto first = JudgeBatch(testing::CreateRegistry("r"));
  const auto second = JudgeBatch(testing::AddPhoneEntry("+12125550001", "id"));
  const auto third = JudgeBatch(testing::AddPhoneEntry("+12125550002"));
  EXPECT_EQ(third->revision, revision + 3);
  store_.fail_commits = true;
  EXPECT_TRUE(absl::IsUnavailable(state_->Commit(first.get())));
  EXPECT_TRUE(absl::IsUnavailable(state_->Commit(second.get())));
  store_.fail_commits = false;
  ASSERT_TRUE(state_->TryRecover().ok());
  const absl::Status late = state_->Commit(third.get());
  EXPECT_EQ(ErrorInfoOf(late).value().reason(), "STORE_UNAVAILABLE") << late;
  EXPECT_TRUE(Writable()) << "the store is well";
  EXPECT_EQ(state_->applied_revision(), revision);
  EXPECT_EQ(state_->Read()->catalog->Find("acme")->FindList("r"), nullptr);
  EXPECT_EQ(gateway_.Rows(), before);
  std::vector<Outcome> outcomes;
  ASSERT_TRUE(Apply({testing::AddPhoneEntry("+12125550001", "id")}, &outcomes).ok());
  EXPECT_EQ(outcomes[0].code(), 0);
  EXPECT_EQ(outcomes[0].revision(), revision + 1) << "the request is new, and there is no gap";
  state_.reset();
  EXPECT_TRUE(gateway_.OpenState().ok());
}

TEST_F(StoreFailureTest, BatchThatIsJudgedIsSeenByTheNextAndByNobodyElse) {
  const int64_t revision = state_->applied_revision();
  const Mutation opt_out = testing::OptOutLead("l", {"+12125550001"}, "id");
  const auto first = JudgeBatch(opt_out);
  const auto second = JudgeBatch(opt_out);
  EXPECT_EQ(second->outcomes[0].SerializeAsString(), first->outcomes[0].SerializeAsString())
      << "a repeat";
  EXPECT_EQ(state_->Read()->revision, revision);
  EXPECT_EQ(state_->DryRun(opt_out).revision(), 0) << "nothing to repeat is there yet";
  ASSERT_TRUE(state_->Commit(first.get()).ok());
  EXPECT_EQ(state_->Read()->revision, revision + 1);
  EXPECT_EQ(state_->DryRun(opt_out).revision(), revision + 1);
  ASSERT_TRUE(state_->Commit(second.get()).ok());
  EXPECT_EQ(state_->Read()->revision, revision + 2);
}

TEST_F(StoreFailureTest, DoesNotTouchTheStoreUntilItHasRecovered) {
  store_.fail_commits = true;
  EXPECT_FALSE(Apply(testing::AddPhoneEntry("+12125550001")).ok());
  const int commits = store_.commits;
  store_.fail_commits = false;
  EXPECT_TRUE(absl::IsUnavailable(Apply(testing::AddPhoneEntry("+12125550001"))));
  EXPECT_EQ(store_.commits, commits);
}

TEST_F(StoreFailureTest, RecoversOnceTheStoreTakesASyncedWrite) {
  store_.fail_commits = true;
  EXPECT_FALSE(Apply(testing::AddPhoneEntry("+12125550001", "id")).ok());
  store_.fail_resume = true;
  EXPECT_FALSE(state_->TryRecover().ok());
  EXPECT_FALSE(Writable());
  store_.fail_resume = false;
  EXPECT_FALSE(state_->TryRecover().ok()) << "it resumes, and cannot write";
  EXPECT_FALSE(Writable());
  store_.fail_commits = false;
  EXPECT_TRUE(state_->TryRecover().ok());
  EXPECT_TRUE(Writable());
  EXPECT_EQ(state_->Read()->problem, "");
  const int64_t revision = state_->applied_revision();
  EXPECT_TRUE(Apply(testing::AddPhoneEntry("+12125550001", "id")).ok());
  EXPECT_EQ(state_->applied_revision(), revision + 1);
  state_.reset();
  EXPECT_TRUE(gateway_.OpenState().ok()) << "no gap";
}

TEST_F(StoreFailureTest, FailureBetweenCommitsIsNoticed) {
  state_->NoticeStoreFailure();
  EXPECT_TRUE(Writable());
  store_.flush_failed = true;
  state_->NoticeStoreFailure();
  EXPECT_FALSE(Writable());
  EXPECT_EQ(state_->Read()->problem, "a flush failed");
  EXPECT_TRUE(absl::IsUnavailable(Apply(testing::AddPhoneEntry("+12125550001"))));
  store_.flush_failed = false;
  EXPECT_TRUE(state_->TryRecover().ok());
  EXPECT_TRUE(Writable());
}

TEST_F(StoreFailureTest, WhatCannotBeReadRefusesOnlyWhatNeedsIt) {
  ASSERT_TRUE(Apply(testing::UpsertLead("damaged", {"+12125550001"})).ok());
  const std::string key = keys::Lead(kGlobalNumber + 1, "damaged");
  store_.reader.fails = [&](Family family, absl::string_view wanted) {
    return family == Family::kLeads && wanted == key;
  };
  const std::vector<Mutation> batch = {testing::OptOutLead("a", {"+12125550002"}, "a"),
                                       testing::OptOutLead("damaged", {}, "damaged"),
                                       testing::OptOutLead("b", {"+12125550003"}, "b")};
  const int64_t revision = state_->applied_revision();
  std::vector<Outcome> outcomes;
  ASSERT_TRUE(Apply(batch, &outcomes).ok());
  EXPECT_TRUE(Writable());
  EXPECT_EQ(outcomes[0].code(), 0);
  EXPECT_EQ(static_cast<absl::StatusCode>(outcomes[1].code()), absl::StatusCode::kUnavailable);
  EXPECT_EQ(outcomes[1].error().reason(), "STORE_UNAVAILABLE");
  EXPECT_EQ(outcomes[1].revision(), revision + 2);
  EXPECT_EQ(outcomes[2].code(), 0);
  ASSERT_TRUE(Apply(batch, &outcomes).ok()) << "a repeat closes nothing either";
  EXPECT_TRUE(Writable());
  store_.reader.fails = nullptr;
  ASSERT_TRUE(Apply(batch, &outcomes).ok());
  EXPECT_EQ(outcomes[1].code(), 0) << "once it is mended, the same request takes effect";
  EXPECT_EQ(outcomes[0].revision(), revision + 1) << "the others took effect once";
  state_.reset();
  EXPECT_TRUE(gateway_.OpenState().ok()) << "no gap";
}

TEST_F(StoreFailureTest, AnUnreadableAnswerToARequestIdIsNoAnswer) {
  ASSERT_TRUE(Apply(testing::AddPhoneEntry("+12125550001", "id")).ok());
  store_.reader.fails = [](Family family, absl::string_view) {
    return family == Family::kRequests;
  };
  std::vector<Outcome> outcomes;
  ASSERT_TRUE(Apply({testing::AddPhoneEntry("+12125550001", "id")}, &outcomes).ok());
  EXPECT_EQ(outcomes[0].error().reason(), "STORE_UNAVAILABLE");
  EXPECT_TRUE(Writable());
}

TEST_F(StoreFailureTest, AStoreThatCannotBeReadAtAllIsClosed) {
  store_.reader.fails = [](Family, absl::string_view) { return true; };
  EXPECT_TRUE(absl::IsUnavailable(Apply(testing::AddPhoneEntry("+12125550001"))));
  EXPECT_FALSE(Writable());
  EXPECT_FALSE(state_->TryRecover().ok());
  EXPECT_FALSE(Writable());
  store_.reader.fails = nullptr;
  EXPECT_TRUE(state_->TryRecover().ok());
  EXPECT_TRUE(Writable());
}

TEST_F(StoreFailureTest, RecoveryOfAHealthyStoreDoesNothing) {
  const int commits = store_.commits;
  EXPECT_TRUE(state_->TryRecover().ok());
  EXPECT_EQ(store_.commits, commits);
}

}  // namespace
}  // namespace dnc
