// Issue 3, row 14: for each trouble that users have, what a diagnosis finds, and that it agrees
// with what the gateway does.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dnc/v1/report.pb.h"
#include "tests/integration/diagnose_fixture.h"

namespace dnc {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using v1::Finding;

std::string ActionOf(const char* status, const char* action) {
  return absl::StrCat("workflows/sales/statuses/", status, "/actions/", action);
}

class Diagnose : public DiagnoseFixture {
 protected:
  v1::DiagnoseMissingActionResponse MissingAction(absl::string_view text) {
    return Must<v1::DiagnoseMissingActionRequest>(absl::StrCat("parent: '~' ", text));
  }

  template <typename Response, typename Request>
  Response ReadAll(absl::string_view text) {
    const auto stream = client().Open(MethodOf(Request::descriptor()));
    stream->Write(Parse<Request>(text).SerializeAsString());
    stream->WritesDone();
    Response all;
    std::string bytes;
    while (stream->Read(&bytes)) {
      Response piece;
      EXPECT_TRUE(piece.ParseFromString(bytes));
      all.MergeFrom(piece);
    }
    EXPECT_THAT(stream->Finish(), IsOk());
    EXPECT_TRUE(all.has_summary());
    return all;
  }
  v1::DiagnoseActiveReportsResponse ActiveReports(absl::string_view more = "") {
    return ReadAll<v1::DiagnoseActiveReportsResponse, v1::DiagnoseActiveReportsRequest>(
        absl::StrCat("parent: '~' ", more));
  }
};

// ---- the DNC action does not appear

TEST_F(Diagnose, WhereTheDncActionAppearsNothingIsFound) {
  const auto response = MissingAction("user: 'users/kim' status: '~s/new' lead: '~/leads/ann'");
  EXPECT_EQ(response.diagnosis().causes(), 0) << response.ShortDebugString();
  EXPECT_THAT(ToldOf(response), ElementsAre("INFO NOTHING_FOUND"));
  EXPECT_EQ(response.actions_size(), 3);
  for (const v1::DiagnosedAction& action : response.actions()) EXPECT_TRUE(action.available());
  EXPECT_EQ(response.revision(), Revision());
}

TEST_F(Diagnose, AMissingActionIsExplainedByWhatStandsInItsWay) {
  const auto told = [&](absl::string_view status = "new", absl::string_view user = "kim") {
    return ToldOf(MissingAction(
        absl::StrCat("user: 'users/", user, "' status: '~s/", status, "' action_id: 'dnc'")));
  };
  EXPECT_THAT(
      told("new", "lou"),
      UnorderedElementsAre("CAUSE NO_ROLE", "CAUSE PERMISSION workflows/sales/statuses/new"));
  EXPECT_THAT(told("won"), ElementsAre("CAUSE NO_SUCH_ACTION workflows/sales/statuses/won"));
  ChangeDnc("state: OBJECT_STATE_DISABLED");
  EXPECT_THAT(told(), ElementsAre("CAUSE ACTION_DISABLED " + ActionOf("new", "dnc")));
  ChangeDnc("state: OBJECT_STATE_ENABLED roles: 'compliance-officer'");
  EXPECT_THAT(told(), ElementsAre("CAUSE ROLE " + ActionOf("new", "dnc")));
  ChangeDnc("");
  EXPECT_THAT(told(), ElementsAre("INFO NOTHING_FOUND"));
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/new' system_status: SYSTEM_STATUS_NEW visible_to_roles: 'auditor' }");
  EXPECT_THAT(told(), ElementsAre("CAUSE STATUS_HIDDEN workflows/sales/statuses/new"));
  Must<v1::UpdateStatusRequest>(
      "allow_affected: true status { name: '~s/new' system_status: SYSTEM_STATUS_NEW state: "
      "OBJECT_STATE_DISABLED }");
  EXPECT_THAT(told(), ElementsAre("CAUSE STATUS_DISABLED workflows/sales/statuses/new"));
  Must<v1::UpdateWorkflowRequest>(
      "allow_affected: true workflow { name: '~/workflows/sales' state: OBJECT_STATE_ARCHIVED }");
  EXPECT_THAT(told(), Contains("CAUSE WORKFLOW_ARCHIVED workflows/sales"));
}

TEST_F(Diagnose, AMissingActionMayNotBeThereAtAll) {
  EXPECT_THAT(ToldOf(MissingAction("user: 'users/kim' status: '~s/cooling'")),
              ElementsAre("CAUSE STATUS_WITHOUT_DNC_ACTION workflows/sales/statuses/cooling"));
  Must<v1::CreateActionRequest>(
      "parent: '~s/won' action_id: 'stop' action { category: ACTION_CATEGORY_DO_NOT_CONTACT "
      "operations { move_to_status { status: '~s/closed' } } }");
  const auto response = MissingAction("user: 'users/kim' status: '~s/won'");
  EXPECT_THAT(ToldOf(response),
              ElementsAre("CAUSE ACTION_WITHOUT_DNC_OPERATION " + ActionOf("won", "stop"),
                          "CAUSE STATUS_WITHOUT_DNC_ACTION workflows/sales/statuses/won"));
  EXPECT_EQ(response.findings(1).remedy().method(), "ActionService.CopyActions");
  EXPECT_EQ(response.findings(1).remedy().command(),
            "dncctl actions copy --from WORKFLOW/STATUS --action ACTION --to sales/won");
}

TEST_F(Diagnose, TheLeadMayBeWhyAnActionIsMissing) {
  const auto told = [&](absl::string_view lead) {
    return ToldOf(
        MissingAction(absl::StrCat("user: 'users/kim' status: '~s/new' action_id: 'dnc' "
                                   "lead: '~/leads/",
                                   lead, "'")));
  };
  EXPECT_THAT(told("none"), ElementsAre("CAUSE LEAD_UNKNOWN leads/none"));
  Apply("ann", "advance");
  EXPECT_THAT(told("ann"), ElementsAre("CAUSE OTHER_STATUS leads/ann"));
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/firm' record_type: 'company' status: "
      "'~/workflows/support/statuses/open' }");
  EXPECT_THAT(told("firm"), ElementsAre("CAUSE RECORD_TYPE leads/firm"));
  Must<v1::DeleteLeadRequest>("name: '~/leads/bob'");
  EXPECT_THAT(told("bob"), Contains("CAUSE LEAD_DELETED leads/bob"));
}

