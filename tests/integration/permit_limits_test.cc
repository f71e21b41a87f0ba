// Roles and permissions: who may lift a restriction, and what a hidden status keeps to itself.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/permit_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// ed edits workflows, kim works leads, cara is the compliance officer.
class LimitsTest : public PermitTest {
 protected:
  void SetUp() override {
    PermitTest::SetUp();
    Bind("workflow-editor", "ed");
    Bind("agent", "kim");
    Bind("compliance-officer", "cara");
  }
  template <typename Request>
  void ExpectReconsentNeeded(const std::string& user, absl::string_view text) {
    const auto refused = AskAs<Request>(user, text);
    EXPECT_THAT(refused, Refused("PERMISSION_DENIED")) << text;
    EXPECT_EQ(refused.metadata("permission"), "actions.reconsent") << text;
  }
};

class RestrictionsAreLifted : public LimitsTest {};

TEST_F(RestrictionsAreLifted, OnlyByWhoeverMayReconsent) {
  Apply("bob", "dnc");
  Must<v1::CreateRoleRequest>(
      "parent: '~' role_id: 'crm' role { permissions: 'leads.write' permissions: 'leads.merge' "
      "permissions: 'workflows.write' }");
  Bind("crm", "crm");
  const std::vector<std::string> upserts = {
      "lead { name: '~/leads/bob' status: '~s/new' }",
      "lead { name: '~/leads/bob' status: '~s/new' } allow_lifting_restriction: true"};
  EXPECT_THAT(AskAs<v1::UpsertLeadRequest>("users/crm", upserts[0]), Refused("RESTRICTION_LIFTED"));
  ExpectReconsentNeeded<v1::UpsertLeadRequest>("users/crm", upserts[1]);
  ExpectReconsentNeeded<v1::UpsertLeadRequest>("users/kim", upserts[1]);
  ExpectReconsentNeeded<v1::BatchUpsertLeadsRequest>(
      "users/crm",
      "parent: '~' leads { name: '~/leads/bob' status: '~s/new' } allow_lifting_restriction: true");
  ExpectReconsentNeeded<v1::MergeLeadsRequest>(
      "users/crm", "source: '~/leads/bob' target: '~/leads/ann' allow_lifting_restriction: true");
  ExpectReconsentNeeded<v1::UpdateStatusRequest>(
      "users/ed",
      "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD } allow_lifting_restriction: "
      "true");
  EXPECT_EQ(GetLead("bob").status(), "organizations/acme/workflows/sales/statuses/closed");
  // For a lead it takes the permission in the organization, for a status that in the status.
  Bind("compliance-officer", "crm", "scope: '~/workflows/sales'");
  ExpectReconsentNeeded<v1::UpsertLeadRequest>("users/crm", upserts[1]);
  EXPECT_THAT(AskAs<v1::UpdateStatusRequest>("users/crm",
                                             "status { name: '~s/closed' system_status: "
                                             "SYSTEM_STATUS_DEAD } allow_lifting_restriction: true "
                                             "validate_only: true"),
              IsOk());
  Must<v1::CreateRoleRequest>(
      "parent: '~' role_id: 'officer' role { permissions: 'actions.reconsent' }");
  Bind("officer", "crm");
  EXPECT_THAT(AskAs<v1::UpsertLeadRequest>("users/crm", upserts[1]), IsOk());
}

