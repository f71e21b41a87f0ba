// Entries of the contact point: channels, classes, times, scopes, the global lists.
#include <gtest/gtest.h>

#include "tests/unit/decision/scenario.h"

namespace dnc {
namespace {

constexpr char kEntry[] = "entries { revision: 7 ordinal: 2 list: 1 }";
constexpr char kDeny[] =
    "DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-2 point=+12125551234";
constexpr char kExempt[] =
    "ALLOW CONTACT_POINT_ON_LIST acme/internal entry=acme/7-2 point=+12125551234";

void Messaging(Question* question) { question->channel = v1::CHANNEL_MESSAGING; }
void Transactional(Question* question) {
  question->message_class = v1::MESSAGE_CLASS_TRANSACTIONAL;
}

class DecideEntryTest : public testing::TestWithParam<Scenario> {};
TEST_P(DecideEntryTest, Answers) { Expect(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Entry, DecideEntryTest,
    testing::Values(
        Scenario{.name = "Nothing", .verdict = kAllow, .valid_until = kFull},
        Scenario{.name = "AllChannels", .own = kEntry, .rules = {kDeny}},
        Scenario{.name = "AllChannelsMessaging", .ask = Messaging, .own = kEntry, .rules = {kDeny}},
        Scenario{.name = "ItsChannel",  // VOICE is bit 1
                 .own = "entries { revision: 7 ordinal: 2 list: 1 channels: 2 }",
                 .rules = {kDeny}},
        Scenario{.name = "OneOfItsChannels",
                 .ask = Sms,
                 .own = "entries { revision: 7 ordinal: 2 list: 1 channels: 6 }",
                 .rules = {kDeny}},
        Scenario{.name = "AnotherChannel",
                 .ask = Sms,
                 .own = "entries { revision: 7 ordinal: 2 list: 1 channels: 122 }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "Transactional", .ask = Transactional, .own = kEntry, .rules = {kDeny}},
        Scenario{.name = "EmergencyIsExempt",
                 .ask = Emergency,
                 .own = kEntry,
                 .verdict = kAllow,
                 .rules = {kExempt},
                 .valid_until = kFull},
        Scenario{.name = "EmergencyNamed",
                 .ask = Emergency,
                 .own = "entries { revision: 7 ordinal: 2 list: 1 message_classes: 8 }",
                 .rules = {kDeny}},
        Scenario{.name = "MarketingOnlyAskedTransactional",
                 .ask = Transactional,
                 .own = "entries { revision: 7 ordinal: 2 list: 1 message_classes: 2 }",
                 .verdict = kAllow,
                 .rules = {kExempt},
                 .valid_until = kFull},
        Scenario{.name = "MarketingOnlyAskedMarketing",
                 .own = "entries { revision: 7 ordinal: 2 list: 1 message_classes: 2 }",
                 .rules = {kDeny}},
        // A list that this program does not know cannot be one that does not apply.
        Scenario{.name = "ListUnknown",
                 .own = "entries { revision: 7 ordinal: 2 list: 99 }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST entry=acme/7-2 point=+12125551234"}},
        Scenario{.name = "Global",
                 .global = kEntry,
                 .rules = {"DENY CONTACT_POINT_ON_LIST global/internal entry=global/7-2"
                           " point=+12125551234"}},
        // Both are kept, in the order found.
        Scenario{.name = "OwnAndGlobal",
                 .own = "entries { revision: 9 list: 1 } entries { revision: 8 list: 2 }",
                 .global = "entries { revision: 3 list: 1 }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/9-0"
                           " point=+12125551234",
                           "DENY CONTACT_POINT_ON_LIST acme/brand-a entry=acme/8-0"
                           " point=+12125551234",
                           "DENY CONTACT_POINT_ON_LIST global/internal entry=global/3-0"
                           " point=+12125551234"}}),
    NameOf);

// Half-open: an entry blocks from its effective time on, and no longer at its expiry.
INSTANTIATE_TEST_SUITE_P(
    Time, DecideEntryTest,
    testing::Values(
        Scenario{.name = "BeganNow",
                 .own = "entries { revision: 7 list: 1 effective_time: 1000 }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234 since=1000"}},
        Scenario{.name = "BeginsNext",
                 .own = "entries { revision: 7 list: 1 effective_time: 1001 }",
                 .verdict = kAllow,
                 .valid_until = 1001},
        Scenario{.name = "BeginsWithinValidity",
                 .own = "entries { revision: 7 list: 1 effective_time: 1099 }",
                 .verdict = kAllow,
                 .valid_until = 1099},
        Scenario{.name = "BeginsAfterValidity",
                 .own = "entries { revision: 7 list: 1 effective_time: 1101 }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "EarliestOfTwo",
                 .own = "entries { revision: 7 list: 1 effective_time: 1050 }",
                 .global = "entries { revision: 7 list: 1 effective_time: 1020 }",
                 .verdict = kAllow,
                 .valid_until = 1020},
        // What does not apply anyway shortens nothing.
        Scenario{.name = "BeginsOnAnotherChannel",
                 .own = "entries { revision: 7 list: 1 effective_time: 1050 channels: 4 }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "BeginsForAnotherBrand",
                 .ask = [](Question* question) { question->brand = "b"; },
                 .own = "entries { revision: 7 list: 2 effective_time: 1050 }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        // What was in force once stays in force where the clock is set back.
        Scenario{.name = "BeganBeforeTheClockWasSetBack",
                 .own = "entries { revision: 7 list: 1 effective_time: 1050 begun: true }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234 since=1050"}},
        Scenario{.name = "ExpiredThoughBegun",
                 .own = "entries { revision: 7 list: 1 expire_time: 1000 begun: true }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "ExpiredNow",
                 .own = "entries { revision: 7 list: 1 expire_time: 1000 }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "ExpiresNext",
                 .own = "entries { revision: 7 list: 1 expire_time: 1001 }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234 until=1001"}},
        Scenario{.name = "BeginsAndExpiresLater",
                 .own = "entries { revision: 7 list: 1 effective_time: 1010 expire_time: 1020 }",
                 .verdict = kAllow,
                 .valid_until = 1010},
        // A denial promises nothing, whatever begins later.
        Scenario{.name = "DenyBesideOneToCome",
                 .own = "entries { revision: 7 list: 1 }"
                        "entries { revision: 8 list: 1 effective_time: 1050 }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234"}},
        Scenario{.name = "ValidityOfNothing",
                 .ask = [](Question* question) { question->max_validity_micros = 0; },
                 .verdict = kAllow,
                 .valid_until = kNow}),
    NameOf);