// One judgement for all three: the diagnosis, the list of available actions, and ApplyAction.
TEST_F(Diagnose, AMissingActionIsJudgedAsItIsOffered) {
  ChangeDnc("roles: 'compliance-officer'");
  const auto diagnosed = MissingAction("user: 'users/kim' status: '~s/new' lead: '~/leads/ann'");
  std::string wanted = "lead: '~/leads/ann' principal: 'users/kim'";
  for (const v1::DiagnosedAction& action : diagnosed.actions()) {
    absl::StrAppend(&wanted, " actions: '", action.action(), "'");
  }
  const auto offered = Must<v1::ListAvailableActionsRequest>(wanted);
  ASSERT_EQ(diagnosed.actions_size(), offered.actions_size());
  for (int i = 0; i < offered.actions_size(); ++i) {
    EXPECT_EQ(diagnosed.actions(i).available(), offered.actions(i).available());
    ASSERT_EQ(diagnosed.actions(i).obstacles_size(), offered.actions(i).obstacles_size());
    for (int k = 0; k < offered.actions(i).obstacles_size(); ++k) {
      EXPECT_THAT(diagnosed.actions(i).obstacles(k), EqualsProto(offered.actions(i).obstacles(k)));
    }
  }
  EXPECT_THAT(AskAs<v1::ApplyActionRequest>("users/kim",
                                            "lead: '~/leads/ann' action: '~s/new/actions/dnc'"),
              Refused(FindingOfKind(diagnosed, Finding::KIND_ROLE).reason()));
}

TEST_F(Diagnose, NeedsItsPermission) {
  const std::string request = "parent: '~' user: 'users/kim' status: '~s/new'";
  EXPECT_THAT(AskAs<v1::DiagnoseMissingActionRequest>("users/kim", request),
              Refused("PERMISSION_DENIED"));
  Bind("auditor", "eve");
  EXPECT_THAT(AskAs<v1::DiagnoseMissingActionRequest>("users/eve", request), IsOk());
  // A time line tells of the record: who may not read that may not have it either.
  Bind("workflow-editor", "max");
  const std::string lead = "parent: '~' lead: '~/leads/ann'";
  EXPECT_THAT(AskAs<v1::DiagnoseMissingActionRequest>("users/max", request), IsOk());
  EXPECT_THAT(AskAs<v1::DiagnoseContactedLeadRequest>("users/max", lead),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::DiagnoseContactedLeadRequest>("users/eve", lead), IsOk());
}

