// Reports on the real server, over a socket.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dnc/v1/report.pb.h"
#include "google/protobuf/util/time_util.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using ::google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using v1::CoverageFinding;

// A report read to its end: all pieces as one message.
template <typename Response>
struct ReportReply : CallStatus {
  Response all;
  int pieces = 0;
};

class ReportTest : public GatewayTest {
 protected:
  // A report that is being read.
  template <typename Request>
  std::unique_ptr<RpcStream> OpenReport(absl::string_view text) {
    auto stream = client().Open(MethodOf(Request::descriptor()));
    stream->Write(Parse<Request>(text).SerializeAsString());
    stream->WritesDone();
    return stream;
  }

  template <typename Response>
  ReportReply<Response> ReadToEnd(RpcStream* stream) {
    ReportReply<Response> reply;
    std::string bytes;
    while (stream->Read(&bytes)) {
      Response piece;
      EXPECT_TRUE(piece.ParseFromString(bytes));
      EXPECT_FALSE(reply.all.has_summary()) << "the summary is in the last piece";
      if (reply.pieces > 0) {
        EXPECT_EQ(piece.revision(), reply.all.revision());
        EXPECT_GE(piece.rows_read(), reply.all.rows_read());
      }
      reply.all.MergeFrom(piece);
      ++reply.pieces;
    }
    static_cast<CallStatus&>(reply) = stream->Finish();
    return reply;
  }

  template <typename Response, typename Request>
  ReportReply<Response> Report(absl::string_view text) {
    return ReadToEnd<Response>(OpenReport<Request>(text).get());
  }

  auto DncActions(absl::string_view text) {
    return Report<v1::CountDncActionsResponse, v1::CountDncActionsRequest>(text);
  }
  auto DncLeads(absl::string_view text) {
    return Report<v1::ListDncLeadsResponse, v1::ListDncLeadsRequest>(text);
  }
  auto ActiveLeads(absl::string_view text) {
    return Report<v1::ListActiveLeadsResponse, v1::ListActiveLeadsRequest>(text);
  }
  auto Coverage(absl::string_view text) {
    return Report<v1::GetCoverageResponse, v1::GetCoverageRequest>(text);
  }
  auto BlockedChecks(absl::string_view text) {
    return Report<v1::CountBlockedChecksResponse, v1::CountBlockedChecksRequest>(text);
  }
  auto EffectTimes(absl::string_view text) {
    return Report<v1::MeasureEffectTimesResponse, v1::MeasureEffectTimesRequest>(text);
  }

  // `count` leads "b0001" … in the status new, each with a phone number of its own.
  void AddLeads(int count) {
    for (int first = 0; first < count; first += 1000) {
      v1::BatchUpsertLeadsRequest request =
          Parse<v1::BatchUpsertLeadsRequest>("parent: '~' actor { id: 'users/jane' }");
      for (int i = first; i < std::min(count, first + 1000); ++i) {
        *request.add_leads() = Parse<v1::Lead>(
            absl::StrCat("name: '~/leads/b", absl::Dec(i, absl::kZeroPad6),
                         "' record_type: 'contact' status: '~s/new' contact_points { phone: '+1212",
                         2000000 + i, "' }"));
      }
      ASSERT_THAT(Send(request), IsOk());
    }
  }

  void ApplyAs(absl::string_view user, absl::string_view lead, absl::string_view action,
               absl::string_view more = "") {
    Must<v1::ApplyActionRequest>(absl::StrCat("lead: '~/leads/", lead, "' action: '~s/", action,
                                              "' actor { id: '", user, "' } ", more));
  }

  void DeleteLead(absl::string_view lead) {
    v1::DeleteLeadRequest request = Parse<v1::DeleteLeadRequest>(
        absl::StrCat("name: '~/leads/", lead, "' actor { id: 'users/jane' }"));
    std::string bytes;
    ASSERT_THAT(
        client().Call(MethodOf(request.GetDescriptor()), request.SerializeAsString(), &bytes),
        IsOk());
  }
};

std::string Id(const std::string& name) { return name.substr(name.rfind('/') + 1); }

