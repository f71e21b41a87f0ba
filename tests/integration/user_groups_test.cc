// Groups of users, the version of their workflows that they work with, and what a user can do to a
// lead.
#include <string>
#include <vector>

#include "tests/integration/permit_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using v1::ActionObstacle;

constexpr char kLater[] = "organizations/acme/workflows/sales/statuses/new/actions/later";
constexpr char kInside[] = "organizations/acme/groups/inside";

class GroupsTest : public PermitTest {
 protected:
  void CreateInside() {
    Must<v1::CreateGroupRequest>(
        "parent: '~' group_id: 'inside' group { members: 'users/kim' workflows { workflow: "
        "'~/workflows/sales' } }");
    Bind("agent", "kim");
    Bind("agent", "joe");
  }
  void SetPolicy(const std::string& policy) {
    Must<v1::UpdateOrganizationRequest>(absl::StrCat(
        "organization { name: '~' outdated_group_policy: OUTDATED_GROUP_POLICY_", policy, " }"));
  }
  Reply<v1::ApplyActionResponse> ApplyAs(const std::string& user, const std::string& action,
                                         const std::string& more = "validate_only: true") {
    return AskAs<v1::ApplyActionRequest>(
        user, absl::StrCat("lead: '~/leads/ann' action: '~s/", action, "' ", more));
  }
  v1::Group GetInside() { return Must<v1::GetGroupRequest>("name: '~/groups/inside'").group(); }
};

class UserGroups : public GroupsTest {};

TEST_F(UserGroups, AGroupRecordsTheVersionThatItWasSynchronisedWith) {
  CreateInside();
  const std::string etag =
      Must<v1::GetWorkflowRequest>("name: '~/workflows/sales'").workflow().etag();
  v1::Group group = GetInside();
  ASSERT_EQ(group.workflows_size(), 1);
  EXPECT_EQ(group.workflows(0).synced_etag(), etag);
  EXPECT_EQ(group.workflows(0).sync_time().seconds(), kStart / kSecond);
  EXPECT_FALSE(group.outdated());

  clock().Advance(kDay);
  ChangeLater();
  group = GetInside();
  EXPECT_TRUE(group.outdated());
  EXPECT_EQ(group.workflows(0).synced_etag(), etag);
  EXPECT_NE(group.workflows(0).current_etag(), etag);
  EXPECT_THAT(group.workflows(0).changed_actions(), ElementsAre(kLater));
  const auto outdated = Must<v1::ListGroupsRequest>("parent: '~' outdated_only: true");
  ASSERT_EQ(outdated.groups_size(), 1);
  EXPECT_TRUE(outdated.groups(0).workflows(0).outdated());

  // One call, and a dry run of it says what it would do.
  const auto dry = Must<v1::SyncGroupRequest>("name: '~/groups/inside' validate_only: true");
  EXPECT_EQ(dry.synced_size(), 1);
  EXPECT_TRUE(GetInside().outdated());
  const auto synced = Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  EXPECT_FALSE(synced.group().outdated());
  ASSERT_EQ(synced.synced_size(), 1);
  EXPECT_THAT(synced.synced(0).changed_actions(), ElementsAre(kLater));
  EXPECT_EQ(synced.synced(0).synced_etag(), etag);
  EXPECT_EQ(synced.group().workflows(0).sync_time().seconds(), (kStart + kDay) / kSecond);
  EXPECT_EQ(Must<v1::ListGroupsRequest>("parent: '~' outdated_only: true").groups_size(), 0);
  // All of it outlives the server.
  ForgetClients();
  Restart();
  EXPECT_THAT(GetInside(), EqualsProto(synced.group()));
}

TEST_F(UserGroups, ASynchronisationMayNameTheVersionThatWasSeen) {
  CreateInside();
  ChangeLater();
  const std::string seen =
      Must<v1::GetWorkflowRequest>("name: '~/workflows/sales'").workflow().etag();
  ChangeLater("display_name: 'Later'");
  const auto sync = [&](const std::string& etag) {
    return Ask<v1::SyncGroupRequest>(absl::StrCat(
        "name: '~/groups/inside' workflows: '~/workflows/sales' workflow_etag: '", etag, "'"));
  };
  EXPECT_THAT(sync(seen), Refused("ETAG_MISMATCH"));
  EXPECT_TRUE(GetInside().outdated());
  EXPECT_THAT(sync(GetInside().workflows(0).current_etag()), IsOk());
}