// ---- the action cannot be copied to a status

TEST_F(Diagnose, ACopyIsDiagnosedAsItIsPlanned) {
  Must<v1::UpdateStatusRequest>(
      "allow_affected: true status { name: '~s/won' system_status: SYSTEM_STATUS_WON state: "
      "OBJECT_STATE_DISABLED }");
  const std::string what =
      "source: '~s/new' actions: 'dnc' targets: '~s/new' targets: '~s/none' targets: '~s/won' "
      "targets: '~/workflows/support/statuses/open' targets: '~s/working' targets: '~s/cooling'";
  const auto diagnosed = Must<v1::DiagnoseCopyRequest>(what);
  EXPECT_THAT(ToldOf(diagnosed),
              ElementsAre("CAUSE COPY_ONTO_ITSELF workflows/sales/statuses/new",
                          "CAUSE STATUS_MISSING workflows/sales/statuses/none",
                          "CAUSE STATUS_DISABLED workflows/sales/statuses/won",
                          "CAUSE COPY_RECORD_TYPE workflows/support/statuses/open",
                          "CAUSE COPY_CONFLICT workflows/sales/statuses/working"));
  EXPECT_EQ(diagnosed.findings(4).remedy().command(),
            "dncctl actions copy --from sales/new --action dnc --to sales/working --on-conflict "
            "rename");
  EXPECT_EQ(diagnosed.diagnosis().causes(), 5);
  EXPECT_EQ(diagnosed.targets(5).changes(), 1);
  const int64_t before = Revision();
  const auto copied = Must<v1::CopyActionsRequest>(what + " allow_partial: true");
  EXPECT_EQ(copied.revision(), before + 1) << "the diagnosis wrote something";
  ASSERT_EQ(copied.results_size(), diagnosed.targets_size());
  for (int i = 0; i < copied.results_size(); ++i) {
    EXPECT_EQ(diagnosed.targets(i).possible(), copied.results(i).refusals().empty());
    for (const v1::CopyRefusal& refusal : copied.results(i).refusals()) {
      EXPECT_EQ(diagnosed.findings(i).reason(), refusal.reason());
    }
  }
}

TEST_F(Diagnose, ACopyMayLackAnActionOrAPermission) {
  const auto missing =
      Must<v1::DiagnoseCopyRequest>("source: '~s/new' actions: 'none' targets: '~s/cooling'");
  EXPECT_THAT(ToldOf(missing), ElementsAre("CAUSE NO_SUCH_ACTION workflows/sales/statuses/new"));
  const auto denied = Must<v1::DiagnoseCopyRequest>(
      "source: '~s/new' actions: 'dnc' targets: '~s/cooling' user: 'users/kim'");
  EXPECT_THAT(ToldOf(denied), ElementsAre("CAUSE PERMISSION workflows/sales/statuses/new",
                                          "CAUSE PERMISSION workflows/sales/statuses/cooling"));
  EXPECT_EQ(denied.findings(0).related(), "actions.copy");
  Bind("workflow-editor", "kim");
  EXPECT_THAT(ToldOf(Must<v1::DiagnoseCopyRequest>(
                  "source: '~s/new' actions: 'dnc' targets: '~s/cooling' user: 'users/kim'")),
              ElementsAre("INFO NOTHING_FOUND"));
}

