// Workflows, statuses and actions: plans, etags, and opt-outs that configuration cannot drop.
#include "absl/strings/match.h"
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
  template <typename Objects>
  static std::vector<std::string> Ids(const Objects& objects) {
    std::vector<std::string> ids;
    for (const auto& object : objects)
      ids.push_back(object.name().substr(object.name().rfind('/') + 1));
    return ids;
  }
  static v1::PlannedChange ChangeOf(absl::string_view name_end,
                                    const v1::ApplyWorkflowResponse& response) {
    for (const v1::PlannedChange& change : response.changes()) {
      if (absl::EndsWith(change.name(), name_end)) return change;
    }
    ADD_FAILURE() << "no change of " << name_end;
    return {};
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
  EXPECT_THAT(Ids(line.statuses()), ElementsAre("c", "a", "b"));
  EXPECT_EQ(line.statuses(1).actions_size(), 1);
  EXPECT_EQ(line.statuses(2).actions_size(), 1);
}

TEST_F(WorkflowTest, ANameOrCategoryThatIsNotMentionedIsLeftAlone) {
  Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/line' display_name: 'Line' record_type: 'contact' statuses { "
      "name: 'a' display_name: 'Fresh' system_status: SYSTEM_STATUS_NEW actions { name: 'stop' "
      "display_name: 'Stop it' category: ACTION_CATEGORY_DO_NOT_CONTACT operations { "
      "add_to_dnc_list {} } } } }");
  const v1::Workflow before = GetWorkflow("line");
  const auto again = Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/line' record_type: 'contact' statuses { name: 'a' "
      "system_status: SYSTEM_STATUS_NEW actions { name: 'stop' operations { add_to_dnc_list {} } } "
      "} }");
  EXPECT_THAT(Kinds(again), testing::Each(v1::PlannedChange::KIND_UNCHANGED));
  EXPECT_THAT(GetWorkflow("line"), EqualsProto(before));
  Must<v1::UpdateStatusRequest>(
      "status { name: '~/workflows/line/statuses/a' system_status: SYSTEM_STATUS_WORKING }");
  Must<v1::UpdateActionRequest>(
      "action { name: '~/workflows/line/statuses/a/actions/stop' operations { add_to_dnc_list { "
      "reason: 'asked' } } }");
  const v1::Status after = GetWorkflow("line").statuses(0);
  EXPECT_EQ(after.display_name(), "Fresh");
  EXPECT_EQ(after.actions(0).display_name(), "Stop it");
  EXPECT_EQ(after.actions(0).category(), v1::ACTION_CATEGORY_DO_NOT_CONTACT);
}

TEST_F(WorkflowTest, WhatIsNewGetsItsIdAsName) {
  Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/bare' record_type: 'contact' statuses { name: 'a' "
      "system_status: SYSTEM_STATUS_NEW actions { name: 'stop' operations { add_to_dnc_list {} } } "
      "} }");
  const v1::Workflow bare = GetWorkflow("bare");
  EXPECT_EQ(bare.display_name(), "bare");
  EXPECT_EQ(bare.statuses(0).display_name(), "a");
  EXPECT_EQ(bare.statuses(0).actions(0).display_name(), "stop");
  EXPECT_EQ(bare.statuses(0).actions(0).category(), v1::ACTION_CATEGORY_OTHER);
}

// A workflow of statuses in that order; status `a` has actions in that order.
std::string InOrder(const std::vector<std::string>& statuses,
                    const std::vector<std::string>& actions) {
  std::string text = "workflow { name: '~/workflows/turn' record_type: 'contact' ";
  for (const std::string& status : statuses) {
    absl::StrAppend(&text, "statuses { name: '", status, "' system_status: SYSTEM_STATUS_NEW ");
    for (const std::string& action : actions) {
      if (status != "a") continue;
      absl::StrAppend(&text, "actions { name: '", action, "' operations { add_to_dnc_list {} } } ");
    }
    absl::StrAppend(&text, "} ");
  }
  return text + "}";
}

