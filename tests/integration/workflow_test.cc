// Workflows, statuses and actions: plans, etags, and opt-outs that configuration cannot drop.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;

constexpr char kLine[] =
    "workflow { name: '~/workflows/line' display_name: 'Line' record_type: 'contact' "
    "statuses { name: 'a' system_status: SYSTEM_STATUS_NEW actions { name: 'go' operations { "
    "move_to_status { status: '~/workflows/line/statuses/b' } } } } "
    "statuses { name: 'b' system_status: SYSTEM_STATUS_WON actions { name: 'stop' operations { "
    "add_to_dnc_list {} } } } } ";
constexpr char kStop[] = "~/workflows/line/statuses/b/actions/stop";

class WorkflowTest : public GatewayTest {
 protected:
  v1::Workflow GetWorkflow(absl::string_view id) {
    return Must<v1::GetWorkflowRequest>(absl::StrCat("name: '~/workflows/", id, "'")).workflow();
  }
  v1::Status GetStatus(absl::string_view id) {
    return Must<v1::GetStatusRequest>(absl::StrCat("name: '~s/", id, "'")).status();
  }
  static std::vector<v1::PlannedChange::Kind> Kinds(const v1::ApplyWorkflowResponse& response) {
    std::vector<v1::PlannedChange::Kind> kinds;
    for (const v1::PlannedChange& change : response.changes()) kinds.push_back(change.kind());
    return kinds;
  }
};

TEST_F(WorkflowTest, APlanTellsWhatApplyWillDoAndChangesNothing) {
  const auto plan = Must<v1::ApplyWorkflowRequest>(absl::StrCat(kLine, "validate_only: true"));
  EXPECT_EQ(plan.changes_size(), 5);
  EXPECT_EQ(plan.revision(), 0);
  EXPECT_THAT(Ask<v1::GetWorkflowRequest>("name: '~/workflows/line'"),
              Refused("WORKFLOW_NOT_FOUND"));
  v1::ApplyWorkflowResponse real = Must<v1::ApplyWorkflowRequest>(kLine);
  EXPECT_GT(real.revision(), 0);
  real.set_revision(0);
  EXPECT_THAT(plan, EqualsProto(real));
  EXPECT_THAT(Kinds(real), testing::Each(v1::PlannedChange::KIND_CREATE));
  EXPECT_EQ(real.changes(0).name(), "organizations/acme/workflows/line");
}

TEST_F(WorkflowTest, ARepeatIsUnchanged) {
  Must<v1::ApplyWorkflowRequest>(kLine);
  const v1::Workflow before = GetWorkflow("line");
  const auto again = Must<v1::ApplyWorkflowRequest>(kLine);
  EXPECT_THAT(Kinds(again), testing::Each(v1::PlannedChange::KIND_UNCHANGED));
  EXPECT_EQ(again.changes_size(), 5);
  EXPECT_THAT(GetWorkflow("line"), EqualsProto(before));
}

TEST_F(WorkflowTest, AnUpdateNamesTheFieldsThatDiffer) {
  Must<v1::ApplyWorkflowRequest>(kLine);
  const auto response = Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/line' display_name: 'Line two' record_type: 'contact' "
      "statuses { name: 'b' display_name: 'B' system_status: SYSTEM_STATUS_LOST restriction {} "
      "actions { name: 'stop' category: ACTION_CATEGORY_DO_NOT_CONTACT operations { "
      "add_to_dnc_list { lead_only: true } } } } } allow_dropping_dnc: true");
  ASSERT_EQ(response.changes_size(), 3);
  EXPECT_THAT(response.changes(0).fields(), ElementsAre("display_name"));
  EXPECT_THAT(response.changes(1).fields(),
              testing::UnorderedElementsAre("display_name", "system_status", "restriction"));
  EXPECT_THAT(response.changes(2).fields(),
              testing::UnorderedElementsAre("category", "operations"));
  EXPECT_EQ(response.workflow().display_name(), "Line two");
}

