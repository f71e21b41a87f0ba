// Pages of records and the index over them: whatever was written is found by everything it names,
// before and after a restart, whole or of an older release; and what is damaged is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/recording/decision_index.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/sip_hash.h"
#include "tests/unit/recording/records.h"

namespace dnc {
namespace {

using dnc::testing::AddRow;
using dnc::testing::RowsOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kSecondMicros = 1'000'000;
constexpr int64_t kHourMicros = 3600 * kSecondMicros;
constexpr UnixMicros kBegin = 1'768'478'400 * kSecondMicros;

std::string CodeBytes(uint64_t code) { return recording_keys::Number64(code); }

// A record of any kind; the numbers that it has repeat, so that searches find several.
DecisionRow AnyRow(std::mt19937_64* random, UnixMicros time, uint32_t number,
                   uint64_t most_points = 2) {
  auto& draw = *random;
  DecisionRow row{static_cast<uint32_t>(draw() % 3),
                  {static_cast<uint64_t>(time), static_cast<uint32_t>(draw() % 4), number, 0},
                  {}};
  storage::v1::RecordedDecision& record = row.record;
  record.set_kind(v1::DECISION_KIND_CHECK);
  record.set_time(time);
  record.set_channel(static_cast<v1::Channel>(1 + draw() % 3));
  record.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  record.set_verdict(static_cast<v1::Verdict>(1 + draw() % 3));
  record.set_revision(static_cast<int64_t>(1000 + draw() % 50));
  record.set_caller(absl::StrCat("caller", draw() % 3));
  if (draw() % 2 == 0) record.set_lead(absl::StrCat("lead", draw() % 200));
  if (draw() % 4 == 0) record.set_campaign(absl::StrCat("campaign", draw() % 5));
  if (draw() % 8 == 0) record.set_brand("brand");
  record.set_more_contact_points(draw() % 50 == 0);
  for (uint64_t i = draw() % 3; i > 0; --i) {
    storage::v1::RecordedReason* reason = record.add_reasons();
    reason->set_type(static_cast<v1::ReasonType>(1 + draw() % 5));
    reason->set_effect(v1::VERDICT_DENY);
    reason->set_list(static_cast<uint32_t>(draw() % 4));
    reason->set_global(draw() % 2 == 0);
    if (draw() % 2 == 0) {
      reason->set_entry_revision(draw() % 100'000 + 1);
      reason->set_entry_ordinal(static_cast<uint32_t>(draw() % 3));
    }
  }
  for (uint64_t i = draw() % (most_points + 1); i > 0; --i) {
    record.add_contact_points(draw() % 5 == 0 ? "j***@example.com" : "+1212***07");
    record.add_contact_hashes(CodeBytes(draw() % 300 * 0x9e3779b97f4a7c15));
  }
  return row;
}

std::string TextOf(const DecisionRow& row) {
  return absl::StrCat(row.org, " ", FormatDecisionId(row.id), " ", row.record.ShortDebugString());
}

std::vector<std::string> TextsOf(const std::vector<DecisionRow>& rows) {
  std::vector<std::string> texts;
  texts.reserve(rows.size());
  for (const DecisionRow& row : rows) texts.push_back(TextOf(row));
  return texts;
}

TEST(SipHashTest, GivesWhatItsAuthorsSay) {
  // The first vectors of the reference implementation: key 00…0f, input 00, 00 01, ….
  SipKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::string input;
  const uint64_t expected[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
                               0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
                               0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462,
                               0x9e0082df0ba9e4b0};
  for (const uint64_t hash : expected) {
    EXPECT_EQ(SipHash(key, input), hash) << input.size();
    input.push_back(static_cast<char>(input.size()));
  }
}

TEST(ContactMaskTest, ShowsOfAPhoneNumberWhatMaskContactShows) {
  for (const uint64_t digits :
       {uint64_t{123456789}, uint64_t{12125550123}, uint64_t{4930123456789}, uint64_t{100000000},
        uint64_t{999999999999999}, uint64_t{1000000000}}) {
    ContactMask mask;
    ASSERT_TRUE(ContactMask::OfPhone(digits, &mask));
    EXPECT_EQ(mask.Text(), MaskContact(absl::StrCat("+", digits)));
  }
  ContactMask mask;
  EXPECT_FALSE(ContactMask::OfPhone(99'999'999, &mask));
  EXPECT_FALSE(mask.is_phone);
}

TEST(DecisionPageTest, GivesBackWhatWasPutIntoIt) {
  std::mt19937_64 random(1);
  std::vector<DecisionRow> rows;
  PageBuilder page;
  for (uint32_t i = 0; i < 3000; ++i) {
    rows.push_back(
        AnyRow(&random, kBegin + static_cast<int64_t>(random() % 2'000'000) - 1'000'000, i));
    AddRow(rows.back(), &page);
  }
  EXPECT_EQ(TextsOf(RowsOf(page.Encode())), TextsOf(rows));
}

// Bytes that are on disks: a failure means that records of an earlier release would be misread.
TEST(DecisionPageTest, HasTheBytesThatTheGrammarSays) {
  DecisionRow row{3, {1'000'000, 0x01020304, 7, 0}, {}};
  row.record.set_kind(v1::DECISION_KIND_CHECK);
  row.record.set_channel(v1::CHANNEL_SMS);
  row.record.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  row.record.set_verdict(v1::VERDICT_DENY);
  row.record.set_revision(5);
  row.record.set_caller("c");
  row.record.set_campaign("s");
  row.record.set_lead("l");
  storage::v1::RecordedReason* reason = row.record.add_reasons();
  reason->set_type(v1::REASON_TYPE_NURTURE);
  reason->set_effect(v1::VERDICT_DENY);
  reason->set_list(9);
  reason->set_entry_revision(4);
  reason->set_entry_ordinal(2);
  row.record.add_contact_points("+1212***07");
  row.record.add_contact_hashes(CodeBytes(0x1112131415161718));
  row.record.add_contact_points("j***@x");
  row.record.add_contact_hashes(CodeBytes(1));
  PageBuilder page;
  AddRow(row, &page);
  DecisionRow denied{3, {1'000'000, 0x01020304, 8, 6}, {}};
  denied.record.set_kind(v1::DECISION_KIND_FILTER_DENIED);
  denied.record.set_verdict(v1::VERDICT_DENY);
  *denied.record.add_reasons() = *reason;
  AddRow(denied, &page);
  DecisionRow block{3, {1'000'001, 0x01020304, 8, 0}, {}};
  block.record.set_kind(v1::DECISION_KIND_FILTER_BLOCK);
  block.record.set_verdict(v1::VERDICT_DENY);
  block.record.set_allowed(200);
  block.record.add_reason_counts()->set_count(1);
  AddRow(block, &page);
  EXPECT_EQ(absl::BytesToHexString(page.Encode()),
            "01c0843d0503"  // the page
            "01020103016301730004000003000000"
            "03000003000000ff"  // contexts
            "05020009ff"
            "000403020107000000ff"      // rules, threads
            "000000000016016c01000402"  // the check
            "02bcc4811817161514131211"
            "0600006a2a2a2a40780100000000000000"
            "010000020900010006020004"
            "0200"  // the denied
            "0200020209"
            "02c80101000001");  // the block
}

// Adds the denied phones of a block, and to `rows` the records that they are.
void AddColumn(std::mt19937_64* random, uint32_t number, PageBuilder* page,
               std::vector<DecisionRow>* rows) {
  auto& draw = *random;
  DecisionView block;
  block.org = static_cast<uint32_t>(draw() % 3);
  block.id = {static_cast<uint64_t>(kBegin), 1, number, 0};
  block.kind = v1::DECISION_KIND_FILTER_DENIED;
  block.channel = v1::CHANNEL_VOICE;
  block.revision = 7;
  block.caller = "c";
  std::vector<DeniedKind> kinds;
  for (uint32_t list = 0; list <= draw() % 3; ++list) {
    const uint64_t entry = draw() % 2 * 1000;
    kinds.push_back({v1::VERDICT_DENY,
                     {v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY, v1::VERDICT_DENY, list == 1, list,
                      entry, entry == 0 ? 0u : 5u}});
  }
  std::vector<DeniedPhone> phones;
  uint32_t index = 0;
  for (uint64_t i = draw() % 100 + 1; i > 0; --i) {
    index += static_cast<uint32_t>(1 + draw() % 300);
    phones.push_back({draw(), index, static_cast<uint16_t>(1000 + draw() % 9000),
                      static_cast<uint8_t>(draw() % 100),
                      static_cast<uint8_t>(draw() % kinds.size())});
    DecisionView denied = block;
    denied.id.index = index;
    denied.verdict = kinds[phones.back().kind].verdict;
    denied.reasons = absl::MakeConstSpan(&kinds[phones.back().kind].reason, 1);
    PointView point;
    point.code = phones.back().code;
    point.mask.is_phone = true;
    point.mask.first = phones.back().first;
    point.mask.last = phones.back().last;
    denied.points = absl::MakeConstSpan(&point, 1);
    rows->push_back(ToRow(denied));
  }
  page->AddDenied(block, kinds, phones);
}

TEST(DecisionPageTest, GivesBackColumnsAmongOtherRecords) {
  std::mt19937_64 random(4);
  std::vector<DecisionRow> rows;
  PageBuilder page;
  for (uint32_t i = 0; i < 200; ++i) {
    rows.push_back(AnyRow(&random, kBegin, i));
    AddRow(rows.back(), &page);
    if (i % 3 == 0) AddColumn(&random, i, &page, &rows);
  }
  const std::string encoded = page.Encode();
  EXPECT_EQ(TextsOf(RowsOf(encoded)), TextsOf(rows));
  const std::set<uint64_t> codes(page.codes().begin(), page.codes().end());
  for (const DecisionRow& row : rows) {
    for (const std::string& hash : row.record.contact_hashes()) {
      EXPECT_EQ(codes.count(recording_keys::ReadNumber(hash)), 1u);
    }
  }
  // Alone and in any order, as records are read that are shown in the order of their times.
  std::optional<PageReader> reader = PageReader::Open(encoded);
  ASSERT_TRUE(reader.has_value());
  DecisionView view;
  std::vector<PageReader::Place> places;
  while (reader->Next(&view)) places.push_back(reader->place());
  ASSERT_EQ(places.size(), rows.size());
  for (size_t i = places.size(); i-- > 0;) {
    ASSERT_TRUE(reader->ReadAt(places[i], &view));
    EXPECT_EQ(TextOf(ToRow(view)), TextOf(rows[i]));
  }
}

TEST(DecisionPageTest, AColumnHasTheBytesThatTheGrammarSays) {
  DecisionView block;
  block.org = 3;
  block.id = {1'000'000, 0x01020304, 7, 0};
  block.kind = v1::DECISION_KIND_FILTER_DENIED;
  block.revision = 5;
  const DeniedKind kind{v1::VERDICT_DENY,
                        {v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY, v1::VERDICT_DENY, false, 9}};
  const std::vector<DeniedPhone> phones = {{0x1112131415161718, 1, 1212, 7, 0},
                                           {1, 301, 1213, 8, 0}};
  PageBuilder page;
  page.AddDenied(block, absl::MakeConstSpan(&kind, 1), phones);
  EXPECT_EQ(absl::BytesToHexString(page.Encode()),
            absl::StrCat("02c0843d0502", "04000003000000ff",  // page and context
                         absl::Hex(v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY, absl::kZeroPad2),
                         "020009ff", "000403020107000000ff",      // rules, threads
                         "000000000020", "0200", "01", "020000",  // the row
                         "0100bcc4811817161514131211", "ac0200bd04820100000000000000"));
}

TEST(DecisionPageTest, WhatIsDamagedIsNotRead) {
  std::mt19937_64 random(2);
  PageBuilder builder;
  std::vector<DecisionRow> rows;
  for (uint32_t i = 0; i < 200; ++i) {
    AddRow(AnyRow(&random, kBegin, i), &builder);
    if (i % 10 == 0) AddColumn(&random, i, &builder, &rows);
  }
  const std::string page = builder.Encode();
  DecisionView view;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = page.substr(0, round % 3 == 0 ? random() % page.size() : page.size());
    for (uint64_t i = random() % 4; i > 0 && !damaged.empty(); --i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    std::optional<PageReader> reader = PageReader::Open(damaged);
    while (reader.has_value() && reader->Next(&view)) ToRow(view);
  }
  std::string newer = page;
  newer[0] = 3;
  EXPECT_FALSE(PageReader::Open(newer).has_value());
}

TEST(DecisionIndexTest, ChunksAndTheIndexInMemoryFindTheSamePages) {
  std::mt19937_64 random(3);
  for (const size_t count : {size_t{1}, size_t{50}, size_t{20'000}}) {
    RecentIndex recent;
    DecisionRun run;
    run.first_page = 77;
    std::map<uint64_t, std::set<uint32_t, std::greater<>>> truth;
    for (size_t i = 0; i < count; ++i) {
      uint64_t code = SipHash({1, 2}, absl::StrCat(random() % (count / 2 + 1)));
      // Two that many pages have, so that they meet in one place of the sorting.
      if (random() % 4 == 0) code = uint64_t{7} << 60 | random() % 2 << 40;
      const auto page = static_cast<uint32_t>(77 + i * 60 / count);
      recent.Add(absl::MakeConstSpan(&code, 1), page);
      truth[code].insert(page);
      if (random() % 100 == 0) recent.Find(code);  // between others, as queries come
    }
    for (uint64_t i = 0; i < 60; ++i) run.pages.push_back({1000 * i, 1000 * i + 1500});
    run.bits = PartitionBits(count);
    std::map<uint16_t, std::string> chunks;
    EncodeChunks(run, recent.entries(), [&](uint16_t partition, std::string chunk) {
      EXPECT_TRUE(chunks.emplace(partition, std::move(chunk)).second);
    });
    for (const auto& [code, pages] : truth) {
      EXPECT_THAT(recent.Find(code), ElementsAreArray(pages));
      EXPECT_THAT(*PagesOf(run, code, chunks[run.PartitionOf(code)]), ElementsAreArray(pages));
    }
    EXPECT_THAT(recent.Find(12345), IsEmpty());
    EXPECT_FALSE(PagesOf(run, 1, "short").has_value());
    DecisionRun again;
    ASSERT_TRUE(again.Decode(run.Encode()));
    EXPECT_EQ(again.Encode(), run.Encode());
    EXPECT_EQ(again.times.max, 59 * 1000 + 1500u);
    EXPECT_FALSE(again.Decode(run.Encode() + "x"));
    EXPECT_FALSE(again.Decode("\x02"));
  }
}

class DecisionPagesTest : public ::testing::Test {
 protected:
  DecisionPagesTest() : path_(absl::StrCat(::testing::TempDir(), "/dnc-pages-XXXXXX")) {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    limits_.retention_micros = limits_.counter_retention_micros = 1000 * 24 * kHourMicros;
    limits_.max_bytes = uint64_t{1} << 34;
    Open();
  }
  ~DecisionPagesTest() override {
    decisions_.reset();
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  void OpenStore() {
    decisions_.reset();
    store_.reset();
    auto store = RecordingStore::Open({path_, nullptr});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Open() {
    OpenStore();
    auto decisions = DecisionStore::Create(store_.get(), limits_, now_, true, false);
    ASSERT_TRUE(decisions.ok()) << decisions.status();
    decisions_ = *std::move(decisions);
  }
  // Writes so many records as one batch.
  void Append(int count, uint64_t most_points = 2) {
    DecisionBatch batch;
    for (int i = 0; i < count; ++i) {
      now_ += 7;
      rows_.push_back(AnyRow(&random_, now_, number_++, most_points));
      AddRow(rows_.back(), &batch.records);
    }
    ASSERT_EQ(decisions_->Append(batch, now_, now_), absl::OkStatus());
  }

  // What a scan finds, page after page of the listing.
  std::vector<std::string> Scan(uint32_t org, const DecisionRange& range, int budget) {
    std::vector<std::string> found;
    std::string below;
    do {
      int left = budget;
      const auto next = decisions_->ScanDown(org, range, below, &left, [&](const DecisionRow& row) {
        found.push_back(TextOf(row));
        return true;
      });
      EXPECT_TRUE(next.ok()) << next.status();
      if (!next.ok()) return found;
      EXPECT_TRUE(next->empty() || *next < below || below.empty());
      below = *next;
    } while (!below.empty());
    return found;
  }
  template <typename Wanted>
  std::vector<std::string> Expected(const DecisionRange& range, Wanted wanted) {
    std::vector<DecisionRow> rows;
    for (const DecisionRow& row : rows_) {
      const bool in_time = row.id.time >= range.start_time && row.id.time < range.end_time;
      if (in_time && wanted(row)) rows.push_back(row);
    }
    std::reverse(rows.begin(), rows.end());  // each has a time of its own
    return TextsOf(rows);
  }

  void ExpectEverythingIsFound(int budget) {
    for (int round = 0; round < 6; ++round) {
      DecisionRange range;
      if (round % 2 == 1) {
        const uint64_t a = rows_[random_() % rows_.size()].id.time;
        const uint64_t b = rows_[random_() % rows_.size()].id.time;
        range.start_time = std::min(a, b);
        range.end_time = std::max(a, b);
      }
      const auto org = static_cast<uint32_t>(round % 3);
      EXPECT_EQ(Scan(org, range, budget),
                Expected(range, [&](const DecisionRow& row) { return row.org == org; }));
      range.of = DecisionRange::Of::kContact;
      range.contact.code = static_cast<uint64_t>(round) * 0x9e3779b97f4a7c15;
      EXPECT_EQ(Scan(org, range, budget), Expected(range, [&](const DecisionRow& row) {
                  return row.org == org && range.contact.IsIn(row.record);
                }));
      range.of = DecisionRange::Of::kLead;
      range.lead = absl::StrCat("lead", round);
      EXPECT_EQ(Scan(org, range, budget), Expected(range, [&](const DecisionRow& row) {
                  return row.org == org && row.record.lead() == range.lead;
                }));
      range.of = DecisionRange::Of::kIncomplete;
      range.channel = v1::CHANNEL_SMS;
      EXPECT_EQ(Scan(org, range, budget), Expected(range, [&](const DecisionRow& row) {
                  return row.org == org && row.record.more_contact_points() &&
                         row.record.channel() == v1::CHANNEL_SMS;
                }));
    }
    for (size_t i = 0; i < rows_.size(); i += rows_.size() / 37 + 1) {
      const auto found = decisions_->Get(rows_[i].org, rows_[i].id);
      ASSERT_TRUE(found.ok() && found->has_value()) << i;
      EXPECT_EQ(TextOf(**found), TextOf(rows_[i]));
      DecisionId other = rows_[i].id;
      other.number += 1'000'000;
      EXPECT_FALSE((*decisions_->Get(rows_[i].org, other)).has_value());
    }
  }

  std::string path_;
  DecisionLimits limits_;
  UnixMicros now_ = kBegin;
  uint32_t number_ = 0;
  std::mt19937_64 random_{4};
  std::vector<DecisionRow> rows_;
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<DecisionStore> decisions_;
};

// Few checks: pages that are written piece by piece.
TEST_F(DecisionPagesTest, SmallBatchesAreFoundWhileTheyComeAndAfterARestart) {
  for (int i = 0; i < 900; ++i) {
    Append(1 + i % 5);
    if (i % 100 == 50) ExpectEverythingIsFound(1 << 20);
    if (i % 300 == 170) Open();
    if (i % 290 == 280) now_ += kHourMicros;
  }
  ExpectEverythingIsFound(13);
  Open();
  ExpectEverythingIsFound(1);
}

// Many: several runs, and one that is open.
TEST_F(DecisionPagesTest, RunsAreFoundWhileTheyComeAndAfterARestart) {
  while (rows_.size() < 60'000) Append(2000, 18);
  uint64_t runs = 0;
  ASSERT_EQ(store_->ScanUp(RecordingFamily::kIndex, recording_keys::RunPrefix(kBegin + 14'000),
                           recording_keys::Chunk(kBegin + 14'000, 0, 0),
                           [&](auto, auto) { return ++runs != 0; }),
            absl::OkStatus());
  EXPECT_EQ(runs, 2u);
  ExpectEverythingIsFound(1 << 20);
  Open();
  Append(2);
  ExpectEverythingIsFound(5000);
}

// Of a page that was written whole nothing of its pieces is left.
TEST_F(DecisionPagesTest, PiecesBecomeOnePage) {
  for (int i = 0; i < 30; ++i) Append(50);
  std::vector<int> parts;
  ASSERT_EQ(store_->ScanUp(RecordingFamily::kDecisions, "", std::string(9, '\xff'),
                           [&](absl::string_view key, auto) {
                             parts.push_back(recording_keys::PageOf(key).part);
                             return true;
                           }),
            absl::OkStatus());
  EXPECT_THAT(parts, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

// What an earlier release wrote is read as it was until it retires.
TEST_F(DecisionPagesTest, RecordsOfSchemaOneAreReadBesideNewOnes) {
  const std::string bucket = recording_keys::Bucket(kBegin);
  RecordingBatch batch;
  storage::v1::RecordingState state;
  state.set_schema_version(1);
  state.set_begin_time(kBegin);
  state.set_closed(true);
  batch.Add(RecordingFamily::kState, recording_keys::State(), state.SerializeAsString());
  for (int i = 0; i < 300; ++i) {
    now_ += 11;
    DecisionRow row = AnyRow(&random_, now_, number_++);
    for (std::string& hash : *row.record.mutable_contact_hashes()) hash += hash;  // of 16 bytes
    const std::string id = recording_keys::Decision(row.id);
    batch.Add(RecordingFamily::kDecisions, bucket + recording_keys::DecisionPrefix(row.org) + id,
              row.record.SerializeAsString());
    for (const std::string& hash : row.record.contact_hashes()) {
      batch.Add(RecordingFamily::kDecisions,
                bucket + recording_keys::HashPrefix(row.org, hash) + id, "");
    }
    if (!row.record.lead().empty()) {
      batch.Add(RecordingFamily::kDecisions,
                bucket + recording_keys::LeadPrefix(row.org, row.record.lead()) + id, "");
    }
    if (row.record.more_contact_points()) {
      const auto channel = static_cast<uint8_t>(row.record.channel());
      batch.Add(RecordingFamily::kDecisions,
                bucket + recording_keys::BlockPrefix(row.org, channel) + id, "");
    }
    rows_.push_back(std::move(row));
  }
  ASSERT_EQ(store_->Write(batch, true), absl::OkStatus());
  Open();
  EXPECT_EQ(decisions_->state().schema_version(), 2u);
  Append(100);  // within the hour of the old bucket
  DecisionRange range;
  for (const int budget : {1 << 20, 9}) {
    EXPECT_THAT(Scan(1, range, budget),
                Expected(range, [&](const DecisionRow& row) { return row.org == 1; }));
  }
  for (const DecisionRow& row : rows_) {
    const auto found = decisions_->Get(row.org, row.id);
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ(TextOf(**found), TextOf(row));
  }
  range.of = DecisionRange::Of::kContact;
  range.contact.code = 5 * 0x9e3779b97f4a7c15;
  range.contact.digest = CodeBytes(range.contact.code) + CodeBytes(range.contact.code);
  EXPECT_EQ(Scan(2, range, 50), Expected(range, [&](const DecisionRow& row) {
              return row.org == 2 && range.contact.IsIn(row.record);
            }));
  range.of = DecisionRange::Of::kLead;
  range.lead = "lead7";
  EXPECT_EQ(Scan(0, range, 50), Expected(range, [&](const DecisionRow& row) {
              return row.org == 0 && row.record.lead() == "lead7";
            }));
  Open();
  EXPECT_THAT(
      Scan(1, {}, 100),
      SizeIs(static_cast<size_t>(std::count_if(
          rows_.begin(), rows_.end(), [](const DecisionRow& row) { return row.org == 1; }))));
}

TEST_F(DecisionPagesTest, ADamagedPageIsToldAndNotSkipped) {
  Append(2000);
  RecordingBatch batch;
  ASSERT_EQ(store_->ScanUp(RecordingFamily::kDecisions, "", std::string(9, '\xff'),
                           [&](absl::string_view key, absl::string_view value) {
                             batch.Add(RecordingFamily::kDecisions, std::string(key),
                                       std::string(value.substr(0, value.size() / 2)));
                             return true;
                           }),
            absl::OkStatus());
  ASSERT_EQ(store_->Write(batch, true), absl::OkStatus());
  int budget = 1000;
  EXPECT_EQ(
      decisions_->ScanDown(1, {}, "", &budget, [](const auto&) { return true; }).status().code(),
      absl::StatusCode::kDataLoss);
  EXPECT_EQ(decisions_->Get(1, rows_.front().id).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecisionStore::Create(store_.get(), limits_, now_, true, false).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace dnc