TEST_F(WorkflowTest, StatusesAndActionsFollowTheOrderOfTheRequest) {
  Must<v1::ApplyWorkflowRequest>(InOrder({"a", "b", "c"}, {"x", "y"}));
  const std::string turned = InOrder({"c", "new", "a", "b"}, {"y", "z", "x"});
  const auto response = Must<v1::ApplyWorkflowRequest>(turned);
  EXPECT_THAT(Ids(response.workflow().statuses()), ElementsAre("c", "new", "a", "b"));
  EXPECT_THAT(Ids(response.workflow().statuses(2).actions()), ElementsAre("y", "z", "x"));
  EXPECT_THAT(response.changes(0).fields(), ElementsAre("statuses"));
  EXPECT_EQ(response.changes(0).kind(), v1::PlannedChange::KIND_UPDATE);
  EXPECT_THAT(ChangeOf("statuses/a", response).fields(), ElementsAre("actions"));
  EXPECT_EQ(ChangeOf("statuses/b", response).kind(), v1::PlannedChange::KIND_UNCHANGED);
  const v1::Workflow before = GetWorkflow("turn");
  const auto again = Must<v1::ApplyWorkflowRequest>(turned);
  EXPECT_THAT(Kinds(again), testing::Each(v1::PlannedChange::KIND_UNCHANGED));
  EXPECT_THAT(GetWorkflow("turn"), EqualsProto(before));
  Restart();
  EXPECT_THAT(GetWorkflow("turn"), EqualsProto(before));
}

// To put a new one in its place is no change of the others.
TEST_F(WorkflowTest, ANewStatusInTheMiddleMovesNoOther) {
  Must<v1::ApplyWorkflowRequest>(InOrder({"a", "b"}, {"x", "y"}));
  const auto response =
      Must<v1::ApplyWorkflowRequest>(InOrder({"a", "new", "b"}, {"x", "new", "y"}));
  EXPECT_THAT(Ids(response.workflow().statuses()), ElementsAre("a", "new", "b"));
  EXPECT_THAT(Ids(response.workflow().statuses(0).actions()), ElementsAre("x", "new", "y"));
  EXPECT_EQ(response.changes(0).kind(), v1::PlannedChange::KIND_UNCHANGED);
  EXPECT_EQ(ChangeOf("statuses/a", response).kind(), v1::PlannedChange::KIND_UNCHANGED);
}

TEST_F(WorkflowTest, ARestrictionIsLiftedOnlyWhenThatIsConfirmed) {
  const v1::Status before = GetStatus("closed");  // restricts VOICE and SMS
  const auto update = [](absl::string_view restriction) {
    return absl::StrCat("status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD ",
                        restriction, "} ");
  };
  for (const char* less :
       {"", "restriction { channels: CHANNEL_VOICE }",
        "restriction { channels: CHANNEL_VOICE channels: CHANNEL_SMS duration { seconds: 60 } }"}) {
    const auto refused = Ask<v1::UpdateStatusRequest>(update(less));
    EXPECT_THAT(refused, Refused("RESTRICTION_LIFTED")) << less;
    EXPECT_EQ(refused.metadata("status"), before.name());
  }
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: "
                  "'closed' system_status: SYSTEM_STATUS_DEAD restriction { channels: CHANNEL_SMS "
                  "} } }"),
              Refused("RESTRICTION_LIFTED"));
  EXPECT_THAT(GetStatus("closed"), EqualsProto(before));
  Must<v1::UpdateStatusRequest>(update("restriction {}"));  // more
  AddLead("cat", "contact_points { phone: '2125550160' }");
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/cat' status: '~s/closed' }");
  EXPECT_EQ(VerdictOf("lead: '~/leads/cat' channel: CHANNEL_FAX"), v1::VERDICT_DENY);
  Must<v1::UpdateStatusRequest>(update("") + "allow_lifting_restriction: true");
  EXPECT_EQ(VerdictOf("lead: '~/leads/cat' channel: CHANNEL_FAX"), v1::VERDICT_ALLOW);
}

