// A repeated request_id returns the first answer and changes nothing more: at once, from many
// callers together, and after a restart.
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr char kAnnStops[] =
    "lead: '~/leads/ann' action: '~s/new/actions/dnc' request_id: 'call-17' ";

class IdempotencyTest : public GatewayTest {};

TEST_F(IdempotencyTest, ARepeatReturnsTheFirstAnswer) {
  const v1::ApplyActionResponse first = Must<v1::ApplyActionRequest>(kAnnStops);
  clock().Advance(kDay);
  EXPECT_THAT(Must<v1::ApplyActionRequest>(kAnnStops), EqualsProto(first));
  EXPECT_EQ(GetList("internal").entry_count(), 3);
}

TEST_F(IdempotencyTest, ARepeatInAnotherSpellingIsTheSameRequest) {
  const char* const zoe = "lead: '~/leads/zoe' action: '~s/new/actions/dnc' request_id: 'z' ";
  const auto first =
      Must<v1::ApplyActionRequest>(absl::StrCat(zoe, "contact_points { phone: '2125550160' }"));
  EXPECT_THAT(Must<v1::ApplyActionRequest>(
                  absl::StrCat(zoe, "contact_points { phone: '+1 (212) 555-0160' }")),
              EqualsProto(first));
}

TEST_F(IdempotencyTest, ARepeatAfterARestartReturnsTheFirstAnswer) {
  const v1::ApplyActionResponse first = Must<v1::ApplyActionRequest>(kAnnStops);
  Restart();
  EXPECT_THAT(Must<v1::ApplyActionRequest>(kAnnStops), EqualsProto(first));
  EXPECT_EQ(GetList("internal").entry_count(), 3);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(IdempotencyTest, SixteenCallersAtOnceApplyItOnce) {
  constexpr size_t kCallers = 16;
  std::vector<v1::ApplyActionResponse> answers(kCallers);
  std::vector<std::thread> callers;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] { answers[i] = Must<v1::ApplyActionRequest>(kAnnStops); });
  }
  for (std::thread& caller : callers) caller.join();
  for (const v1::ApplyActionResponse& answer : answers) {
    EXPECT_THAT(answer, EqualsProto(answers[0]));
  }
  EXPECT_EQ(answers[0].entries_size(), 3);
  EXPECT_EQ(GetList("internal").entry_count(), 3);
}

TEST_F(IdempotencyTest, SixteenDifferentRequestsUnderOneIdApplyOne) {
  constexpr size_t kCallers = 16;
  std::vector<CallStatus> ends(kCallers);
  std::vector<std::thread> callers;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      ends[i] = Ask<v1::AddEntryRequest>(
          absl::StrCat("parent: '~' request_id: 'one' entry { contact_point { phone: '",
                       uint64_t{12125550300} + i, "' } }"));
    });
  }
  for (std::thread& caller : callers) caller.join();
  int applied = 0;
  for (const CallStatus& end : ends) {
    if (end.ok()) {
      ++applied;
    } else {
      EXPECT_THAT(end, Refused("REQUEST_ID_REUSED"));
    }
  }
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(GetList("internal").entry_count(), 1);
}

TEST_F(IdempotencyTest, TheSameIdForAnotherRequestIsRefused) {
  Must<v1::ApplyActionRequest>(kAnnStops);
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(
                  "lead: '~/leads/bob' action: '~s/new/actions/dnc' request_id: 'call-17'"),
              Refused("REQUEST_ID_REUSED"));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(absl::StrCat(kAnnStops, "evidence: 'another'")),
              Refused("REQUEST_ID_REUSED"));
  EXPECT_THAT(Ask<v1::AddEntryRequest>("parent: '~' request_id: 'call-17' entry { contact_point { "
                                       "phone: '2125550102' } }"),
              Refused("REQUEST_ID_REUSED"));
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
}

TEST_F(IdempotencyTest, ABatchWithAnotherBadRowIsAnotherRequest) {
  const auto batch = [](const char* phone) {
    return absl::StrCat(
        "parent: '~' request_id: 'b' leads { name: '~/leads/good' record_type: 'contact' status: "
        "'~s/new' } leads { name: '~/leads/bad' record_type: 'contact' status: '~s/new' "
        "contact_points { phone: '",
        phone, "' } }");
  };
  const auto first = Must<v1::BatchUpsertLeadsRequest>(batch("nobody"));
  EXPECT_TRUE(first.results(1).has_error());
  EXPECT_THAT(Must<v1::BatchUpsertLeadsRequest>(batch("nobody")), EqualsProto(first));
  EXPECT_THAT(Ask<v1::BatchUpsertLeadsRequest>(batch("2125550160")), Refused("REQUEST_ID_REUSED"));
  EXPECT_THAT(Ask<v1::BatchUpsertLeadsRequest>(batch("no one")), Refused("REQUEST_ID_REUSED"));
}