template <typename Rows, typename NameOf>
std::vector<std::string> Ids(const Rows& rows, NameOf name_of) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(Id(name_of(row)));
  return ids;
}
std::vector<std::string> LeadIds(const v1::ListDncLeadsResponse& all) {
  return Ids(all.leads(), [](const v1::DncLead& row) { return row.lead(); });
}
std::vector<std::string> LeadIds(const v1::ListActiveLeadsResponse& all) {
  return Ids(all.leads(), [](const v1::Lead& row) { return row.name(); });
}
std::set<std::string> Subjects(const v1::GetCoverageResponse& all, CoverageFinding::Kind kind) {
  std::set<std::string> subjects;
  for (const CoverageFinding& finding : all.findings()) {
    if (finding.kind() != kind) continue;
    subjects.insert(finding.subject().substr(finding.subject().find('/') + 1));
    EXPECT_THAT(finding.message(), SizeIs(::testing::Gt(20u)));
  }
  return subjects;
}

using Reports = ReportTest;

TEST_F(Reports, CountsDncActionsByActionStatusUserAndDay) {
  AddLead("cat", "contact_points { phone: '+12125550103' }");
  ApplyAs("users/jane", "ann", "new/actions/dnc");
  ApplyAs("users/jane", "bob", "new/actions/advance");  // no DNC action
  clock().Set(kStart + kDay / 2 + 3600 * kSecond);      // 2026-01-16T01:00:00Z
  ApplyAs("users/joe", "bob", "working/actions/dnc");
  ApplyAs("users/joe", "cat", "new/actions/novoice");
  ApplyAs("users/joe", "cat", "new/actions/novoice");
  const auto reply = DncActions("parent: '~'");
  ASSERT_THAT(reply, IsOk());
  std::vector<std::string> rows;
  for (const v1::DncActionCount& row : reply.all.counts()) {
    rows.push_back(absl::StrCat(row.day(), " ", Id(row.status()), " ", Id(row.action()), " ",
                                row.user(), " ", row.count(), " ", row.already_blocked()));
  }
  EXPECT_THAT(
      rows, ElementsAre("2026-01-15 new dnc users/jane 1 0", "2026-01-16 new novoice users/joe 2 1",
                        "2026-01-16 working dnc users/joe 1 0"));
  EXPECT_EQ(reply.all.counts(0).action_display_name(), "Do not contact");
  EXPECT_EQ(reply.all.summary().count(), 4);
  EXPECT_EQ(reply.all.summary().already_blocked(), 1);
  EXPECT_EQ(reply.all.summary().rows(), 3);
  EXPECT_EQ(reply.all.revision(), Revision());
}

TEST_F(Reports, DncActionsCanBeGroupedFilteredAndCountedInATimeZone) {
  ApplyAs("users/jane", "ann", "new/actions/dnc");
  clock().Set(kStart + kDay / 2 + 3600 * kSecond);
  ApplyAs("users/joe", "bob", "new/actions/dnc");
  const auto days =
      DncActions("parent: '~' group_by: DNC_ACTION_DIMENSION_DAY time_zone: 'America/New_York'");
  ASSERT_THAT(days, IsOk());
  ASSERT_THAT(days.all.counts(), SizeIs(1)) << "in New York it is still the 15th";
  EXPECT_EQ(days.all.counts(0).day(), "2026-01-15");
  EXPECT_EQ(days.all.counts(0).count(), 2);
  EXPECT_EQ(days.all.counts(0).user(), "");
  EXPECT_EQ(DncActions("parent: '~' users: 'users/joe'").all.summary().count(), 1);
  EXPECT_EQ(DncActions("parent: '~' statuses: '~s/working'").all.summary().count(), 0);
  EXPECT_EQ(DncActions("parent: '~' actions: '~s/new/actions/dnc'").all.summary().count(), 2);
  EXPECT_EQ(DncActions(absl::StrCat("parent: '~' period { start_time { seconds: ",
                                    kStart / kSecond + 60, " } }"))
                .all.summary()
                .count(),
            1);
}

TEST_F(Reports, ADncActionThatWasDeletedSinceStillCounts) {
  ApplyAs("users/jane", "ann", "new/actions/dnc");
  Must<v1::DeleteActionRequest>("name: '~s/new/actions/dnc' allow_dropping_dnc: true");
  const auto reply = DncActions("parent: '~'");
  ASSERT_THAT(reply.all.counts(), SizeIs(1));
  EXPECT_EQ(Id(reply.all.counts(0).action()), "dnc");
  EXPECT_EQ(reply.all.counts(0).action_display_name(), "");
}

TEST_F(Reports, RefusedActionsAndRepeatsDoNotCount) {
  for (int i = 0; i < 2; ++i) {
    ApplyAs("users/jane", "ann", "new/actions/dnc", "request_id: 'once'");
  }
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/none' action: '~s/new/actions/dnc'"),
              Refused("LEAD_NOT_FOUND"));
  EXPECT_EQ(DncActions("parent: '~'").all.summary().count(), 1);
}

