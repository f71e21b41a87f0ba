// An opt-out blocks the person wherever the contact point turns up.
#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class CheckTest : public GatewayTest {};

TEST_F(CheckTest, AllowsBeforeAnyOptOut) {
  const v1::CheckContactResponse response = CheckPhone("(212) 555-0101");
  EXPECT_EQ(response.verdict(), v1::VERDICT_ALLOW);
  EXPECT_THAT(response.reasons(), testing::IsEmpty());
  EXPECT_EQ(response.contact_point().phone(), kAnnPhone);
  EXPECT_EQ(response.evaluate_time().seconds(), kStart / kSecond);
  EXPECT_EQ(response.valid_for().seconds(), 10);
  EXPECT_THAT(response.decision_id(), testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(response.decision_id().size(), 32u);
  EXPECT_EQ(response.revision(), Revision());
}

TEST_F(CheckTest, DeniesTheContactPointOnceTheActionIsAcknowledged) {
  const v1::ApplyActionResponse applied = Apply("ann", "novoice");
  const v1::CheckContactResponse response = CheckPhone(kAnnPhone);
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  EXPECT_GE(response.revision(), applied.revision());
  EXPECT_EQ(response.valid_for().seconds(), 0);
  EXPECT_EQ(response.valid_for().nanos(), 0);
  ASSERT_THAT(ReasonTypes(response), UnorderedElementsAre(v1::REASON_TYPE_CONTACT_POINT_ON_LIST,
                                                          v1::REASON_TYPE_LEAD_ON_LIST));
  for (const v1::Reason& reason : response.reasons()) {
    EXPECT_EQ(reason.effect(), v1::VERDICT_DENY);
    EXPECT_EQ(reason.list(), "organizations/acme/lists/internal");
    EXPECT_THAT(applied.entries(), testing::Contains(reason.entry()));
    EXPECT_EQ(reason.contact_point().phone(), kAnnPhone);
    EXPECT_EQ(reason.since().seconds(), kStart / kSecond);
    EXPECT_FALSE(reason.has_until());
    EXPECT_FALSE(reason.overridable());
    EXPECT_FALSE(reason.message().empty());
  }
}

TEST_F(CheckTest, DeniesEverySpellingOfThePhone) {
  Apply("ann", "dnc");
  for (const char* spelling : {"2125550101", "(212) 555-0101", "1-212-555-0101", "+1 212 555 0101",
                               "tel:+1-212-555-0101", "212.555.0101 ext. 9"}) {
    EXPECT_EQ(PhoneVerdict(spelling), v1::VERDICT_DENY) << spelling;
  }
  // A spelling that cannot be read is an error, never ALLOW.
  for (const char* spelling : {"001 212 555 0101", "212-555-010", "nobody"}) {
    EXPECT_THAT(
        Ask<v1::CheckContactRequest>(absl::StrCat(
            "organization: '~' channel: CHANNEL_VOICE contact_point { phone: '", spelling, "' }")),
        Refused("INVALID_PHONE_NUMBER"))
        << spelling;
  }
  EXPECT_EQ(VerdictOf("contact_point { phone: '+1 (212) 555-0101' default_region: 'DE' }"),
            v1::VERDICT_DENY);
}

TEST_F(CheckTest, DeniesEverySpellingOfTheEmail) {
  Apply("ann", "dnc");
  for (const char* spelling : {"ann@example.com", "Ann@Example.COM", " ANN@example.com "}) {
    EXPECT_EQ(
        VerdictOf(absl::StrCat("channel: CHANNEL_EMAIL contact_point { email: '", spelling, "' }")),
        v1::VERDICT_DENY)
        << spelling;
  }
}

TEST_F(CheckTest, DeniesTheLeadAndThePhoneOnAnotherLead) {
  AddLead("twin",
          "contact_points { phone: '212-555-0101' } "
          "contact_points { phone: '+12125550103' }");
  Apply("ann", "dnc");
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/twin'"), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/twin' contact_point { phone: '+12125550101' }"),
            v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob' contact_point { phone: '+12125550101' }"),
            v1::VERDICT_DENY);
  // The twin's own number was never mentioned.
  EXPECT_EQ(VerdictOf("lead: '~/leads/twin' contact_point { phone: '+12125550103' }"),
            v1::VERDICT_ALLOW);
}

