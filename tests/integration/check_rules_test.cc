// Scopes, message classes, time and registries: which rule applies to which contact, and until
// when.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr char kMessaging[] = " channel: CHANNEL_MESSAGING ";
constexpr char kBob[] = " contact_point { phone: '+12125550102' } ";

class CheckRulesTest : public GatewayTest {
 protected:
  v1::Verdict BobVerdict(absl::string_view more = "") {
    return VerdictOf(absl::StrCat(kBob, more));
  }
  // A timestamp field so many seconds from the test's start.
  static std::string At(const char* field, int64_t seconds) {
    return absl::StrCat(" ", field, " { seconds: ", kStart / kSecond + seconds, " } ");
  }
};

TEST_F(CheckRulesTest, ABrandListBlocksItsBrandAndTheUnspecifiedOne) {
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'gold' list { kind: LIST_KIND_INTERNAL brand: 'gold' }");
  AddPhoneEntry(kBobPhone, "list: '~/lists/gold'");
  EXPECT_EQ(BobVerdict("brand: 'gold'"), v1::VERDICT_DENY);
  EXPECT_EQ(BobVerdict("brand: 'silver'"), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  EXPECT_EQ(BobVerdict("campaign: 'spring'"), v1::VERDICT_DENY);
}

// "É" in one character, in small, and as E with an accent; white space around it.
TEST_F(CheckRulesTest, ABrandIsTheSameInEverySpelling) {
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'eclat' list { kind: LIST_KIND_INTERNAL brand: ' \303\211clat  Bleu' "
      "}");
  AddPhoneEntry(kBobPhone, "list: '~/lists/eclat'");
  for (const char* spelling : {"\303\211clat Bleu", "\303\251CLAT bleu", "E\314\201clat Bleu ",
                               "\342\200\213\303\251clat\tbleu"}) {
    EXPECT_EQ(BobVerdict(absl::StrCat("brand: '", spelling, "'")), v1::VERDICT_DENY) << spelling;
    const auto filtered = Filter(absl::StrCat("channel: CHANNEL_VOICE brand: '", spelling, "'"),
                                 {Parse<v1::FilterContactsRequest>("phones: 12125550102")});
    EXPECT_EQ(VerdictAt(filtered.at(0), 0), v1::VERDICT_DENY) << spelling;
  }
  EXPECT_THAT(Ask<v1::CheckContactRequest>(
                  absl::StrCat("organization: '~' channel: CHANNEL_VOICE campaign: ' '", kBob)),
              RefusedAt("INVALID_FIELD", "campaign"));
}

// The same text in a single check, as whatever kind it is given, and in a send list.
TEST_F(CheckRulesTest, OnMessagingNoReadingOfAnOptedOutNumberIsClean) {
  AddPhoneEntry("+12125550199");
  for (const char* point : {"phone: '212 555 0199'", "other: 'agent2125550199'",
                            "email: '12125550199@s.example.net'"}) {
    EXPECT_EQ(VerdictOf(absl::StrCat(kMessaging, "contact_point { ", point, " }")),
              v1::VERDICT_DENY)
        << point;
  }
  const auto filtered =
      Filter(kMessaging, {Parse<v1::FilterContactsRequest>(
                             "raw: '212 555 0199' raw: 'agent2125550199'"
                             " raw: '12125550199@s.example.net' raw: '+1 212 555 0199 x1'")});
  for (uint32_t i = 0; i < 4; ++i) EXPECT_EQ(VerdictAt(filtered.at(0), i), v1::VERDICT_DENY) << i;
  for (const char* hidden : {"+12125550199", "2125550199", "ann@example.com"}) {
    EXPECT_THAT(Ask<v1::CheckContactRequest>(absl::StrCat(
                    kMessaging, "organization: '~' contact_point { other: '", hidden, "' }")),
                RefusedAt("INVALID_FIELD", "contact_point.other"))
        << hidden;
  }
}

// A single check reads an account as a send list of that region does.
TEST_F(CheckRulesTest, OnMessagingAnAccountIsReadByTheRegionOfItsContactPoint) {
  AddPhoneEntry("+447911123456");
  const std::string account = "07911123456@chat.example";
  const auto check = [&](const std::string& region) {
    return VerdictOf(
        absl::StrCat(kMessaging, "contact_point { email: '", account, "' ", region, " }"));
  };
  EXPECT_EQ(check("default_region: 'GB'"), v1::VERDICT_DENY);
  EXPECT_EQ(check(""), v1::VERDICT_ALLOW);
  const v1::FilterContactsRequest block =
      Parse<v1::FilterContactsRequest>(absl::StrCat("raw: '", account, "'"));
  const auto list = Filter(absl::StrCat(kMessaging, "default_region: 'GB'"), {block});
  EXPECT_EQ(VerdictAt(list.at(0), 0), v1::VERDICT_DENY);
  EXPECT_THAT(Ask<v1::CheckContactRequest>(
                  absl::StrCat(kMessaging, "organization: '~' contact_point { email: '", account,
                               "' default_region: 'usa' }")),
              RefusedAt("INVALID_FIELD", "contact_point.default_region"));
}

TEST_F(CheckRulesTest, AHandleIsTheSameWithAndWithoutItsAt) {
  Must<v1::AddEntryRequest>("parent: '~' entry { contact_point { other: '@Ann_Miller' } }");
  for (const char* handle : {"@ann_miller", "ann_miller", "ANN_MILLER", "ann\342\200\213_miller"}) {
    EXPECT_EQ(VerdictOf(absl::StrCat(kMessaging, "contact_point { other: '", handle, "' }")),
              v1::VERDICT_DENY)
        << handle;
  }
}

TEST_F(CheckRulesTest, ACampaignListBlocksItsCampaignAndTheUnspecifiedOne) {
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'spring' list { kind: LIST_KIND_INTERNAL "
      "brand: 'gold' campaign: 'spring' }");
  AddPhoneEntry(kBobPhone, "list: '~/lists/spring'");
  EXPECT_EQ(BobVerdict("brand: 'gold' campaign: 'spring'"), v1::VERDICT_DENY);
  EXPECT_EQ(BobVerdict("campaign: 'spring'"), v1::VERDICT_DENY);
  EXPECT_EQ(BobVerdict("brand: 'gold' campaign: 'autumn'"), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict("brand: 'silver' campaign: 'spring'"), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(CheckRulesTest, AnOptOutBlocksAllClassesButEmergency) {
  AddPhoneEntry(kBobPhone);
  EXPECT_EQ(BobVerdict("message_class: MESSAGE_CLASS_MARKETING"), v1::VERDICT_DENY);
  EXPECT_EQ(BobVerdict("message_class: MESSAGE_CLASS_TRANSACTIONAL"), v1::VERDICT_DENY);
  const v1::CheckContactResponse emergency =
      Check(absl::StrCat(kBob, "message_class: MESSAGE_CLASS_EMERGENCY"));
  EXPECT_EQ(emergency.verdict(), v1::VERDICT_ALLOW);
  ASSERT_EQ(emergency.reasons_size(), 1);  // it matched, and was exempt
  EXPECT_EQ(emergency.reasons(0).effect(), v1::VERDICT_ALLOW);
}

TEST_F(CheckRulesTest, AnEntryMayNameTheClassesItBlocks) {
  AddPhoneEntry(kBobPhone, "message_classes: MESSAGE_CLASS_MARKETING");
  AddPhoneEntry("+12125550104", "message_classes: MESSAGE_CLASS_EMERGENCY");
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  EXPECT_EQ(BobVerdict("message_class: MESSAGE_CLASS_TRANSACTIONAL"), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf("contact_point { phone: '+12125550104' } "
                      "message_class: MESSAGE_CLASS_EMERGENCY"),
            v1::VERDICT_DENY);
}

TEST_F(CheckRulesTest, AnEntryEndsAtTheInstantOfItsExpiry) {
  AddPhoneEntry(kBobPhone, At("expire_time", 3600));
  clock().Set(kStart + 3600 * kSecond - 1);
  const v1::CheckContactResponse last = CheckPhone(kBobPhone);
  EXPECT_EQ(last.verdict(), v1::VERDICT_DENY);
  ASSERT_EQ(last.reasons_size(), 1);
  EXPECT_EQ(last.reasons(0).until().seconds(), kStart / kSecond + 3600);
  clock().Advance(1);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  const auto entries = Must<v1::ListEntriesRequest>("parent: '~'");
  EXPECT_EQ(entries.entries_size(), 1);  // it stays on the record
}

TEST_F(CheckRulesTest, AnEntryBeginsAtItsEffectiveTimeAndAnAllowLastsNoLonger) {
  AddPhoneEntry(kBobPhone, At("effective_time", 4));
  const v1::CheckContactResponse before = CheckPhone(kBobPhone);
  EXPECT_EQ(before.verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(before.valid_for().seconds(), 4);
  clock().Advance(3 * kSecond + kSecond / 2);
  EXPECT_EQ(CheckPhone(kBobPhone).valid_for().nanos(), 500'000'000);
  clock().Set(kStart + 4 * kSecond);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(CheckRulesTest, AnActionsDurationEndsItsEntries) {
  Apply("bob", "pause");
  clock().Set(kStart + 7 * kDay - 1);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY);
  EXPECT_TRUE(GetLead("bob").do_not_contact());
  clock().Advance(1);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_ALLOW);
  EXPECT_FALSE(GetLead("bob").do_not_contact());
}

TEST_F(CheckRulesTest, NurtureLiftsByItself) {
  Apply("bob", "later");
  const v1::CheckContactResponse nurtured = Check("lead: '~/leads/bob'");
  EXPECT_EQ(nurtured.verdict(), v1::VERDICT_DENY);
  ASSERT_THAT(ReasonTypes(nurtured), ElementsAre(v1::REASON_TYPE_NURTURE));
  EXPECT_EQ(nurtured.reasons(0).until().seconds(), (kStart + 30 * kDay) / kSecond);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);  // the phone without its lead as well
  EXPECT_TRUE(GetLead("bob").has_nurture_until());
  clock().Set(kStart + 30 * kDay);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  EXPECT_FALSE(GetLead("bob").has_nurture_until());
}

TEST_F(CheckRulesTest, ASecondNurtureNeverShortensTheFirst) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'soon' action { operations { nurture "
      "{ duration { seconds: 60 } channels: CHANNEL_SMS } } }");
  Apply("bob", "later");
  Apply("bob", "soon");
  clock().Set(kStart + 30 * kDay - 1);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY);
  clock().Advance(1);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_ALLOW);
}

