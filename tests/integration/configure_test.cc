// Settings: workflows and statuses, actions, consistent naming, nurture.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class ConfigureTest : public GatewayTest {
 protected:
  v1::Status GetStatus(absl::string_view id) {
    return Must<v1::GetStatusRequest>(absl::StrCat("name: '~s/", id, "'")).status();
  }
  v1::Workflow Sales() {
    return Must<v1::GetWorkflowRequest>("name: '~/workflows/sales'").workflow();
  }
  std::vector<std::string> SalesOrder() {
    std::vector<std::string> ids;
    const v1::Workflow sales = Sales();
    for (const v1::Status& status : sales.statuses()) {
      ids.push_back(status.name().substr(status.name().rfind('/') + 1));
    }
    return ids;
  }
  // Asks to save an action of the status `new`.
  Reply<v1::CreateActionResponse> Save(absl::string_view id, absl::string_view content) {
    return Ask<v1::CreateActionRequest>(
        absl::StrCat("parent: '~s/new' action_id: '", id, "' action { ", content, " }"));
  }
  Reply<v1::ApplyActionResponse> Use(absl::string_view lead, absl::string_view action,
                                     absl::string_view more = "") {
    return Ask<v1::ApplyActionRequest>(
        absl::StrCat("lead: '~/leads/", lead, "' action: '~s/new/actions/", action, "' ", more));
  }
  v1::Entry GetEntry(const std::string& name) {
    return Must<v1::GetEntryRequest>(absl::StrCat("name: '", name, "'")).entry();
  }
};

using WorkflowsAndStatuses = ConfigureTest;
using Actions = ConfigureTest;
using ConsistentNaming = ConfigureTest;
using NurtureTest = ConfigureTest;

// --- 1. Workflows and statuses ---

TEST_F(WorkflowsAndStatuses, WhatIsNotSetStaysAndTheOrderFollows) {
  const v1::Workflow before = Sales();
  const auto renamed = Must<v1::UpdateWorkflowRequest>(
      absl::StrCat("workflow { name: '~/workflows/sales' display_name: 'Inbound' etag: '",
                   before.etag(), "' } status_order: 'won' status_order: 'new'"));
  EXPECT_EQ(renamed.workflow().display_name(), "Inbound");
  EXPECT_EQ(renamed.workflow().state(), v1::OBJECT_STATE_ENABLED);
  EXPECT_EQ(renamed.workflow().record_type(), "contact");
  EXPECT_THAT(SalesOrder(), ElementsAre("won", "new", "working", "cooling", "closed"));
  EXPECT_THAT(Ask<v1::UpdateWorkflowRequest>(absl::StrCat(
                  "workflow { name: '~/workflows/sales' etag: '", before.etag(), "' }")),
              Refused("ETAG_MISMATCH"));
  EXPECT_THAT(Ask<v1::UpdateWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' record_type: 'company' }"),
              RefusedAt("RECORD_TYPE_MISMATCH", "workflow.record_type"));
  EXPECT_THAT(Ask<v1::UpdateWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' } status_order: 'won' status_order: 'no'"),
              RefusedAt("STATUS_NOT_FOUND", "status_order[1]"));
  EXPECT_THAT(Ask<v1::UpdateWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' } status_order: 'won' status_order: 'won'"),
              RefusedAt("INVALID_FIELD", "status_order[1]"));
}