TEST_F(CheckTest, DeniesAContactPointThatJoinsAFlaggedLeadLater) {
  Apply("ann", "dnc");
  EXPECT_EQ(PhoneVerdict("+12125550150"), v1::VERDICT_ALLOW);
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/ann' contact_points { phone: '+12125550150' } }");
  const v1::CheckContactResponse response = CheckPhone("+12125550150");
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  EXPECT_THAT(ReasonTypes(response), testing::Contains(v1::REASON_TYPE_CONTACT_POINT_ON_LIST));
}

TEST_F(CheckTest, DeniesAReimportedLead) {
  Apply("ann", "dnc");
  Must<v1::BatchUpsertLeadsRequest>(
      "parent: '~' leads { name: '~/leads/ann' record_type: 'contact' status: '~s/new' "
      "contact_points { phone: '+12125550101' } } "
      "leads { name: '~/leads/ann-2' record_type: 'contact' status: '~s/new' "
      "contact_points { phone: '+12125550101' } }");
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann-2'"), v1::VERDICT_DENY);
  EXPECT_TRUE(GetLead("ann").do_not_contact());
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(CheckTest, BlocksOnlyTheChannelsOfTheEntry) {
  Apply("ann", "novoice");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("channel: CHANNEL_SMS contact_point { phone: '+12125550101' }"),
            v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf("channel: CHANNEL_EMAIL lead: '~/leads/ann'"), v1::VERDICT_ALLOW);
}