TEST_F(WorkflowTest, WhatIsNotMentionedIsLeftAlone) {
  Must<v1::ApplyWorkflowRequest>(kLine);
  Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/line' record_type: 'contact' statuses { name: 'c' "
      "system_status: SYSTEM_STATUS_LOST } statuses { name: 'a' system_status: SYSTEM_STATUS_NEW } "
      "}");
  const v1::Workflow line = GetWorkflow("line");
  ASSERT_EQ(line.statuses_size(), 3);
  EXPECT_EQ(line.statuses(0).actions_size(), 1);
  EXPECT_EQ(line.statuses(1).actions_size(), 1);
  EXPECT_THAT(line.statuses(2).name(), testing::EndsWith("statuses/c"));
}

// ObjectState: "Not said: ENABLED when it is created", so an update that does not say it leaves it.
TEST_F(WorkflowTest, AStateThatIsNotMentionedIsLeftAlone) {
  Must<v1::ApplyWorkflowRequest>(kLine);
  Must<v1::UpdateStatusRequest>(
      "status { name: '~/workflows/line/statuses/b' system_status: "
      "SYSTEM_STATUS_WON state: OBJECT_STATE_ARCHIVED }");
  Must<v1::ApplyWorkflowRequest>(kLine);
  EXPECT_EQ(GetWorkflow("line").statuses(1).state(), v1::OBJECT_STATE_ARCHIVED);
}

TEST_F(WorkflowTest, AStatusMayMoveToOneThatTheSameRequestCreates) {
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(kLine), IsOk());
  EXPECT_THAT(
      Ask<v1::ApplyWorkflowRequest>(
          "workflow { name: '~/workflows/bad' record_type: 'contact' statuses { name: 'a' "
          "system_status: SYSTEM_STATUS_NEW actions { name: 'go' operations { move_to_status { "
          "status: '~/workflows/bad/statuses/none' } } } } }"),
      Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(Ask<v1::GetWorkflowRequest>("name: '~/workflows/bad'"),
              Refused("WORKFLOW_NOT_FOUND"));
}

TEST_F(WorkflowTest, AnActionNeverMovesToAnotherRecordType) {
  EXPECT_THAT(Ask<v1::CreateActionRequest>(
                  "parent: '~s/new' action_id: 'x' action { operations { move_to_status { status: "
                  "'~/workflows/support/statuses/open' } } }"),
              Refused("RECORD_TYPE_MISMATCH"));
}

TEST_F(WorkflowTest, AnActionAddsToInternalListsThatExist) {
  AddRegistry("national");
  const auto create = [&](const char* list) {
    return Ask<v1::CreateActionRequest>(
        absl::StrCat("parent: '~s/new' action_id: 'x' action { operations { add_to_dnc_list { "
                     "list: '",
                     list, "' } } }"));
  };
  EXPECT_THAT(create("~/lists/none"), Refused("LIST_NOT_FOUND"));
  EXPECT_THAT(create("~/lists/national"), Refused("LIST_KIND_MISMATCH"));
  EXPECT_THAT(create("~/lists/internal"), IsOk());
}

TEST_F(WorkflowTest, AnOptOutIsDroppedOnlyWhenThatIsAllowed) {
  Must<v1::ApplyWorkflowRequest>(kLine);
  const std::string dropped =
      "workflow { name: '~/workflows/line' display_name: 'Line' record_type: 'contact' statuses { "
      "name: 'b' system_status: SYSTEM_STATUS_WON actions { name: 'stop' operations { nurture { "
      "duration { seconds: 60 } } } } } }";
  const v1::Workflow before = GetWorkflow("line");
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(dropped), Refused("DNC_OPERATION_DROPPED"));
  const std::string action = absl::StrCat(
      "action { name: '", kStop, "' operations { nurture { duration { seconds: 60 } } } }");
  EXPECT_THAT(Ask<v1::UpdateActionRequest>(action), Refused("DNC_OPERATION_DROPPED"));
  EXPECT_THAT(Ask<v1::DeleteActionRequest>(absl::StrCat("name: '", kStop, "'")),
              Refused("DNC_OPERATION_DROPPED"));
  EXPECT_THAT(GetWorkflow("line"), EqualsProto(before));
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(absl::StrCat(dropped, "allow_dropping_dnc: true")),
              IsOk());
}

