// Keys of records, what checks leave of which records are made, and the rules about contacts. A
// failure of the keys' test means that older records would be misread; values: records_test.cc.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "server/recording/block_event.h"
#include "server/recording/block_queue.h"
#include "server/recording/contact_rules.h"
#include "server/recording/decision_event.h"
#include "server/subject/subject.h"
#include "storage/base/logging.h"
#include "storage/recording/recording_keys.h"
#include "tests/unit/recording/records.h"

namespace dnc {
namespace {

using absl::BytesToHexString;
using storage::v1::RecordedDecision;
using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(RecordingKeysTest, HaveTheBytesThatTheGrammarSays) {
  namespace keys = recording_keys;
  const std::string hash(16, 'h');
  const DecisionId id{0x0102030405060708, 0x11121314, 0x21222324, 0x31323334};
  const struct {
    std::string key;
    const char* hex;
  } cases[] = {{keys::State(), "53"},
               {keys::Bucket(258), "0000000000000102"},
               {keys::Page(258, {3, 4}), "000000000000010250000000030004"},
               {keys::RunPrefix(258), "000000000000010252"},
               {keys::Run(258, 5), "00000000000001025200000005"},
               {keys::Chunk(258, 6, 7), "000000000000010258000600000007"},
               {keys::DecisionPrefix(3), "4400000003"},
               {keys::HashPrefix(3, hash), "480000000368686868686868686868686868686868"},
               {keys::LeadPrefix(3, "ab"), "4c00000003616200"},
               {keys::BlockPrefix(3, 2), "420000000302"},
               {keys::Decision(id), "0102030405060708111213142122232431323334"},
               {keys::Gap(5, 6), "000000000000000500000006"},
               {keys::CounterKey({1, 2, 3, 4, 5, "c"}), "000000010000000203040563"},
               {keys::ContactById(3, "a"), "490000000361"},
               {keys::ContactPrefix(3), "4300000003"},
               {keys::ContactHashPrefix(3, hash), "480000000368686868686868686868686868686868"},
               {keys::ContactLeadPrefix(3, "ab"), "4c00000003616200"},
               {keys::ViolationPrefix(3), "5600000003"},
               {keys::ContactAt(9, "a"), "000000000000000961"}};
  for (const auto& test : cases) EXPECT_EQ(BytesToHexString(test.key), test.hex);
  EXPECT_EQ(keys::DecisionOf("prefix" + keys::Decision(id)), id);
  EXPECT_EQ(keys::PageOf(keys::Page(258, {3, 4})).page, 3u);
  EXPECT_EQ(keys::PageOf(keys::Page(258, {3, 4})).part, 4u);
  EXPECT_EQ(keys::RunOf(keys::Run(258, 5)), 5u);
  EXPECT_EQ(keys::RunOf(keys::Chunk(258, 6, 7)), 7u);
  EXPECT_TRUE(keys::IsOfPages(keys::Page(258, {3, 4})));
  EXPECT_FALSE(keys::IsOfPages(keys::Bucket(258) + keys::DecisionPrefix(3)));
  EXPECT_EQ(keys::CounterOf(keys::CounterKey({1, 2, 3, 4, 5, "c"})),
            (keys::Counter{1, 2, 3, 4, 5, "c"}));
}

TEST(DecisionIdTest, TextAndBack) {
  const DecisionId id{0x0102030405060708, 0x11121314, 0x21222324, 0};
  EXPECT_EQ(FormatDecisionId(id), "01020304050607081112131421222324");
  EXPECT_EQ(ParseDecisionId("01020304050607081112131421222324"), id);
  const DecisionId part{id.time, id.random, id.number, 8};
  EXPECT_EQ(FormatDecisionId(part), "01020304050607081112131421222324-7");
  EXPECT_EQ(ParseDecisionId("01020304050607081112131421222324-7"), part);
  for (const char* bad :
       {"", "0102030405060708111213142122232", "0102030405060708111213142122232g",
        "01020304050607081112131421222324-", "01020304050607081112131421222324-07",
        "01020304050607081112131421222324-x", "010203040506070811121314212223240",
        "01020304050607081112131421222324-4294967295", "0102030405060708111213142122232A"}) {
    EXPECT_EQ(ParseDecisionId(bad), std::nullopt) << bad;
  }
}

// An event is what was judged, whatever has to be left out of it.
TEST(DecisionEventTest, GivesTheRecordOfACheck) {
  CatalogOrganization own;
  own.record.set_number(3);
  CatalogOrganization global;
  Question question;
  question.organization = &own;
  question.global = &global;
  question.channel = v1::CHANNEL_VOICE;
  question.message_class = v1::MESSAGE_CLASS_TRANSACTIONAL;
  question.campaign = "Spring";
  question.brand = "Home";
  Facts facts;
  facts.points.resize(2);
  facts.points[0].point = {ContactKind::kPhone, 12125550123, {}};
  facts.points[1].point = {ContactKind::kEmail, 0, "jane@example.com"};
  Decision decision;
  decision.verdict = v1::VERDICT_DENY;
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_CONTACT_POINT_ON_LIST;
  rule.owner = &global;
  rule.entry = EntryId{12, 3};
  decision.rules.push_back(rule);
  EventWriter event;
  WriteCheckEvent({v1::DECISION_KIND_CHECK, "jane", &question, 44}, {7, 8, 9, 0}, "lead", facts,
                  decision, &event);
  PageBuilder page;
  EXPECT_EQ(ReadEvent(event.bytes(), Secret("k"), &page), 7);
  const std::vector<DecisionRow> rows = dnc::testing::RowsOf(page.Encode());
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].org, 3u);
  EXPECT_EQ(rows[0].id, (DecisionId{7, 8, 9, 0}));
  const RecordedDecision& record = rows[0].record;
  EXPECT_EQ(record.time(), 7);
  EXPECT_EQ(record.caller(), "jane");
  EXPECT_EQ(record.lead(), "lead");
  EXPECT_EQ(record.campaign(), "spring");
  EXPECT_EQ(record.brand(), "home");
  EXPECT_EQ(record.message_class(), v1::MESSAGE_CLASS_TRANSACTIONAL);
  EXPECT_EQ(record.revision(), 44);
  EXPECT_THAT(record.contact_points(), ElementsAre("+1212***23", "j***@example.com"));
  EXPECT_THAT(record.contact_hashes(), SizeIs(2));
  EXPECT_FALSE(record.more_contact_points());
  EXPECT_TRUE(record.reasons(0).global());
  EXPECT_EQ(record.reasons(0).entry_revision(), 12u);
  EXPECT_EQ(record.reasons(0).entry_ordinal(), 3u);
}