TEST_F(WorkflowsAndStatuses, AStatusThatIsUsedIsArchivedOnlyWhenThatIsMeant) {
  // dnc of `new` moves to `closed`, where one lead is.
  Apply("ann", "dnc");
  const std::string archive =
      "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD restriction { channels: "
      "CHANNEL_VOICE channels: CHANNEL_SMS } state: OBJECT_STATE_ARCHIVED } ";
  const auto refused = Ask<v1::UpdateStatusRequest>(archive);
  EXPECT_THAT(refused, Refused("STATUS_IN_USE"));
  EXPECT_EQ(refused.metadata("leads"), "1");
  EXPECT_EQ(refused.metadata("action_count"), "1");
  EXPECT_THAT(refused.metadata("actions"), EndsWith("statuses/new/actions/dnc"));
  EXPECT_EQ(GetStatus("closed").state(), v1::OBJECT_STATE_ENABLED);

  const auto plan = Must<v1::UpdateStatusRequest>(
      absl::StrCat(archive, "allow_affected: true validate_only: true"));
  EXPECT_EQ(plan.affected().leads(), 1);
  EXPECT_EQ(GetStatus("closed").state(), v1::OBJECT_STATE_ENABLED);
  const auto done = Must<v1::UpdateStatusRequest>(absl::StrCat(archive, "allow_affected: true"));
  EXPECT_THAT(done.affected().actions(), ElementsAre(EndsWith("statuses/new/actions/dnc")));
  // The lead keeps its status and is restricted as before.
  EXPECT_THAT(GetLead("ann").status(), EndsWith("/closed"));
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);

  // Restored, it takes leads again; there is nothing to confirm.
  const auto restored = Must<v1::UpdateStatusRequest>(
      "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD restriction { channels: "
      "CHANNEL_VOICE channels: CHANNEL_SMS } state: OBJECT_STATE_ENABLED }");
  EXPECT_FALSE(restored.has_affected());
  EXPECT_EQ(Apply("bob", "dnc").results(1).outcome(), v1::OperationResult::OUTCOME_APPLIED);
}

TEST_F(WorkflowsAndStatuses, TheCountFollowsEveryLead) {
  const auto leads_in = [&](absl::string_view status) {
    return Must<v1::UpdateStatusRequest>(
               absl::StrCat("status { name: '~s/", status,
                            "' system_status: SYSTEM_STATUS_NEW state: OBJECT_STATE_DISABLED } "
                            "allow_affected: true allow_lifting_restriction: true validate_only: "
                            "true"))
        .affected()
        .leads();
  };
  EXPECT_EQ(leads_in("new"), 2);
  AddLead("cat", "");
  EXPECT_EQ(leads_in("new"), 3);
  Apply("cat", "advance");
  EXPECT_EQ(leads_in("new"), 2);
  EXPECT_EQ(leads_in("working"), 1);
  Must<v1::BatchUpsertLeadsRequest>(
      "parent: '~' leads { name: '~/leads/dan' record_type: 'contact' status: '~s/working' } "
      "leads { name: '~/leads/eve' record_type: 'company' status: '~s/working' }");
  EXPECT_EQ(leads_in("working"), 2);
  Must<v1::DeleteLeadRequest>("name: '~/leads/dan'");
  EXPECT_EQ(leads_in("working"), 1);
  Must<v1::MergeLeadsRequest>("source: '~/leads/cat' target: '~/leads/bob'");
  EXPECT_EQ(leads_in("working"), 0);
  EXPECT_EQ(leads_in("new"), 2);
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/dan' }");
  EXPECT_EQ(leads_in("working"), 1);
  Restart();
  EXPECT_EQ(leads_in("working"), 1);
}

TEST_F(WorkflowsAndStatuses, ADisabledWorkflowTakesNoLeadsAndStillTakesOptOuts) {
  EXPECT_THAT(Ask<v1::UpdateWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' state: OBJECT_STATE_DISABLED }"),
              Refused("STATUS_IN_USE"));
  const auto done = Must<v1::UpdateWorkflowRequest>(
      "workflow { name: '~/workflows/sales' state: OBJECT_STATE_DISABLED } allow_affected: true");
  EXPECT_EQ(done.affected().leads(), 2);
  EXPECT_EQ(done.affected().action_count(), 0);  // its own actions rest with it
  EXPECT_THAT(Use("ann", "advance"), Refused("WORKFLOW_DISABLED"));
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>("lead { name: '~/leads/new' record_type: 'contact' "
                                         "status: '~s/new' }"),
              Refused("WORKFLOW_DISABLED"));
  EXPECT_EQ(Apply("ann", "dnc").results(0).outcome(), v1::OperationResult::OUTCOME_APPLIED);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  Must<v1::UpdateWorkflowRequest>(
      "workflow { name: '~/workflows/sales' state: OBJECT_STATE_ENABLED }");
  EXPECT_THAT(Use("bob", "advance"), IsOk());
}

