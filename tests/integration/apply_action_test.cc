// ApplyAction: what each operation does, and what happens where one cannot.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kClosed[] = "organizations/acme/workflows/sales/statuses/closed";
constexpr char kNew[] = "organizations/acme/workflows/sales/statuses/new";
constexpr char kAnnDnc[] = "lead: '~/leads/ann' action: '~s/new/actions/dnc' ";

class ApplyActionTest : public GatewayTest {
 protected:
  static std::vector<v1::OperationResult::Outcome> Outcomes(
      const v1::ApplyActionResponse& response) {
    std::vector<v1::OperationResult::Outcome> outcomes;
    for (const v1::OperationResult& result : response.results()) {
      outcomes.push_back(result.outcome());
    }
    return outcomes;
  }
  v1::Entry GetEntry(const std::string& name) {
    return Must<v1::GetEntryRequest>(absl::StrCat("name: '", name, "'")).entry();
  }
  void SetState(const char* status, const char* state) {
    Must<v1::UpdateStatusRequest>(absl::StrCat("status { name: '~s/", status,
                                               "' system_status: SYSTEM_STATUS_DEAD state: ", state,
                                               " } allow_lifting_restriction: true "
                                               "allow_affected: true"));
  }
};

TEST_F(ApplyActionTest, AnswersWhatEachOperationDid) {
  const v1::ApplyActionResponse response = Apply("ann", "dnc");
  EXPECT_THAT(Outcomes(response), ElementsAre(v1::OperationResult::OUTCOME_APPLIED,
                                              v1::OperationResult::OUTCOME_APPLIED));
  EXPECT_EQ(response.results(0).index(), 0);
  EXPECT_EQ(response.results(1).index(), 1);
  EXPECT_EQ(response.results(0).entries_size(), 3);  // the lead, its phone, its e-mail
  EXPECT_EQ(response.entries_size(), 3);
  EXPECT_EQ(response.previous_status(), kNew);
  EXPECT_EQ(response.status(), kClosed);
  EXPECT_EQ(response.revision(), Revision());
  EXPECT_EQ(response.effective_time().seconds(), kStart / kSecond);
  EXPECT_FALSE(response.lead_created());
  const v1::Lead lead = GetLead("ann");
  EXPECT_TRUE(lead.do_not_contact());
  EXPECT_EQ(lead.status(), kClosed);
}

TEST_F(ApplyActionTest, RecordsWhoWhyAndHow) {
  const auto response = Must<v1::ApplyActionRequest>(
      absl::StrCat(kAnnDnc, "evidence: 'call 77' actor { id: 'users/joe' origin: '10.0.0.1' }"));
  for (const std::string& name : response.entries()) {
    const v1::Entry entry = GetEntry(name);
    EXPECT_EQ(entry.reason(), "Do not contact");  // the action's display name
    EXPECT_EQ(entry.evidence(), "call 77");
    EXPECT_EQ(entry.actor().id(), "users/joe");
    EXPECT_EQ(entry.actor().origin(), "10.0.0.1");
    EXPECT_THAT(entry.source(), testing::HasSubstr("statuses/new/actions/dnc"));
    EXPECT_EQ(entry.list(), "organizations/acme/lists/internal");
    EXPECT_EQ(entry.revision(), response.revision());
    EXPECT_FALSE(entry.has_expire_time());
  }
}

TEST_F(ApplyActionTest, ASecondApplicationChangesNothingMore) {
  Apply("ann", "novoice");
  const v1::ApplyActionResponse again = Apply("ann", "novoice");
  EXPECT_THAT(Outcomes(again), ElementsAre(v1::OperationResult::OUTCOME_NO_CHANGE));
  EXPECT_THAT(again.entries(), IsEmpty());
  EXPECT_EQ(GetList("internal").entry_count(), 3);
  // An opt-out of every channel says more, so it adds entries; afterwards one of VOICE adds none.
  EXPECT_EQ(Apply("ann", "dnc").entries_size(), 3);
}

TEST_F(ApplyActionTest, TheRequestTimeIsWhenTheOptOutBegan) {
  const auto response = Must<v1::ApplyActionRequest>(
      absl::StrCat(kAnnDnc, "request_time { seconds: ", kStart / kSecond - 500, " }"));
  const v1::Entry entry = GetEntry(response.entries(0));
  EXPECT_EQ(entry.effective_time().seconds(), kStart / kSecond - 500);
  EXPECT_EQ(entry.create_time().seconds(), kStart / kSecond);
  EXPECT_EQ(CheckPhone(kAnnPhone).reasons(0).since().seconds(), kStart / kSecond - 500);
}

