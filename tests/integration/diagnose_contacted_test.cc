// Issue 3, row 14: "a lead is still being contacted after the DNC action": what happened to it, and
// what a check would have answered at any moment.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/contract/version1.h"
#include "tests/integration/diagnose_fixture.h"

namespace dnc {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using v1::Finding;

class DiagnoseContacted : public DiagnoseFixture {
 protected:
  v1::DiagnoseContactedLeadResponse Contacted(absl::string_view text) {
    return Must<v1::DiagnoseContactedLeadRequest>(absl::StrCat("parent: '~' ", text));
  }
  // Reports a contact of now.
  void Report(absl::string_view id, absl::string_view more) {
    Must<v1::ReportContactRequest>(
        absl::StrCat("organization: '~' contact { contact_id: '", id,
                     "' contact_time { seconds: ", clock().Now() / kSecond, " } ", more, " }"));
  }
};

TEST_F(DiagnoseContacted, AContactedLeadsStoryIsToldInOrder) {
  clock().Advance(kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_ALLOW);
  clock().Advance(kSecond);
  const std::string entry = Apply("ann", "novoice").entries(0);
  clock().Advance(kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  clock().Advance(kSecond);
  Report("call-1",
         "contact_point { phone: '+12125550101' } channel: CHANNEL_VOICE lead: "
         "'~/leads/ann' outcome: 'answered'");
  Report("call-2",
         "contact_point { phone: '+12125550198' } channel: CHANNEL_SMS lead: "
         "'~/leads/ann'");
  clock().Advance(kSecond);
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/ann' contact_points { phone: '+12125550103' } }");
  clock().Advance(kSecond);
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", entry, "' evidence: 'a signed form'"));
  const auto response = Contacted("lead: '~/leads/ann'");
  std::vector<std::string> kinds;
  UnixMicros last = 0;
  for (const v1::TimelineEvent& event : response.events()) {
    const UnixMicros time = google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.time());
    EXPECT_GE(time, last);
    last = time;
    kinds.push_back(v1::TimelineEvent::Kind_Name(event.kind()).substr(5));
  }
  EXPECT_THAT(kinds, AllOf(Contains("LEAD_CREATED"), Contains("ENTRY_ADDED"), Contains("CHECK"),
                           Contains("CONTACT"), Contains("CONTACT_POINT_ADDED"),
                           Contains("ENTRY_REVOKED"), Contains("CONFIGURATION_CHANGED")));
  EXPECT_EQ(kinds.back(), "ENTRY_REVOKED");
  EXPECT_THAT(ToldOf(response), AllOf(Contains(HasSubstr("CAUSE CONTACT_AFTER_OPT_OUT call-1")),
                                      Contains(HasSubstr("CAUSE CONTACT_AFTER_DENY call-1")),
                                      Contains(HasSubstr("CAUSE CONTACT_POINT_NOT_OF_LEAD call-2")),
                                      Contains(HasSubstr("WARNING CONTACT_WITHOUT_CHECK call-2")),
                                      Contains("CAUSE ENTRY_REVOKED leads/ann")));
  EXPECT_THAT(response.ShortDebugString(), Not(HasSubstr("2125550198"))) << "contact data";
  // The newest are kept where there are too many, and it is said from when on.
  const auto cut = Contacted("lead: '~/leads/ann' max_events: 2");
  ASSERT_EQ(cut.events_size(), 2);
  EXPECT_THAT(cut.events(1), EqualsProto(response.events(response.events_size() - 1)));
  EXPECT_TRUE(cut.has_cut_before_time());
  EXPECT_FALSE(response.has_cut_before_time());
}

TEST_F(DiagnoseContacted, AnOptOutThatLeavesTheContactOpenIsFound) {
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'home' list { kind: LIST_KIND_INTERNAL brand: 'home' }");
  Apply("ann", "novoice");
  Must<v1::AddEntryRequest>(
      "parent: '~' entry { lead: '~/leads/ann' list: '~/lists/home' reason: 'asked' }");
  clock().Advance(kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_SMS brand: 'office'"),
            v1::VERDICT_ALLOW);
  const auto response = Contacted("lead: '~/leads/ann' channel: CHANNEL_SMS");
  EXPECT_THAT(ToldOf(response), AllOf(Contains("CAUSE ENTRY_CHANNELS leads/ann"),
                                      Contains("WARNING ENTRY_SCOPE leads/ann"),
                                      Contains(HasSubstr("WARNING ALLOWED_AFTER_OPT_OUT"))));
  EXPECT_THAT(ToldOf(Contacted("lead: '~/leads/bob'")), Contains("CAUSE NO_ENTRY leads/bob"));
  AddLead("twin", absl::StrCat("contact_points { phone: '", kAnnPhone, "' }"));
  EXPECT_THAT(ToldOf(Contacted("lead: '~/leads/twin'")),
              Contains("CAUSE CONTACT_POINT_FLAGGED leads/twin"));
}

// Its entries and contact points are the other lead's now, and were its own when they were made.
TEST_F(DiagnoseContacted, AMergedLeadKeepsItsStory) {
  const auto entry =
      Must<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/bob' reason: 'stop' }").entry();
  clock().Advance(kSecond);
  EXPECT_EQ(VerdictOf("contact_point { phone: '+12125550102' }"), v1::VERDICT_DENY);
  clock().Advance(kSecond);
  const UnixMicros flagged = clock().Now();
  clock().Advance(kSecond);
  Must<v1::MergeLeadsRequest>("source: '~/leads/bob' target: '~/leads/ann'");
  clock().Advance(kSecond);
  const auto source = Contacted("lead: '~/leads/bob'");
  EXPECT_THAT(ToldOf(source),
              AllOf(Contains("CAUSE LEAD_MERGED leads/bob"), Not(Contains(HasSubstr("NO_ENTRY")))));
  const auto added = [](const v1::DiagnoseContactedLeadResponse& response,
                        const std::string& name) -> std::string {
    for (const v1::TimelineEvent& event : response.events()) {
      if (event.kind() == v1::TimelineEvent::KIND_ENTRY_ADDED && event.object() == name) {
        return event.message();
      }
    }
    return "not told";
  };
  EXPECT_THAT(added(source, entry.name()), HasSubstr("entry for the lead on the list"));
  EXPECT_THAT(source.ShortDebugString(), HasSubstr("KIND_CHECK")) << "of what was its phone";
  EXPECT_THAT(added(Contacted("lead: '~/leads/ann'"), entry.name()),
              HasSubstr("for bob, which was merged into this lead later, on the list"));
  // And so it is judged for the time before.
  const auto past = [&](absl::string_view who) {
    return Contacted(absl::StrCat(who, " channel: CHANNEL_VOICE at_time { seconds: ",
                                  flagged / kSecond, " }"))
        .past_answer();
  };
  EXPECT_THAT(ReasonTypes(past("lead: '~/leads/bob'")), Contains(v1::REASON_TYPE_LEAD_ON_LIST));
  EXPECT_EQ(past("lead: '~/leads/ann'").verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(past("contact_point { phone: '+12125550102' }").verdict(), v1::VERDICT_DENY);
}

// What a contact point is asked about is no lead, and no remedy takes it for one.
TEST_F(DiagnoseContacted, OfAContactPointTheRemediesAreItsOwn) {
  for (const auto& [point, option] : {std::pair("phone: '+12125559999'", "--phone NUMBER"),
                                      std::pair("email: 'x@example.com'", "--email ADDRESS")}) {
    const auto response = Contacted(absl::StrCat("contact_point { ", point, " }"));
    const Finding finding = FindingOfKind(response, Finding::KIND_NO_ENTRY);
    EXPECT_EQ(finding.remedy().command(),
              absl::StrCat("dncctl entries add ", option, " --reason TEXT"));
    EXPECT_THAT(finding.message(), Not(HasSubstr("contact points")));
  }
}

TEST_F(DiagnoseContacted, AnOptOutThatWasRefusedIsFound) {
  ChangeDnc("state: OBJECT_STATE_DISABLED");
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/ann' action: '~s/new/actions/dnc'"),
              Refused("ACTION_DISABLED"));
  const auto response = Contacted("lead: '~/leads/ann'");
  EXPECT_EQ(FindingOfKind(response, Finding::KIND_OPT_OUT_REFUSED).reason(), "ACTION_DISABLED");
}

// Everything that a check depends on changes, and is checked at once; later the diagnosis answers
// for each of these moments what the check had answered.
TEST_F(DiagnoseContacted, ThePastIsAnsweredAsItWas) {
  struct Moment {
    UnixMicros time;
    v1::Verdict verdict;
    std::vector<v1::ReasonType> reasons;
  };
  std::vector<Moment> moments;
  const auto note = [&] {
    clock().Advance(kSecond);
    const auto check = Check("lead: '~/leads/ann' channel: CHANNEL_VOICE");
    moments.push_back({clock().Now(), check.verdict(), ReasonTypes(check)});
    clock().Advance(kSecond);
  };
  note();
  const std::string entry = Apply("ann", "novoice").entries(0);
  note();
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", entry, "' evidence: 'a signed form'"));
  note();
  Must<v1::RevokeEntryRequest>(absl::StrCat(
      "name: '", Must<v1::ListEntriesRequest>("parent: '~' active_only: true").entries(0).name(),
      "' evidence: 'a signed form'"));
  note();
  Apply("ann", "later");  // nurture for 30 days
  note();
  clock().Advance(31 * kDay);
  note();
  Apply("ann", "pause");  // opt-out for 7 days
  note();
  clock().Advance(8 * kDay);
  note();
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/new' system_status: SYSTEM_STATUS_NEW restriction { channels: "
      "CHANNEL_VOICE } }");
  note();
  Must<v1::UpdateStatusRequest>(
      "allow_lifting_restriction: true status { name: '~s/new' system_status: SYSTEM_STATUS_NEW }");
  note();
  Must<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/bob' reason: 'asked' }");
  AddLead("twin", absl::StrCat("contact_points { phone: '", kAnnPhone, "' }"));
  Must<v1::AddEntryRequest>(
      "parent: '~' entry { lead: '~/leads/twin' reason: 'asked' channels: CHANNEL_VOICE }");
  note();
  Must<v1::DeleteLeadRequest>("name: '~/leads/ann'");
  note();
  std::set<v1::Verdict> seen;
  for (const Moment& moment : moments) {
    SCOPED_TRACE(absl::StrCat("moment ", &moment - moments.data()));
    const auto past =
        Contacted(absl::StrCat("lead: '~/leads/ann' channel: CHANNEL_VOICE at_time { seconds: ",
                               moment.time / kSecond, " }"))
            .past_answer();
    EXPECT_EQ(past.verdict(), moment.verdict) << past.ShortDebugString();
    std::vector<v1::ReasonType> reasons = ReasonTypes(past);
    std::vector<v1::ReasonType> wanted = moment.reasons;
    std::sort(reasons.begin(), reasons.end());
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(reasons, wanted) << past.ShortDebugString();
    seen.insert(moment.verdict);
  }
  EXPECT_EQ(seen.size(), 2u);
}