TEST_F(Reports, ListsDncLeadsAsASegment) {
  AddLead("cat", "contact_points { phone: '+12125550103' }");
  AddLead("dan", "contact_points { phone: '+12125550104' }");
  ApplyAs("users/jane", "ann", "new/actions/dnc");
  ApplyAs("users/jane", "bob", "new/actions/novoice");
  AddPhoneEntry("+12125550103", "reason: 'letter'");
  const auto all = DncLeads("parent: '~'");
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(LeadIds(all.all), ElementsAre("ann", "bob", "cat"));
  EXPECT_EQ(Id(all.all.leads(0).status()), "closed");
  EXPECT_TRUE(all.all.leads(0).flagged());
  EXPECT_FALSE(all.all.leads(2).flagged()) << "only its phone number is";
  ASSERT_THAT(all.all.leads(2).entries(), SizeIs(1));
  EXPECT_EQ(all.all.leads(2).entries(0).contact_point().phone(), "+12125550103");
  EXPECT_EQ(all.all.leads(2).entries(0).reason(), "letter");
  EXPECT_EQ(all.all.summary().leads(), 3);
  EXPECT_EQ(all.all.summary().flagged(), 2);
  std::map<std::string, int64_t> by_status;
  for (const auto& count : all.all.summary().by_status()) {
    by_status[Id(count.value())] = count.leads();
  }
  EXPECT_THAT(by_status, ElementsAre(Pair("closed", 1), Pair("new", 2)));

  EXPECT_THAT(LeadIds(DncLeads("parent: '~' statuses: '~s/closed'").all), ElementsAre("ann"));
  EXPECT_THAT(LeadIds(DncLeads("parent: '~' reasons: 'LETTER'").all), ElementsAre("cat"));
  EXPECT_THAT(LeadIds(DncLeads("parent: '~' channels: CHANNEL_EMAIL").all),
              ElementsAre("ann", "cat"));
  EXPECT_THAT(LeadIds(DncLeads("parent: '~' flagged_only: true").all), ElementsAre("ann", "bob"));
  EXPECT_THAT(LeadIds(DncLeads("parent: '~' lists: '~/lists/internal'").all),
              ElementsAre("ann", "bob", "cat"));
  EXPECT_THAT(LeadIds(DncLeads(absl::StrCat("parent: '~' period { start_time { seconds: ",
                                            kStart / kSecond + 1, " } }"))
                          .all),
              IsEmpty());
}

TEST_F(Reports, ADncLeadLeavesTheSegmentWhenItsEntryEnds) {
  ApplyAs("users/jane", "ann", "new/actions/pause");
  EXPECT_THAT(LeadIds(DncLeads("parent: '~'").all), ElementsAre("ann"));
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~'").all), ElementsAre("bob"));
  clock().Advance(8 * kDay);
  EXPECT_THAT(LeadIds(DncLeads("parent: '~'").all), IsEmpty());
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~'").all), ElementsAre("ann", "bob"));
}

TEST_F(Reports, ActiveLeadsExcludeDncLeads) {
  AddLead("cat", "contact_points { phone: '+12125550103' }");
  AddLead("dan", "contact_points { phone: '+12125550104' }");
  ApplyAs("users/jane", "ann", "new/actions/novoice");  // flagged, and still in the status new
  AddPhoneEntry("+12125550103", "channels: CHANNEL_SMS");
  ApplyAs("users/jane", "bob", "new/actions/advance");
  ApplyAs("users/jane", "bob", "working/actions/win");
  const auto all = ActiveLeads("parent: '~'");
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(LeadIds(all.all), ElementsAre("dan"));
  EXPECT_EQ(all.all.summary().active(), 1);
  EXPECT_EQ(all.all.summary().excluded_flagged(), 1);
  EXPECT_EQ(all.all.summary().excluded_contact_point(), 1);
  EXPECT_EQ(all.all.summary().other(), 1) << "won";
  EXPECT_EQ(all.all.rows_read(), 4);
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~' channel: CHANNEL_VOICE").all),
              ElementsAre("cat", "dan"));
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~' system_statuses: SYSTEM_STATUS_WON").all),
              ElementsAre("bob"));
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~' statuses: '~s/won'").all), ElementsAre("bob"));
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~' record_type: 'company'").all), IsEmpty());
}