TEST_F(UserGroups, WhereThePolicyIsToWarnTheAnswerCarriesAWarning) {
  CreateInside();
  EXPECT_EQ(ApplyAs("users/kim", "new/actions/later")->warnings_size(), 0);
  ChangeLater();
  const auto warned = ApplyAs("users/kim", "new/actions/later");
  ASSERT_THAT(warned, IsOk());
  ASSERT_EQ(warned->warnings_size(), 1);
  EXPECT_EQ(warned->warnings(0).kind(), ActionObstacle::KIND_GROUP_OUTDATED);
  EXPECT_EQ(warned->warnings(0).extent(), ActionObstacle::EXTENT_WARNING);
  EXPECT_EQ(warned->warnings(0).object(), kInside);
  EXPECT_EQ(warned->warnings(0).reason(), "GROUP_OUTDATED");
  // Neither for an action that did not change nor for a user who is in no group.
  EXPECT_EQ(ApplyAs("users/kim", "new/actions/dnc")->warnings_size(), 0);
  EXPECT_EQ(ApplyAs("users/joe", "new/actions/later")->warnings_size(), 0);
}

TEST_F(UserGroups, WhereThePolicyIsToBlockAChangedActionIsRefusedUntilSynchronised) {
  CreateInside();
  SetPolicy("BLOCK");
  ChangeLater();
  const auto blocked = ApplyAs("users/kim", "new/actions/later", "");
  EXPECT_THAT(blocked, Refused("GROUP_OUTDATED"));
  EXPECT_EQ(blocked.metadata("group"), kInside);
  EXPECT_EQ(blocked.metadata("action"), kLater);
  EXPECT_THAT(blocked.message, HasSubstr("dncctl groups sync inside"));
  EXPECT_FALSE(GetLead("ann").has_nurture_until());
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/dnc"), IsOk());
  EXPECT_THAT(ApplyAs("users/joe", "new/actions/later"), IsOk());
  EXPECT_THAT(ApplyAs("users/root", "new/actions/later"), IsOk());
  // Whoever is in a group that knows the action as it is may use it.
  Must<v1::CreateGroupRequest>(
      "parent: '~' group_id: 'trained' group { members: 'users/kim' workflows { workflow: "
      "'~/workflows/sales' } }");
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/later"), IsOk());
  Must<v1::DeleteGroupRequest>("name: '~/groups/trained'");
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/later"), Refused("GROUP_OUTDATED"));
  Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/later"), IsOk());
}

