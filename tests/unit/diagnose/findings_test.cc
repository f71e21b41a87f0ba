// What diagnoses find, as tables; and that every command which they name is one of dncctl.
#include "server/diagnose/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/diagnose/contact_findings.h"
#include "server/diagnose/copy_findings.h"
#include "server/diagnose/lead_findings.h"
#include "server/diagnose/obstacle_findings.h"
#include "server/diagnose/remedies.h"
#include "server/diagnose/timeline.h"
#include "server/error/error.h"
#include "tests/integration/process.h"
#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using v1::Finding;

constexpr char kSource[] = "organizations/acme/workflows/sales/statuses/new";
constexpr char kTarget[] = "organizations/acme/workflows/sales/statuses/won";
constexpr char kAction[] = "organizations/acme/workflows/sales/statuses/new/actions/dnc";
constexpr char kLead[] = "organizations/acme/leads/42";
constexpr char kEntry[] = "organizations/acme/entries/7-0";
constexpr UnixMicros kNow = 1'768'478'400'000'000;  // 2026-01-15T12:00:00Z

struct Written {
  google::protobuf::RepeatedPtrField<Finding> findings;
  v1::Diagnosis diagnosis;
};

Written WriteAll(FindingList list) {
  Written written;
  std::move(list).Write("all is well", &written.findings, &written.diagnosis);
  return written;
}

std::vector<std::string> KindsOf(const google::protobuf::RepeatedPtrField<Finding>& findings) {
  std::vector<std::string> kinds;
  for (const Finding& finding : findings) {
    kinds.push_back(absl::StrCat(Finding::Severity_Name(finding.severity()).substr(9), " ",
                                 Finding::Kind_Name(finding.kind()).substr(5)));
  }
  return kinds;
}

TEST(Findings, CausesComeFirstAndEachIsToldOnce) {
  FindingList list;
  list.Add(EntryLeadOnly(kLead, kEntry));
  for (int i = 0; i < 25; ++i) {
    list.Add(MakeFinding(Finding::KIND_ROLE, Finding::SEVERITY_CAUSE, kAction, "", "no role"),
             absl::StrCat("users/", i % 22));
  }
  const Written written = WriteAll(std::move(list));
  EXPECT_THAT(KindsOf(written.findings), ElementsAre("CAUSE ROLE", "WARNING ENTRY_LEAD_ONLY"));
  EXPECT_EQ(written.findings[0].user_count(), 22);
  EXPECT_EQ(written.findings[0].users_size(), kMostUsers);
  EXPECT_EQ(written.diagnosis.message(), "1 cause, 1 warning: no role");
}

TEST(Findings, NothingFoundIsSaid) {
  const Written written = WriteAll(FindingList());
  EXPECT_THAT(KindsOf(written.findings), ElementsAre("INFO NOTHING_FOUND"));
  EXPECT_EQ(written.diagnosis.message(), "all is well");
}

TEST(Findings, TooManyAreCounted) {
  FindingList list;
  for (size_t i = 0; i < kMostFindings + 5; ++i) list.Add(NoEntry(absl::StrCat(kLead, i)));
  const Written written = WriteAll(std::move(list));
  EXPECT_EQ(static_cast<size_t>(written.findings.size()), kMostFindings);
  EXPECT_EQ(written.diagnosis.omitted(), 5);
  EXPECT_EQ(written.diagnosis.causes(), static_cast<int>(kMostFindings) + 5);
}

v1::CopyRefusal RefusalFor(const std::string& reason, const std::string& action) {
  v1::CopyRefusal refusal;
  refusal.set_reason(reason);
  refusal.set_action(action);
  refusal.set_message("because");
  return refusal;
}

TEST(Findings, EachRefusalOfACopyHasItsKindAndItsRemedy) {
  const struct {
    const char* reason;
    const char* action;
    Finding::Kind kind;
  } rows[] = {
      {"COPY_ONTO_ITSELF", "", Finding::KIND_COPY_ONTO_ITSELF},
      {"STATUS_NOT_FOUND", "", Finding::KIND_STATUS_MISSING},
      {"STATUS_DISABLED", "", Finding::KIND_STATUS_DISABLED},
      {"STATUS_ARCHIVED", "", Finding::KIND_STATUS_ARCHIVED},
      {"WORKFLOW_DISABLED", "", Finding::KIND_WORKFLOW_DISABLED},
      {"WORKFLOW_ARCHIVED", "", Finding::KIND_WORKFLOW_ARCHIVED},
      {"RECORD_TYPE_MISMATCH", "", Finding::KIND_COPY_RECORD_TYPE},
      {"RECORD_TYPE_MISMATCH", "dnc", Finding::KIND_COPY_REFUSED},
      {"ACTION_CONFLICT", "dnc", Finding::KIND_COPY_CONFLICT},
      {"DNC_OPERATION_DROPPED", "dnc", Finding::KIND_COPY_DROPS_DNC},
      {"NAMING_VIOLATION", "dnc", Finding::KIND_NAMING},
      {"LIMIT_EXCEEDED", "", Finding::KIND_TARGET_FULL},
      {"PERMISSION_DENIED", "dnc", Finding::KIND_PERMISSION},
      {"LIST_NOT_FOUND", "dnc", Finding::KIND_COPY_REFUSED},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.reason);
    const Finding finding = FindingOf(RefusalFor(row.reason, row.action), kTarget, kSource);
    EXPECT_EQ(finding.kind(), row.kind);
    EXPECT_EQ(finding.severity(), Finding::SEVERITY_CAUSE);
    EXPECT_EQ(finding.object(), kTarget);
    EXPECT_EQ(finding.reason(), row.reason);
    EXPECT_THAT(finding.message(), HasSubstr("sales/won: because"));
    EXPECT_THAT(finding.remedy().text(), Not(IsEmpty()));
    EXPECT_THAT(finding.remedy().method(), HasSubstr("Service."));
  }
}

