// Registries, the store, and rules of several kinds together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/name/resource_name.h"
#include "tests/unit/decision/scenario.h"

namespace dnc {
namespace {

constexpr char kStoreRule[] = "UNKNOWN STORE_NOT_WRITABLE";
constexpr uint64_t kLondon = 442079460000;
constexpr uint64_t kOtherArea = 16465551234;

void StoreReadOnly(Question* question) { question->store_writable = false; }

class DecideRegistryTest : public testing::TestWithParam<Scenario> {};
TEST_P(DecideRegistryTest, Answers) { Expect(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Registry, DecideRegistryTest,
    testing::Values(
        Scenario{.name = "Member",
                 .registries = {{"national", true}},
                 .rules = {"DENY CONTACT_POINT_ON_REGISTRY acme/national point=+12125551234"
                           " since=950 overridable"}},
        Scenario{.name = "NotMemberUntilStale",
                 .registries = {{"national", false}},
                 .verdict = kAllow,
                 .valid_until = 1050},
        Scenario{.name = "StaleNow",
                 .registries = {{"stale", false}},
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN REGISTRY_STALE acme/stale point=+12125551234 since=1000"
                           " overridable"}},
        Scenario{.name = "StaleNext",
                 .registries = {{"stale-soon", false}},
                 .verdict = kAllow,
                 .valid_until = 1001},
        Scenario{.name = "StaleMemberIsDenied",
                 .registries = {{"stale", true}},
                 .rules = {"DENY CONTACT_POINT_ON_REGISTRY acme/stale point=+12125551234 since=900"
                           " overridable",
                           "UNKNOWN REGISTRY_STALE acme/stale point=+12125551234 since=1000"
                           " overridable"}},
        Scenario{.name = "Empty",
                 .registries = {{"empty", false}},
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN REGISTRY_EMPTY acme/empty point=+12125551234 overridable"}},
        Scenario{.name = "AreaCodeSubscribed",
                 .registries = {{"area-212", false}},
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "AreaCodeNotSubscribed",
                 .registries = {{"area-212", false}},
                 .phone = kOtherArea,
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN AREA_CODE_NOT_SUBSCRIBED acme/area-212 point=+16465551234"
                           " since=500 overridable"}},
        Scenario{.name = "AreaCodeNotSubscribedButMember",
                 .registries = {{"area-212", true}},
                 .phone = kOtherArea,
                 .rules = {"DENY CONTACT_POINT_ON_REGISTRY acme/area-212 point=+16465551234"
                           " since=500 overridable",
                           "UNKNOWN AREA_CODE_NOT_SUBSCRIBED acme/area-212 point=+16465551234"
                           " since=500 overridable"}},
        Scenario{.name = "NotNanpHasNoAreaCode",
                 .registries = {{"area-212", false}},
                 .phone = kLondon,
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "GlobalMember",
                 .registries = {{"litigators", true}},
                 .rules = {"DENY CONTACT_POINT_ON_REGISTRY global/litigators point=+12125551234"
                           " overridable"}},
        Scenario{.name = "GlobalNotMember",
                 .registries = {{"litigators", false}},
                 .verdict = kAllow,
                 .valid_until = kFull}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Combined, DecideRegistryTest,
    testing::Values(
        Scenario{.name = "StoreTurnsAllowIntoUnknown",
                 .ask = StoreReadOnly,
                 .verdict = kUnknown,
                 .rules = {kStoreRule}},
        Scenario{.name = "StoreLeavesDeny",
                 .ask = StoreReadOnly,
                 .own = "entries { revision: 7 list: 1 }",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234",
                           kStoreRule}},
        Scenario{.name = "StoreBesideExempt",
                 .ask =
                     [](Question* question) {
                       question->store_writable = false;
                       question->message_class = v1::MESSAGE_CLASS_EMERGENCY;
                     },
                 .own = "entries { revision: 7 list: 1 }",
                 .verdict = kUnknown,
                 .rules = {kStoreRule,
                           "ALLOW CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234"}},
        // DENY, then UNKNOWN, then ALLOW; each in the order found.
        Scenario{.name = "AllThree",
                 .own = "entries { revision: 7 list: 1 message_classes: 4 }"
                        "entries { revision: 8 list: 1 }",
                 .global = "entries { revision: 9 list: 1 message_classes: 8 }",
                 .registries = {{"empty", false}, {"national", true}, {"stale", false}},
                 // Long literals, no forgotten comma.
                 // NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/8-0"
                           " point=+12125551234",
                           "DENY CONTACT_POINT_ON_REGISTRY acme/national point=+12125551234"
                           " since=950 overridable",
                           "UNKNOWN REGISTRY_EMPTY acme/empty point=+12125551234 overridable",
                           "UNKNOWN REGISTRY_STALE acme/stale point=+12125551234 since=1000"
                           " overridable",
                           "ALLOW CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234",
                           "ALLOW CONTACT_POINT_ON_LIST global/internal entry=global/9-0"
                           " point=+12125551234"}},
        Scenario{.name = "UnknownOverExempt",
                 .own = "entries { revision: 7 list: 1 message_classes: 4 }",
                 .registries = {{"empty", false}},
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN REGISTRY_EMPTY acme/empty point=+12125551234 overridable",
                           "ALLOW CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234"}},
        Scenario{.name = "ValidUntilTheFirstChange",
                 .own = "entries { revision: 7 list: 1 effective_time: 1060 }",
                 .registries = {{"national", false}, {"litigators", false}},
                 .verdict = kAllow,
                 .valid_until = 1050}),
    NameOf);