TEST_F(ApplyActionTest, ARequestTimeJustAheadBlocksAtOnceAndAFarOneIsRefused) {
  Must<v1::ApplyActionRequest>(
      absl::StrCat(kAnnDnc, "request_time { seconds: ", kStart / kSecond + 30, " }"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  const auto far = [&](const char* time) {
    return Ask<v1::ApplyActionRequest>(
        absl::StrCat("lead: '~/leads/bob' action: '~s/new/actions/dnc' request_time {", time, "}"));
  };
  EXPECT_THAT(far("seconds: 4000000000"), RefusedAt("INVALID_FIELD", "request_time"));
  EXPECT_THAT(far("seconds: 9223372036854775807"), RefusedAt("INVALID_FIELD", "request_time"));
  EXPECT_THAT(far("nanos: -5"), RefusedAt("INVALID_FIELD", "request_time"));
}

TEST_F(ApplyActionTest, TheOptOutHoldsWhereTheTargetStatusIsArchivedOrDisabled) {
  SetState("closed", "OBJECT_STATE_ARCHIVED");
  const v1::ApplyActionResponse ann = Apply("ann", "dnc");
  EXPECT_THAT(Outcomes(ann), ElementsAre(v1::OperationResult::OUTCOME_APPLIED,
                                         v1::OperationResult::OUTCOME_NOT_APPLIED));
  EXPECT_EQ(ann.results(1).reason(), "STATUS_ARCHIVED");
  EXPECT_FALSE(ann.results(1).message().empty());
  EXPECT_EQ(ann.status(), kNew);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  SetState("closed", "OBJECT_STATE_DISABLED");
  const v1::ApplyActionResponse bob = Apply("bob", "dnc");
  EXPECT_EQ(bob.results(1).reason(), "STATUS_DISABLED");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(ApplyActionTest, TheOptOutHoldsWhereTheLeadHasMovedOn) {
  Apply("ann", "advance");
  const v1::ApplyActionResponse response = Apply("ann", "dnc");
  EXPECT_THAT(Outcomes(response), ElementsAre(v1::OperationResult::OUTCOME_APPLIED,
                                              v1::OperationResult::OUTCOME_NOT_APPLIED));
  EXPECT_EQ(response.results(1).reason(), "ACTION_NOT_AVAILABLE");
  EXPECT_THAT(response.status(), testing::EndsWith("statuses/working"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(ApplyActionTest, TheOptOutHoldsWhereTheActionsOwnStatusIsArchived) {
  SetState("new", "OBJECT_STATE_ARCHIVED");
  const v1::ApplyActionResponse response = Apply("ann", "dnc");
  EXPECT_EQ(response.results(1).reason(), "STATUS_ARCHIVED");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(ApplyActionTest, WithoutAnOptOutTheSameCasesAreRefused) {
  const char* const advance = "lead: '~/leads/ann' action: '~s/new/actions/advance'";
  SetState("working", "OBJECT_STATE_ARCHIVED");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(advance), RefusedAt("STATUS_ARCHIVED", "action"));
  SetState("working", "OBJECT_STATE_ENABLED");
  Apply("ann", "advance");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(advance), Refused("ACTION_NOT_AVAILABLE"));
  SetState("new", "OBJECT_STATE_DISABLED");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(advance), Refused("STATUS_DISABLED"));
  SetState("new", "OBJECT_STATE_ARCHIVED");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(advance), Refused("STATUS_ARCHIVED"));
}

// What restricts is not lost because the lead cannot move.
TEST_F(ApplyActionTest, WhatElseItDoesIsDoneWhereTheTargetIsArchived) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'rest' action { operations { nurture { duration { seconds: 60 } "
      "} } operations { move_to_status { status: '~s/cooling' } } }");
  SetState("cooling", "OBJECT_STATE_ARCHIVED");
  const v1::ApplyActionResponse response = Apply("ann", "rest");
  EXPECT_THAT(Outcomes(response), ElementsAre(v1::OperationResult::OUTCOME_APPLIED,
                                              v1::OperationResult::OUTCOME_NOT_APPLIED));
  EXPECT_EQ(response.results(1).reason(), "STATUS_ARCHIVED");
  EXPECT_TRUE(GetLead("ann").has_nurture_until());
}

TEST_F(ApplyActionTest, AnActionOfAnArchivedWorkflowDoesNothingButOptOut) {
  Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/sales' display_name: 'Sales' "
      "record_type: 'contact' state: OBJECT_STATE_ARCHIVED } allow_affected: true");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/ann' action: '~s/new/actions/later'"),
              Refused("WORKFLOW_ARCHIVED"));
  EXPECT_EQ(Apply("ann", "dnc").results(0).outcome(), v1::OperationResult::OUTCOME_APPLIED);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(ApplyActionTest, ADisabledActionIsRefused) {
  Must<v1::UpdateActionRequest>(
      "allow_dropping_dnc: true action { name: '~s/new/actions/dnc' state: OBJECT_STATE_DISABLED "
      "operations { add_to_dnc_list {} } }");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(kAnnDnc), Refused("ACTION_DISABLED"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
}

TEST_F(ApplyActionTest, ALeadThatIsNotKnownIsCreatedFromItsContactPoints) {
  const auto response = Must<v1::ApplyActionRequest>(
      "lead: '~/leads/zoe' action: '~s/new/actions/dnc' "
      "contact_points { phone: '(212) 555-0160' } contact_points { email: 'Zoe@Example.com' }");
  EXPECT_TRUE(response.lead_created());
  EXPECT_EQ(response.previous_status(), "");
  EXPECT_EQ(response.status(), kClosed);
  EXPECT_EQ(response.entries_size(), 3);
  EXPECT_EQ(PhoneVerdict("+12125550160"), v1::VERDICT_DENY);
  const v1::Lead lead = GetLead("zoe");
  EXPECT_EQ(lead.record_type(), "contact");
  ASSERT_EQ(lead.contact_points_size(), 2);
  EXPECT_EQ(lead.contact_points(1).email(), "zoe@example.com");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/yan' action: '~s/new/actions/dnc'"),
              Refused("LEAD_NOT_FOUND"));
}

TEST_F(ApplyActionTest, AKnownLeadGainsTheContactPointsOfTheRequest) {
  Must<v1::ApplyActionRequest>(absl::StrCat(kAnnDnc, "contact_points { phone: '2125550161' }"));
  EXPECT_EQ(GetLead("ann").contact_points_size(), 3);
  EXPECT_EQ(PhoneVerdict("+12125550161"), v1::VERDICT_DENY);
}

TEST_F(ApplyActionTest, TheOptOutHoldsForAContactPointThatTheLeadCannotHold) {
  std::string full = "lead { name: '~/leads/full' record_type: 'contact' status: '~s/new' ";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&full, "contact_points { phone: '", 13105550000 + i, "' }");
  }
  Must<v1::UpsertLeadRequest>(full + "}");
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'flag' action { operations { "
      "add_to_dnc_list { lead_only: true } } }");
  const auto flagged = Must<v1::ApplyActionRequest>(
      "lead: '~/leads/full' action: '~s/new/actions/flag' "
      "contact_points { phone: '2125550163' }");
  EXPECT_EQ(PhoneVerdict("+12125550163"), v1::VERDICT_DENY);
  EXPECT_EQ(flagged.entries_size(), 2) << "of the lead, and of the number that it does not hold";
  const auto response = Must<v1::ApplyActionRequest>(
      "lead: '~/leads/full' action: '~s/new/actions/dnc' "
      "contact_points { phone: '2125550162' }");
  ASSERT_EQ(response.unlinked_contact_points_size(), 1);
  const v1::UnlinkedContactPoint& unlinked = response.unlinked_contact_points(0);
  EXPECT_EQ(unlinked.contact_point().phone(), "+12125550162");
  EXPECT_EQ(unlinked.reason(), "LIMIT_EXCEEDED");
  EXPECT_THAT(unlinked.message(), testing::HasSubstr("at most 100"));
  EXPECT_EQ(PhoneVerdict("+12125550162"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("+13105550099"), v1::VERDICT_DENY);
}

TEST_F(ApplyActionTest, LeadOnlyLeavesTheContactPointsAlone) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'flag' action { operations { "
      "add_to_dnc_list { lead_only: true reason: 'stop' } } }");
  const v1::ApplyActionResponse response = Apply("ann", "flag");
  ASSERT_EQ(response.entries_size(), 1);
  EXPECT_EQ(GetEntry(response.entries(0)).reason(), "stop");
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(GetList("internal").entry_count(), 1);
}

TEST_F(ApplyActionTest, AnOptOutThatIsInForceNamesTheEntriesThatCoverIt) {
  const v1::ApplyActionResponse first = Apply("ann", "novoice");
  EXPECT_EQ(first.results(0).covering_entries_size(), 0);
  clock().Advance(kDay);
  const v1::ApplyActionResponse again = Apply("ann", "novoice");
  EXPECT_THAT(Outcomes(again), ElementsAre(v1::OperationResult::OUTCOME_NO_CHANGE));
  EXPECT_EQ(again.entries_size(), 0);
  ASSERT_EQ(again.results(0).covering_entries_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const std::string& name = again.results(0).covering_entries(i);
    EXPECT_EQ(name, first.entries(i));
    EXPECT_EQ(GetEntry(name).last_request_time().seconds(), (kStart + kDay) / kSecond);
  }
}

TEST_F(ApplyActionTest, AskingAgainForARestrictionForATimeRestartsIt) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/cooling' action_id: 'again' action { operations { "
      "move_to_status { status: '~s/cooling' } } }");
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/cooling' }");
  clock().Advance(5 * kDay);
  EXPECT_THAT(Outcomes(Apply("ann", "cooling/again")),
              ElementsAre(v1::OperationResult::OUTCOME_APPLIED));
  clock().Advance(5 * kDay);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  clock().Advance(-8 * kDay);  // a clock set back never shortens it
  EXPECT_THAT(Outcomes(Apply("ann", "cooling/again")),
              ElementsAre(v1::OperationResult::OUTCOME_NO_CHANGE));
  clock().Advance(8 * kDay);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  // An upsert that says where the lead is says nothing new.
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/cooling' }");
  clock().Advance(2 * kDay);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
}

TEST_F(ApplyActionTest, RefusesALeadOfAnotherRecordType) {
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/ann' action: "
                                          "'~/workflows/support/statuses/open/actions/dnc'"),
              Refused("RECORD_TYPE_MISMATCH"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
}

TEST_F(ApplyActionTest, ValidateOnlyChangesNothingAndTellsTheTruth) {
  const int64_t before = Revision();
  v1::ApplyActionResponse dry =
      Must<v1::ApplyActionRequest>(absl::StrCat(kAnnDnc, "validate_only: true"));
  EXPECT_EQ(dry.revision(), 0);
  EXPECT_EQ(Revision(), before);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  EXPECT_FALSE(GetLead("ann").do_not_contact());
  v1::ApplyActionResponse real = Must<v1::ApplyActionRequest>(kAnnDnc);
  EXPECT_EQ(real.revision(), before + 1);
  real.set_revision(0);
  EXPECT_THAT(dry, EqualsProto(real));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/none' action: '~s/new/actions/dnc' "
                                          "validate_only: true"),
              Refused("LEAD_NOT_FOUND"));
}

