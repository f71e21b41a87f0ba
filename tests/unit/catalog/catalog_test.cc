#include "server/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

constexpr uint32_t kVoice = Bit(v1::CHANNEL_VOICE);
constexpr uint32_t kSms = Bit(v1::CHANNEL_SMS);
constexpr uint32_t kEmail = Bit(v1::CHANNEL_EMAIL);
constexpr uint32_t kMarketing = Bit(v1::MESSAGE_CLASS_MARKETING);
constexpr uint32_t kTransactional = Bit(v1::MESSAGE_CLASS_TRANSACTIONAL);
constexpr uint32_t kEmergency = Bit(v1::MESSAGE_CLASS_EMERGENCY);

CatalogList List(const std::string& text) {
  storage::v1::ListRecord record;
  *record.mutable_list() = FromText<v1::DncList>(text);
  return CatalogList(std::move(record));
}

TEST(MasksTest, MaskOf) {
  const struct {
    std::vector<int> values;
    uint32_t mask;
  } cases[] = {{{}, 0},
               {{v1::CHANNEL_VOICE}, 2},
               {{v1::CHANNEL_VOICE, v1::CHANNEL_MESSAGING}, 2 | 64},
               {{v1::CHANNEL_SMS, v1::CHANNEL_SMS}, 4}};
  for (const auto& test : cases) {
    SCOPED_TRACE(testing::PrintToString(test.values));
    EXPECT_EQ(MaskOf({test.values.begin(), test.values.end()}), test.mask);
  }
}

TEST(MasksTest, AllChannelsIsEveryChannelOfTheApi) {
  uint32_t all = 0;
  for (int value = v1::Channel_MIN; value <= v1::Channel_MAX; ++value) {
    if (v1::Channel_IsValid(value) && value != v1::CHANNEL_UNSPECIFIED) all |= 1u << value;
  }
  EXPECT_EQ(kAllChannels, all);
  EXPECT_EQ(kAllClassesButEmergency | kEmergency, 0xeu);
}

TEST(MasksTest, ChannelBlocked) {
  for (int value = 1; value <= v1::Channel_MAX; ++value) {
    const v1::Channel channel = static_cast<v1::Channel>(value);
    SCOPED_TRACE(v1::Channel_Name(channel));
    EXPECT_TRUE(ChannelBlocked(0, channel));
    EXPECT_TRUE(ChannelBlocked(Bit(channel), channel));
    EXPECT_FALSE(ChannelBlocked(kAllChannels & ~Bit(channel), channel));
  }
}

TEST(MasksTest, ClassBlocked) {
  const struct {
    uint32_t mask;
    bool marketing, transactional, emergency;
  } cases[] = {{0, true, true, false},
               {kMarketing, true, false, false},
               {kTransactional, false, true, false},
               {kEmergency, false, false, true},
               {kMarketing | kEmergency, true, false, true},
               {kMarketing | kTransactional, true, true, false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.mask);
    EXPECT_EQ(ClassBlocked(test.mask, v1::MESSAGE_CLASS_MARKETING), test.marketing);
    EXPECT_EQ(ClassBlocked(test.mask, v1::MESSAGE_CLASS_TRANSACTIONAL), test.transactional);
    EXPECT_EQ(ClassBlocked(test.mask, v1::MESSAGE_CLASS_EMERGENCY), test.emergency);
  }
}