// Whoever may apply an action that leads out of a restriction lifts it by that, so that saving one
// is what takes the permission.
TEST_F(RestrictionsAreLifted, ByAnActionOnlyWhereSomebodySavedItWhoMayReconsent) {
  const std::string reopen =
      "parent: '~s/closed' action_id: 'reopen' action { operations { move_to_status { status: "
      "'~s/new' } } }";
  ExpectReconsentNeeded<v1::CreateActionRequest>("users/ed", reopen);
  ExpectReconsentNeeded<v1::ApplyWorkflowRequest>(
      "users/ed",
      "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'new' "
      "system_status: SYSTEM_STATUS_NEW } statuses { name: 'closed' system_status: "
      "SYSTEM_STATUS_DEAD restriction { channels: CHANNEL_VOICE channels: CHANNEL_SMS } actions { "
      "name: 'reopen' operations { move_to_status { status: '~s/new' } } } } }");
  ExpectReconsentNeeded<v1::CreateStatusRequest>(
      "users/ed",
      "parent: '~/workflows/sales' status_id: 'shut' status { system_status: SYSTEM_STATUS_DEAD "
      "restriction { until_time { seconds: 1800000000 } } actions { name: 'reopen' operations { "
      "move_to_status { status: '~s/new' } } } }");
  // Nor as a copy, or by a template.
  const auto copied = AskAs<v1::CopyActionsRequest>(
      "users/ed", "source: '~s/new' actions: 'advance' targets: '~s/closed'");
  EXPECT_THAT(copied, Refused("PERMISSION_DENIED"));
  ASSERT_THAT(AskAs<v1::CreateTemplateRequest>(
                  "users/ed",
                  "parent: '~' template_id: 'go-on' template { record_type: 'contact' actions { "
                  "name: 'go' operations { move_to_status { status: '~s/working' } } } }"),
              IsOk());
  EXPECT_THAT(AskAs<v1::ApplyTemplateRequest>("users/ed",
                                              "template: '~/templates/go-on' targets: '~s/closed'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::ApplyTemplateRequest>("users/ed",
                                              "template: '~/templates/go-on' targets: '~s/new'"),
              IsOk());
  // Neither what lifts by itself nor a move to where no less is restricted.
  for (const char* harmless :
       {"parent: '~s/cooling' action_id: 'warm' action { operations { move_to_status { status: "
        "'~s/new' } } }",
        "parent: '~s/new' action_id: 'close' action { operations { move_to_status { status: "
        "'~s/closed' } } }",
        "parent: '~s/closed' action_id: 'note' action { operations { nurture { duration { seconds: "
        "60 } } } }"}) {
    EXPECT_THAT(AskAs<v1::CreateActionRequest>("users/ed", harmless), IsOk()) << harmless;
  }
  EXPECT_THAT(Must<v1::ListActionsRequest>("parent: '~s/closed'").actions(), SizeIs(1));

  Bind("compliance-officer", "ed", "scope: '~s/closed'");
  EXPECT_THAT(AskAs<v1::CreateActionRequest>("users/ed", reopen), IsOk());
  Apply("bob", "dnc");
  EXPECT_THAT(AskAs<v1::ApplyActionRequest>(
                  "users/kim", "lead: '~/leads/bob' action: '~s/closed/actions/reopen'"),
              IsOk());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY) << "the opt-out itself stays";
}