TEST_F(ApplyActionTest, RefusesMalformedRequests) {
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(absl::StrCat(kAnnDnc, "actor {}")),
              RefusedAt("REQUIRED_FIELD_MISSING", "actor.id"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("action: '~s/new/actions/dnc'"),
              RefusedAt("REQUIRED_FIELD_MISSING", "lead"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/ann'"),
              RefusedAt("REQUIRED_FIELD_MISSING", "action"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/ann' action: '~s/new/actions/none'"),
              Refused("ACTION_NOT_FOUND"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(
                  "lead: 'organizations/none/leads/ann' action: '~s/new/actions/dnc'"),
              Refused("ORGANIZATION_NOT_FOUND"));
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(
                  "lead: 'organizations/beta/leads/ann' action: '~s/new/actions/dnc'"),
              RefusedAt("INVALID_FIELD", "action"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(absl::StrCat(kAnnDnc, "contact_points { phone: 'x' }")),
              RefusedAt("INVALID_PHONE_NUMBER", "contact_points[0].phone"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(
                  absl::StrCat(kAnnDnc, "evidence: '", std::string(1025, 'e'), "'")),
              RefusedAt("INVALID_FIELD", "evidence"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(
                  absl::StrCat(kAnnDnc, "request_id: '", std::string(129, 'r'), "'")),
              RefusedAt("INVALID_FIELD", "request_id"));
  v1::ApplyActionRequest many = Parse<v1::ApplyActionRequest>(kAnnDnc);
  FillActor(&many);
  for (int i = 0; i < 101; ++i) many.add_contact_points()->set_phone("2125550101");
  EXPECT_THAT(Send(many), RefusedAt("LIMIT_EXCEEDED", "contact_points"));
}

}  // namespace
}  // namespace dnc