TEST(MasksTest, MaskCovers) {
  const struct {
    const char* name;
    uint32_t wide, narrow;
    bool covers;
  } cases[] = {{"all covers all", 0, 0, true},
               {"all covers one", 0, kVoice, true},
               {"one does not cover all", kVoice, 0, false},
               {"every bit covers all", kAllChannels, 0, true},
               {"all but one does not cover all", kAllChannels & ~kEmail, 0, false},
               {"itself", kVoice | kSms, kVoice | kSms, true},
               {"more", kVoice | kSms, kSms, true},
               {"less", kSms, kVoice | kSms, false},
               {"other", kSms, kVoice, false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(MaskCovers(test.wide, test.narrow, kAllChannels), test.covers);
  }
}

TEST(CatalogListTest, RegistryMasksHaveDefaults) {
  const CatalogList plain =
      List("name: 'organizations/acme/lists/national' kind: LIST_KIND_REGISTRY");
  EXPECT_EQ(plain.id, "national");
  EXPECT_TRUE(plain.is_registry());
  EXPECT_FALSE(plain.has_version());
  EXPECT_EQ(plain.channels, kVoice | kSms | Bit(v1::CHANNEL_FAX));
  EXPECT_EQ(plain.classes, kMarketing);
  const CatalogList chosen = List(
      "channels: [CHANNEL_SMS] message_classes: [MESSAGE_CLASS_EMERGENCY,"
      " MESSAGE_CLASS_TRANSACTIONAL]");
  EXPECT_EQ(chosen.channels, kSms);
  EXPECT_EQ(chosen.classes, kEmergency | kTransactional);
  EXPECT_TRUE(chosen.Blocks(v1::CHANNEL_SMS, v1::MESSAGE_CLASS_EMERGENCY));
  EXPECT_FALSE(chosen.Blocks(v1::CHANNEL_SMS, v1::MESSAGE_CLASS_MARKETING));
  EXPECT_FALSE(chosen.Blocks(v1::CHANNEL_VOICE, v1::MESSAGE_CLASS_EMERGENCY));
}

// A registry whose date lies far ahead tells that the clock was set back, not that it is fresh.
TEST(CatalogListTest, FreshFromADayBeforeItsDateToItsAge) {
  constexpr UnixMicros kDay = 24 * 3600 * int64_t{1'000'000};
  const CatalogList list =
      List("max_age { seconds: 172800 } active_version { as_of_time { seconds: 864000 } }");
  EXPECT_FALSE(list.IsFresh(9 * kDay - 1));
  EXPECT_TRUE(list.IsFresh(9 * kDay));
  EXPECT_TRUE(list.IsFresh(12 * kDay - 1));
  EXPECT_FALSE(list.IsFresh(12 * kDay));
  EXPECT_TRUE(List("active_version { as_of_time { seconds: 864000 } }").IsFresh(0));
}

TEST(CatalogListTest, StaleTime) {
  const struct {
    const char* name;
    const char* list;
    UnixMicros stale;
  } cases[] = {
      {"no limit", "active_version { as_of_time { seconds: 5 } }", 0},
      {"limit", "max_age { seconds: 2 } active_version { as_of_time { seconds: 5 } }", 7'000'000},
      {"microseconds", "max_age { nanos: 1000 } active_version { as_of_time { nanos: 4000 } }", 5},
      {"date unknown: as old as can be", "max_age { seconds: 2 } active_version {}", 2'000'000}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(List(test.list).StaleTime(), test.stale);
  }
}

TEST(CatalogListTest, Covers) {
  const struct {
    const char* name;
    const char* area_codes;
    uint64_t phone;
    bool covered;
  } cases[] = {{"all", "", 12125551234, true},
               {"subscribed", "'212'", 12125551234, true},
               {"second of two", "'212', '646'", 16465551234, true},
               {"not subscribed", "'212'", 16465551234, false},
               {"exchange is no area code", "'212'", 16462125551, false},
               {"lowest", "'200'", 12002000000, true},
               {"highest", "'999'", 19999999999, true},
               {"elsewhere", "'212'", 442079460000, true},
               {"elsewhere, of eleven digits", "'212'", 33142685300, true},
               {"unreadable code covers nothing", "'abc'", 12125551234, false},
               {"code out of range covers nothing", "'1212'", 12125551234, false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const CatalogList list =
        List(absl::StrCat("active_version { area_codes: [", test.area_codes, "] }"));
    EXPECT_EQ(list.Covers(test.phone), test.covered);
  }
}

class CatalogOrganizationTest : public testing::Test {
 protected:
  CatalogOrganizationTest() {
    AddList("name: 'internal' kind: LIST_KIND_INTERNAL", &acme_);
    AddList("name: 'national' kind: LIST_KIND_REGISTRY", &acme_);
    AddWorkflow(
        "name: 'sales' record_type: 'contact'"
        "statuses { name: 'new' actions { name: 'stop' } actions { name: 'call' } }"
        "statuses { name: 'dead' state: OBJECT_STATE_DISABLED restriction {"
        "  channels: CHANNEL_SMS duration { seconds: 3 } } }",
        &acme_);
    AddWorkflow("name: 'service' record_type: 'company' statuses { name: 'new' }", &acme_);
  }

  CatalogOrganization acme_ = MakeOrganization("acme", 3);
};

TEST_F(CatalogOrganizationTest, FindsById) {
  EXPECT_EQ(acme_.number(), 3u);
  ASSERT_NE(acme_.FindList("national"), nullptr);
  EXPECT_EQ(acme_.FindList("national")->record.number(), 2u);
  EXPECT_EQ(acme_.FindList("nationa"), nullptr);
  ASSERT_NE(acme_.FindStatus("sales", "dead"), nullptr);
  EXPECT_EQ(acme_.FindStatus("sales", "gone"), nullptr);
  EXPECT_EQ(acme_.FindStatus("gone", "new"), nullptr);
  EXPECT_NE(acme_.FindStatus("sales", "new"), acme_.FindStatus("service", "new"));
  EXPECT_EQ(acme_.FindWorkflow("service")->record.workflow().record_type(), "company");
  EXPECT_EQ(acme_.FindWorkflow(""), nullptr);
}

TEST_F(CatalogOrganizationTest, FindsByNumber) {
  EXPECT_EQ(acme_.ListByNumber(0), nullptr);
  EXPECT_EQ(acme_.ListByNumber(1), acme_.FindList("internal"));
  EXPECT_EQ(acme_.ListByNumber(3), nullptr);
  EXPECT_EQ(acme_.StatusByNumber(0), acme_.FindStatus("sales", "new"));
  EXPECT_EQ(acme_.StatusByNumber(1), acme_.FindStatus("sales", "dead"));
  EXPECT_EQ(acme_.StatusByNumber(2), acme_.FindStatus("service", "new"));
  EXPECT_EQ(acme_.StatusByNumber(3), nullptr);
  EXPECT_EQ(acme_.StatusByNumber(~0u), nullptr);
}

TEST_F(CatalogOrganizationTest, StatusKnowsItsRestriction) {
  const CatalogStatus& open = *acme_.FindStatus("sales", "new");
  EXPECT_TRUE(open.enabled());
  EXPECT_FALSE(open.restricts);
  EXPECT_EQ(open.record_type, "contact");
  const CatalogStatus& dead = *acme_.FindStatus("sales", "dead");
  EXPECT_FALSE(dead.enabled());
  EXPECT_TRUE(dead.restricts);
  EXPECT_EQ(dead.restricted_channels, kSms);
  EXPECT_EQ(dead.restriction_micros, 3'000'000);
  ASSERT_NE(open.FindAction("call"), nullptr);
  EXPECT_EQ(open.FindAction("call"), &open.proto().actions(1));
  EXPECT_EQ(open.FindAction("cal"), nullptr);
}

TEST_F(CatalogOrganizationTest, PutStatusReplacesAndSharesTheRest) {
  const auto before = acme_.workflows.at("sales");
  storage::v1::StatusRecord record = acme_.FindStatus("sales", "new")->record;
  record.mutable_status()->set_display_name("fresh");
  acme_.PutStatus(*before, std::make_shared<CatalogStatus>(record, "contact"));
  EXPECT_EQ(acme_.FindStatus("sales", "new")->proto().display_name(), "fresh");
  EXPECT_EQ(acme_.StatusByNumber(0), acme_.FindStatus("sales", "new"));
  EXPECT_EQ(before->FindStatus("new")->proto().display_name(), "");  // readers keep what they had
  EXPECT_EQ(before->FindStatus("dead"), acme_.FindStatus("sales", "dead"));
  const v1::Workflow whole = acme_.FindWorkflow("sales")->ToProto();
  ASSERT_EQ(whole.statuses_size(), 2);
  EXPECT_EQ(whole.statuses(0).display_name(), "fresh");
  EXPECT_EQ(whole.statuses(1).name(), "organizations/acme/workflows/sales/statuses/dead");
}

TEST_F(CatalogOrganizationTest, CatalogFindsOrganizations) {
  Catalog catalog;
  catalog.organizations["acme"] = std::make_shared<CatalogOrganization>(acme_);
  catalog.organizations[kGlobalOrganization] =
      std::make_shared<CatalogOrganization>(MakeOrganization(kGlobalOrganization, kGlobalNumber));
  EXPECT_EQ(catalog.Find("acme")->number(), 3u);
  EXPECT_EQ(catalog.Find("acm"), nullptr);
  EXPECT_EQ(catalog.global().id, "global");
}

}  // namespace
}  // namespace dnc
