// What reports count, without a server: rows of the audit trail, counts, durations, gaps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/error/error.h"
#include "server/report/audit_row.h"
#include "server/report/coverage.h"
#include "server/report/dnc_action_tally.h"
#include "server/report/duration_histogram.h"
#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kSecond = 1'000'000;
constexpr char kAction[] = "organizations/acme/workflows/sales/statuses/new/actions/dnc";

// An audit record with the mutation of the text; the outcome has `response`.
std::string Record(const std::string& mutation, const google::protobuf::Message& response,
                   storage::v1::AuditRecord::Disposition disposition =
                       storage::v1::AuditRecord::DISPOSITION_APPLIED) {
  storage::v1::AuditRecord record;
  record.set_revision(7);
  record.set_disposition(disposition);
  *record.mutable_mutation() = FromText<storage::v1::Mutation>(
      absl::StrCat("organization: 'acme' propose_time: 5000000 ", mutation));
  record.mutable_outcome()->set_response(response.SerializeAsString());
  return record.SerializeAsString();
}

std::string ActionRecord(const std::string& results, const std::string& more = "") {
  return Record(absl::StrCat("actor { id: 'users/jane' } apply_action { lead: "
                             "'organizations/acme/leads/ann' action: '",
                             kAction, "' ", more, " }"),
                FromText<v1::ApplyActionResponse>(results));
}

AuditRow RowOf(const std::string& record) {
  const auto row = ReadAuditRow(record);
  EXPECT_TRUE(row.ok() && row->has_value());
  return row->value();
}

TEST(AuditRowTest, ReadsWhatReportsNeed) {
  const std::string record = ActionRecord("results { entries: 'e' }");
  const AuditRow row = RowOf(record);
  EXPECT_EQ(row.revision, 7);
  EXPECT_EQ(row.time, 5 * kSecond);
  EXPECT_EQ(row.organization, "acme");
  EXPECT_EQ(row.user, "users/jane");
  EXPECT_EQ(row.body, storage::v1::Mutation::kApplyActionFieldNumber);
}

TEST(AuditRowTest, TheCallerCountsWhereNobodyIsNamed) {
  const std::string record =
      Record("principal: 'services/crm' apply_action {}", v1::ApplyActionResponse());
  EXPECT_EQ(RowOf(record).user, "services/crm");
}

TEST(AuditRowTest, WhatChangedNothingIsPassedOver) {
  for (const auto disposition : {storage::v1::AuditRecord::DISPOSITION_REFUSED,
                                 storage::v1::AuditRecord::DISPOSITION_REPEATED}) {
    const auto row =
        ReadAuditRow(Record("apply_action {}", v1::ApplyActionResponse(), disposition));
    ASSERT_TRUE(row.ok());
    EXPECT_FALSE(row->has_value());
  }
}

TEST(AuditRowTest, DamageIsAnError) {
  std::string record = ActionRecord("results { entries: 'e' }");
  record.resize(record.size() / 2);
  EXPECT_FALSE(ReadAuditRow(record).ok());
}

TEST(PerformedDncActionTest, IsToldFromWhatTheActionDid) {
  struct Case {
    const char* results;
    bool dnc;
    bool already_blocked;
  };
  for (const Case& c : std::vector<Case>{
           {"results { entries: 'e' } results {}", true, false},
           {"results { covering_entries: 'e' }", true, true},
           {"results { covering_entries: 'e' } results { entries: 'f' }", true, false},
           {"results {}", false, false},
           {"", false, false},
           {"results { revoked_entries: 'e' entries: 'f' }", false, false},
       }) {
    SCOPED_TRACE(c.results);
    const std::string record = ActionRecord(c.results);
    const auto action = DncActionOf(RowOf(record));
    ASSERT_TRUE(action.ok());
    ASSERT_EQ(action->has_value(), c.dnc);
    if (!c.dnc) continue;
    EXPECT_EQ((*action)->already_blocked, c.already_blocked);
    EXPECT_EQ((*action)->status(), "organizations/acme/workflows/sales/statuses/new");
  }
}