TEST_F(WorkflowTest, AStaleEtagIsRefused) {
  const std::string etag = GetStatus("won").etag();
  const std::string update = absl::StrCat(
      "status { name: '~s/won' system_status: SYSTEM_STATUS_WON display_name: 'W' etag: '", etag,
      "' }");
  Must<v1::UpdateStatusRequest>(update);
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>(update), Refused("ETAG_MISMATCH"));
  EXPECT_THAT(Ask<v1::UpdateActionRequest>("action { name: '~s/new/actions/dnc' etag: 'old' "
                                           "operations { add_to_dnc_list {} } }"),
              Refused("ETAG_MISMATCH"));
  EXPECT_THAT(Ask<v1::DeleteActionRequest>(
                  "name: '~s/new/actions/dnc' etag: 'old' allow_dropping_dnc: true"),
              Refused("ETAG_MISMATCH"));
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' record_type: 'contact' etag: 'old' }"),
              Refused("ETAG_MISMATCH"));
}

TEST_F(WorkflowTest, TheEtagOfAWorkflowChangesWithItsStatusesAndActions) {
  std::string etag = GetWorkflow("sales").etag();
  const auto expect_changed = [&](const char* by) {
    const std::string now = GetWorkflow("sales").etag();
    EXPECT_NE(now, etag) << by;
    etag = now;
  };
  Must<v1::CreateStatusRequest>(
      "parent: '~/workflows/sales' status_id: 'x' status { system_status: SYSTEM_STATUS_NEW }");
  expect_changed("CreateStatus");
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/x' display_name: 'X' system_status: SYSTEM_STATUS_NEW }");
  expect_changed("UpdateStatus");
  Must<v1::CreateActionRequest>(
      "parent: '~s/x' action_id: 'a' action { operations { add_to_dnc_list {} } }");
  expect_changed("CreateAction");
  Must<v1::CopyActionsRequest>("source: '~s/new' targets: '~s/won'");
  expect_changed("CopyActions");
  Must<v1::DeleteActionRequest>("name: '~s/x/actions/a' allow_dropping_dnc: true");
  expect_changed("DeleteAction");
}

TEST_F(WorkflowTest, AnUpdateOfAStatusKeepsItsActions) {
  const auto response = Must<v1::UpdateStatusRequest>(
      "status { name: '~s/new' display_name: 'Fresh' system_status: SYSTEM_STATUS_WORKING }");
  EXPECT_EQ(response.status().actions_size(), 5);
  EXPECT_EQ(GetStatus("new").display_name(), "Fresh");
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>(
                  "status { name: '~s/none' system_status: SYSTEM_STATUS_WORKING }"),
              Refused("STATUS_NOT_FOUND"));
}

TEST_F(WorkflowTest, AnUpdateOfAnActionReplacesItWhole) {
  const auto response = Must<v1::UpdateActionRequest>(
      "action { name: '~s/new/actions/later' operations { nurture { duration { seconds: 5 } } } }");
  EXPECT_EQ(response.action().operations(0).nurture().duration().seconds(), 5);
  EXPECT_THAT(Must<v1::GetActionRequest>("name: '~s/new/actions/later'").action(),
              EqualsProto(response.action()));
  EXPECT_THAT(Ask<v1::UpdateActionRequest>(
                  "action { name: '~s/new/actions/none' operations { add_to_dnc_list {} } }"),
              Refused("ACTION_NOT_FOUND"));
}

TEST_F(WorkflowTest, ARestrictionIsNotLiftedByAccident) {
  const std::string without = "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD }";
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>(without), Refused("RESTRICTION_LIFTED"));
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>(without + " allow_lifting_restriction: true"), IsOk());
}