// A contact point that another lead shares is blocked for it as well, as a check says.
TEST_F(Reports, ALeadThatSharesItsPhoneWithAFlaggedOneIsNotActive) {
  AddLead("twin", absl::StrCat("contact_points { phone: '", kAnnPhone, "' }"));
  Must<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/ann' }");
  EXPECT_EQ(VerdictOf("lead: '~/leads/twin'"), v1::VERDICT_DENY);
  EXPECT_THAT(LeadIds(DncLeads("parent: '~'").all), ElementsAre("ann", "twin"));
  EXPECT_THAT(LeadIds(ActiveLeads("parent: '~'").all), ElementsAre("bob"));
}

TEST_F(Reports, EveryWorkedLeadIsActiveOrDnc) {
  AddLeads(2500);
  for (int i = 0; i < 2500; i += 7) {
    const std::string lead = absl::StrCat("b", absl::Dec(i, absl::kZeroPad6));
    if (i % 2 == 0) {
      ApplyAs("users/jane", lead, "new/actions/novoice");
    } else {
      AddPhoneEntry(absl::StrCat("+1212", 2000000 + i));
    }
  }
  const auto dnc = DncLeads("parent: '~'");
  const auto active = ActiveLeads("parent: '~'");
  ASSERT_THAT(dnc, IsOk());
  ASSERT_THAT(active, IsOk());
  std::multiset<std::string> ids;
  for (const std::string& id : LeadIds(dnc.all)) ids.insert(id);
  for (const std::string& id : LeadIds(active.all)) ids.insert(id);
  EXPECT_EQ(ids.size(), 2502u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 2502u) << "none is in both";
  EXPECT_EQ(dnc.all.leads_size(), 358);
  EXPECT_GT(active.pieces, 2) << "in pieces of a thousand";
}

TEST_F(Reports, LeadsComeInPages) {
  AddLeads(25);
  ApplyAs("users/jane", "b000003", "new/actions/dnc");
  std::vector<std::string> ids;
  std::string token;
  int64_t excluded = 0;
  do {
    const auto page =
        ActiveLeads(absl::StrCat("parent: '~' page_size: 10 page_token: '", token, "'"));
    ASSERT_THAT(page, IsOk());
    for (const std::string& id : LeadIds(page.all)) ids.push_back(id);
    excluded += page.all.summary().excluded_flagged();
    token = page.all.summary().next_page_token();
  } while (!token.empty());
  EXPECT_EQ(ids.size(), 26u);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(excluded, 0) << "the action moved it to a status that is not worked";
  const auto first = DncLeads("parent: '~' page_size: 1");
  EXPECT_EQ(first.all.summary().next_page_token(), "");
  const auto foreign = ActiveLeads("parent: '~' page_size: 10");
  EXPECT_THAT(DncLeads(absl::StrCat("parent: '~' page_size: 10 page_token: '",
                                    foreign.all.summary().next_page_token(), "'")),
              Refused("INVALID_FIELD"));
}

// Whoever cuts the table does not cut what is counted.
TEST_F(Reports, SummariesCountEveryLeadHoweverFewAreListed) {
  AddLeads(1500);
  for (const char* lead : {"b000001", "b000700", "b001400"}) {
    Must<v1::AddEntryRequest>(
        absl::StrCat("parent: '~' entry { lead: '~/leads/", lead, "' reason: '", lead, "' }"));
  }
  const auto all = ActiveLeads("parent: '~'");
  const auto few = ActiveLeads("parent: '~' page_size: 2");
  EXPECT_THAT(LeadIds(few.all), ElementsAre("ann", "b000000"));
  EXPECT_EQ(few.all.summary().active(), 1499);
  EXPECT_EQ(few.all.summary().excluded_flagged(), 3);
  EXPECT_EQ(few.all.rows_read(), all.all.rows_read());
  v1::ActiveLeadSummary summary = few.all.summary();
  summary.clear_next_page_token();
  EXPECT_THAT(summary, EqualsProto(all.all.summary()));
  const auto next = ActiveLeads(absl::StrCat("parent: '~' page_size: 2 page_token: '",
                                             few.all.summary().next_page_token(), "'"));
  EXPECT_THAT(LeadIds(next.all), ElementsAre("b000002", "b000003"));
  EXPECT_EQ(next.all.summary().active(), 2) << "of a later page only that one";
  EXPECT_EQ(next.all.summary().excluded_flagged(), 0) << "b000001 lies before it";

  const auto dnc = DncLeads("parent: '~' page_size: 1");
  EXPECT_THAT(LeadIds(dnc.all), ElementsAre("b000001"));
  EXPECT_EQ(dnc.all.summary().leads(), 3);
  EXPECT_EQ(dnc.all.summary().flagged(), 3);
  EXPECT_EQ(dnc.all.summary().by_reason_size(), 3);
  const auto second = DncLeads(absl::StrCat("parent: '~' page_size: 1 page_token: '",
                                            dnc.all.summary().next_page_token(), "'"));
  EXPECT_THAT(LeadIds(second.all), ElementsAre("b000700"));
  EXPECT_EQ(second.all.summary().leads(), 1);
}