TEST(DecisionEventTest, WhatIsTooLongIsCutAndTheRestStays) {
  CatalogOrganization own;
  Question question;
  question.organization = question.global = &own;
  Facts facts;
  facts.points.resize(500);
  for (PointFacts& point : facts.points) {
    point.point = {ContactKind::kOther, 0, std::string(512, 'x')};
  }
  Decision decision;
  decision.rules.resize(100);
  EventWriter event;
  WriteCheckEvent({v1::DECISION_KIND_CHECK, std::string(5000, 'c'), &question, 1}, {1, 2, 3, 0},
                  std::string(128, 'l'), facts, decision, &event);
  EXPECT_LE(event.bytes().size(), EventWriter::kMaxBytes);
  PageBuilder page;
  EXPECT_EQ(ReadEvent(event.bytes(), Secret("k"), &page), 1);
  const std::vector<DecisionRow> rows = dnc::testing::RowsOf(page.Encode());
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].record.caller(), std::string(256, 'c'));
  EXPECT_THAT(rows[0].record.reasons(), SizeIs(16));
  EXPECT_GT(rows[0].record.contact_points_size(), 3);
  EXPECT_TRUE(rows[0].record.more_contact_points());
}

// Reads so many records at a time.
std::vector<DecisionRow> RecordsOf(const BlockRecord& block, size_t at_once) {
  const Secret secret("k");
  BlockReader reader(block, secret);
  std::vector<DecisionRow> rows;
  bool more = true;
  while (more) {
    PageBuilder page;
    more = reader.Read([&] { return page.rows() >= at_once; }, &page);
    if (page.empty()) continue;
    EXPECT_LT(page.rows(), at_once + BlockReader::kMostAtOnce);
    for (DecisionRow& row : dnc::testing::RowsOf(page.Encode())) rows.push_back(std::move(row));
  }
  return rows;
}