TEST_F(WorkflowsAndStatuses, AFileThatArchivesIsAskedTheSame) {
  const std::string file =
      "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'working' "
      "system_status: SYSTEM_STATUS_WORKING state: OBJECT_STATE_ARCHIVED } } ";
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(file), Refused("STATUS_IN_USE"));
  const auto done = Must<v1::ApplyWorkflowRequest>(absl::StrCat(file, "allow_affected: true"));
  EXPECT_THAT(done.affected().actions(), ElementsAre(EndsWith("statuses/new/actions/advance")));
  EXPECT_FALSE(Must<v1::ApplyWorkflowRequest>(file).has_affected());  // it is so already
}

TEST_F(WorkflowsAndStatuses, ARestrictionUntilATimeLiftsByItself) {
  const int64_t until = kStart / kSecond + 3600;
  const auto save = [&](int64_t seconds, absl::string_view more) {
    return Ask<v1::UpdateStatusRequest>(absl::StrCat(
        "status { name: '~s/working' system_status: SYSTEM_STATUS_WORKING restriction { channels: "
        "CHANNEL_VOICE until_time { seconds: ",
        seconds, " } ", more, " } visible_to_roles: 'agent' } allow_lifting_restriction: true"));
  };
  EXPECT_THAT(save(until, "duration { seconds: 60 }"),
              RefusedAt("INVALID_FIELD", "status.restriction.until_time"));
  EXPECT_THAT(save(kStart / kSecond, ""),
              RefusedAt("INVALID_FIELD", "status.restriction.until_time"));
  EXPECT_THAT(save(until, ""), IsOk());
  EXPECT_THAT(GetStatus("working").visible_to_roles(), ElementsAre("agent"));
  Apply("ann", "advance");
  const auto restricted = Check("lead: '~/leads/ann'");
  EXPECT_EQ(restricted.verdict(), v1::VERDICT_DENY);
  EXPECT_EQ(restricted.reasons(0).until().seconds(), until);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_SMS"), v1::VERDICT_ALLOW);
  clock().Advance(3600 * kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_ALLOW);
  // What has ended may be saved again as it is, not anew.
  EXPECT_THAT(save(until, ""), IsOk());
  EXPECT_THAT(save(until - 1, ""), RefusedAt("INVALID_FIELD", "status.restriction.until_time"));
}

TEST_F(WorkflowsAndStatuses, AListChangesAndARegistryIsWeakenedOnlyWhenThatIsMeant) {
  AddRegistry("national", "max_age { seconds: 86400 }");
  EXPECT_EQ(Must<v1::UpdateListRequest>("list { name: '~/lists/internal' display_name: 'Ours' }")
                .list()
                .display_name(),
            "Ours");
  const char* const weak = "list { name: '~/lists/national' channels: CHANNEL_VOICE } ";
  EXPECT_THAT(Ask<v1::UpdateListRequest>(weak), RefusedAt("LIST_WEAKENED", "list.channels"));
  EXPECT_THAT(
      Ask<v1::UpdateListRequest>("list { name: '~/lists/national' max_age { seconds: 86401 } }"),
      RefusedAt("LIST_WEAKENED", "list.max_age"));
  Must<v1::UpdateListRequest>(
      "list { name: '~/lists/national' channels: CHANNEL_VOICE channels: CHANNEL_SMS channels: "
      "CHANNEL_FAX channels: CHANNEL_MESSAGING max_age { seconds: 3600 } }");
  Must<v1::UpdateListRequest>(absl::StrCat(weak, "allow_weakening: true"));
  EXPECT_THAT(GetList("national").channels(), ElementsAre(v1::CHANNEL_VOICE));
  EXPECT_EQ(GetList("national").max_age().seconds(), 3600);
  EXPECT_THAT(Ask<v1::UpdateListRequest>("list { name: '~/lists/national' brand: 'home' }"),
              RefusedAt("INVALID_FIELD", "list.brand"));
  EXPECT_THAT(
      Ask<v1::UpdateListRequest>("list { name: '~/lists/internal' channels: CHANNEL_VOICE }"),
      RefusedAt("INVALID_FIELD", "list"));
}

// --- 2. Actions ---