TEST_F(WorkflowTest, GlobalHasNeitherWorkflowsNorLeads) {
  const std::string global = "organizations/global";
  EXPECT_THAT(Ask<v1::CreateWorkflowRequest>(absl::StrCat(
                  "parent: '", global, "' workflow_id: 'w' workflow { record_type: 'contact' }")),
              RefusedAt("INVALID_FIELD", "parent"));
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(
                  absl::StrCat("workflow { name: '", global, "/workflows/w' record_type: 'c' }")),
              RefusedAt("INVALID_FIELD", "workflow.name"));
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(absl::StrCat(
                  "lead { name: '", global, "/leads/x' record_type: 'c' status: '~s/new' }")),
              RefusedAt("INVALID_FIELD", "lead.name"));
  EXPECT_THAT(Ask<v1::BatchUpsertLeadsRequest>(
                  absl::StrCat("parent: '", global, "' leads { name: '", global, "/leads/x' }")),
              RefusedAt("INVALID_FIELD", "parent"));
  EXPECT_THAT(
      Ask<v1::ApplyActionRequest>(absl::StrCat("lead: '", global, "/leads/x' action: '", global,
                                               "/workflows/w/statuses/s/actions/a'")),
      RefusedAt("INVALID_FIELD", "lead"));
  EXPECT_THAT(Ask<v1::AddEntryRequest>(
                  absl::StrCat("parent: '", global, "' entry { lead: '", global, "/leads/x' }")),
              RefusedAt("INVALID_FIELD", "entry.lead"));
  EXPECT_THAT(Ask<v1::AddEntryRequest>(absl::StrCat(
                  "parent: '", global, "' entry { contact_point { phone: '2125550102' } }")),
              IsOk());
}

TEST_F(WorkflowTest, ARefusedReferenceIsNamedWhereTheRequestHasIt) {
  const std::string actions =
      "actions { name: 'ok' operations { add_to_dnc_list {} } } actions { name: 'go' operations { "
      "nurture { duration { seconds: 60 } } } operations { move_to_status { status: '~s/none' } } "
      "} } ";
  const std::string two_statuses =
      "record_type: 'contact' statuses { name: 'a' system_status: SYSTEM_STATUS_NEW } statuses { "
      "name: 'b' system_status: SYSTEM_STATUS_NEW " +
      actions + "}";
  const std::string move = "actions[1].operations[1].move_to_status.status";
  const auto field = [](const CallStatus& status) {
    EXPECT_THAT(status, Refused("STATUS_NOT_FOUND"));
    return status.metadata("field");
  };
  EXPECT_EQ(field(Ask<v1::CreateWorkflowRequest>("parent: '~' workflow_id: 'w' workflow { " +
                                                 two_statuses)),
            "workflow.statuses[1]." + move);
  EXPECT_EQ(
      field(Ask<v1::ApplyWorkflowRequest>("workflow { name: '~/workflows/w' " + two_statuses)),
      "workflow.statuses[1]." + move);
  EXPECT_EQ(field(Ask<v1::CreateStatusRequest>(
                "parent: '~/workflows/sales' status_id: 'x' status { system_status: "
                "SYSTEM_STATUS_NEW " +
                actions)),
            "status." + move);
}

// ObjectState: "Not said: ENABLED when it is created", so an update that does not say it leaves it.
TEST_F(WorkflowTest, AStateThatIsNotMentionedIsLeftAlone) {
  Must<v1::ApplyWorkflowRequest>(kLine);
  Must<v1::UpdateStatusRequest>(
      "status { name: '~/workflows/line/statuses/b' system_status: "
      "SYSTEM_STATUS_WON state: OBJECT_STATE_ARCHIVED } allow_affected: true");
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
              RefusedAt("REQUIRED_FIELD_MISSING", "action.operations[0].nurture.duration"));
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
      RefusedAt("LIMIT_EXCEEDED", "parent"));
  EXPECT_THAT(Ask<v1::ApplyWorkflowRequest>(
                  "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: "
                  "'full' system_status: SYSTEM_STATUS_NEW actions { name: 'more' operations { "
                  "add_to_dnc_list {} } } } }"),
              RefusedAt("LIMIT_EXCEEDED", "workflow.statuses[0].actions"));
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