TEST_F(IdempotencyTest, ADryRunAnswersWhatTheRealRequestWould) {
  const std::string dry = absl::StrCat(kAnnStops, "validate_only: true ");
  EXPECT_EQ(Must<v1::ApplyActionRequest>(dry).revision(), 0);
  const v1::ApplyActionResponse first = Must<v1::ApplyActionRequest>(kAnnStops);
  EXPECT_EQ(first.entries_size(), 3) << "the dry run took nothing";
  EXPECT_THAT(Must<v1::ApplyActionRequest>(dry), EqualsProto(first));
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(absl::StrCat(dry, "evidence: 'another'")),
              Refused("REQUEST_ID_REUSED"));
  EXPECT_EQ(Revision(), first.revision());
}

TEST_F(IdempotencyTest, ARefusedRequestMayBeRepeatedOnceItsCauseIsMended) {
  const char* const zoe = "lead: '~/leads/zoe' action: '~s/new/actions/dnc' request_id: 'z'";
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(zoe), Refused("LEAD_NOT_FOUND"));
  AddLead("zoe", "contact_points { phone: '2125550160' }");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>(zoe), IsOk());
  EXPECT_EQ(PhoneVerdict("2125550160"), v1::VERDICT_DENY);
}

TEST_F(IdempotencyTest, IdsOfTwoOrganizationsAreApart) {
  const char* const entry = "' request_id: 'r' entry { contact_point { phone: '2125550160' } }";
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  Must<v1::AddEntryRequest>(absl::StrCat("parent: '~", entry));
  Must<v1::AddEntryRequest>(absl::StrCat("parent: 'organizations/beta", entry));
}

TEST_F(IdempotencyTest, EveryWritingMethodHonoursIt) {
  const auto twice = [&](auto request) {
    const auto first = Send(request);
    const auto second = Send(request);
    EXPECT_THAT(first, IsOk());
    EXPECT_THAT(second, IsOk());
    EXPECT_THAT(second.value, EqualsProto(first.value));
  };
  const auto with_actor = [](auto request) {
    FillActor(&request);
    return request;
  };
  twice(Parse<v1::CreateOrganizationRequest>("organization_id: 'beta' request_id: '1'"));
  twice(Parse<v1::CreateWorkflowRequest>(
      "parent: '~' workflow_id: 'w' workflow { record_type: 'contact' } request_id: '2'"));
  twice(Parse<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/v' record_type: 'contact' } request_id: '3'"));
  twice(
      Parse<v1::CreateStatusRequest>("parent: '~/workflows/w' status_id: 's' status { "
                                     "system_status: SYSTEM_STATUS_NEW } request_id: '4'"));
  twice(
      Parse<v1::UpdateStatusRequest>("status { name: '~/workflows/w/statuses/s' system_status: "
                                     "SYSTEM_STATUS_WON } request_id: '5'"));
  twice(
      Parse<v1::CreateActionRequest>("parent: '~/workflows/w/statuses/s' action_id: 'a' action { "
                                     "operations { add_to_dnc_list {} } } request_id: '6'"));
  twice(Parse<v1::UpdateActionRequest>(
      "action { name: '~/workflows/w/statuses/s/actions/a' "
      "operations { add_to_dnc_list { lead_only: true } } } allow_dropping_dnc: true "
      "request_id: '7'"));
  twice(
      Parse<v1::DeleteActionRequest>("name: '~/workflows/w/statuses/s/actions/a' "
                                     "allow_dropping_dnc: true request_id: '8'"));
  twice(Parse<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/x' record_type: 'contact' status: '~s/new' } request_id: '9'"));
  twice(
      Parse<v1::BatchUpsertLeadsRequest>("parent: '~' leads { name: '~/leads/y' record_type: "
                                         "'contact' status: '~s/new' } request_id: '10'"));
  twice(Parse<v1::CreateListRequest>(
      "parent: '~' list_id: 'l' list { kind: LIST_KIND_INTERNAL } request_id: '11'"));
  twice(with_actor(
      Parse<v1::CopyActionsRequest>("source: '~s/new' targets: '~s/won' request_id: '12'")));
  twice(Parse<v1::UpdateOrganizationRequest>(
      "organization { name: '~' display_name: 'Acme Inc.' } request_id: '14'"));
  twice(Parse<v1::UpdateWorkflowRequest>(
      "workflow { name: '~/workflows/w' state: OBJECT_STATE_ARCHIVED } request_id: '15'"));
  twice(Parse<v1::UpdateListRequest>(
      "list { name: '~/lists/l' display_name: 'L' } request_id: '16'"));
  twice(with_actor(Parse<v1::DeleteLeadRequest>("name: '~/leads/x' request_id: '17'")));
  twice(with_actor(
      Parse<v1::MergeLeadsRequest>("source: '~/leads/y' target: '~/leads/bob' request_id: '18'")));
  const std::string entry = AddPhoneEntry("2125550160").name();
  twice(with_actor(Parse<v1::RevokeEntryRequest>(
      absl::StrCat("name: '", entry, "' evidence: 'form' request_id: '13'"))));
}

}  // namespace
}  // namespace dnc