TEST_F(Actions, AreValidatedWhenTheyAreSaved) {
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/won' system_status: SYSTEM_STATUS_WON state: OBJECT_STATE_ARCHIVED } "
      "allow_affected: true");
  EXPECT_THAT(Save("x", "operations { move_to_status { status: '~s/won' } }"),
              RefusedAt("STATUS_ARCHIVED", "action.operations[0].move_to_status.status"));
  EXPECT_THAT(Save("x",
                   "operations { move_to_status { status: "
                   "'~/workflows/support/statuses/open' } }"),
              HasReason("RECORD_TYPE_MISMATCH"));
  const char* const add = "action.operations[0].add_to_dnc_list";
  EXPECT_THAT(Save("x",
                   "operations { add_to_dnc_list { duration { seconds: 9 } expire_time { "
                   "seconds: 4102444800 } } }"),
              RefusedAt("INVALID_FIELD", absl::StrCat(add, ".expire_time")));
  EXPECT_THAT(Save("x", "operations { add_to_dnc_list { expire_time { seconds: 1 } } }"),
              RefusedAt("INVALID_FIELD", absl::StrCat(add, ".expire_time")));
  EXPECT_THAT(Save("x", "roles: 'agent' roles: 'agent' operations { add_to_dnc_list {} }"),
              RefusedAt("INVALID_FIELD", "action.roles[1]"));
  EXPECT_THAT(Save("x", "operations { remove_restriction {} }"),
              RefusedAt("REQUIRED_FIELD_MISSING", "action.operations[0].remove_restriction.lists"));
  EXPECT_THAT(Save("x",
                   "operations { add_to_dnc_list {} } operations { remove_restriction { "
                   "end_nurture: true } }"),
              RefusedAt("INVALID_FIELD", "action.operations[1].remove_restriction"));
  // What was saved before keeps pointing where nothing goes; only a change of it is refused.
  EXPECT_THAT(
      Ask<v1::ApplyWorkflowRequest>(
          "workflow { name: '~/workflows/sales' display_name: 'S' record_type: 'contact' }"),
      IsOk());
}