TEST_F(CheckTest, AnUnknownLeadIsUnknown) {
  const v1::CheckContactResponse response = Check("lead: '~/leads/nobody'");
  EXPECT_EQ(response.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(ReasonTypes(response), ElementsAre(v1::REASON_TYPE_LEAD_UNKNOWN));
  EXPECT_EQ(VerdictOf("lead: '~/leads/nobody' contact_point { phone: '+12125550101' }"),
            v1::VERDICT_UNKNOWN);
}

TEST_F(CheckTest, ALeadThatTheChannelCannotReachIsUnknown) {
  const v1::CheckContactResponse response = Check("lead: '~/leads/bob' channel: CHANNEL_EMAIL");
  EXPECT_EQ(response.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(ReasonTypes(response), ElementsAre(v1::REASON_TYPE_NO_CONTACT_POINT));
  AddLead("bare", "");
  EXPECT_EQ(VerdictOf("lead: '~/leads/bare'"), v1::VERDICT_UNKNOWN);
}

TEST_F(CheckTest, KeepsOrganizationsApart) {
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  Apply("ann", "dnc");
  const auto other = Must<v1::CheckContactRequest>(
      "organization: 'organizations/beta' channel: CHANNEL_VOICE "
      "contact_point { phone: '+12125550101' }");
  EXPECT_EQ(other.verdict(), v1::VERDICT_ALLOW);
  EXPECT_THAT(Ask<v1::CheckContactRequest>("organization: 'organizations/beta' "
                                           "channel: CHANNEL_VOICE lead: '~/leads/ann'"),
              RefusedAt("INVALID_FIELD", "lead"));
}

TEST_F(CheckTest, AListOfTheGlobalOrganizationAppliesToAll) {
  Must<v1::CreateListRequest>(
      "parent: 'organizations/global' list_id: 'litigators' list { kind: LIST_KIND_INTERNAL }");
  Must<v1::AddEntryRequest>(
      "parent: 'organizations/global' entry { list: 'organizations/global/lists/litigators' "
      "contact_point { phone: '+12125550102' } }");
  const v1::CheckContactResponse response = CheckPhone(kBobPhone);
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  ASSERT_EQ(response.reasons_size(), 1);
  EXPECT_EQ(response.reasons(0).list(), "organizations/global/lists/litigators");
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY);
}

TEST_F(CheckTest, TheGlobalOrganizationHasAListInternalLikeEveryOther) {
  EXPECT_THAT(Ask<v1::AddEntryRequest>("parent: 'organizations/global' entry { "
                                       "contact_point { phone: '+12125550102' } }"),
              IsOk());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(CheckTest, ARevisionThatIsNotReachedIsUnavailable) {
  const int64_t revision = Revision();
  EXPECT_EQ(VerdictOf(absl::StrCat("lead: '~/leads/ann' at_least_revision: ", revision)),
            v1::VERDICT_ALLOW);
  EXPECT_THAT(
      Ask<v1::CheckContactRequest>(absl::StrCat("organization: '~' lead: '~/leads/ann' channel: "
                                                "CHANNEL_VOICE at_least_revision: ",
                                                revision + 1)),
      Refused("REVISION_NOT_REACHED"));
}

TEST_F(CheckTest, TwoDecisionsHaveTwoIds) {
  EXPECT_NE(CheckPhone(kAnnPhone).decision_id(), CheckPhone(kAnnPhone).decision_id());
}

TEST_F(CheckTest, ErrorsNameTheFieldAtFault) {
  const auto ask = [&](const char* text) {
    return Ask<v1::CheckContactRequest>(absl::StrCat("organization: '~' ", text));
  };
  EXPECT_THAT(ask("channel: CHANNEL_VOICE"), RefusedAt("REQUIRED_FIELD_MISSING", "contact_point"));
  EXPECT_THAT(ask("channel: CHANNEL_VOICE contact_point {}"),
              RefusedAt("REQUIRED_FIELD_MISSING", "contact_point"));
  EXPECT_THAT(ask("lead: '~/leads/ann'"), RefusedAt("REQUIRED_FIELD_MISSING", "channel"));
  EXPECT_THAT(ask("channel: CHANNEL_VOICE contact_point { phone: '555' }"),
              RefusedAt("INVALID_PHONE_NUMBER", "contact_point.phone"));
  EXPECT_THAT(ask("channel: CHANNEL_EMAIL contact_point { email: 'ann' }"),
              RefusedAt("INVALID_EMAIL_ADDRESS", "contact_point.email"));
  EXPECT_THAT(ask("channel: CHANNEL_MAIL contact_point { other: ' ' }"),
              RefusedAt("INVALID_FIELD", "contact_point.other"));
  EXPECT_THAT(ask("channel: CHANNEL_VOICE contact_point { email: 'ann@example.com' }"),
              RefusedAt("CHANNEL_MISMATCH", "contact_point"));
  EXPECT_THAT(ask("channel: CHANNEL_VOICE contact_point { phone: '212' default_region: 'XX' }"),
              RefusedAt("INVALID_FIELD", "contact_point.default_region"));
  EXPECT_THAT(ask("channel: CHANNEL_VOICE lead: 'leads/ann'"), RefusedAt("INVALID_FIELD", "lead"));
  EXPECT_THAT(Ask<v1::CheckContactRequest>("organization: 'organizations/none' "
                                           "channel: CHANNEL_VOICE lead: '~/leads/ann'"),
              Refused("ORGANIZATION_NOT_FOUND"));
}

TEST_F(CheckTest, ErrorsNeverShowContactData) {
  const auto reply = Ask<v1::CheckContactRequest>(
      "organization: '~' channel: CHANNEL_VOICE contact_point { phone: '+1212555010199' }");
  EXPECT_THAT(reply, Refused("INVALID_PHONE_NUMBER"));
  EXPECT_THAT(reply.message, testing::Not(testing::HasSubstr("555010199")));
}

// Starts that have not read a single contact point into memory when the first check arrives.
class UnreadContactPointsTest : public GatewayTest {
 protected:
  UnreadContactPointsTest() { parts().fill = {/*rows_at_start=*/0, &paused_}; }
  ~UnreadContactPointsTest() override { StopServer(); }

  void ExpectBlocked(const std::string& phone) {
    EXPECT_EQ(PhoneVerdict(phone), v1::VERDICT_DENY) << phone;
    const auto answers =
        Filter("channel: CHANNEL_VOICE",
               {Parse<v1::FilterContactsRequest>(absl::StrCat("phones: ", phone.substr(1)))});
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(VerdictAt(answers[0], 0), v1::VERDICT_DENY) << phone;
  }

  std::atomic<bool> paused_{true};
};

TEST_F(UnreadContactPointsTest, BlockAllTheSame) {
  AddPhoneEntry(kAnnPhone);
  Restart();
  ExpectBlocked(kAnnPhone);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  // What is acknowledged meanwhile counts at once, and outlives an end before everything is read.
  AddPhoneEntry(kBobPhone);
  ExpectBlocked(kBobPhone);
  Restart();
  ExpectBlocked(kAnnPhone);
  ExpectBlocked(kBobPhone);
  AddPhoneEntry("+12125550199");
  paused_ = false;
  for (const char* const phone : {kAnnPhone, kBobPhone, "+12125550199"}) ExpectBlocked(phone);
  EXPECT_EQ(PhoneVerdict("+12125550198"), v1::VERDICT_ALLOW);
}

}  // namespace
}  // namespace dnc