// A way out is also made where an action is there already, by what becomes of the two statuses.
TEST_F(RestrictionsAreLifted, ByNoStatusThatIsChangedSoThatAnActionLeadsOut) {
  ASSERT_THAT(AskAs<v1::CreateStatusRequest>(
                  "users/ed",
                  "parent: '~/workflows/sales' status_id: 'pen' status { system_status: "
                  "SYSTEM_STATUS_WORKING actions { name: 'out' operations { move_to_status { "
                  "status: '~s/new' } } } }"),
              IsOk());
  const std::string restricted =
      "status { name: '~s/pen' system_status: SYSTEM_STATUS_WORKING restriction {} }";
  ExpectReconsentNeeded<v1::UpdateStatusRequest>("users/ed", restricted);
  ExpectReconsentNeeded<v1::ApplyWorkflowRequest>(
      "users/ed",
      "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'pen' "
      "system_status: SYSTEM_STATUS_WORKING restriction {} } }");
  // A restriction that ends by itself may be left; as one of dead leads it may not.
  ASSERT_THAT(AskAs<v1::UpdateStatusRequest>(
                  "users/ed",
                  "status { name: '~s/pen' system_status: SYSTEM_STATUS_WORKING restriction { "
                  "duration { seconds: 60 } } }"),
              IsOk());
  ExpectReconsentNeeded<v1::UpdateStatusRequest>(
      "users/ed",
      "status { name: '~s/pen' system_status: SYSTEM_STATUS_DEAD restriction { duration { seconds: "
      "60 } } }");
  // What nobody can apply leads nowhere until it is enabled.
  const auto set_state = [](absl::string_view state) {
    return absl::StrCat(
        "action { name: '~s/pen/actions/out' operations { move_to_status { status: '~s/new' } } "
        "state: OBJECT_STATE_",
        state, "}");
  };
  ASSERT_THAT(AskAs<v1::UpdateActionRequest>("users/ed", set_state("DISABLED")), IsOk());
  EXPECT_THAT(AskAs<v1::UpdateStatusRequest>("users/ed", restricted), IsOk());
  ExpectReconsentNeeded<v1::UpdateActionRequest>("users/ed", set_state("ENABLED"));
  // A way out that was there is nobody's doing.
  Bind("compliance-officer", "ed", "scope: '~s/pen'");
  ASSERT_THAT(AskAs<v1::UpdateActionRequest>("users/ed", set_state("ENABLED")), IsOk());
  Must<v1::DeleteRoleBindingRequest>("name: '~/bindings/compliance-officer-ed'");
  EXPECT_THAT(
      AskAs<v1::UpdateStatusRequest>(
          "users/ed", "status { name: '~s/pen' system_status: SYSTEM_STATUS_DEAD restriction {} }"),
      IsOk());
}

TEST_F(RestrictionsAreLifted, ByNoTargetThatRestrictsLessThanItDid) {
  Must<v1::CreateStatusRequest>(
      "parent: '~/workflows/sales' status_id: 'pen' status { system_status: SYSTEM_STATUS_WORKING "
      "restriction {} }");
  ASSERT_THAT(AskAs<v1::CreateActionRequest>(
                  "users/ed",
                  "parent: '~s/closed' action_id: 'shift' action { operations { move_to_status { "
                  "status: '~s/pen' } } }"),
              IsOk());
  const std::string lessened =
      "status { name: '~s/pen' system_status: SYSTEM_STATUS_WORKING } allow_lifting_restriction: "
      "true";
  Bind("compliance-officer", "ed", "scope: '~s/pen'");
  ExpectReconsentNeeded<v1::UpdateStatusRequest>("users/ed", lessened);
  Must<v1::CreateRoleBindingRequest>(
      "parent: '~' binding_id: 'shift' binding { role: '~/roles/compliance-officer' principal: "
      "'users/ed' scope: '~s/closed' }");
  EXPECT_THAT(AskAs<v1::UpdateStatusRequest>("users/ed", lessened), IsOk());
}

// That a restriction of dead leads has an end makes it no everyday one.
TEST_F(RestrictionsAreLifted, ByNoMoveToWhereTheSameRestrictionMayBeLeft) {
  for (const char* status : {"shut' status { system_status: SYSTEM_STATUS_DEAD",
                             "rest' status { system_status: SYSTEM_STATUS_NURTURE"}) {
    Must<v1::CreateStatusRequest>(
        absl::StrCat("parent: '~/workflows/sales' status_id: '", status,
                     " restriction { duration { seconds: 31536000 } } }"));
  }
  ExpectReconsentNeeded<v1::CreateActionRequest>(
      "users/ed",
      "parent: '~s/shut' action_id: 'out' action { operations { move_to_status { status: '~s/rest' "
      "} } }");
  ExpectReconsentNeeded<v1::UpdateStatusRequest>(
      "users/ed",
      "status { name: '~s/shut' system_status: SYSTEM_STATUS_WORKING restriction { duration { "
      "seconds: 31536000 } } }");
}