TEST_F(Reports, ReadOneRevisionWhileWritesGoOn) {
  AddLeads(6000);
  const auto stream = OpenReport<v1::ListActiveLeadsRequest>("parent: '~'");
  std::string first;
  ASSERT_TRUE(stream->Read(&first));
  v1::ListActiveLeadsResponse piece;
  ASSERT_TRUE(piece.ParseFromString(first));
  // Leads that the report has not reached yet.
  ApplyAs("users/jane", "b005999", "new/actions/dnc");
  DeleteLead("b005998");
  AddLead("b009999", "contact_points { phone: '+12125550155' }");
  const auto rest = ReadToEnd<v1::ListActiveLeadsResponse>(stream.get());
  ASSERT_THAT(rest, IsOk());
  EXPECT_EQ(rest.all.revision(), piece.revision());
  EXPECT_EQ(rest.all.summary().active(), 6002);
  const std::vector<std::string> ids = LeadIds(rest.all);
  EXPECT_THAT(ids, ::testing::IsSupersetOf({"b005998", "b005999"}));
  EXPECT_THAT(ids, ::testing::Not(::testing::Contains("b009999")));
  EXPECT_EQ(ActiveLeads("parent: '~'").all.summary().active(), 6001);
}

TEST_F(Reports, DeletedLeadsAreInNone) {
  ApplyAs("users/jane", "ann", "new/actions/novoice");
  DeleteLead("ann");
  DeleteLead("bob");
  EXPECT_THAT(LeadIds(DncLeads("parent: '~'").all), IsEmpty());
  const auto active = ActiveLeads("parent: '~'");
  EXPECT_THAT(LeadIds(active.all), IsEmpty());
  EXPECT_EQ(active.all.rows_read(), 0);
  EXPECT_EQ(active.all.summary().excluded_flagged(), 0);
  EXPECT_EQ(Coverage("parent: '~'").all.summary().leads(), 0);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY) << "what blocks stays";
}

TEST_F(Reports, CoverageFindsGaps) {
  AddRegistry("national", "max_age { seconds: 2678400 }");
  AddRegistry("state");
  ASSERT_THAT(Import("list: '~/lists/national' format: 'plain' file_name: '2026-01-05.txt' "
                     "area_codes: '415'",
                     "4155550177\n"),
              IsOk());
  clock().Advance(60 * kDay);
  ApplyAs("users/jane", "ann", "new/actions/novoice");
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/gone' record_type: 'contact' status: '~s/closed' }");
  const auto reply = Coverage("parent: '~'");
  ASSERT_THAT(reply, IsOk());
  const v1::GetCoverageResponse& all = reply.all;
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_STATUS_WITHOUT_DNC_ACTION),
              UnorderedElementsAre("acme/workflows/sales/statuses/cooling",
                                   "acme/workflows/sales/statuses/closed",
                                   "acme/workflows/sales/statuses/won"));
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_DNC_ACTION_LEAVES_ALIVE),
              UnorderedElementsAre("acme/workflows/sales/statuses/new/actions/novoice",
                                   "acme/workflows/sales/statuses/new/actions/pause",
                                   "acme/workflows/sales/statuses/working/actions/dnc",
                                   "acme/workflows/support/statuses/open/actions/dnc"));
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_FLAGGED_LEAD_NOT_DEAD),
              UnorderedElementsAre("acme/leads/ann"));
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_DEAD_LEAD_NOT_FLAGGED),
              UnorderedElementsAre("acme/leads/gone"));
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_REGISTRY_EMPTY),
              UnorderedElementsAre("acme/lists/state"));
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_REGISTRY_STALE),
              UnorderedElementsAre("acme/lists/national"));
  EXPECT_THAT(Subjects(all, CoverageFinding::KIND_REGISTRY_NOT_SUBSCRIBED),
              UnorderedElementsAre("acme/lists/national"));
  EXPECT_EQ(all.summary().statuses(), 6);
  EXPECT_EQ(all.summary().dnc_actions(), 5);
  EXPECT_EQ(all.summary().leads(), 3);
  EXPECT_EQ(all.summary().registries(), 2);
  EXPECT_THAT(all.summary().counts(), SizeIs(8));
}