TEST_F(Actions, EvidenceIsRequiredBeforeAnythingChanges) {
  ASSERT_THAT(Save("proof",
                   "operations { add_to_dnc_list { evidence_required: true } } "
                   "operations { move_to_status { status: '~s/won' } }"),
              IsOk());
  const int64_t before = Must<v1::GetLeadRequest>("name: '~/leads/ann'").revision();
  EXPECT_THAT(Use("ann", "proof"), RefusedAt("EVIDENCE_REQUIRED", "evidence"));
  EXPECT_THAT(GetLead("ann").status(), EndsWith("/new"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  EXPECT_GE(Must<v1::GetLeadRequest>("name: '~/leads/ann'").revision(), before);
  const auto done = Use("ann", "proof", "evidence: 'call 7'");
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(GetEntry(done->entries(0)).evidence(), "call 7");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(Actions, AnOptOutUntilATimeEndsThenAndIsRefusedAfterwards) {
  const int64_t until = kStart / kSecond + 60;
  ASSERT_THAT(
      Save("summer",
           absl::StrCat("operations { add_to_dnc_list { expire_time { seconds: ", until, " } } }")),
      IsOk());
  ASSERT_THAT(Use("ann", "summer"), IsOk());
  EXPECT_EQ(CheckPhone(kAnnPhone).reasons(0).until().seconds(), until);
  clock().Advance(60 * kSecond);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  // A person who asks now must not be told that all is well.
  const auto late = Use("bob", "summer");
  EXPECT_THAT(late, Refused("OPERATION_EXPIRED"));
  EXPECT_THAT(late.message, HasSubstr("use another action"));
}

TEST_F(Actions, ReconsentRevokesWhatItNamesAndNothingElse) {
  Must<v1::CreateListRequest>("parent: '~' list_id: 'partners' list { kind: LIST_KIND_INTERNAL }");
  ASSERT_THAT(Save("all",
                   "operations { add_to_dnc_list {} } operations { add_to_dnc_list { list: "
                   "'~/lists/partners' } }"),
              IsOk());
  ASSERT_THAT(Save("again",
                   "operations { remove_restriction { lists: '~/lists/internal' channels: "
                   "CHANNEL_EMAIL } }"),
              IsOk());
  ASSERT_THAT(Use("ann", "all"), IsOk());
  EXPECT_THAT(Use("ann", "again"), RefusedAt("EVIDENCE_REQUIRED", "evidence"));
  // Consent that is older than the opt-out ends nothing.
  EXPECT_THAT(
      Use("ann", "again",
          absl::StrCat("evidence: 'form 9' request_time { seconds: ", kStart / kSecond - 60, " }")),
      HasReason("CONSENT_OLDER_THAN_OPT_OUT"));
  clock().Advance(kSecond);
  const auto done = Use("ann", "again", "evidence: 'form 9'");
  ASSERT_THAT(done, IsOk());
  // The lead's, the phone's and the e-mail address's; each goes on for the other channels.
  EXPECT_EQ(done->results(0).revoked_entries_size(), 3);
  EXPECT_EQ(done->results(0).entries_size(), 3);
  const v1::Entry revoked = GetEntry(done->results(0).revoked_entries(0));
  EXPECT_EQ(revoked.revoke_evidence(), "form 9");
  EXPECT_EQ(revoked.revoke_actor().id(), "users/jane");
  const v1::Entry rest = GetEntry(done->results(0).entries(0));
  EXPECT_THAT(rest.channels(), ElementsAre(v1::CHANNEL_VOICE, v1::CHANNEL_SMS, v1::CHANNEL_MAIL,
                                           v1::CHANNEL_FAX, v1::CHANNEL_MESSAGING));
  // The other list still blocks the e-mail, the rest of this one still blocks calls.
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_EMAIL"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  ASSERT_THAT(Save("partners", "operations { remove_restriction { lists: '~/lists/partners' } }"),
              IsOk());
  ASSERT_THAT(Use("ann", "partners", "evidence: 'form 10'"), IsOk());
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_EMAIL"), v1::VERDICT_ALLOW);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

// --- 5. Consistent naming ---

TEST_F(ConsistentNaming, ViolationsAreListedAndEnforcedAsAsked) {
  const auto violations = [&](absl::string_view more = "") {
    return Must<v1::ListNamingViolationsRequest>(absl::StrCat("parent: '~' ", more)).violations();
  };
  EXPECT_TRUE(violations().empty());
  EXPECT_EQ(violations("naming { pattern: 'zzz' }").size(), 5);  // dnc, novoice, pause; dnc; dnc
  const auto enforce = [&](absl::string_view how) {
    Must<v1::UpdateOrganizationRequest>(absl::StrCat(
        "organization { name: '~' dnc_action_naming { pattern: 'DNC: .+' description: 'DNC first' "
        "enforcement: ENFORCEMENT_",
        how, " } }"));
  };
  const char* const bad = "display_name: 'Stop' operations { add_to_dnc_list {} }";
  enforce("WARN");
  const auto warned = Save("a", bad);
  ASSERT_THAT(warned, IsOk());
  ASSERT_EQ(warned->naming_violations_size(), 1);
  EXPECT_EQ(warned->naming_violations(0).display_name(), "Stop");
  EXPECT_EQ(violations().size(), 6);
  enforce("ENFORCE");
  const auto refused = Save("b", bad);
  EXPECT_THAT(refused, RefusedAt("NAMING_VIOLATION", "action.display_name"));
  EXPECT_EQ(refused.metadata("description"), "DNC first");
  EXPECT_THAT(Save("c", "display_name: 'DNC: stop' operations { add_to_dnc_list {} }"), IsOk());
  EXPECT_THAT(Save("d", "display_name: 'Call' operations { nurture { duration { seconds: 9 } } }"),
              IsOk());
  EXPECT_THAT(Ask<v1::CreateStatusRequest>(
                  absl::StrCat("parent: '~/workflows/sales' status_id: 'x' status { system_status: "
                               "SYSTEM_STATUS_NEW actions { name: 'e' ",
                               bad, " } }")),
              RefusedAt("NAMING_VIOLATION", "status.actions[0].display_name"));
  EXPECT_THAT(
      Ask<v1::ApplyWorkflowRequest>(absl::StrCat(
          "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'won' "
          "system_status: SYSTEM_STATUS_WON actions { name: 'e' ",
          bad, " } } }")),
      RefusedAt("NAMING_VIOLATION", "workflow.statuses[0].actions[0].display_name"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>("source: '~s/new' actions: 'a' targets: '~s/won'"),
              HasReason("NAMING_VIOLATION"));
  // What is there stays usable.
  EXPECT_THAT(Use("ann", "a"), IsOk());
  enforce("OFF");
  EXPECT_THAT(Save("b", bad), IsOk());
  // Other settings stay when one is changed.
  const auto organization =
      Must<v1::UpdateOrganizationRequest>("organization { name: '~' display_name: 'Acme Inc.' }")
          .organization();
  EXPECT_EQ(organization.dnc_action_naming().pattern(), "DNC: .+");
  EXPECT_EQ(organization.default_region(), "US");
}

TEST_F(ConsistentNaming, ViolationsComeInPages) {
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = Must<v1::ListNamingViolationsRequest>(absl::StrCat(
        "parent: '~' naming { pattern: 'zzz' } page_size: 3 page_token: '", token, "'"));
    for (const auto& violation : page.violations()) seen.push_back(violation.action());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_THAT(seen, ElementsAre(EndsWith("new/actions/dnc"), EndsWith("new/actions/novoice"),
                                EndsWith("new/actions/pause"), EndsWith("working/actions/dnc"),
                                EndsWith("open/actions/dnc")));
}

// --- 6. Nurture ---

TEST_F(NurtureTest, RestrictsUntilADateAndLiftsByItself) {
  const int64_t until = kStart / kSecond + 24 * 3600;
  ASSERT_THAT(
      Save("march", absl::StrCat("operations { nurture { until_time { seconds: ", until, " } } }")),
      IsOk());
  ASSERT_THAT(Use("ann", "march"), IsOk());
  const v1::Lead ann = GetLead("ann");
  EXPECT_EQ(ann.nurture_until().seconds(), until);
  EXPECT_FALSE(ann.do_not_contact());
  const auto denied = Check("lead: '~/leads/ann'");
  EXPECT_THAT(ReasonTypes(denied), ElementsAre(v1::REASON_TYPE_NURTURE));
  EXPECT_TRUE(Must<v1::ListEntriesRequest>("parent: '~'").entries().empty());
  clock().Advance(kDay - kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  clock().Advance(kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_ALLOW);
  EXPECT_FALSE(GetLead("ann").has_nurture_until());
  // Its date has passed: the action says so.
  const auto late = Use("bob", "march");
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->results(0).outcome(), v1::OperationResult::OUTCOME_NOT_APPLIED);
  EXPECT_EQ(late->results(0).reason(), "OPERATION_EXPIRED");
}

TEST_F(NurtureTest, NeitherHidesNorWeakensAnOptOut) {
  Apply("ann", "novoice");
  Apply("ann", "later");
  const auto both = Check("lead: '~/leads/ann'");
  EXPECT_THAT(ReasonTypes(both), testing::Contains(v1::REASON_TYPE_LEAD_ON_LIST));
  EXPECT_THAT(ReasonTypes(both), testing::Contains(v1::REASON_TYPE_NURTURE));
  clock().Advance(31 * kDay);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_SMS"), v1::VERDICT_ALLOW);
}

TEST_F(NurtureTest, EndsEarlyOnRenewedConsentAndLeavesOptOutsAlone) {
  ASSERT_THAT(Save("resume", "operations { remove_restriction { end_nurture: true } }"), IsOk());
  Apply("ann", "novoice");
  Apply("ann", "later");
  const auto done = Use("ann", "resume", "evidence: 'mail 12'");
  ASSERT_THAT(done, IsOk());
  EXPECT_TRUE(done->results(0).revoked_entries().empty());
  EXPECT_FALSE(GetLead("ann").has_nurture_until());
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_SMS"), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(Use("ann", "resume", "evidence: 'mail 12'")->results(0).outcome(),
            v1::OperationResult::OUTCOME_NO_CHANGE);
}

}  // namespace
}  // namespace dnc