TEST_F(CheckRulesTest, AStatusRestrictsForItsDuration) {
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/bob' status: '~s/cooling' }");
  const v1::CheckContactResponse cooling = Check("lead: '~/leads/bob' channel: CHANNEL_SMS");
  EXPECT_EQ(cooling.verdict(), v1::VERDICT_DENY);
  ASSERT_THAT(ReasonTypes(cooling), ElementsAre(v1::REASON_TYPE_STATUS_RESTRICTS));
  EXPECT_EQ(cooling.reasons(0).status(), "organizations/acme/workflows/sales/statuses/cooling");
  clock().Set(kStart + 7 * kDay - 1);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY);
  clock().Advance(1);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_ALLOW);
}

TEST_F(CheckRulesTest, AStatusWithoutDurationRestrictsItsChannelsWhileTheLeadStays) {
  AddLead("ed", "contact_points { phone: '+12125550105' } contact_points { email: 'e@d.example' }");
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ed' status: '~s/closed' }");
  clock().Advance(1000 * kDay);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ed'"), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ed' channel: CHANNEL_EMAIL"), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ed' message_class: MESSAGE_CLASS_EMERGENCY"),
            v1::VERDICT_ALLOW);
  Must<v1::UpsertLeadRequest>(
      "allow_lifting_restriction: true lead { name: '~/leads/ed' status: '~s/working' }");
  EXPECT_EQ(VerdictOf("lead: '~/leads/ed'"), v1::VERDICT_ALLOW);
}