// A version whose numbers are not in memory cannot vouch for anything.
TEST(DecideNumbersTest, VersionWithoutNumbersIsEmpty) {
  CatalogList list = *TheWorld().List("national");
  list.numbers = nullptr;
  Facts facts = MakeFacts({.name = "clean"});
  facts.points[0].registries.push_back({&list, false});
  const Question question = MakeQuestion();
  EXPECT_THAT(Describe(Decide(question, facts)),
              testing::ElementsAre("UNKNOWN REGISTRY_EMPTY acme/national point=+12125551234"
                                   " since=950 overridable"));
}

// A send list is as good as its worst contact point.
TEST(DecidePointsTest, AnyPointDenies) {
  Facts facts = MakeFacts({.name = "clean"});
  Facts flagged = MakeFacts({.name = "flagged", .own = "entries { revision: 7 list: 1 }"});
  flagged.points[0].point = {ContactKind::kEmail, 0, "jane@example.com"};
  facts.points.push_back(flagged.points[0]);
  const Question question = MakeQuestion();
  const Decision decision = Decide(question, facts);
  EXPECT_EQ(decision.verdict, v1::VERDICT_DENY);
  EXPECT_THAT(Describe(decision),
              testing::ElementsAre("DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                                   " point=jane@example.com"));
}

std::vector<std::string> Registries(void (*ask)(Question*)) {
  Question question = MakeQuestion();
  ask(&question);
  absl::InlinedVector<RegistryFact, 4> registries;
  AppendRegistries(question, *question.organization, &registries);
  AppendRegistries(question, *question.global, &registries);
  std::vector<std::string> ids;
  for (const RegistryFact& fact : registries) {
    EXPECT_FALSE(fact.member);
    ids.push_back(fact.list->id);
  }
  return ids;
}

TEST(AppendRegistriesTest, ThoseOfTheChannelAndClass) {
  const std::vector<std::string> all = {"area-212", "empty",      "national",
                                        "stale",    "stale-soon", "litigators"};
  const struct {
    const char* name;
    void (*ask)(Question*);
    bool applies;
  } cases[] = {
      {"voice", [](Question*) {}, true},
      {"sms", [](Question* question) { question->channel = v1::CHANNEL_SMS; }, true},
      {"fax", [](Question* question) { question->channel = v1::CHANNEL_FAX; }, true},
      {"messaging", [](Question* question) { question->channel = v1::CHANNEL_MESSAGING; }, false},
      {"transactional",
       [](Question* question) { question->message_class = v1::MESSAGE_CLASS_TRANSACTIONAL; },
       false},
      {"emergency",
       [](Question* question) { question->message_class = v1::MESSAGE_CLASS_EMERGENCY; }, false},
      {"brand", [](Question* question) { question->brand = "b"; }, true}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_THAT(Registries(test.ask),
                testing::ElementsAreArray(test.applies ? all : std::vector<std::string>()));
  }
}

}  // namespace
}  // namespace dnc