TEST_F(UserGroups, WhereThePolicyIsToBlockAnOptOutTakesEffectAllTheSame) {
  CreateInside();
  SetPolicy("BLOCK");
  Must<v1::UpdateActionRequest>(
      "action { name: '~s/new/actions/dnc' display_name: 'Stop' operations { add_to_dnc_list {} } "
      "operations { move_to_status { status: '~s/closed' } } }");
  const auto applied = ApplyAs("users/kim", "new/actions/dnc", "");
  ASSERT_THAT(applied, IsOk());
  ASSERT_EQ(applied->results_size(), 2);
  EXPECT_EQ(applied->results(0).outcome(), v1::OperationResult::OUTCOME_APPLIED);
  EXPECT_NE(applied->results(1).outcome(), v1::OperationResult::OUTCOME_APPLIED);
  EXPECT_THAT(applied->results(1).ShortDebugString(), HasSubstr("GROUP_OUTDATED"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_THAT(GetLead("ann").status(), HasSubstr("/new"));
  Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  EXPECT_EQ(ApplyAs("users/kim", "new/actions/dnc", "")->results(1).outcome(),
            v1::OperationResult::OUTCOME_APPLIED);
}

TEST_F(UserGroups, AnActionMayBeForCertainGroupsAndRoles) {
  CreateInside();
  ChangeLater("groups: 'inside'");
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/later"), IsOk());
  const auto refused = ApplyAs("users/joe", "new/actions/later");
  EXPECT_THAT(refused, Refused("ACTION_NOT_PERMITTED"));
  EXPECT_EQ(refused.metadata("groups"), "inside");
  const auto in_use = Ask<v1::DeleteGroupRequest>("name: '~/groups/inside'");
  EXPECT_THAT(in_use, Refused("STILL_IN_USE"));
  EXPECT_EQ(in_use.metadata("used_by"), kLater);
  EXPECT_THAT(Ask<v1::UpdateActionRequest>("action { name: '~s/new/actions/later' groups: 'none' "
                                           "operations { nurture { duration { seconds: 60 } } } }"),
              Refused("GROUP_NOT_FOUND"));

  Must<v1::CreateRoleRequest>("parent: '~' role_id: 'senior' role {}");
  ChangeLater("roles: 'senior'");
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/later"), Refused("ACTION_NOT_PERMITTED"));
  Bind("senior", "joe", "scope: '~s/working'");
  EXPECT_THAT(ApplyAs("users/joe", "new/actions/later"), Refused("ACTION_NOT_PERMITTED"));
  Bind("senior", "kim", "scope: '~/workflows/sales'");
  EXPECT_THAT(ApplyAs("users/kim", "new/actions/later"), IsOk());
  EXPECT_THAT(Ask<v1::DeleteRoleRequest>("name: '~/roles/senior'"), Refused("STILL_IN_USE"));
}

TEST_F(UserGroups, MembersGetTheRolesOfTheirGroup) {
  CreateInside();
  EXPECT_THAT(AskAs<v1::ListRolesRequest>("users/kim", "parent: '~'"),
              Refused("PERMISSION_DENIED"));
  Must<v1::CreateRoleBindingRequest>(
      "parent: '~' binding_id: 'inside' binding { role: '~/roles/auditor' group: "
      "'~/groups/inside' }");
  EXPECT_THAT(AskAs<v1::ListRolesRequest>("users/kim", "parent: '~'"), IsOk());
  EXPECT_THAT(Ask<v1::DeleteGroupRequest>("name: '~/groups/inside'"), Refused("STILL_IN_USE"));
  Must<v1::UpdateGroupRequest>(
      "name: '~/groups/inside' remove_members: 'users/kim' add_members: 'users/joe'");
  EXPECT_THAT(AskAs<v1::ListRolesRequest>("users/kim", "parent: '~'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::ListRolesRequest>("users/joe", "parent: '~'"), IsOk());
}

class WhatCanIDoHere : public GroupsTest {
 protected:
  using Kinds = std::vector<ActionObstacle::Kind>;

  v1::ListAvailableActionsResponse Available(const std::string& user,
                                             const std::string& more = "") {
    const auto reply = AskAs<v1::ListAvailableActionsRequest>(user, "lead: '~/leads/ann' " + more);
    EXPECT_THAT(reply, IsOk());
    return reply.value;
  }
  // Why the user cannot use `action` ("status/actions/action"); none where nothing is said of it.
  Kinds CausesOf(const std::string& user, const std::string& action) {
    const auto answer = Available(user, absl::StrCat("actions: '~s/", action, "'"));
    Kinds kinds;
    for (const ActionObstacle& obstacle : answer.actions(0).obstacles()) {
      kinds.push_back(obstacle.kind());
      EXPECT_FALSE(obstacle.message().empty());
      EXPECT_FALSE(obstacle.reason().empty());
      EXPECT_FALSE(obstacle.object().empty());
    }
    ExpectAgreement(user, answer.actions(0));
    return kinds;
  }
  // What is said to be available can be applied, and what is not is refused for the first cause.
  void ExpectAgreement(const std::string& user, const v1::AvailableAction& answer) {
    SCOPED_TRACE(answer.ShortDebugString());
    const auto applied = AskAs<v1::ApplyActionRequest>(
        user, absl::StrCat("lead: '~/leads/ann' validate_only: true evidence: 'call 7' action: '",
                           answer.action().name(), "'"));
    EXPECT_EQ(applied.ok(), answer.available()) << testing::PrintToString(applied);
    if (!applied.ok() && answer.obstacles_size() > 0) {
      EXPECT_EQ(applied.reason(), answer.obstacles(0).reason());
    }
  }
};

TEST_F(WhatCanIDoHere, TheActionsOfTheLeadsStatusAreAnsweredInTheirOrder) {
  CreateInside();
  const auto answer = Available("users/kim");
  EXPECT_EQ(answer.status(), "organizations/acme/workflows/sales/statuses/new");
  EXPECT_EQ(answer.principal(), "users/kim");
  std::vector<std::string> names;
  for (const auto& action : answer.actions()) {
    names.push_back(action.action().name().substr(action.action().name().rfind('/') + 1));
    EXPECT_TRUE(action.available());
    EXPECT_THAT(action.obstacles(), IsEmpty());
    ExpectAgreement("users/kim", action);
  }
  EXPECT_THAT(names, ElementsAre("dnc", "novoice", "pause", "advance", "later"));
}

TEST_F(WhatCanIDoHere, EveryCauseIsNamed) {
  CreateInside();
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"), Kinds{});
  // Role, group, outdated group.
  Must<v1::CreateRoleRequest>("parent: '~' role_id: 'senior' role {}");
  ChangeLater("roles: 'senior' groups: 'inside'");
  EXPECT_EQ(CausesOf("users/joe", "new/actions/later"),
            (Kinds{ActionObstacle::KIND_ROLE, ActionObstacle::KIND_GROUP}));
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"),
            (Kinds{ActionObstacle::KIND_ROLE, ActionObstacle::KIND_GROUP_OUTDATED}));
  SetPolicy("BLOCK");
  ChangeLater();
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"), Kinds{ActionObstacle::KIND_GROUP_OUTDATED});
  Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  SetPolicy("WARN");
  // Disabled.
  ChangeLater("state: OBJECT_STATE_DISABLED");
  Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"),
            Kinds{ActionObstacle::KIND_ACTION_DISABLED});
  ChangeLater("state: OBJECT_STATE_ENABLED");
  Must<v1::SyncGroupRequest>("name: '~/groups/inside'");
  // The lead is elsewhere: an opt-out is taken all the same.
  EXPECT_EQ(CausesOf("users/kim", "working/actions/win"), Kinds{ActionObstacle::KIND_OTHER_STATUS});
  EXPECT_EQ(CausesOf("users/kim", "working/actions/dnc"), Kinds{ActionObstacle::KIND_OTHER_STATUS});
  EXPECT_TRUE(Available("users/kim", "actions: '~s/working/actions/dnc'").actions(0).available());
  // Another record type.
  const auto support =
      Available("users/kim", "actions: '~/workflows/support/statuses/open/actions/dnc'");
  ASSERT_EQ(support.actions(0).obstacles_size(), 1);
  EXPECT_EQ(support.actions(0).obstacles(0).kind(), ActionObstacle::KIND_RECORD_TYPE);
  ExpectAgreement("users/kim", support.actions(0));
  // A permission.
  EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>("users/x", "lead: '~/leads/ann'"),
              Refused("PERMISSION_DENIED"));
  Bind("auditor", "aud");
  EXPECT_EQ(CausesOf("users/aud", "new/actions/later"), Kinds{ActionObstacle::KIND_PERMISSION});
}

TEST_F(WhatCanIDoHere, WhatIsDisabledOrArchivedIsSaidSo) {
  CreateInside();
  const auto set_status = [&](const std::string& state) {
    Must<v1::UpdateStatusRequest>(absl::StrCat(
        "status { name: '~s/new' system_status: SYSTEM_STATUS_NEW state: OBJECT_STATE_", state,
        " } allow_affected: true"));
  };
  set_status("DISABLED");
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"),
            Kinds{ActionObstacle::KIND_STATUS_DISABLED});
  EXPECT_EQ(CausesOf("users/kim", "new/actions/dnc"), Kinds{ActionObstacle::KIND_STATUS_DISABLED});
  EXPECT_EQ(Available("users/kim").actions(0).obstacles(0).extent(),
            ActionObstacle::EXTENT_PARTIAL);
  set_status("ARCHIVED");
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"),
            Kinds{ActionObstacle::KIND_STATUS_ARCHIVED});
  set_status("ENABLED");
  // So is where it would move the lead.
  for (const char* target : {"working", "closed"}) {
    Must<v1::UpdateStatusRequest>(absl::StrCat(
        "status { name: '~s/", target,
        "' system_status: SYSTEM_STATUS_DEAD state: OBJECT_STATE_ARCHIVED } allow_affected: true "
        "allow_lifting_restriction: true"));
  }
  EXPECT_EQ(CausesOf("users/kim", "new/actions/advance"),
            Kinds{ActionObstacle::KIND_STATUS_ARCHIVED});
  EXPECT_EQ(CausesOf("users/kim", "new/actions/dnc"), Kinds{ActionObstacle::KIND_STATUS_ARCHIVED});
  EXPECT_EQ(Available("users/kim").actions(0).obstacles(0).extent(),
            ActionObstacle::EXTENT_PARTIAL);
  Must<v1::UpdateWorkflowRequest>(
      "workflow { name: '~/workflows/sales' state: OBJECT_STATE_DISABLED } allow_affected: true");
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"),
            Kinds{ActionObstacle::KIND_WORKFLOW_DISABLED});
  Must<v1::UpdateWorkflowRequest>(
      "workflow { name: '~/workflows/sales' state: OBJECT_STATE_ARCHIVED } allow_affected: true");
  EXPECT_EQ(CausesOf("users/kim", "new/actions/later"),
            Kinds{ActionObstacle::KIND_WORKFLOW_ARCHIVED});
}