TEST(Findings, EachObstacleHasItsKindAndItsRemedy) {
  v1::Action action;
  action.set_name(kAction);
  for (int kind = 1; kind < v1::ActionObstacle::Kind_ARRAYSIZE; ++kind) {
    if (!v1::ActionObstacle::Kind_IsValid(kind)) continue;
    const auto obstacle_kind = static_cast<v1::ActionObstacle::Kind>(kind);
    SCOPED_TRACE(v1::ActionObstacle::Kind_Name(obstacle_kind));
    const Obstacle obstacle{obstacle_kind, v1::ActionObstacle::EXTENT_REFUSED, kTarget,
                            MakeError(v1::ERROR_REASON_ACTION_DISABLED, "because")};
    const Finding finding = FindingOf(obstacle, action, kLead);
    EXPECT_NE(finding.kind(), Finding::KIND_UNSPECIFIED);
    EXPECT_EQ(finding.severity(), Finding::SEVERITY_CAUSE);
    EXPECT_EQ(finding.message(), "because");
    EXPECT_EQ(finding.reason(), "ACTION_DISABLED");
    EXPECT_THAT(finding.remedy().method(), HasSubstr("Service."));
  }
}

// A lead in `new` with the entries that the text gives.
OwnEntries JudgedOwn(const std::string& entries, v1::Channel channel = v1::CHANNEL_UNSPECIFIED) {
  const auto lead = FromText<storage::v1::LeadRecord>(
      absl::StrCat("lead { name: '", kLead, "' } state { ", entries, " }"));
  return JudgeOwnEntries(lead, "acme", kSource, channel, kNow);
}