TEST(ScopeTest, WhatTheQuestionLeavesOpenApplies) {
  const struct {
    const char* list;
    const char* brand;
    const char* campaign;
    bool applies;
  } cases[] = {
      {"internal", "", "", true},    {"internal", "b", "y", true},  {"brand-a", "", "", true},
      {"brand-a", "a", "", true},    {"brand-a", "b", "", false},   {"brand-a", "A", "", true},
      {"brand-a", "", "x", true},    {"campaign-x", "", "x", true}, {"campaign-x", "", "y", false},
      {"campaign-x", "a", "", true}, {"a-and-x", "", "", true},     {"a-and-x", "a", "x", true},
      {"a-and-x", "a", "", true},    {"a-and-x", "a", "y", false},  {"a-and-x", "b", "x", false},
      {"a-and-x", "b", "", false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(testing::Message()
                 << test.list << " brand=" << test.brand << " campaign=" << test.campaign);
    Question question = MakeQuestion();
    question.brand = test.brand;
    question.campaign = test.campaign;
    const CatalogList& list = *TheWorld().List(test.list);
    EXPECT_EQ(ScopeApplies(question, list.record.list()), test.applies);
    Facts facts = MakeFacts({.name = "scope"});
    facts.points[0].own.entries.emplace_back().list = list.record.number();
    EXPECT_EQ(Decide(question, facts).verdict, test.applies ? v1::VERDICT_DENY : kAllow);
  }
}

// Each channel alone, against a mask of each channel alone.
TEST(DecideChannelTest, MaskOfOneChannelBlocksThatOne) {
  for (int blocked = 1; blocked <= v1::Channel_MAX; ++blocked) {
    for (int asked = 1; asked <= v1::Channel_MAX; ++asked) {
      Question question = MakeQuestion();
      question.channel = static_cast<v1::Channel>(asked);
      Facts facts = MakeFacts({.name = "channel"});
      EntryFacts& entry = facts.points[0].own.entries.emplace_back();
      entry.list = 1;
      entry.channels = 1u << blocked;
      EXPECT_EQ(Decide(question, facts).verdict, blocked == asked ? v1::VERDICT_DENY : kAllow)
          << blocked << " asked " << asked;
    }
  }
}

}  // namespace
}  // namespace dnc