TEST_F(CheckRulesTest, ADisabledOrArchivedStatusStillRestricts) {
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/bob' status: '~s/closed' }");
  for (const char* state : {"OBJECT_STATE_DISABLED", "OBJECT_STATE_ARCHIVED"}) {
    Must<v1::UpdateStatusRequest>(absl::StrCat(
        "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD restriction {} state: ",
        state, " } allow_affected: true"));
    EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY) << state;
  }
}

TEST_F(CheckRulesTest, ARegistryDeniesItsMembersAndAllowsTheRest) {
  AddRegistry("national", "max_age { seconds: 2678400 }");
  ASSERT_THAT(Import(At("as_of_time", 0) + "list: '~/lists/national'", "2125550102\n2125550177\n"),
              IsOk());
  const v1::CheckContactResponse response = CheckPhone(kBobPhone);
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  ASSERT_THAT(ReasonTypes(response), ElementsAre(v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY));
  EXPECT_TRUE(response.reasons(0).overridable());
  EXPECT_EQ(response.reasons(0).list(), "organizations/acme/lists/national");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict("message_class: MESSAGE_CLASS_TRANSACTIONAL"), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict("channel: CHANNEL_MESSAGING"), v1::VERDICT_ALLOW);
  EXPECT_EQ(BobVerdict("channel: CHANNEL_FAX"), v1::VERDICT_DENY);
}