// Of every length: some have no mask of a phone number, and some subjects begin differently.
uint64_t PhoneOfBlock(uint32_t index) {
  if (index % 50 == 1) return uint64_t{999'999'999'000'000} + index;
  if (index % 50 == 2) return uint64_t{68'200'000} + index;
  return uint64_t{12'120'000'000} + index;
}

TEST(BlockEventsTest, ABlockOfAnySizeGivesARecordForEachThatWasNotAllowed) {
  CatalogOrganization own;
  own.record.set_number(3);
  Question question;
  question.organization = question.global = &own;
  BlockEvents block({1, 2, 3, 0});
  BlockRule registry;
  registry.rule.type = v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY;
  registry.verdict = v1::VERDICT_DENY;
  BlockRule stale;
  stale.rule.type = v1::REASON_TYPE_REGISTRY_STALE;
  stale.verdict = v1::VERDICT_UNKNOWN;
  const std::vector<BlockRule> rules = {registry, stale};
  constexpr uint32_t kCount = 10'000;
  std::vector<uint32_t> indexes;
  std::vector<uint64_t> phones;
  std::vector<uint8_t> rule_of;
  for (uint32_t i = 0; i < kCount; ++i) {
    if (i % 100 == 0) {
      const ContactPoint text{ContactKind::kOther, 0, std::string(512, 't')};
      block.Deny(i, v1::VERDICT_DENY, registry.rule, question, absl::MakeConstSpan(&text, 1));
      continue;
    }
    indexes.push_back(i);
    phones.push_back(PhoneOfBlock(i));
    rule_of.push_back(i % 7 == 0 ? 1 : 0);
  }
  block.Deny(DeniedPhones{rules, indexes, phones, rule_of}, question);
  block.Deny(DeniedPhones{}, question);
  block.Deny(kCount, v1::VERDICT_UNKNOWN, stale.rule, question, {});  // unreadable
  block.Allow(5);
  BlockRecord record = block.Finish({v1::DECISION_KIND_FILTER_BLOCK, "c", &question, 1});
  EXPECT_EQ(record.records, kCount + 1);
  const std::vector<DecisionRow> rows = RecordsOf(record, 777);
  ASSERT_EQ(rows.size(), kCount + 1);
  EXPECT_EQ(rows[0].record.kind(), v1::DECISION_KIND_FILTER_BLOCK);
  EXPECT_EQ(rows[0].record.allowed(), 5u);
  EXPECT_EQ(rows[0].record.denied() + rows[0].record.unknown(), kCount + 1);
  EXPECT_EQ(rows[0].record.verdict(), v1::VERDICT_DENY);
  const Secret secret("k");
  std::set<uint32_t> seen;
  for (size_t i = 1; i < rows.size(); ++i) {
    const RecordedDecision& denied = rows[i].record;
    const uint32_t index = rows[i].id.index - 1;
    ASSERT_TRUE(seen.insert(index).second && index < kCount);
    EXPECT_EQ(rows[i].id, (DecisionId{1, 2, 3, index + 1}));
    ASSERT_EQ(denied.contact_points_size(), 1);
    if (index % 100 == 0) continue;
    EXPECT_EQ(denied.verdict(), index % 7 == 0 ? v1::VERDICT_UNKNOWN : v1::VERDICT_DENY);
    EXPECT_EQ(denied.reasons(0).type(), index % 7 == 0 ? stale.rule.type : registry.rule.type);
    const ContactPoint phone{ContactKind::kPhone, PhoneOfBlock(index), {}};
    ASSERT_TRUE(secret.Hash(SubjectKey(3, phone)).IsIn(denied)) << index;
    EXPECT_EQ(denied.contact_points(0), MaskContact(ToString(phone)));
  }
  EXPECT_EQ(record.Trim(), kCount);
  EXPECT_THAT(RecordsOf(record, 777), SizeIs(1));
}

// What is left out where there is no room leaves room for summaries.
TEST(BlockQueueTest, TakesSummariesWhereNothingElseHasRoom) {
  const auto block = [](size_t bytes, uint32_t records) {
    return BlockRecord{std::string(bytes, 'b'), 1, records};
  };
  BlockQueue queue(800);
  BlockRecord large = block(5000, 9);
  EXPECT_TRUE(queue.TryPush(&large));  // which would never find room otherwise
  BlockRecord next = block(10, 9);
  EXPECT_FALSE(queue.TryPush(&next));
  EXPECT_EQ(next.bytes.size(), 10u);
  EXPECT_EQ(queue.Pop()->bytes.size(), 5000u);
  for (int i = 0; i < 7; ++i) {
    next = block(100, 9);
    EXPECT_TRUE(queue.TryPush(&next));
  }
  next = block(100, 9);
  EXPECT_FALSE(queue.TryPush(&next));
  next = block(100, 1);
  EXPECT_TRUE(queue.TryPush(&next));
  next = block(100, 1);
  EXPECT_FALSE(queue.TryPush(&next));
  EXPECT_EQ(queue.percent(), 100u);
  EXPECT_EQ(queue.pushed(), 9u);
  EXPECT_EQ(queue.popped(), 1u);
}

struct CheckCase {
  const char* name;
  const char* check;
  const char* campaign;
  const char* brand;
  bool fits;
};

TEST(ContactRulesTest, WhichChecksFitAContact) {
  constexpr char kOpen[] = "channel: CHANNEL_VOICE message_class: MESSAGE_CLASS_MARKETING ";
  const CheckCase cases[] = {
      {"the same", "", "", "", true},
      {"another channel", "channel: CHANNEL_SMS", "", "", false},
      {"another class", "message_class: MESSAGE_CLASS_TRANSACTIONAL", "", "", false},
      {"the same campaign", "campaign: 'a'", "a", "", true},
      {"another campaign", "campaign: 'b'", "a", "", false},
      {"a check for every campaign", "", "a", "", true},
      {"a contact of no known campaign", "campaign: 'b'", "", "", true},
      {"another brand", "brand: 'b'", "", "a", false},
      {"the same brand, another campaign", "brand: 'a' campaign: 'b'", "c", "a", false}};
  for (const CheckCase& test : cases) {
    SCOPED_TRACE(test.name);
    RecordedDecision check;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(kOpen, &check));
    ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(test.check, &check));
    const ContactMade contact{v1::CHANNEL_VOICE, v1::MESSAGE_CLASS_MARKETING, test.campaign,
                              test.brand, 0};
    EXPECT_EQ(CheckFits(check, contact), test.fits);
  }
}