// That release did not record what changed: how things were then is not taken to be how they are.
TEST_F(DiagnoseContacted, ThePastOfAStoreOfAnOlderReleaseIsDoubted) {
  const std::string change = "status { name: '~s/new' system_status: SYSTEM_STATUS_NEW ";
  Must<v1::UpdateStatusRequest>(change + "restriction { channels: CHANNEL_VOICE } }");
  clock().Advance(kSecond);
  const UnixMicros restricted = clock().Now();
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  clock().Advance(kSecond);
  Must<v1::UpdateStatusRequest>("allow_lifting_restriction: true " + change + "}");
  const int64_t last = Revision();
  StopServer();
  version1::TakeBack(data_dir() + "/store");
  Restart();
  ForgetClients();
  clock().Advance(kSecond);
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' display_name: 'Ann' }");
  clock().Advance(kSecond);
  const auto past = [&](UnixMicros time) {
    return Contacted(absl::StrCat("lead: '~/leads/ann' channel: CHANNEL_VOICE at_time { seconds: ",
                                  time / kSecond, " }"))
        .past_answer();
  };
  const v1::PastAnswer doubted = past(restricted);
  EXPECT_EQ(doubted.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(doubted.limits(), Contains(HasSubstr(absl::StrCat("up to revision ", last))));
  EXPECT_EQ(past(clock().Now()).verdict(), v1::VERDICT_ALLOW);
  EXPECT_TRUE(Contacted("lead: '~/leads/ann'").has_cut_before_time());
}

TEST_F(DiagnoseContacted, WhatCannotBeReconstructedIsSaid) {
  AddRegistry("national");
  clock().Advance(kSecond);
  const UnixMicros empty = clock().Now();
  clock().Advance(kSecond);
  ASSERT_THAT(Import("list: '~/lists/national'", "2125550101\n"), IsOk());
  clock().Advance(kSecond);
  const UnixMicros first = clock().Now();
  clock().Advance(kSecond);
  const auto past = [&](UnixMicros time) {
    return Contacted(absl::StrCat("contact_point { phone: '", kAnnPhone,
                                  "' } channel: CHANNEL_VOICE at_time { seconds: ", time / kSecond,
                                  " }"))
        .past_answer();
  };
  EXPECT_EQ(past(first).verdict(), v1::VERDICT_DENY) << "this version is kept";
  EXPECT_THAT(ReasonTypes(past(empty)), Contains(v1::REASON_TYPE_REGISTRY_EMPTY));
  ASSERT_THAT(Import("list: '~/lists/national' allow_shrink: true", "2125550177\n"), IsOk());
  const v1::PastAnswer gone = past(first);
  EXPECT_EQ(gone.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(gone.limits(), Contains(AllOf(HasSubstr("national"), HasSubstr("version 1"))));
  using Request = v1::DiagnoseContactedLeadRequest;
  EXPECT_THAT(Ask<Request>("parent: '~' lead: '~/leads/ann' at_time { seconds: 1768478400 }"),
              RefusedAt("REQUIRED_FIELD_MISSING", "channel"));
  EXPECT_THAT(Ask<Request>("parent: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE at_time { "
                           "seconds: 4000000000 }"),
              RefusedAt("INVALID_FIELD", "at_time"));
}

}  // namespace
}  // namespace dnc