TEST_F(CheckRulesTest, AnEmptyRegistryIsUnknown) {
  AddRegistry("national");
  const v1::CheckContactResponse response = CheckPhone(kBobPhone);
  EXPECT_EQ(response.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(ReasonTypes(response), ElementsAre(v1::REASON_TYPE_REGISTRY_EMPTY));
  EXPECT_EQ(VerdictOf("channel: CHANNEL_EMAIL lead: '~/leads/ann'"), v1::VERDICT_ALLOW);
}

TEST_F(CheckRulesTest, AStaleRegistryIsUnknownButItsMembersStayDenied) {
  AddRegistry("national", "max_age { seconds: 86400 }");
  ASSERT_THAT(Import(At("as_of_time", 0) + "list: '~/lists/national'", "2125550102\n"), IsOk());
  clock().Set(kStart + kDay - 3 * kSecond);
  const v1::CheckContactResponse fresh = CheckPhone(kAnnPhone);
  EXPECT_EQ(fresh.verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(fresh.valid_for().seconds(), 3);
  clock().Set(kStart + kDay);
  const v1::CheckContactResponse stale = CheckPhone(kAnnPhone);
  EXPECT_EQ(stale.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(ReasonTypes(stale), ElementsAre(v1::REASON_TYPE_REGISTRY_STALE));
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(CheckRulesTest, AnAreaCodeThatIsNotSubscribedIsUnknown) {
  AddRegistry("national");
  ASSERT_THAT(
      Import("list: '~/lists/national' area_codes: '212' area_codes: '646'", "2125550102\n"),
      IsOk());
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  const v1::CheckContactResponse other = CheckPhone("+13105550100");
  EXPECT_EQ(other.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(ReasonTypes(other), ElementsAre(v1::REASON_TYPE_AREA_CODE_NOT_SUBSCRIBED));
}

TEST_F(CheckRulesTest, AGlobalRegistryAppliesToEveryOrganization) {
  Must<v1::CreateListRequest>(
      "parent: 'organizations/global' list_id: 'national' list { kind: LIST_KIND_REGISTRY }");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_UNKNOWN);
  ASSERT_THAT(Import("list: 'organizations/global/lists/national'", "2125550102\n"), IsOk());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
}

TEST_F(CheckRulesTest, AllReasonsAreThereAndTheBlockingOnesComeFirst) {
  AddRegistry("stale", "max_age { seconds: 3600 }");
  AddRegistry("member");
  ASSERT_THAT(Import(At("as_of_time", 0) + "list: '~/lists/stale'", "2125550177\n"), IsOk());
  ASSERT_THAT(Import("list: '~/lists/member'", "2125550102\n"), IsOk());
  AddPhoneEntry(kBobPhone, "message_classes: MESSAGE_CLASS_TRANSACTIONAL");
  Apply("bob", "dnc");  // flags, and moves to a status that restricts
  clock().Advance(3600 * kSecond);
  const v1::CheckContactResponse response = Check("lead: '~/leads/bob'");
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  EXPECT_THAT(ReasonTypes(response),
              UnorderedElementsAre(
                  v1::REASON_TYPE_LEAD_ON_LIST, v1::REASON_TYPE_STATUS_RESTRICTS,
                  v1::REASON_TYPE_CONTACT_POINT_ON_LIST, v1::REASON_TYPE_CONTACT_POINT_ON_LIST,
                  v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY, v1::REASON_TYPE_REGISTRY_STALE));
  std::vector<v1::Verdict> effects;
  for (const v1::Reason& reason : response.reasons()) {
    effects.push_back(reason.effect());
    const bool of_registry = reason.type() == v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY ||
                             reason.type() == v1::REASON_TYPE_REGISTRY_STALE;
    EXPECT_EQ(reason.overridable(), of_registry) << reason.ShortDebugString();
  }
  EXPECT_THAT(effects, ElementsAre(v1::VERDICT_DENY, v1::VERDICT_DENY, v1::VERDICT_DENY,
                                   v1::VERDICT_DENY, v1::VERDICT_UNKNOWN, v1::VERDICT_ALLOW));
}

}  // namespace
}  // namespace dnc