TEST(OptOutRequestTest, KnowsWhenThePersonAsked) {
  const std::string action =
      ActionRecord("results { entries: 'e' }", "request_time { seconds: 3 }");
  auto found = OptOutRequestsOf(RowOf(action));
  ASSERT_TRUE(found.ok());
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ(found->front().path, v1::OPT_OUT_PATH_ACTION);
  EXPECT_EQ(found->front().request_time, 3 * kSecond);
  EXPECT_EQ(found->front().action, kAction);

  // One that begins later was not asked for earlier.
  const std::string entries = Record(
      "import_entries { list: 'l' entries { effective_time { seconds: 2 } contact_point { email: "
      "'a@example.com' } } entries {} entries { effective_time { seconds: 9 } } }",
      storage::v1::ImportEntriesResult());
  found = OptOutRequestsOf(RowOf(entries));
  ASSERT_TRUE(found.ok());
  ASSERT_THAT(*found, SizeIs(3));
  EXPECT_EQ((*found)[0].request_time, 2 * kSecond);
  EXPECT_TRUE((*found)[0].is_email);
  EXPECT_FALSE((*found)[1].request_time.has_value());
  EXPECT_FALSE((*found)[2].request_time.has_value());
}

TEST(OptOutRequestTest, ANearMissCountsFromWhenItBlocks) {
  const auto recorded = [](const std::string& opt_out) {
    const std::string record =
        Record("record_opt_out {}", FromText<v1::RecordOptOutResponse>(opt_out));
    return OptOutRequestsOf(RowOf(record))->size();
  };
  EXPECT_EQ(recorded("opt_out { outcome: OPT_OUT_OUTCOME_OPTED_OUT blocks: true }"), 1u);
  EXPECT_EQ(recorded("opt_out { outcome: OPT_OUT_OUTCOME_REVIEW blocks: true }"), 1u);
  EXPECT_EQ(recorded("opt_out { outcome: OPT_OUT_OUTCOME_REVIEW }"), 0u);
  EXPECT_EQ(recorded("opt_out { outcome: OPT_OUT_OUTCOME_HELP }"), 0u);
  EXPECT_EQ(recorded("opt_out { outcome: OPT_OUT_OUTCOME_OPTED_OUT blocks: true } "
                     "repeated_message: true"),
            0u);
  const auto resolved = [](const std::string& review) {
    const std::string record =
        Record("resolve_review {}",
               FromText<v1::ResolveReviewResponse>(absl::StrCat(
                   "review { kind: REVIEW_KIND_NEAR_MISS opt_out { received_time { seconds: 1 } } ",
                   review, " }")));
    return OptOutRequestsOf(RowOf(record))->size();
  };
  EXPECT_EQ(resolved("state: REVIEW_STATE_CONFIRMED"), 1u);
  EXPECT_EQ(resolved("state: REVIEW_STATE_CONFIRMED pending_entries: 'e'"), 0u)
      << "it blocked from the start";
  EXPECT_EQ(resolved("state: REVIEW_STATE_DISMISSED"), 0u);
}