TEST_F(WorkflowTest, IdsAreTakenOnce) {
  EXPECT_THAT(Ask<v1::CreateStatusRequest>("parent: '~/workflows/sales' status_id: 'new' status { "
                                           "system_status: SYSTEM_STATUS_NEW }"),
              Refused("ALREADY_EXISTS"));
  EXPECT_THAT(Ask<v1::CreateActionRequest>(
                  "parent: '~s/new' action_id: 'dnc' action { operations { add_to_dnc_list {} } }"),
              Refused("ALREADY_EXISTS"));
  EXPECT_THAT(Ask<v1::CreateListRequest>(
                  "parent: '~' list_id: 'internal' list { kind: LIST_KIND_INTERNAL }"),
              Refused("ALREADY_EXISTS"));
  EXPECT_THAT(Ask<v1::CreateOrganizationRequest>("organization_id: 'global'"),
              Refused("ALREADY_EXISTS"));
}

TEST_F(WorkflowTest, RefusesMalformedShapes) {
  const auto action = [&](absl::string_view text) {
    return Ask<v1::CreateActionRequest>(
        absl::StrCat("parent: '~s/new' action_id: 'x' action {", text, "}"));
  };
  EXPECT_THAT(action("operations {}"), RefusedAt("REQUIRED_FIELD_MISSING", "action.operations[0]"));
  EXPECT_THAT(action("operations { nurture {} }"),
              RefusedAt("INVALID_FIELD", "action.operations[0].nurture.duration"));
  EXPECT_THAT(action("operations { nurture { duration { seconds: 9223372036854775807 } } }"),
              RefusedAt("INVALID_FIELD", "action.operations[0].nurture.duration"));
  EXPECT_THAT(action("operations { add_to_dnc_list { channels: 1 channels: 1 } }"),
              RefusedAt("INVALID_FIELD", "action.operations[0].add_to_dnc_list.channels"));
  EXPECT_THAT(action("operations { add_to_dnc_list {} } display_name: 'a\\nb'"),
              RefusedAt("INVALID_FIELD", "action.display_name"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "operations { add_to_dnc_list {} }";
  EXPECT_THAT(action(many), RefusedAt("LIMIT_EXCEEDED", "action.operations"));
  EXPECT_THAT(Ask<v1::CreateWorkflowRequest>(
                  "parent: '~' workflow_id: 'Bad' workflow { record_type: 'contact' }"),
              RefusedAt("INVALID_FIELD", "workflow_id"));
  EXPECT_THAT(Ask<v1::CreateWorkflowRequest>(
                  "parent: '~' workflow_id: 'w' workflow { record_type: 'contact' state: "
                  "OBJECT_STATE_DISABLED }"),
              RefusedAt("INVALID_FIELD", "workflow.state"));
  EXPECT_THAT(Ask<v1::CreateWorkflowRequest>(
                  "parent: '~' workflow_id: 'w' workflow { record_type: 'c' statuses { name: 's' "
                  "system_status: SYSTEM_STATUS_NEW } statuses { name: 's' system_status: "
                  "SYSTEM_STATUS_NEW } }"),
              RefusedAt("INVALID_FIELD", "workflow.statuses"));
}

TEST_F(WorkflowTest, AStatusNeverHoldsMoreThanItsActions) {
  std::string text =
      "parent: '~/workflows/sales' status_id: 'full' status { system_status: "
      "SYSTEM_STATUS_NEW ";
  for (int i = 0; i < 200; ++i) {
    absl::StrAppend(&text, "actions { name: 'a", i, "' operations { add_to_dnc_list {} } }");
  }
  Must<v1::CreateStatusRequest>(text + "}");
  EXPECT_THAT(
      Ask<v1::CreateActionRequest>(
          "parent: '~s/full' action_id: 'more' action { operations { add_to_dnc_list {} } }"),
      HasReason("LIMIT_EXCEEDED"));
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: "
                  "'full' system_status: SYSTEM_STATUS_NEW actions { name: 'more' operations { "
                  "add_to_dnc_list {} } } } }"),
              HasReason("LIMIT_EXCEEDED"));
  EXPECT_LE(GetStatus("full").actions_size(), 200);
}