// The contact is made at second 100.
TEST(ContactRulesTest, WhichEntriesWereInForce) {
  const struct {
    const char* entry;
    v1::MessageClass message_class;
    bool blocked;
  } cases[] = {
      {"effective_time { seconds: 99 }", v1::MESSAGE_CLASS_MARKETING, true},
      {"effective_time { seconds: 100 }", v1::MESSAGE_CLASS_MARKETING, true},
      {"effective_time { seconds: 101 }", v1::MESSAGE_CLASS_MARKETING, false},
      {"create_time { seconds: 50 }", v1::MESSAGE_CLASS_MARKETING, true},
      {"create_time { seconds: 150 } effective_time { seconds: 50 }", v1::MESSAGE_CLASS_MARKETING,
       true},
      {"effective_time { seconds: 1 } expire_time { seconds: 100 }", v1::MESSAGE_CLASS_MARKETING,
       false},
      {"effective_time { seconds: 1 } expire_time { seconds: 101 }", v1::MESSAGE_CLASS_MARKETING,
       true},
      {"effective_time { seconds: 1 } revoke_time { seconds: 100 }", v1::MESSAGE_CLASS_MARKETING,
       false},
      {"effective_time { seconds: 1 } revoke_time { seconds: 101 }", v1::MESSAGE_CLASS_MARKETING,
       true},
      {"effective_time { seconds: 1 } channels: CHANNEL_SMS", v1::MESSAGE_CLASS_MARKETING, false},
      {"effective_time { seconds: 1 } channels: CHANNEL_SMS channels: CHANNEL_VOICE",
       v1::MESSAGE_CLASS_MARKETING, true},
      {"effective_time { seconds: 1 }", v1::MESSAGE_CLASS_TRANSACTIONAL, true},
      {"effective_time { seconds: 1 }", v1::MESSAGE_CLASS_EMERGENCY, false},
      {"effective_time { seconds: 1 } message_classes: MESSAGE_CLASS_EMERGENCY",
       v1::MESSAGE_CLASS_EMERGENCY, true},
      {"effective_time { seconds: 1 } message_classes: MESSAGE_CLASS_MARKETING",
       v1::MESSAGE_CLASS_TRANSACTIONAL, false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.entry);
    v1::Entry entry;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(test.entry, &entry));
    const ContactMade contact{v1::CHANNEL_VOICE, test.message_class, "", "", 100'000'000};
    EXPECT_EQ(EntryBlocked(entry, contact), test.blocked);
  }
}

}  // namespace
}  // namespace dnc