// It is the user who lacks the permission, not whoever asks; and it is a finding, not an error.
TEST_F(Diagnose, ACopyOfAReconsentActionIsJudgedForTheUser) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'consent' action { display_name: 'Renewed consent' operations { "
      "remove_restriction { lists: '~/lists/internal' } } }");
  Bind("workflow-editor", "kim");
  const std::string what =
      "source: '~s/new' actions: 'consent' actions: 'dnc' targets: '~s/cooling' targets: "
      "'~s/closed'";
  const auto denied = Must<v1::DiagnoseCopyRequest>(what + " user: 'users/kim'");
  EXPECT_THAT(ToldOf(denied), ElementsAre("CAUSE PERMISSION workflows/sales/statuses/cooling",
                                          "CAUSE PERMISSION workflows/sales/statuses/closed"));
  for (const Finding& finding : denied.findings()) {
    EXPECT_EQ(finding.related(), "actions.reconsent");
    EXPECT_THAT(finding.users(), ElementsAre("users/kim"));
    EXPECT_THAT(finding.message(), AllOf(HasSubstr("users/kim"), Not(HasSubstr("users/root"))));
    EXPECT_THAT(finding.remedy().command(), HasSubstr(" --user users/kim"));
  }
  // As the copy itself says to the user, target by target.
  const auto copied =
      AskAs<v1::CopyActionsRequest>("users/kim", what + " allow_partial: true validate_only: true");
  ASSERT_THAT(copied, IsOk());
  for (const v1::CopyTargetResult& result : copied.value.results()) {
    ASSERT_EQ(result.refusals_size(), 1);
    EXPECT_EQ(result.refusals(0).reason(), "PERMISSION_DENIED");
  }
  EXPECT_THAT(AskAs<v1::CopyActionsRequest>("users/kim", what), Refused("PERMISSION_DENIED"));
  EXPECT_THAT(ToldOf(Must<v1::DiagnoseCopyRequest>(what)), ElementsAre("INFO NOTHING_FOUND"));
  Bind("compliance-officer", "kim");
  EXPECT_THAT(ToldOf(Must<v1::DiagnoseCopyRequest>(what + " user: 'users/kim'")),
              ElementsAre("INFO NOTHING_FOUND"));
}

// ---- users miss DNC options

TEST_F(Diagnose, UsersWhoMissOptionsAreToldWhereAndWhy) {
  Must<v1::UpdateOrganizationRequest>(
      "organization { name: '~' outdated_group_policy: OUTDATED_GROUP_POLICY_BLOCK }");
  Must<v1::CreateGroupRequest>(
      "parent: '~' group_id: 'inside' group { members: 'users/kim' members: 'users/lou' workflows "
      "{ "
      "workflow: '~/workflows/sales' } }");
  ChangeDnc("display_name: 'Stop'");
  const auto response =
      Must<v1::DiagnoseMissingOptionsRequest>("parent: '~' group: '~/groups/inside'");
  ASSERT_EQ(response.users_size(), 2);
  EXPECT_EQ(response.users(0).user(), "users/kim");
  EXPECT_EQ(response.users(0).dnc_actions(), 5);
  EXPECT_EQ(response.users(0).usable_dnc_actions(), 4);  // all but new/dnc
  EXPECT_EQ(response.users(0).statuses_with_option(), 3);
  EXPECT_THAT(response.users(0).roles(), ElementsAre("organizations/acme/roles/agent"));
  EXPECT_EQ(response.users(1).usable_dnc_actions(), 0);
  const Finding outdated = FindingOfKind(response, Finding::KIND_GROUP_OUTDATED);
  EXPECT_EQ(Told(outdated), "CAUSE GROUP_OUTDATED groups/inside");
  EXPECT_THAT(outdated.users(), ElementsAre("users/kim"));
  EXPECT_EQ(outdated.remedy().command(), "dncctl groups sync inside --workflow sales");
  EXPECT_THAT(FindingOfKind(response, Finding::KIND_NO_ROLE).users(), ElementsAre("users/lou"));
  EXPECT_THAT(ToldOf(response),
              AllOf(Contains("CAUSE STATUS_WITHOUT_DNC_ACTION workflows/sales/statuses/cooling"),
                    Contains("CAUSE STATUS_WITHOUT_DNC_ACTION workflows/sales/statuses/won")));
  Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  EXPECT_THAT(ToldOf(Must<v1::DiagnoseMissingOptionsRequest>(
                  "parent: '~' users: 'users/kim' workflow: '~/workflows/sales'")),
              Not(Contains(HasSubstr("GROUP_OUTDATED"))));
}

TEST_F(Diagnose, WhoseOptionsMustBeSaid) {
  using Request = v1::DiagnoseMissingOptionsRequest;
  EXPECT_THAT(Ask<Request>("parent: '~'"), RefusedAt("REQUIRED_FIELD_MISSING", "users"));
  EXPECT_THAT(Ask<Request>("parent: '~' users: 'users/kim' users: 'users/kim'"),
              RefusedAt("INVALID_FIELD", "users[1]"));
  EXPECT_THAT(Ask<Request>("parent: '~' users: 'users/kim' group: '~/groups/x'"),
              RefusedAt("INVALID_FIELD", "group"));
  EXPECT_THAT(Ask<Request>("parent: '~' users: 'users/kim' workflow: '~/workflows/none'"),
              Refused("WORKFLOW_NOT_FOUND"));
}

