// Records of checks on disk: buckets, retirement, gaps and counts.
#include "storage/recording/decision_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/base/clock.h"
#include "storage/recording/secret.h"
#include "tests/unit/recording/records.h"

namespace dnc {
namespace {

using storage::v1::RecordedGap;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr UnixMicros kStart = 1'768'478'400 * kSecond;
constexpr uint32_t kOrg = 7;

class DecisionStoreTest : public ::testing::Test {
 protected:
  DecisionStoreTest() {
    path_ = absl::StrCat(::testing::TempDir(), "/dnc-recording-XXXXXX");
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    limits_.retention_micros = 30 * kDay;
    limits_.counter_retention_micros = 1000 * kDay;
    limits_.max_bytes = uint64_t{1} << 30;
  }
  ~DecisionStoreTest() override {
    decisions_.reset();
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  void Open(UnixMicros now, bool recording = true, bool answered_before = false) {
    decisions_.reset();
    store_.reset();
    auto store = RecordingStore::Open({path_, nullptr});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    auto decisions = DecisionStore::Create(store_.get(), limits_, now, recording, answered_before);
    ASSERT_TRUE(decisions.ok()) << decisions.status();
    decisions_ = *std::move(decisions);
  }

  static DecisionRow Row(UnixMicros time, uint32_t number = 0) {
    DecisionRow row{kOrg, {static_cast<uint64_t>(time), 1, number, 0}, {}};
    row.record.set_kind(v1::DECISION_KIND_CHECK);
    row.record.set_time(time);
    row.record.set_channel(v1::CHANNEL_VOICE);
    row.record.set_verdict(v1::VERDICT_ALLOW);
    return row;
  }
  void Append(const std::vector<DecisionRow>& rows, UnixMicros now) {
    ASSERT_EQ(decisions_->Append(BatchOf(rows), now, now), absl::OkStatus());
  }
  static DecisionBatch BatchOf(const std::vector<DecisionRow>& rows) {
    DecisionBatch batch;
    for (const DecisionRow& row : rows) dnc::testing::AddRow(row, &batch.records);
    return batch;
  }
  void AppendGap(v1::DecisionGapCause cause, UnixMicros start, UnixMicros end, int64_t count) {
    RecordedGap gap;
    gap.set_cause(cause);
    gap.set_start_time(start);
    gap.set_end_time(end);
    gap.set_count(count);
    ASSERT_EQ(decisions_->Append({{}, {gap}}, end, end), absl::OkStatus());
  }
  bool Has(const DecisionRow& row) {
    const auto found = decisions_->Get(row.org, row.id);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() && found->has_value();
  }
  // The times of the records within [start, end), in seconds since kStart.
  std::vector<int64_t> Times(UnixMicros start, UnixMicros end) {
    std::vector<int64_t> times;
    int budget = 1 << 20;
    DecisionRange range;
    range.start_time = static_cast<uint64_t>(start);
    range.end_time = static_cast<uint64_t>(end);
    const auto next = decisions_->ScanDown(kOrg, range, "", &budget, [&](const DecisionRow& row) {
      times.push_back((row.record.time() - kStart) / kSecond);
      return true;
    });
    EXPECT_TRUE(next.ok() && next->empty());
    return times;
  }
  std::vector<v1::DecisionGapCause> Causes(UnixMicros start, UnixMicros end) {
    const auto gaps = decisions_->Gaps(start, end, 100);
    EXPECT_TRUE(gaps.ok());
    std::vector<v1::DecisionGapCause> causes;
    for (const RecordedGap& gap : *gaps) causes.push_back(gap.cause());
    return causes;
  }

  std::string path_;
  DecisionLimits limits_;
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<DecisionStore> decisions_;
};

TEST_F(DecisionStoreTest, FindsRecordsInEveryBucket) {
  Open(kStart);
  std::vector<DecisionRow> rows;
  for (int hour = 0; hour < 5; ++hour) {
    rows.push_back(Row(kStart + hour * kHour));
    Append({rows.back()}, kStart + hour * kHour + kSecond);
  }
  const int64_t h = 3600;
  for (int round = 0; round < 2; ++round) {
    for (const DecisionRow& row : rows) EXPECT_TRUE(Has(row));
    EXPECT_FALSE(Has(Row(kStart + 1)));
    EXPECT_THAT(Times(0, kStart + kDay), ElementsAre(4 * h, 3 * h, 2 * h, h, 0));
    EXPECT_THAT(Times(kStart + kHour, kStart + 3 * kHour), ElementsAre(2 * h, h));
    Open(kStart + 5 * kHour);  // and once more after a restart
  }
}

// A record is found however clocks were set in the meantime.
TEST_F(DecisionStoreTest, FindsRecordsOfAClockThatWasSetBack) {
  Open(kStart);
  const DecisionRow first = Row(kStart);
  const DecisionRow second = Row(kStart - 3 * kDay);
  Append({first}, kStart);
  Append({second}, kStart - 3 * kDay);
  EXPECT_TRUE(Has(first));
  EXPECT_TRUE(Has(second));
  EXPECT_THAT(Times(kStart - 4 * kDay, kStart - 2 * kDay), ElementsAre(-3 * 86400));
}

TEST_F(DecisionStoreTest, PagesMeetEachRecordOnce) {
  Open(kStart);
  for (int i = 0; i < 40; ++i) {
    Append({Row(kStart + i * kHour / 4, 1), Row(kStart + i * kHour / 4, 2)},
           kStart + i * kHour / 4);
  }
  std::vector<int64_t> times;
  std::string below;
  int pages = 0;
  do {
    int budget = 7;
    const auto next = decisions_->ScanDown(kOrg, {}, below, &budget, [&](const auto& row) {
      times.push_back(row.record.time());
      return true;
    });
    ASSERT_TRUE(next.ok());
    below = *next;
    ASSERT_LT(++pages, 100);
  } while (!below.empty());
  EXPECT_EQ(times.size(), 80u);
  EXPECT_TRUE(std::is_sorted(times.rbegin(), times.rend()));
}

TEST_F(DecisionStoreTest, RetiresByAge) {
  Open(kStart);
  const DecisionRow old = Row(kStart);
  const DecisionRow young = Row(kStart + 20 * kDay);
  Append({old}, kStart);
  Append({young}, kStart + 20 * kDay);
  ASSERT_EQ(decisions_->Retire(kStart + 30 * kDay), absl::OkStatus());
  EXPECT_TRUE(Has(old));
  ASSERT_EQ(decisions_->Retire(kStart + 30 * kDay + kHour), absl::OkStatus());
  EXPECT_FALSE(Has(old));
  EXPECT_TRUE(Has(young));
  EXPECT_EQ(decisions_->OldestTime(), kStart + kHour);
  EXPECT_THAT(Causes(0, kStart + kDay), ElementsAre(v1::DECISION_GAP_CAUSE_RETIRED));
  EXPECT_THAT(Causes(kStart + kDay, kStart + 2 * kDay), IsEmpty());
  ASSERT_EQ(decisions_->Retire(kStart + 300 * kDay), absl::OkStatus());
  EXPECT_FALSE(Has(young));
}

// However much is recorded, the disk stays bounded, and the newest is there.
TEST_F(DecisionStoreTest, RetiresBySize) {
  limits_.max_bytes = 4u << 20;
  Open(kStart);
  UnixMicros now = kStart;
  DecisionRow row;
  uint64_t written = 0;
  for (int batch = 0; batch < 30; ++batch) {
    std::vector<DecisionRow> rows;
    for (uint32_t i = 0; i < 1000; ++i) {
      row = Row(now, i);
      std::string noise(200, '\0');  // which no compression makes small
      for (char& c : noise) c = static_cast<char>(written++ * 2654435761u >> 13);
      row.record.set_lead(noise);
      rows.push_back(row);
    }
    Append(std::move(rows), now);
    ASSERT_EQ(decisions_->Retire(now), absl::OkStatus());
    ASSERT_LE(decisions_->SizeOnDisk(), 2 * limits_.max_bytes);
    now += kSecond;
  }
  EXPECT_TRUE(Has(row));
  EXPECT_FALSE(Has(Row(kStart, 5)));
  EXPECT_GT(decisions_->OldestTime(), kStart);
}

TEST_F(DecisionStoreTest, ACrashAndATimeWithoutRecordingAreGaps) {
  Open(kStart);
  Append({Row(kStart)}, kStart + kSecond);
  ASSERT_EQ(decisions_->Close(kStart + 2 * kSecond), absl::OkStatus());
  Open(kStart + kHour);
  EXPECT_THAT(Causes(kStart, kStart + kHour), IsEmpty());
  Append({Row(kStart + kHour)}, kStart + kHour);
  Open(kStart + 2 * kHour);  // without a Close
  EXPECT_THAT(Causes(kStart, kStart + 2 * kHour), ElementsAre(v1::DECISION_GAP_CAUSE_CRASH));
  EXPECT_THAT(Causes(kStart, kStart + kHour - 2 * kSecond), IsEmpty());
  ASSERT_EQ(decisions_->Close(kStart + 2 * kHour), absl::OkStatus());
  Open(kStart + 3 * kHour, /*recording=*/false);
  EXPECT_THAT(Causes(kStart + 4 * kHour, kStart + 5 * kHour),
              ElementsAre(v1::DECISION_GAP_CAUSE_DISABLED));
  ASSERT_EQ(decisions_->Close(kStart + 4 * kHour), absl::OkStatus());
  Open(kStart + 6 * kHour);
  EXPECT_THAT(Causes(kStart + 4 * kHour, kStart + 5 * kHour),
              ElementsAre(v1::DECISION_GAP_CAUSE_DISABLED));
  EXPECT_THAT(Causes(kStart + 7 * kHour, kStart + 8 * kHour), IsEmpty());
}

// Of rows that are still in memory some may be older than those that were written.
TEST_F(DecisionStoreTest, ACrashGapBeginsWhereTheRecordsEndedToBeComplete) {
  Open(kStart);
  ASSERT_EQ(
      decisions_->Append(BatchOf({Row(kStart + kHour)}), kStart + kHour, kStart + 60 * kSecond),
      absl::OkStatus());
  Open(kStart + 2 * kHour);  // without a Close
  EXPECT_THAT(Causes(kStart, kStart + 58 * kSecond), IsEmpty());
  EXPECT_THAT(Causes(kStart + 61 * kSecond, kStart + 62 * kSecond),
              ElementsAre(v1::DECISION_GAP_CAUSE_CRASH));
}

// Nothing is missing of a time in which nobody was answered.
TEST_F(DecisionStoreTest, OnlyAServerThatAnsweredWithoutRecordsBeginsWithAGap) {
  Open(kStart);
  EXPECT_THAT(Causes(0, kStart + kDay), IsEmpty());
  EXPECT_EQ(decisions_->OldestTime(), kStart);
  decisions_.reset();
  store_.reset();
  std::filesystem::remove_all(path_);
  Open(kStart, /*recording=*/true, /*answered_before=*/true);
  EXPECT_THAT(Causes(0, kStart - kDay), ElementsAre(v1::DECISION_GAP_CAUSE_DISABLED));
  EXPECT_THAT(Causes(kStart + 1, kStart + kDay), IsEmpty());
  ASSERT_EQ(decisions_->Close(kStart), absl::OkStatus());
  Open(kStart + kHour, /*recording=*/true, /*answered_before=*/true);
  EXPECT_THAT(Causes(kStart + 1, kStart + kDay), IsEmpty());
}

// However often the disk falls behind, there are few gaps to look through.
TEST_F(DecisionStoreTest, GapsThatMeetAreOne) {
  constexpr auto kOverload = v1::DECISION_GAP_CAUSE_OVERLOAD;
  constexpr auto kFailure = v1::DECISION_GAP_CAUSE_WRITE_FAILURE;
  Open(kStart);
  for (int64_t i = 0; i < 100; ++i) {
    AppendGap(kOverload, kStart + i * kSecond, kStart + (i + 2) * kSecond, 3);
    AppendGap(kFailure, kStart + i * kSecond, kStart + (i + 2) * kSecond, 1);
  }
  AppendGap(kOverload, kStart + kHour, kStart + kHour, 5);
  AppendGap(kOverload, kStart + kHour, kStart + kHour, 5);
  EXPECT_EQ(decisions_->state().dropped(), 410);
  for (int round = 0; round < 2; ++round) {
    const auto gaps = decisions_->Gaps(0, kStart + kDay, 100);
    ASSERT_TRUE(gaps.ok());
    std::vector<std::string> texts;
    for (const RecordedGap& gap : *gaps) {
      texts.push_back(absl::StrCat(gap.cause(), " ", (gap.start_time() - kStart) / kSecond, "-",
                                   (gap.end_time() - kStart) / kSecond, " ", gap.count()));
    }
    EXPECT_THAT(texts,
                ::testing::UnorderedElementsAre("1 3600-3600 10", "1 0-101 300", "2 0-101 100"));
    ASSERT_EQ(decisions_->Close(kStart + kHour), absl::OkStatus());
    Open(kStart + kHour);
  }
}

// A gap that no record followed is not forgotten before what came before it is known to be gone.
TEST_F(DecisionStoreTest, RetiringForgetsOnlyGapsOfWhatIsRetired) {
  Open(kStart);
  Append({Row(kStart)}, kStart);
  AppendGap(v1::DECISION_GAP_CAUSE_OVERLOAD, kStart + 1, kStart + 2, 1);
  AppendGap(v1::DECISION_GAP_CAUSE_OVERLOAD, kStart + 5 * kHour, kStart + 6 * kHour, 1);
  Append({Row(kStart + 10 * kHour)}, kStart + 10 * kHour);
  ASSERT_EQ(decisions_->Retire(kStart + 30 * kDay + 8 * kHour), absl::OkStatus());
  EXPECT_THAT(Causes(0, kStart + kHour / 2), ElementsAre(v1::DECISION_GAP_CAUSE_RETIRED));
  EXPECT_THAT(Causes(kStart + 2 * kHour, kStart + 10 * kHour),
              ElementsAre(v1::DECISION_GAP_CAUSE_OVERLOAD));
}

// What reports add up, without a look at the records.
TEST_F(DecisionStoreTest, CountsChecksByHourChannelCampaignReasonAndVerdict) {
  Open(kStart);
  DecisionRow denied = Row(kStart);
  denied.record.set_verdict(v1::VERDICT_DENY);
  denied.record.set_campaign("spring");
  denied.record.add_reasons()->set_type(v1::REASON_TYPE_CONTACT_POINT_ON_LIST);
  denied.record.add_reasons()->set_type(v1::REASON_TYPE_NURTURE);
  DecisionRow block = Row(kStart);
  block.record.set_kind(v1::DECISION_KIND_FILTER_BLOCK);
  block.record.set_verdict(v1::VERDICT_DENY);
  block.record.set_allowed(90);
  storage::v1::RecordedReasonCount* reason = block.record.add_reason_counts();
  reason->set_type(v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY);
  reason->set_verdict(v1::VERDICT_DENY);
  reason->set_count(10);
  DecisionRow part = Row(kStart);
  part.record.set_kind(v1::DECISION_KIND_FILTER_DENIED);
  Append({Row(kStart), denied, block, part}, kStart);
  Append({Row(kStart + kSecond), denied}, kStart + kSecond);
  Append({Row(kStart + kHour)}, kStart + kHour);
  std::vector<std::string> counts;
  const auto hour = static_cast<uint32_t>(kStart / kHour);
  ASSERT_EQ(decisions_->ScanCounters(hour, hour + 1,
                                     [&](const recording_keys::Counter& counter, uint64_t count) {
                                       EXPECT_EQ(counter.org, kOrg);
                                       EXPECT_EQ(counter.channel, v1::CHANNEL_VOICE);
                                       counts.push_back(absl::StrCat(
                                           counter.hour - hour, " ", counter.verdict, " ",
                                           counter.reason, " ", counter.campaign, " ", count));
                                     }),
            absl::OkStatus());
  EXPECT_THAT(counts, ElementsAre("0 1 0  92", "0 2 1 spring 2", "0 2 2  10", "1 1 0  1"));
}

TEST_F(DecisionStoreTest, ASchemaOfANewerProgramIsRefused) {
  Open(kStart);
  storage::v1::RecordingState state = decisions_->state();
  state.set_schema_version(99);
  RecordingBatch batch;
  batch.Add(RecordingFamily::kState, recording_keys::State(), state.SerializeAsString());
  ASSERT_EQ(store_->Write(batch, true), absl::OkStatus());
  EXPECT_EQ(DecisionStore::Create(store_.get(), limits_, kStart, true, false).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(SecretTest, IsMadeOnceAndGivesEqualHashes) {
  std::string path = absl::StrCat(::testing::TempDir(), "/dnc-secret-XXXXXX");
  ASSERT_NE(mkdtemp(path.data()), nullptr);
  const std::string file = path + "/recording.key";
  EXPECT_EQ(Secret::Open(file, false).status().code(), absl::StatusCode::kDataLoss);
  const absl::StatusOr<Secret> made = Secret::Open(file, true);
  const absl::StatusOr<Secret> read = Secret::Open(file, false);
  ASSERT_TRUE(made.ok() && read.ok());
  for (const char* other : {"b", ""}) {
    EXPECT_NE(made->Digest("a"), read->Digest(other));
    EXPECT_NE(made->Code("a"), read->Code(other));
  }
  EXPECT_EQ(made->Digest("a"), read->Digest("a"));
  EXPECT_EQ(made->Code("a"), read->Code("a"));
  EXPECT_NE(made->Digest("a"), Secret("other").Digest("a"));
  EXPECT_NE(made->Code("a"), Secret("other").Code("a"));
  struct stat mode {};
  ASSERT_EQ(stat(file.c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0777, 0600u);
  std::ofstream(file) << "12";
  EXPECT_EQ(Secret::Open(file, true).status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::remove_all(path);
  // RFC 4231, test case 2, the first 16 bytes.
  EXPECT_EQ(absl::BytesToHexString(Secret("Jefe").Digest("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c7");
}

}  // namespace
}  // namespace dnc
