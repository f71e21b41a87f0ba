// The threads that write records of checks and retire them: what a query waits for, and what is
// told to be missing.
#include "server/recording/decision_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "storage/base/clock.h"
#include "tests/unit/recording/eventually.h"
#include "tests/unit/storage/faulty_disk.h"

namespace dnc {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class DecisionRecorderTest : public ::testing::Test {
 protected:
  static constexpr int64_t kSecond = 1'000'000;
  static constexpr int64_t kHour = 3600 * kSecond;
  static constexpr UnixMicros kStart = 1'768'478'400 * kSecond;
  static constexpr uint32_t kOrg = 7;

  DecisionRecorderTest() : path_(absl::StrCat(::testing::TempDir(), "/dnc-recorder-XXXXXX")) {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    organization_.record.set_number(kOrg);
    options_.queue = 1024;
    options_.paused = &paused_;
  }
  ~DecisionRecorderTest() override {
    paused_ = false;
    if (!may_retire_.HasBeenNotified()) may_retire_.Notify();
    recorder_.reset();
    decisions_.reset();
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  void Start() {
    auto store = RecordingStore::Open({path_, env_.get()});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    DecisionLimits limits;
    limits.retention_micros = limits.counter_retention_micros = 1000 * kHour;
    limits.max_bytes = uint64_t{1} << 30;
    auto decisions = DecisionStore::Create(store_.get(), limits, clock_.Now(), true, false);
    ASSERT_TRUE(decisions.ok()) << decisions.status();
    decisions_ = *std::move(decisions);
    recorder_ = std::make_unique<DecisionRecorder>(decisions_.get(), &secret_, &clock_, options_);
  }

  // A check that is judged now.
  void Record(int count = 1) {
    Question question;
    question.organization = question.global = &organization_;
    question.channel = v1::CHANNEL_VOICE;
    question.now = clock_.Now();
    for (int i = 0; i < count; ++i) {
      EventWriter event;
      WriteCheckEvent({v1::DECISION_KIND_CHECK, "c", &question, 1}, NewDecisionId(clock_.Now()), "",
                      {}, {}, &event);
      ASSERT_EQ(recorder_->Record(event.bytes(), false), absl::OkStatus());
    }
  }
  std::vector<v1::DecisionGapCause> Causes(UnixMicros start, UnixMicros end) {
    const auto gaps = decisions_->Gaps(start, end, 100);
    EXPECT_TRUE(gaps.ok());
    std::vector<v1::DecisionGapCause> causes;
    for (const auto& gap : *gaps) causes.push_back(gap.cause());
    return causes;
  }
  void FillDisk() {
    disk_->faults.log_full = true;
    ASSERT_TRUE(dnc::testing::Eventually([&] { return !recorder_->state().writable; }));
  }
  // It is tried again and again.
  void EmptyDisk() {
    disk_->faults.log_full = false;
    ASSERT_TRUE(dnc::testing::Eventually([&] { return recorder_->Flush().ok(); }));
  }

  std::string path_;
  const std::shared_ptr<dnc::testing::FaultyDisk> disk_ =
      std::make_shared<dnc::testing::FaultyDisk>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  ManualClock clock_{kStart};
  const Secret secret_{"k"};
  CatalogOrganization organization_;
  std::atomic<bool> paused_{false};
  absl::Notification retiring_;
  absl::Notification may_retire_;
  RecorderOptions options_;
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<DecisionStore> decisions_;
  std::unique_ptr<DecisionRecorder> recorder_;
};

// A full disk costs records, which are counted, and not one check waits for it.
TEST_F(DecisionRecorderTest, WhatAFullDiskCostsIsCounted) {
  Start();
  Record();
  ASSERT_EQ(recorder_->Flush(), absl::OkStatus());
  disk_->faults.log_full = true;
  Record(100);
  FillDisk();
  EmptyDisk();
  EXPECT_TRUE(recorder_->state().writable);
  EXPECT_EQ(recorder_->state().recorded + recorder_->state().dropped, 101);
  EXPECT_GT(recorder_->state().dropped, 0);
  EXPECT_THAT(Causes(kStart, kStart), ElementsAre(v1::DECISION_GAP_CAUSE_WRITE_FAILURE));
}

// Of those that read records each would hold a thread, and there are few.
TEST_F(DecisionRecorderTest, NobodyWaitsForADiskThatJustFailed) {
  Start();
  disk_->faults.log_full = true;
  Record();
  FillDisk();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(recorder_->Flush().code(), absl::StatusCode::kUnavailable);
  }
  EmptyDisk();
  Record();
  EXPECT_EQ(recorder_->Flush(), absl::OkStatus());
}

// Records are dropped while the queue is full: after those that are in it.
TEST_F(DecisionRecorderTest, WhatIsDroppedIsMissingForTheTimeWhenItWasDropped) {
  options_.queue = 64;
  paused_ = true;
  Start();
  Record(64);
  clock_.Advance(5 * kSecond);
  Record();
  clock_.Advance(kHour);
  paused_ = false;
  ASSERT_EQ(recorder_->Flush(), absl::OkStatus());
  EXPECT_EQ(recorder_->state().recorded + recorder_->state().dropped, 65);
  EXPECT_THAT(Causes(kStart + 5 * kSecond, kStart + 5 * kSecond),
              ElementsAre(v1::DECISION_GAP_CAUSE_OVERLOAD));
  EXPECT_EQ(recorder_->state().last_drop_time, clock_.Now());
  // From then on nothing is missing.
  clock_.Advance(kHour);
  Record();
  ASSERT_EQ(recorder_->Flush(), absl::OkStatus());
  EXPECT_THAT(Causes(clock_.Now() - kHour + kSecond, clock_.Now()), IsEmpty());
}

// One queue is written after the other, so what another one holds may be older.
TEST_F(DecisionRecorderTest, WhileSomeWaitsWhatIsWrittenIsNotComplete) {
  std::vector<UnixMicros> halfway;
  disk_->faults.before_log_write = [&] {
    if (decisions_ == nullptr) return;
    const storage::v1::RecordingState state = decisions_->state();
    if (state.recorded() == 4096) halfway.push_back(state.last_batch_time());
  };
  options_.queue = 65'536;
  options_.look_interval = absl::ZeroDuration();
  paused_ = true;
  Start();
  clock_.Advance(9 * kSecond);
  Record(5000);
  paused_ = false;
  ASSERT_EQ(recorder_->Flush(), absl::OkStatus());
  EXPECT_EQ(recorder_->state().recorded, 5000);
  EXPECT_EQ(decisions_->state().last_batch_time(), clock_.Now());
  recorder_.reset();
  EXPECT_THAT(halfway, AllOf(Not(IsEmpty()), Each(kStart)));
}

// So that a kill leaves no long gap, although nobody asked anything before it.
TEST_F(DecisionRecorderTest, NowAndThenItIsOnRecordThatNothingIsMissing) {
  options_.look_interval = absl::ZeroDuration();
  Start();
  clock_.Advance(kHour);
  EXPECT_TRUE(dnc::testing::Eventually(
      [&] { return decisions_->state().last_batch_time() == clock_.Now(); }));
  EXPECT_THAT(Causes(0, clock_.Now()), IsEmpty());
}

TEST_F(DecisionRecorderTest, RetiringHoldsUpNoRecord) {
  options_.retire = [this](UnixMicros) {
    if (!retiring_.HasBeenNotified()) retiring_.Notify();
    may_retire_.WaitForNotification();
    return absl::OkStatus();
  };
  Start();
  clock_.Advance(kHour);
  ASSERT_EQ(recorder_->Flush(), absl::OkStatus());
  retiring_.WaitForNotification();
  Record();
  EXPECT_EQ(recorder_->Flush(), absl::OkStatus());
  EXPECT_EQ(recorder_->state().recorded, 1);
}

}  // namespace
}  // namespace dnc