// ---- DNC leads appear in active reports

TEST_F(Diagnose, DncLeadsInActiveReportsAreExplained) {
  Apply("ann", "advance");
  Apply("ann", "working/dnc");  // which leaves it in working
  AddLead("twin", absl::StrCat("contact_points { phone: '", kAnnPhone, "' }"));
  Apply("bob", "pause");
  clock().Advance(8 * kDay);
  AddLead("free", "contact_points { phone: '+12125550177' }");
  const auto response = ActiveReports();
  EXPECT_THAT(ToldOf(response),
              AllOf(Contains("CAUSE FLAGGED_LEAD_NOT_DEAD leads/ann"),
                    Contains("CAUSE CONTACT_POINT_FLAGGED leads/twin"),
                    Contains("CAUSE ENTRY_EXPIRED leads/bob"),
                    Contains("CAUSE DNC_ACTION_LEAVES_ALIVE " + ActionOf("working", "dnc")),
                    Not(Contains(HasSubstr("leads/free")))));
  EXPECT_EQ(FindingOfKind(response, Finding::KIND_CONTACT_POINT_FLAGGED).related(),
            "organizations/acme/leads/ann");
  const auto report =
      ReadAll<v1::ListActiveLeadsResponse, v1::ListActiveLeadsRequest>("parent: '~'");
  EXPECT_EQ(response.summary().active(), report.summary().active());
  EXPECT_EQ(response.summary().excluded_flagged(), report.summary().excluded_flagged());
  EXPECT_EQ(response.summary().excluded_contact_point(), report.summary().excluded_contact_point());
  EXPECT_EQ(response.summary().worked(), 4);
  EXPECT_EQ(response.summary().excluded_flagged(), 1);
}

TEST_F(Diagnose, LeadsThatAppearInAReportAreExplainedByName) {
  Apply("ann", "novoice");
  const std::string entry =
      Must<v1::ListEntriesRequest>("parent: '~' lead: '~/leads/ann'").entries(0).name();
  Must<v1::MergeLeadsRequest>("source: '~/leads/bob' target: '~/leads/ann'");
  AddLead("free", "");
  AddLead("back", "");
  const std::string revoked =
      Must<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/back' reason: 'asked' }")
          .entry()
          .name();
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", revoked, "' evidence: 'a signed form'"));
  const auto response = ActiveReports(
      "channel: CHANNEL_SMS leads: '~/leads/ann' leads: '~/leads/bob' leads: '~/leads/none' leads: "
      "'~/leads/free' leads: '~/leads/back'");
  std::vector<std::string> of_leads;
  for (const std::string& told : ToldOf(response)) {
    if (absl::StrContains(told, "leads/")) of_leads.push_back(told);
  }
  EXPECT_THAT(of_leads, ElementsAre("CAUSE ENTRY_CHANNELS leads/ann", "CAUSE LEAD_MERGED leads/bob",
                                    "CAUSE LEAD_UNKNOWN leads/none", "CAUSE NO_ENTRY leads/free",
                                    "CAUSE ENTRY_REVOKED leads/back"));
  EXPECT_EQ(FindingOfKind(response, Finding::KIND_ENTRY_CHANNELS).related(), entry);
}

TEST_F(Diagnose, ActiveReportsListNoMoreThanIsAskedFor) {
  for (int i = 0; i < 5; ++i) {
    const std::string id = absl::StrCat("lead", i);
    AddLead(id, "");
    Must<v1::AddEntryRequest>(
        absl::StrCat("parent: '~' entry { lead: '~/leads/", id, "' reason: 'asked' }"));
  }
  const auto response = ActiveReports("max_findings: 2");
  EXPECT_THAT(response.findings(), SizeIs(2));
  int64_t counted = 0;
  for (const v1::FindingCount& count : response.summary().counts()) counted += count.count();
  EXPECT_EQ(counted, 2 + response.summary().diagnosis().omitted());
  EXPECT_GE(counted, 5);
}

}  // namespace
}  // namespace dnc