TEST_F(Reports, CoverageTellsAnActionWhoseTargetIsDisabled) {
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD state: OBJECT_STATE_DISABLED "
      "restriction { channels: CHANNEL_VOICE channels: CHANNEL_SMS } } allow_affected: true");
  const auto reply = Coverage("parent: '~' kinds: KIND_DNC_ACTION_LEAVES_ALIVE");
  ASSERT_THAT(reply, IsOk());
  bool found = false;
  for (const CoverageFinding& finding : reply.all.findings()) {
    if (Id(finding.subject()) != "dnc" || finding.related().empty()) continue;
    found = true;
    EXPECT_EQ(Id(finding.related()), "closed");
    EXPECT_THAT(finding.message(), HasSubstr("is disabled"));
  }
  EXPECT_TRUE(found);
  EXPECT_THAT(reply.all.summary().counts(), SizeIs(1)) << "only the kind that was asked for";
}

TEST_F(Reports, CoverageListsNoMoreThanAskedAndCountsAll) {
  const auto reply = Coverage("parent: '~' max_findings: 1");
  EXPECT_THAT(Subjects(reply.all, CoverageFinding::KIND_STATUS_WITHOUT_DNC_ACTION), SizeIs(1));
  EXPECT_EQ(reply.all.summary().counts(0).count(), 3);
}

TEST_F(Reports, CoverageFindsGroupsThatAreOutdated) {
  v1::CreateGroupRequest create = Parse<v1::CreateGroupRequest>(
      "parent: '~' group_id: 'phone' group { members: 'users/jane' workflows { workflow: "
      "'~/workflows/sales' } } actor { id: 'users/jane' }");
  std::string bytes;
  ASSERT_THAT(client().Call(MethodOf(create.GetDescriptor()), create.SerializeAsString(), &bytes),
              IsOk());
  EXPECT_THAT(Subjects(Coverage("parent: '~'").all, CoverageFinding::KIND_GROUP_OUTDATED),
              IsEmpty());
  Must<v1::CreateStatusRequest>(
      "parent: '~/workflows/sales' status_id: 'more' status { system_status: SYSTEM_STATUS_NEW }");
  EXPECT_THAT(Subjects(Coverage("parent: '~'").all, CoverageFinding::KIND_GROUP_OUTDATED),
              UnorderedElementsAre("acme/groups/phone"));
}

TEST_F(Reports, CountsBlockedChecksByChannelCampaignAndReason) {
  AddPhoneEntry(kAnnPhone, "channels: CHANNEL_VOICE");
  Apply("bob", "novoice");
  const std::string ann = absl::StrCat("contact_point { phone: '", kAnnPhone, "' } ");
  EXPECT_EQ(VerdictOf(ann), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf(absl::StrCat(ann, "campaign: 'Spring'")), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf(absl::StrCat(ann, "channel: CHANNEL_SMS")), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf("lead: '~/leads/none'"), v1::VERDICT_UNKNOWN);
  clock().Advance(3 * 3600 * kSecond);
  EXPECT_EQ(VerdictOf(ann), v1::VERDICT_DENY);
  const auto reply = BlockedChecks("parent: '~'");
  ASSERT_THAT(reply, IsOk());
  std::vector<std::string> rows;
  for (const v1::BlockedCheckCount& row : reply.all.counts()) {
    EXPECT_EQ(row.channel(), v1::CHANNEL_VOICE);
    rows.push_back(absl::StrCat(row.campaign(), " ", v1::ReasonType_Name(row.reason()), " ",
                                row.denied(), " ", row.unknown()));
  }
  EXPECT_THAT(rows, UnorderedElementsAre(" REASON_TYPE_CONTACT_POINT_ON_LIST 2 0",
                                         " REASON_TYPE_LEAD_UNKNOWN 0 1",
                                         "spring REASON_TYPE_CONTACT_POINT_ON_LIST 1 0"));
  EXPECT_EQ(reply.all.summary().denied(), 3);
  EXPECT_EQ(reply.all.summary().unknown(), 1);
  EXPECT_EQ(reply.all.summary().allowed(), 1);
  EXPECT_FALSE(reply.all.summary().incomplete());
  EXPECT_EQ(BlockedChecks("parent: '~' campaigns: 'SPRING'").all.summary().denied(), 1);
  EXPECT_EQ(BlockedChecks("parent: '~' channels: CHANNEL_SMS").all.summary().denied(), 0);
  EXPECT_EQ(BlockedChecks(absl::StrCat("parent: '~' period { start_time { seconds: ",
                                       kStart / kSecond + 3600, " } }"))
                .all.summary()
                .denied(),
            1);
}