TEST(DncActionTallyTest, DaysFollowTheTimeZone) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &zone));
  // 2026-03-08T04:59:59Z and a second later: midnight before daylight saving time begins.
  EXPECT_EQ(DayText(1'772'945'999 * kSecond, zone), "2026-03-07");
  EXPECT_EQ(DayText(1'772'946'000 * kSecond, zone), "2026-03-08");
  EXPECT_EQ(DayText(1'772'946'000 * kSecond, absl::UTCTimeZone()), "2026-03-08");
}

TEST(DncActionTallyTest, TimeZonesAreNamesAndNoFiles) {
  for (const char* name : {"Europe/Berlin", "UTC", "Etc/GMT+5", ""}) {
    v1::CountDncActionsRequest request;
    request.set_time_zone(name);
    EXPECT_TRUE(GroupingOf(request).ok()) << name;
  }
  for (const char* name : {"/etc/localtime", "file:/etc/localtime", "localtime", "Nowhere/City",
                           "../etc/passwd", ":UTC"}) {
    v1::CountDncActionsRequest request;
    request.set_time_zone(name);
    EXPECT_FALSE(GroupingOf(request).ok()) << name;
  }
}

TEST(DncActionTallyTest, CountsByWhatIsAskedFor) {
  DncActionGrouping grouping;
  grouping.by_action = grouping.by_day = grouping.by_status = false;
  DncActionTally tally(grouping);
  PerformedDncAction action;
  action.action = kAction;
  ASSERT_TRUE(tally.Add(action, "users/joe", 1).ok());
  ASSERT_TRUE(tally.Add(action, "users/ann", 2).ok());
  action.already_blocked = true;
  ASSERT_TRUE(tally.Add(action, "users/joe", 3).ok());
  v1::DncActionCount row;
  ASSERT_TRUE(tally.Pop(&row));
  EXPECT_EQ(row.user(), "users/ann");
  ASSERT_TRUE(tally.Pop(&row));
  EXPECT_EQ(row.user(), "users/joe");
  EXPECT_EQ(row.count(), 2);
  EXPECT_EQ(row.already_blocked(), 1);
  EXPECT_TRUE(row.action().empty() && row.status().empty() && row.day().empty());
  EXPECT_FALSE(tally.Pop(&row));
  EXPECT_EQ(tally.summary().count(), 3);
}

TEST(DncActionTallyTest, TooManyRowsAreRefused) {
  DncActionTally tally(DncActionGrouping{});
  PerformedDncAction action;
  action.action = kAction;
  absl::Status status;
  size_t added = 0;
  for (; status.ok(); ++added) status = tally.Add(action, absl::StrCat("users/", added), 1);
  EXPECT_EQ(ErrorInfoOf(status)->reason(), "LIMIT_EXCEEDED");
  EXPECT_LE(added, DncActionTally::kMaxRows + 1);
  EXPECT_GT(added, 10'000u);
}

TEST(DurationHistogramTest, PercentilesAreWithinAHundredth) {
  DurationHistogram histogram;
  EXPECT_EQ(histogram.Percentile(0.5), 0);
  for (int64_t i = 1; i <= 1000; ++i) histogram.Add(i * 86'400 * kSecond);
  for (const double fraction : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const double exact = fraction * 1000 * 86'400 * kSecond;
    EXPECT_GE(static_cast<double>(histogram.Percentile(fraction)), exact);
    EXPECT_LE(static_cast<double>(histogram.Percentile(fraction)), exact * 1.01);
  }
  EXPECT_EQ(histogram.Percentile(1), histogram.max());
}

TEST(DurationHistogramTest, SmallAndLargestValuesFit) {
  DurationHistogram histogram;
  for (const int64_t value :
       {int64_t{-5}, int64_t{0}, int64_t{255}, int64_t{256}, std::numeric_limits<int64_t>::max()}) {
    histogram.Add(value);
  }
  EXPECT_EQ(histogram.count(), 5);
  EXPECT_EQ(histogram.Percentile(0.2), 0);
  EXPECT_EQ(histogram.Percentile(0.6), 255);
  EXPECT_EQ(histogram.Percentile(1), std::numeric_limits<int64_t>::max());
}

// Workflow gaps of a workflow with the statuses of the text.
std::vector<std::string> WorkflowGaps(const std::string& statuses) {
  CatalogOrganization organization = MakeOrganization("acme", 1);
  AddList("name: 'internal' kind: LIST_KIND_INTERNAL", &organization);
  AddWorkflow(absl::StrCat("name: 'sales' record_type: 'contact' ", statuses,
                           "statuses { name: 'dead' system_status: SYSTEM_STATUS_DEAD actions { "
                           "name: 'again' operations { add_to_dnc_list {} } } }"),
              &organization);
  v1::CoverageSummary summary;
  auto findings = CoverageFindings::Create(v1::GetCoverageRequest());
  EXPECT_TRUE(findings.ok());
  FindWorkflowGaps(
      organization, [](const CatalogStatus&) { return true; }, &*findings, &summary);
  std::vector<std::string> found;
  v1::CoverageFinding finding;
  while (findings->Pop(&finding)) {
    found.push_back(absl::StrCat(v1::CoverageFinding::Kind_Name(finding.kind()).substr(5), " ",
                                 finding.subject().substr(finding.subject().rfind('/') + 1)));
  }
  return found;
}

TEST(CoverageTest, AStatusWithADncActionThatEndsInDeathHasNoGap) {
  EXPECT_THAT(
      WorkflowGaps("statuses { name: 'new' system_status: SYSTEM_STATUS_NEW actions { name: "
                   "'dnc' operations { add_to_dnc_list {} } operations { move_to_status { "
                   "status: 'organizations/acme/workflows/sales/statuses/dead' } } } }"),
      IsEmpty());
}

TEST(CoverageTest, DisabledStatusesAndActionsDoNotCount) {
  EXPECT_THAT(WorkflowGaps("statuses { name: 'old' system_status: SYSTEM_STATUS_NEW state: "
                           "OBJECT_STATE_DISABLED } statuses { name: 'new' system_status: "
                           "SYSTEM_STATUS_NEW actions { name: 'dnc' state: OBJECT_STATE_DISABLED "
                           "operations { add_to_dnc_list {} } } }"),
              ElementsAre("STATUS_WITHOUT_DNC_ACTION new"));
}

TEST(CoverageTest, ALaterMoveBringsTheLeadBackToLife) {
  EXPECT_THAT(
      WorkflowGaps("statuses { name: 'new' system_status: SYSTEM_STATUS_NEW actions { name: 'dnc' "
                   "operations { add_to_dnc_list {} } operations { move_to_status { status: "
                   "'organizations/acme/workflows/sales/statuses/dead' } } operations { "
                   "move_to_status { status: 'organizations/acme/workflows/sales/statuses/new' } } "
                   "} }"),
      ElementsAre("DNC_ACTION_LEAVES_ALIVE dnc"));
}

TEST(CoverageTest, AMoveThatCannotBeMadeLeavesTheLeadAlive) {
  EXPECT_THAT(
      WorkflowGaps("statuses { name: 'new' system_status: SYSTEM_STATUS_NEW actions { name: 'dnc' "
                   "operations { add_to_dnc_list {} } operations { move_to_status { status: "
                   "'organizations/acme/workflows/sales/statuses/buried' } } } } statuses { name: "
                   "'buried' system_status: SYSTEM_STATUS_DEAD state: OBJECT_STATE_ARCHIVED }"),
      ElementsAre("DNC_ACTION_LEAVES_ALIVE dnc"));
}

TEST(CoverageTest, FindingsBeyondTheMostAreCountedOnly) {
  v1::GetCoverageRequest request;
  request.set_max_findings(2);
  auto findings = CoverageFindings::Create(request);
  ASSERT_TRUE(findings.ok());
  for (int i = 0; i < 5; ++i) FindLeadGap(absl::StrCat("lead-", i), true, nullptr, &*findings);
  v1::CoverageFinding finding;
  EXPECT_TRUE(findings->Pop(&finding));
  EXPECT_THAT(finding.message(), HasSubstr("not to be contacted"));
  EXPECT_TRUE(findings->Pop(&finding));
  EXPECT_FALSE(findings->Pop(&finding));
  v1::CoverageSummary summary;
  findings->FillCounts(&summary);
  for (const v1::CoverageCount& count : summary.counts()) {
    EXPECT_EQ(count.count(),
              count.kind() == v1::CoverageFinding::KIND_FLAGGED_LEAD_NOT_DEAD ? 5 : 0);
  }
}

TEST(CoverageTest, ALeadWhoseFlagAndStatusAgreeIsNoGap) {
  auto findings = CoverageFindings::Create(v1::GetCoverageRequest());
  ASSERT_TRUE(findings.ok());
  FindLeadGap("a", false, nullptr, &*findings);
  v1::CoverageFinding finding;
  EXPECT_FALSE(findings->Pop(&finding));
}

}  // namespace
}  // namespace dnc