TEST_F(WhatCanIDoHere, ReConsentAndEvidenceAreToldBeforehand) {
  CreateInside();
  Bind("compliance-officer", "cara");
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'again' action { operations { remove_restriction { lists: "
      "'~/lists/internal' } } }");
  EXPECT_EQ(CausesOf("users/joe", "new/actions/again"),
            (Kinds{ActionObstacle::KIND_PERMISSION, ActionObstacle::KIND_EVIDENCE}));
  EXPECT_EQ(CausesOf("users/cara", "new/actions/again"), Kinds{ActionObstacle::KIND_EVIDENCE});
  const auto answer = Available("users/cara", "actions: '~s/new/actions/again'");
  EXPECT_TRUE(answer.actions(0).available());
  EXPECT_EQ(answer.actions(0).obstacles(0).extent(), ActionObstacle::EXTENT_CONDITION);
  EXPECT_THAT(ApplyAs("users/cara", "new/actions/again"), Refused("EVIDENCE_REQUIRED"));
}

// Actions that are asked for by name may stand in other workflows than the lead.
TEST_F(WhatCanIDoHere, ActionsAreToldOnlyWhereTheCallerMayRead) {
  Must<v1::CreateWorkflowRequest>(
      "parent: '~' workflow_id: 'legal' workflow { record_type: 'contact' statuses { name: 'held' "
      "system_status: SYSTEM_STATUS_WORKING actions { name: 'settle' operations { add_to_dnc_list "
      "{ "
      "} } } } }");
  Bind("agent", "sam", "scope: '~/workflows/sales'");
  for (const char* action : {"settle", "none"}) {
    EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>(
                    "users/sam", absl::StrCat("lead: '~/leads/ann' actions: "
                                              "'~/workflows/legal/statuses/held/actions/",
                                              action, "'")),
                Refused("PERMISSION_DENIED"));
  }
  EXPECT_THAT(Available("users/sam", "actions: '~s/working/actions/win'").actions(),
              testing::SizeIs(1));
}

TEST_F(WhatCanIDoHere, AnotherUserMayBeAskedAboutByThoseWhoMayReadRoles) {
  CreateInside();
  Bind("auditor", "aud");
  EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>("users/kim",
                                                     "lead: '~/leads/ann' principal: 'users/joe'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>("users/kim",
                                                     "lead: '~/leads/ann' principal: 'users/kim'"),
              IsOk());
  const auto joe = Available("users/aud", "principal: 'users/joe'");
  EXPECT_EQ(joe.principal(), "users/joe");
  EXPECT_TRUE(joe.actions(0).available());
  const auto nobody = Available("users/aud", "principal: 'users/nobody'");
  EXPECT_FALSE(nobody.actions(0).available());
  // Of an administrator of the server as of everybody.
  EXPECT_TRUE(Available("users/aud", "principal: 'users/root'").actions(0).available());
}

TEST_F(WhatCanIDoHere, ALeadIsAnsweredForByThoseWhoMayReadItsStatus) {
  Bind("agent", "kim", "scope: '~s/new'");
  EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>("users/kim", "lead: '~/leads/ann'"), IsOk());
  Apply("ann", "advance");
  EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>("users/kim", "lead: '~/leads/ann'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::ListAvailableActionsRequest>("users/root", "lead: '~/leads/none'"),
              Refused("LEAD_NOT_FOUND"));
}

}  // namespace
}  // namespace dnc