TEST_F(WorkflowTest, AllOfItIsThereAfterARestart) {
  Must<v1::CopyActionsRequest>("source: '~s/new' targets: '~s/won'");
  const v1::Workflow before = GetWorkflow("sales");
  Restart();
  EXPECT_THAT(GetWorkflow("sales"), EqualsProto(before));
}

// The rest of a workflow `lined` that needs the list `partners`.
std::string WithLists(absl::string_view lists) {
  return absl::StrCat(
      lists,
      " workflow { name: '~/workflows/lined' record_type: 'contact' statuses { "
      "name: 'new' system_status: SYSTEM_STATUS_NEW actions { name: 'dnc' operations "
      "{ add_to_dnc_list { list: '~/lists/partners' } } } } }");
}

TEST_F(WorkflowTest, ApplyBringsTheListsThatItsActionsNeed) {
  const std::string partners =
      "lists { name: '~/lists/partners' kind: LIST_KIND_INTERNAL brand: 'home' }";
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(WithLists("")), Refused("LIST_NOT_FOUND"));
  const std::string request = WithLists(partners) + " request_id: 'r1'";
  const auto plan = Must<v1::ApplyWorkflowRequest>(request + " validate_only: true");
  EXPECT_EQ(plan.changes(0).name(), "organizations/acme/lists/partners");
  EXPECT_EQ(plan.changes(0).kind(), v1::PlannedChange::KIND_CREATE);
  EXPECT_THAT(Ask<v1::GetListRequest>("name: '~/lists/partners'"), Refused("LIST_NOT_FOUND"));
  const auto first = Must<v1::ApplyWorkflowRequest>(request);
  EXPECT_THAT(Must<v1::ApplyWorkflowRequest>(request), EqualsProto(first));
  EXPECT_EQ(GetList("partners").brand(), "home");
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(WithLists("") + " request_id: 'r1'"),
              Refused("REQUEST_ID_REUSED"));
  const auto again = Must<v1::ApplyWorkflowRequest>(
      WithLists("lists { name: '~/lists/partners' kind: LIST_KIND_INTERNAL }"));
  EXPECT_EQ(again.changes(0).kind(), v1::PlannedChange::KIND_UNCHANGED);
  Restart();
  EXPECT_EQ(GetList("partners").brand(), "home");
}

TEST_F(WorkflowTest, ApplyRefusesListsThatCannotBe) {
  const auto apply = [&](const std::string& lists) {
    return Ask<v1::ApplyWorkflowRequest>(WithLists(lists));
  };
  const std::string partners = "lists { name: '~/lists/partners' kind: LIST_KIND_INTERNAL }";
  EXPECT_THAT(apply(partners + partners), RefusedAt("INVALID_FIELD", "lists[1].name"));
  EXPECT_THAT(apply("lists { name: 'organizations/beta/lists/x' kind: LIST_KIND_INTERNAL }"),
              RefusedAt("INVALID_FIELD", "lists[0].name"));
  EXPECT_THAT(apply("lists { name: '~/lists/partners' }"),
              RefusedAt("INVALID_FIELD", "lists[0].kind"));
  std::string many;
  for (int i = 0; i < 101; ++i) {
    absl::StrAppend(&many, "lists { name: '~/lists/l", i, "' kind: LIST_KIND_INTERNAL }");
  }
  EXPECT_THAT(apply(many), RefusedAt("LIMIT_EXCEEDED", "lists"));
  EXPECT_THAT(Ask<v1::GetListRequest>("name: '~/lists/partners'"), Refused("LIST_NOT_FOUND"));
  EXPECT_THAT(apply(partners), IsOk());
  for (const char* other : {"kind: LIST_KIND_REGISTRY", "kind: LIST_KIND_INTERNAL brand: 'home'",
                            "kind: LIST_KIND_INTERNAL campaign: 'spring'"}) {
    EXPECT_THAT(apply(absl::StrCat("lists { name: '~/lists/partners' ", other, "}")),
                Refused("ALREADY_EXISTS"));
  }
}

}  // namespace
}  // namespace dnc