TEST_F(Reports, MeasuresEffectTimes) {
  const int64_t asked = kStart / kSecond;
  clock().Advance(20 * kDay);
  ApplyAs("users/joe", "ann", "new/actions/dnc",
          absl::StrCat("request_time { seconds: ", asked, " }"));
  ApplyAs("users/joe", "bob", "new/actions/dnc");
  AddPhoneEntry("+12125550177",
                absl::StrCat("effective_time { seconds: ", asked + 20 * 86'400 - 3600, " }"));
  const auto reply = EffectTimes("parent: '~'");
  ASSERT_THAT(reply, IsOk());
  const v1::EffectTimeSummary& summary = reply.all.summary();
  EXPECT_EQ(summary.all().count(), 2);
  EXPECT_EQ(summary.all().without_request_time(), 1);
  EXPECT_EQ(summary.all().late(), 1) << "ten business days are over";
  EXPECT_EQ(summary.all().max().seconds(), 20 * 86'400);
  EXPECT_NEAR(static_cast<double>(summary.all().p50().seconds()), 3600, 36);
  ASSERT_THAT(reply.all.late(), SizeIs(1));
  const v1::LateOptOut& late = reply.all.late(0);
  EXPECT_EQ(Id(late.subject()), "ann");
  EXPECT_EQ(late.path(), v1::OPT_OUT_PATH_ACTION);
  EXPECT_EQ(late.user(), "users/joe");
  EXPECT_EQ(late.request_time().seconds(), asked);
  EXPECT_LT(late.deadline().seconds(), late.effect_time().seconds());
  ASSERT_THAT(summary.by_path(), SizeIs(2));
  EXPECT_EQ(summary.by_path(1).path(), v1::OPT_OUT_PATH_ENTRY);
  EXPECT_EQ(EffectTimes("parent: '~' limit { seconds: 60 }").all.summary().all().late(), 2);
  EXPECT_EQ(EffectTimes("parent: '~' paths: OPT_OUT_PATH_ENTRY").all.summary().all().count(), 1);
}

TEST_F(Reports, RefuseBadRequestsByField) {
  EXPECT_THAT(DncActions("parent: 'organizations/none'"), Refused("ORGANIZATION_NOT_FOUND"));
  EXPECT_EQ(DncActions("parent: '~' time_zone: '/etc/passwd'").metadata("field"), "time_zone");
  EXPECT_EQ(DncActions("parent: '~' group_by: DNC_ACTION_DIMENSION_DAY group_by: "
                       "DNC_ACTION_DIMENSION_DAY")
                .metadata("field"),
            "group_by[1]");
  EXPECT_EQ(DncActions("parent: '~' period { start_time { seconds: 2 } end_time { seconds: 1 } }")
                .metadata("field"),
            "period.end_time");
  EXPECT_THAT(DncLeads("parent: '~' statuses: '~s/none'"), Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(DncLeads("parent: '~' lists: '~/lists/none'"), Refused("LIST_NOT_FOUND"));
  EXPECT_EQ(ActiveLeads("parent: '~' page_size: -1").metadata("field"), "page_size");
  EXPECT_EQ(Coverage("parent: '~' kinds: KIND_UNSPECIFIED").metadata("field"), "kinds[0]");
  EXPECT_EQ(Coverage("parent: '~' max_findings: -1").metadata("field"), "max_findings");
  EXPECT_EQ(EffectTimes("parent: '~' limit { seconds: -1 }").metadata("field"), "limit");
}

// More than gRPC takes before the caller reads it.
constexpr int kLeadsOfALongReport = 12'000;

TEST_F(Reports, AReportThatNobodyReadsExpires) {
  AddLeads(kLeadsOfALongReport);
  const auto stream = OpenReport<v1::ListActiveLeadsRequest>("parent: '~'");
  std::string bytes;
  ASSERT_TRUE(stream->Read(&bytes));
  clock().Advance(15 * 60 * kSecond);
  const auto rest = ReadToEnd<v1::ListActiveLeadsResponse>(stream.get());
  EXPECT_THAT(rest, Refused("REPORT_EXPIRED"));
  EXPECT_FALSE(rest.all.has_summary());
  EXPECT_THAT(ActiveLeads("parent: '~' page_size: 1"), IsOk());
}

// They are opened much faster than one thread makes them.
TEST_F(Reports, TooManyAtATimeAreRefusedAndThoseThatEndGiveTheirPlace) {
  AddLeads(kLeadsOfALongReport);
  std::vector<std::unique_ptr<RpcStream>> open;
  for (int i = 0; i < 200; ++i) {
    open.push_back(OpenReport<v1::ListActiveLeadsRequest>("parent: '~'"));
  }
  int refused = 0;
  for (const auto& stream : open) {
    std::string bytes;
    if (stream->Read(&bytes)) {
      stream->Cancel();
      EXPECT_EQ(stream->Finish().code, absl::StatusCode::kCancelled);
    } else {
      EXPECT_THAT(stream->Finish(), Refused("OVERLOADED"));
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_LE(refused, 200 - 16);
  // The server hears of the last ones a little later.
  auto reply = ActiveLeads("parent: '~' page_size: 1");
  for (int i = 0; i < 10'000 && !reply.ok(); ++i) {
    EXPECT_THAT(reply, Refused("OVERLOADED"));
    reply = ActiveLeads("parent: '~' page_size: 1");
  }
  EXPECT_THAT(reply, IsOk());
}

TEST_F(Reports, AServerThatDrainsEndsThem) {
  AddLeads(kLeadsOfALongReport);
  const auto stream = OpenReport<v1::ListActiveLeadsRequest>("parent: '~'");
  std::string bytes;
  ASSERT_TRUE(stream->Read(&bytes));
  server().BeginDrain();
  EXPECT_THAT(ReadToEnd<v1::ListActiveLeadsResponse>(stream.get()), Refused("SHUTTING_DOWN"));
}

// Everybody is jane, who may call everything, and an administrator until told otherwise.
class Jane : public Authenticator, public Authorizer {
 public:
  absl::StatusOr<Principal> Authenticate(const CallerEvidence&) const override {
    return Principal{"users/jane", administrator.load(), true};
  }
  bool IsAdministrator(const std::string&) const override { return administrator.load(); }
  absl::Status Authorize(const Principal&, absl::string_view, Resources) const override {
    return absl::OkStatus();
  }
  absl::Status Require(const Principal&, absl::string_view, Resources) const override {
    return absl::OkStatus();
  }

  std::atomic<bool> administrator{true};
};

class ReportsOfHiddenStatuses : public ReportTest {
 protected:
  ReportsOfHiddenStatuses() {
    parts().authenticator = &jane_;
    parts().authorizer = &jane_;
  }

  Jane jane_;
};

TEST_F(ReportsOfHiddenStatuses, ShowNothingOfThem) {
  ApplyAs("users/jane", "ann", "new/actions/novoice");
  ApplyAs("users/jane", "bob", "new/actions/advance");
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/new' system_status: SYSTEM_STATUS_NEW visible_to_roles: "
      "'compliance-officer' }");
  EXPECT_EQ(DncActions("parent: '~'").all.summary().count(), 1);
  EXPECT_THAT(LeadIds(DncLeads("parent: '~'").all), ElementsAre("ann"));
  const auto before = Coverage("parent: '~'").all.summary();

  jane_.administrator = false;
  EXPECT_EQ(DncActions("parent: '~'").all.summary().count(), 0);
  EXPECT_THAT(LeadIds(DncLeads("parent: '~'").all), IsEmpty());
  const auto active = ActiveLeads("parent: '~'");
  EXPECT_THAT(LeadIds(active.all), ElementsAre("bob"));
  EXPECT_EQ(active.all.rows_read(), 1);
  EXPECT_THAT(DncLeads("parent: '~' statuses: '~s/new'"), Refused("STATUS_NOT_FOUND"));
  EXPECT_EQ(EffectTimes("parent: '~'").all.summary().all().without_request_time(), 0);
  const auto after = Coverage("parent: '~'").all.summary();
  EXPECT_EQ(after.statuses(), before.statuses() - 1);
  EXPECT_EQ(after.leads(), before.leads() - 1);
}

}  // namespace
}  // namespace dnc