TEST(Findings, OwnEntriesOfALeadInAReport) {
  const std::string past = absl::StrCat(kNow - 1);
  const std::string future = absl::StrCat(kNow + 1);
  const std::string voice = absl::StrCat(1 << v1::CHANNEL_VOICE);
  const struct {
    std::string entry;
    v1::Channel channel;
    bool flagged;
    std::vector<std::string> kinds;
  } rows[] = {
      {"", v1::CHANNEL_UNSPECIFIED, false, {}},
      {"begun: true covers_contact_points: true",
       v1::CHANNEL_SMS,
       true,
       {"CAUSE FLAGGED_LEAD_NOT_DEAD"}},
      {"begun: true",
       v1::CHANNEL_SMS,
       true,
       {"CAUSE FLAGGED_LEAD_NOT_DEAD", "WARNING ENTRY_LEAD_ONLY"}},
      {"begun: true covers_contact_points: true expire_time: " + past,
       v1::CHANNEL_UNSPECIFIED,
       false,
       {"CAUSE ENTRY_EXPIRED"}},
      {"effective_time: " + future, v1::CHANNEL_UNSPECIFIED, false, {"CAUSE ENTRY_NOT_YET"}},
      {"begun: true channels: " + voice, v1::CHANNEL_SMS, false, {"CAUSE ENTRY_CHANNELS"}},
      {"begun: true covers_contact_points: true channels: " + voice,
       v1::CHANNEL_VOICE,
       true,
       {"CAUSE FLAGGED_LEAD_NOT_DEAD", "INFO ENTRY_CHANNELS"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.entry);
    const OwnEntries own = JudgedOwn(
        row.entry.empty() ? "" : absl::StrCat("entries { ", row.entry, " }"), row.channel);
    EXPECT_EQ(own.flagged, row.flagged);
    google::protobuf::RepeatedPtrField<Finding> findings(own.findings.begin(), own.findings.end());
    EXPECT_EQ(KindsOf(findings), row.kinds);
  }
}

TEST(Findings, ChecksAndContactsAreJudgedAgainstTheOptOut) {
  const auto decision = FromText<v1::DecisionRecord>(
      "name: 'organizations/acme/decisions/d' verdict: VERDICT_ALLOW evaluate_time { seconds: "
      "1768478400 } message_class: MESSAGE_CLASS_EMERGENCY reasons { effect: VERDICT_ALLOW entry: "
      "'organizations/acme/entries/7-0' }");
  FindingList after;
  JudgeChecks({decision}, kNow - 1, &after);
  EXPECT_THAT(KindsOf(WriteAll(std::move(after)).findings),
              ElementsAre("CAUSE CLASS_EXEMPT", "WARNING ALLOWED_AFTER_OPT_OUT"));
  FindingList before;
  JudgeChecks({decision}, kNow + 1, &before);
  JudgeChecks({decision}, std::nullopt, &before);
  EXPECT_TRUE(before.empty());
  const auto contact = FromText<v1::JudgedContact>(absl::StrCat(
      "contact_id: 'c' contact_point: '+1212***98' lead: '", kLead,
      "' violations { kind: CONTACT_VIOLATION_KIND_AFTER_DENY decision: 'd' message: 'm' }"));
  ContactCase asked;
  asked.subject = kLead;
  asked.names_lead = true;
  FindingList contacts;
  JudgeContacts(asked, {"+1212***98"}, {contact}, &contacts);
  EXPECT_THAT(KindsOf(WriteAll(std::move(contacts)).findings),
              ElementsAre("CAUSE CONTACT_AFTER_DENY"));
  v1::JudgedContact uncertain = contact;
  uncertain.mutable_violations(0)->set_uncertain(true);
  FindingList doubts;
  JudgeContacts(asked, {"+1212***98"}, {uncertain}, &doubts);
  EXPECT_THAT(KindsOf(WriteAll(std::move(doubts)).findings),
              ElementsAre("WARNING CONTACT_AFTER_DENY"));
}

TEST(Findings, ATimelineKeepsItsPeriodAndTheNewest) {
  Timeline timeline(kNow - 10'000'000, kNow, kNow);
  for (const int seconds : {-20, -5, -3, -4, 0}) {
    v1::JudgedContact contact;
    contact.set_contact_id(absl::StrCat(seconds));
    contact.mutable_contact_time()->set_seconds(kNow / 1'000'000 + seconds);
    timeline.AddContact(contact);
  }
  v1::DiagnoseContactedLeadResponse response;
  std::move(timeline).Write(2, &response);
  ASSERT_EQ(response.events_size(), 2);
  EXPECT_EQ(response.events(0).object(), "-4");
  EXPECT_EQ(response.events(1).object(), "-3");
  EXPECT_EQ(response.cut_before_time().seconds(), kNow / 1'000'000 - 4);
}

// dncctl takes the command, whatever stands for what only the reader can say.
TEST(Findings, EveryCommandIsOneOfDncctl) {
  std::vector<v1::Remedy> remedies = {
      EnableAction(kAction),
      EnableStatus(kSource),
      RestoreStatus(kSource),
      EnableWorkflow("organizations/acme/workflows/sales"),
      RestoreWorkflow("organizations/acme/workflows/sales"),
      ShowStatus(kSource),
      AddDncAction(kSource),
      AddDncOperation(kAction),
      MendExpiredOperation(kAction),
      MoveToDead(kAction),
      GrantPermission("actions.apply", "agent, compliance-officer", kSource),
      GrantPermission("roles.write", "", "organizations/acme"),
      GiveRole(kAction, "auditor"),
      JoinGroup(kAction, "inside"),
      SyncGroup("organizations/acme/groups/inside", "organizations/acme/workflows/sales"),
      GiveEvidence(kAction),
      FlagLead(kLead),
      FlaggedNotDead(kLead, kSource).remedy(),
      EntryExpired(kLead, kEntry, kNow).remedy(),
      EntryExpired(SubjectOf(ContactKind::kPhone), kEntry, kNow).remedy(),
      NoEntry(SubjectOf(ContactKind::kEmail)).remedy(),
      NoEntry(SubjectOf(ContactKind::kOther)).remedy(),
      EntryRevoked(kLead, kEntry, kNow).remedy(),
      EntryNotYet(kLead, kEntry, kNow).remedy(),
      EntryChannels(kLead, kEntry, 2, Finding::SEVERITY_CAUSE).remedy(),
      NoSuchAction(FromText<v1::Status>(absl::StrCat("name: '", kSource, "'")), "dnc").remedy(),
  };
  for (const char* reason : {"STATUS_NOT_FOUND", "ACTION_CONFLICT", "DNC_OPERATION_DROPPED"}) {
    remedies.push_back(FindingOf(RefusalFor(reason, "dnc"), kTarget, kSource).remedy());
  }
  int commands = 0;
  for (const v1::Remedy& remedy : remedies) {
    EXPECT_THAT(remedy.text(), Not(IsEmpty()));
    if (remedy.command().empty()) continue;
    ++commands;
    SCOPED_TRACE(remedy.command());
    std::vector<std::string> words = absl::StrSplit(remedy.command(), ' ');
    ASSERT_EQ(words.front(), "dncctl");
    words.front() = DNC_BIN_DIR "/dncctl";
    // Nobody listens there: a command line that is right ends with 5, one that is wrong with 2.
    const std::vector<std::string> globals = {"--server", "127.0.0.1:1", "--org",
                                              "acme",     "--timeout",   "1ms"};
    words.insert(words.begin() + 1, globals.begin(), globals.end());
    const e2e::ProcessResult result = e2e::RunProcess(words);
    EXPECT_EQ(result.exit_code, 5) << result.err;
  }
  EXPECT_GT(commands, 18);
}

}  // namespace
}  // namespace dnc