// Whoever may re-consent in one status ends nothing of a contact point that the request brings.
TEST_F(RestrictionsAreLifted, OnlyForContactPointsThatTheLeadHadBefore) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/won' action_id: 'again' action { operations { remove_restriction { lists: "
      "'~/lists/internal' } } }");
  Bind("agent", "joe", "scope: '~s/won'");
  Bind("compliance-officer", "joe", "scope: '~s/won'");
  AddPhoneEntry("2125550177");
  AddPhoneEntry(kBobPhone);
  clock().Advance(kDay);
  const auto apply = [&](const std::string& lead, const std::string& more) {
    return AskAs<v1::ApplyActionRequest>(
        "users/joe", absl::StrCat("lead: '~/leads/", lead,
                                  "' action: '~s/won/actions/again' evidence: 'form' ", more));
  };
  EXPECT_THAT(apply("made-up", "contact_points { phone: '2125550177' }"), IsOk());
  EXPECT_EQ(PhoneVerdict("2125550177"), v1::VERDICT_DENY);
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/bob' status: '~s/won' }");
  EXPECT_THAT(apply("bob", "contact_points { phone: '2125550177' }"), IsOk());
  EXPECT_EQ(PhoneVerdict("2125550177"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
}

class HiddenStatuses : public LimitsTest {
 protected:
  void SetUp() override {
    LimitsTest::SetUp();
    Must<v1::UpdateStatusRequest>(
        "status { name: '~s/won' system_status: SYSTEM_STATUS_WON visible_to_roles: "
        "'compliance-officer' }");
    Must<v1::CreateActionRequest>(
        "parent: '~s/won' action_id: 'stop' action { operations { add_to_dnc_list {} } }");
  }
};

TEST_F(HiddenStatuses, TakeNoLeadsFromWhoeverDoesNotSeeThem) {
  const auto upsert = [&](const std::string& user, const std::string& id) {
    return AskAs<v1::UpsertLeadRequest>(
        user,
        absl::StrCat("lead { name: '~/leads/", id, "' record_type: 'contact' status: '~s/won' }"));
  };
  for (const char* lead : {"ann", "nora"}) {
    const auto refused = upsert("users/kim", lead);
    EXPECT_THAT(refused, RefusedAt("STATUS_NOT_FOUND", "lead.status"));
  }
  const auto batch = AskAs<v1::BatchUpsertLeadsRequest>(
      "users/kim",
      "parent: '~' leads { name: '~/leads/bob' display_name: 'Bob' } leads { name: '~/leads/ann' "
      "status: '~s/won' }");
  ASSERT_THAT(batch, IsOk());
  EXPECT_FALSE(batch->results(0).has_error());
  EXPECT_EQ(batch->results(1).error().reason(), "STATUS_NOT_FOUND");
  EXPECT_EQ(batch->results(1).error().field(), "leads[1].status");
  EXPECT_THAT(GetLead("ann").status(), HasSubstr("/new"));
  Bind("agent", "cara");
  EXPECT_THAT(upsert("users/cara", "ann"), IsOk());
  // A row that says where the lead is says nothing new.
  EXPECT_THAT(upsert("users/kim", "ann"), IsOk());
}

TEST_F(HiddenStatuses, AreNotChangedByWhoeverDoesNotSeeThem) {
  const auto expect_not_found = [](const CallStatus& status) {
    EXPECT_THAT(status, Refused("STATUS_NOT_FOUND"));
    EXPECT_THAT(status.metadata("status"), HasSubstr("/statuses/won"));
  };
  const std::string ed = "users/ed";
  expect_not_found(AskAs<v1::UpdateStatusRequest>(
      ed, "status { name: '~s/won' system_status: SYSTEM_STATUS_WON }"));
  expect_not_found(AskAs<v1::CreateActionRequest>(
      ed,
      "parent: '~s/won' action_id: 'a' action { operations { nurture { duration { seconds: 60 "
      "} } } }"));
  expect_not_found(AskAs<v1::UpdateActionRequest>(
      ed, "action { name: '~s/won/actions/stop' operations { add_to_dnc_list {} } }"));
  expect_not_found(AskAs<v1::DeleteActionRequest>(ed, "name: '~s/won/actions/stop'"));
  expect_not_found(AskAs<v1::CopyActionsRequest>(ed, "source: '~s/won' targets: '~s/new'"));
  expect_not_found(AskAs<v1::CopyActionsRequest>(ed, "source: '~s/new' targets: '~s/won'"));
  expect_not_found(AskAs<v1::ApplyWorkflowRequest>(
      ed,
      "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'won' "
      "system_status: SYSTEM_STATUS_WON } }"));
  Must<v1::CreateTemplateRequest>(
      "parent: '~' template_id: 't' template { record_type: 'contact' actions { name: 'a' "
      "operations "
      "{ add_to_dnc_list {} } } }");
  expect_not_found(
      AskAs<v1::ApplyTemplateRequest>(ed, "template: '~/templates/t' targets: '~s/won'"));
}

TEST_F(HiddenStatuses, AreInNoAnswer) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/won' action_id: 'close' action { operations { move_to_status { status: "
      "'~s/closed' } } }");
  const auto hidden = [](const google::protobuf::Message& answer) {
    return answer.ShortDebugString().find("statuses/won") != std::string::npos;
  };
  const std::string naming = "parent: '~' naming { pattern: 'zzz' }";
  const auto own = AskAs<v1::ListNamingViolationsRequest>("users/ed", naming);
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(own->violations(), Not(IsEmpty()));
  EXPECT_FALSE(hidden(own.value));
  EXPECT_TRUE(hidden(AskAs<v1::ListNamingViolationsRequest>("users/root", naming).value));
  Must<v1::CreateTemplateRequest>(
      "parent: '~' template_id: 't' template { record_type: 'contact' actions { name: 'a' "
      "operations { add_to_dnc_list {} } } }");
  Must<v1::ApplyTemplateRequest>(
      "template: '~/templates/t' targets: '~s/won' targets: '~s/working'");
  const auto copies = AskAs<v1::ListTemplateCopiesRequest>("users/ed", "template: '~/templates/t'");
  ASSERT_THAT(copies, IsOk());
  EXPECT_THAT(copies->copies(), SizeIs(1));
  EXPECT_FALSE(hidden(copies.value));
  EXPECT_THAT(Must<v1::ListTemplateCopiesRequest>("template: '~/templates/t'").copies(), SizeIs(2));

  const auto ids = [](const v1::Workflow& workflow) {
    std::vector<std::string> ids;
    for (const v1::Status& status : workflow.statuses()) {
      ids.push_back(status.name().substr(status.name().rfind('/') + 1));
    }
    return ids;
  };
  const auto renamed = AskAs<v1::UpdateWorkflowRequest>(
      "users/ed", "workflow { name: '~/workflows/sales' display_name: 'Inside sales' }");
  ASSERT_THAT(renamed, IsOk());
  EXPECT_THAT(ids(renamed->workflow()), ElementsAre("new", "working", "cooling", "closed"));
  const auto applied = AskAs<v1::ApplyWorkflowRequest>(
      "users/ed",
      "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'new' "
      "system_status: SYSTEM_STATUS_NEW } } validate_only: true");
  ASSERT_THAT(applied, IsOk());
  EXPECT_THAT(ids(applied->workflow()), ElementsAre("new", "working", "cooling", "closed"));

  const std::string archive =
      "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD state: OBJECT_STATE_ARCHIVED "
      "restriction { channels: CHANNEL_VOICE channels: CHANNEL_SMS } } allow_affected: true "
      "validate_only: true";
  const auto archived = AskAs<v1::UpdateStatusRequest>("users/ed", archive);
  ASSERT_THAT(archived, IsOk());
  EXPECT_THAT(archived->affected().actions(),
              ElementsAre("organizations/acme/workflows/sales/statuses/new/actions/dnc"));
  EXPECT_EQ(archived->affected().action_count(), 2);
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>(archive)->affected().actions(), SizeIs(2));
}

}  // namespace
}  // namespace dnc
