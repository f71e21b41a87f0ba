// CopyActions: all targets or none, an exact dry run, and never a lost opt-out.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class CopyActionsTest : public GatewayTest {
 protected:
  static std::string Copy(absl::string_view targets, absl::string_view more = "") {
    std::string text = "source: '~s/new' ";
    for (const absl::string_view target : absl::StrSplit(targets, ',')) {
      absl::StrAppend(&text, "targets: '~s/", target, "' ");
    }
    absl::StrAppend(&text, more);
    return text;
  }
  v1::Status GetStatus(absl::string_view id) {
    return Must<v1::GetStatusRequest>(absl::StrCat("name: '~s/", id, "'")).status();
  }
  void SetState(absl::string_view status, absl::string_view state) {
    Must<v1::UpdateStatusRequest>(absl::StrCat("status { name: '~s/", status,
                                               "' system_status: SYSTEM_STATUS_WON state: ", state,
                                               " } allow_lifting_restriction: true "
                                               "allow_affected: true"));
  }
};

TEST_F(CopyActionsTest, CopiesAllActionsAndTheCopyWorks) {
  const auto response = Must<v1::CopyActionsRequest>(Copy("cooling,won"));
  ASSERT_EQ(response.results_size(), 2);
  for (const v1::CopyTargetResult& result : response.results()) {
    ASSERT_EQ(result.actions_size(), 5);
    for (const v1::CopiedAction& copied : result.actions()) {
      EXPECT_EQ(copied.outcome(), v1::CopiedAction::OUTCOME_CREATED);
      EXPECT_FALSE(copied.has_before());
      EXPECT_EQ(copied.after().name(), copied.target_action());
      EXPECT_THAT(copied.after().copied_from(), HasSubstr("statuses/new/actions/"));
    }
  }
  EXPECT_EQ(GetStatus("won").actions_size(), 5);
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/won' }");
  Apply("ann", "won/dnc");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(CopyActionsTest, CopiesSomeActions) {
  const auto response =
      Must<v1::CopyActionsRequest>(Copy("won", "actions: 'later' actions: 'dnc'"));
  EXPECT_EQ(response.results(0).actions_size(), 2);
  EXPECT_EQ(GetStatus("won").actions_size(), 2);
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("cooling", "actions: 'none'")),
              Refused("ACTION_NOT_FOUND"));
}

TEST_F(CopyActionsTest, ACopyOntoItsOwnCopyIsUnchanged) {
  Must<v1::CopyActionsRequest>(Copy("won"));
  const v1::Status before = GetStatus("won");
  const auto again = Must<v1::CopyActionsRequest>(Copy("won"));
  for (const v1::CopiedAction& copied : again.results(0).actions()) {
    EXPECT_EQ(copied.outcome(), v1::CopiedAction::OUTCOME_UNCHANGED);
  }
  EXPECT_THAT(GetStatus("won"), EqualsProto(before));
}

TEST_F(CopyActionsTest, FailRefusesAnotherActionOfThatId) {
  const v1::Status before = GetStatus("working");
  for (const char* policy : {"", "conflict_policy: CONFLICT_POLICY_FAIL"}) {
    const auto reply = Ask<v1::CopyActionsRequest>(Copy("working", policy));
    EXPECT_THAT(reply, Refused("ACTION_CONFLICT"));
    EXPECT_THAT(reply.metadata("refusals"), HasSubstr("statuses/working ACTION_CONFLICT"));
  }
  EXPECT_THAT(GetStatus("working"), EqualsProto(before));
}

TEST_F(CopyActionsTest, SkipKeepsTheTargetsAction) {
  const v1::Action before = GetStatus("working").actions(0);
  const auto response = Must<v1::CopyActionsRequest>(
      Copy("working", "conflict_policy: CONFLICT_POLICY_SKIP actions: 'dnc' actions: 'later'"));
  const v1::CopiedAction& skipped = response.results(0).actions(0);
  EXPECT_EQ(skipped.outcome(), v1::CopiedAction::OUTCOME_SKIPPED);
  EXPECT_THAT(skipped.after(), EqualsProto(before));
  EXPECT_EQ(response.results(0).actions(1).outcome(), v1::CopiedAction::OUTCOME_CREATED);
  EXPECT_THAT(GetStatus("working").actions(0), EqualsProto(before));
}

TEST_F(CopyActionsTest, ReplaceTakesTheTargetsPlace) {
  const v1::Action before = GetStatus("working").actions(0);
  const auto response = Must<v1::CopyActionsRequest>(
      Copy("working", "conflict_policy: CONFLICT_POLICY_REPLACE actions: 'dnc'"));
  const v1::CopiedAction& replaced = response.results(0).actions(0);
  EXPECT_EQ(replaced.outcome(), v1::CopiedAction::OUTCOME_REPLACED);
  EXPECT_THAT(replaced.before(), EqualsProto(before));
  EXPECT_EQ(GetStatus("working").actions(0).operations_size(), 2);
  EXPECT_THAT(GetStatus("working").actions(0), EqualsProto(replaced.after()));
}

TEST_F(CopyActionsTest, RenameFindsAFreeId) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/working' action_id: 'dnc-2' action { operations { "
      "add_to_dnc_list { lead_only: true } } }");
  const auto response = Must<v1::CopyActionsRequest>(
      Copy("working", "conflict_policy: CONFLICT_POLICY_RENAME actions: 'dnc'"));
  const v1::CopiedAction& renamed = response.results(0).actions(0);
  EXPECT_EQ(renamed.outcome(), v1::CopiedAction::OUTCOME_RENAMED);
  EXPECT_EQ(renamed.source_action(), "dnc");
  EXPECT_THAT(renamed.target_action(), testing::EndsWith("statuses/working/actions/dnc-3"));
  EXPECT_EQ(GetStatus("working").actions_size(), 4);
}

TEST_F(CopyActionsTest, NeitherSkipNorReplaceDropsAnOptOut) {
  Must<v1::CreateActionRequest>(
      "parent: '~s/won' action_id: 'dnc' action { operations { nurture { "
      "duration { seconds: 60 } } } }");
  const auto skip = Ask<v1::CopyActionsRequest>(
      Copy("won", "conflict_policy: CONFLICT_POLICY_SKIP actions: 'dnc'"));
  EXPECT_THAT(skip, Refused("DNC_OPERATION_DROPPED"));
  EXPECT_THAT(skip.metadata("target"), testing::EndsWith("statuses/won"));
  const auto replace = Ask<v1::CopyActionsRequest>(
      "source: '~s/won' targets: '~s/working' conflict_policy: CONFLICT_POLICY_REPLACE");
  EXPECT_THAT(replace, Refused("DNC_OPERATION_DROPPED"));
}

TEST_F(CopyActionsTest, RefusesTargetsThatCannotTakeACopy) {
  SetState("cooling", "OBJECT_STATE_DISABLED");
  SetState("closed", "OBJECT_STATE_ARCHIVED");
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("none")), HasReason("STATUS_NOT_FOUND"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("cooling")), HasReason("STATUS_DISABLED"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("closed")), HasReason("STATUS_ARCHIVED"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("new")), HasReason("COPY_ONTO_ITSELF"));
  EXPECT_THAT(
      Ask<v1::CopyActionsRequest>("source: '~s/new' targets: '~/workflows/support/statuses/open'"),
      HasReason("RECORD_TYPE_MISMATCH"));
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(
                  "source: '~s/new' targets: 'organizations/beta/workflows/sales/statuses/won'"),
              HasReason("STATUS_NOT_FOUND"));
  Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/old' record_type: 'contact' state: "
      "OBJECT_STATE_ARCHIVED statuses { name: 's' system_status: "
      "SYSTEM_STATUS_NEW } }");
  EXPECT_THAT(Ask<v1::CopyActionsRequest>("source: '~s/new' targets: '~/workflows/old/statuses/s'"),
              HasReason("WORKFLOW_ARCHIVED"));
}

TEST_F(CopyActionsTest, EveryRefusalHasTheMetadataOfItsReason) {
  SetState("cooling", "OBJECT_STATE_DISABLED");
  SetState("closed", "OBJECT_STATE_ARCHIVED");
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("none")), Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("cooling")), Refused("STATUS_DISABLED"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("closed")), Refused("STATUS_ARCHIVED"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("new")), Refused("COPY_ONTO_ITSELF"));
  EXPECT_THAT(
      Ask<v1::CopyActionsRequest>("source: '~s/new' targets: '~/workflows/support/statuses/open'"),
      Refused("RECORD_TYPE_MISMATCH"));
}

TEST_F(CopyActionsTest, OneRefusalStopsAllAndAllAreTold) {
  const v1::Status before = GetStatus("won");
  const auto reply = Ask<v1::CopyActionsRequest>(Copy("won,none,working"));
  EXPECT_THAT(reply, HasReason("STATUS_NOT_FOUND"));
  EXPECT_THAT(reply.metadata("refusals"), HasSubstr("statuses/none STATUS_NOT_FOUND"));
  EXPECT_THAT(reply.metadata("refusals"), HasSubstr("statuses/working ACTION_CONFLICT"));
  EXPECT_THAT(GetStatus("won"), EqualsProto(before));
  // A part is offered where there is one.
  EXPECT_THAT(reply.message, HasSubstr("allow_partial"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("none,working")).message,
              testing::Not(HasSubstr("allow_partial")));
}

TEST_F(CopyActionsTest, AllowPartialCopiesToTheOthers) {
  const auto response =
      Must<v1::CopyActionsRequest>(Copy("won,none,working", "allow_partial: true"));
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).actions_size(), 5);
  EXPECT_THAT(response.results(1).actions(), IsEmpty());
  EXPECT_EQ(response.results(1).refusals(0).reason(), "STATUS_NOT_FOUND");
  EXPECT_EQ(response.results(2).refusals(0).reason(), "ACTION_CONFLICT");
  EXPECT_EQ(response.results(2).refusals(0).action(), "dnc");
  EXPECT_EQ(GetStatus("won").actions_size(), 5);
  EXPECT_EQ(GetStatus("working").actions_size(), 2);
}

TEST_F(CopyActionsTest, ValidateOnlyGivesTheExactDifferenceAndChangesNothing) {
  const std::string request =
      Copy("won,working,cooling", "conflict_policy: CONFLICT_POLICY_REPLACE ");
  const int64_t before = Revision();
  const auto dry = Must<v1::CopyActionsRequest>(absl::StrCat(request, "validate_only: true"));
  EXPECT_EQ(dry.revision(), 0);
  EXPECT_EQ(Revision(), before);
  EXPECT_EQ(GetStatus("won").actions_size(), 0);
  v1::CopyActionsResponse real = Must<v1::CopyActionsRequest>(request);
  EXPECT_EQ(real.revision(), before + 1);
  real.set_revision(0);
  EXPECT_THAT(dry, EqualsProto(real));
}

// A workflow of that many statuses, and a copy to all of them.
class WideCopyTest : public CopyActionsTest {
 protected:
  void CreateWide(int statuses) {
    std::string workflow = "workflow { name: '~/workflows/wide' record_type: 'contact' ";
    for (int i = 0; i < statuses; ++i) {
      absl::StrAppend(&workflow, "statuses { name: 's", i,
                      "' system_status: SYSTEM_STATUS_WORKING }");
      copy_.add_targets(absl::StrCat("organizations/acme/workflows/wide/statuses/s", i));
    }
    Must<v1::ApplyWorkflowRequest>(workflow + "}");
    FillActor(&copy_);
  }
  // A status of `sales` with as many actions as big as they can be.
  void CreateSource(int actions) {
    const std::string dnc =
        absl::StrCat("operations { add_to_dnc_list { reason: '", std::string(512, 'r'), "' } } ");
    std::string status =
        "parent: '~/workflows/sales' status_id: 'rich' status { system_status: SYSTEM_STATUS_NEW ";
    for (int i = 0; i < actions; ++i) {
      absl::StrAppend(&status, "actions { name: 'a", i, "' ");
      for (int k = 0; k < 16; ++k) status += dnc;
      status += "} ";
    }
    Must<v1::CreateStatusRequest>(status + "}");
    copy_.set_source("organizations/acme/workflows/sales/statuses/rich");
  }
  v1::CopyActionsRequest copy_;
};

TEST_F(WideCopyTest, CopiesToAThousandTargetsInOneMutation) {
  CreateWide(1000);
  copy_.set_source("organizations/acme/workflows/sales/statuses/new");
  const int64_t before = Revision();
  const auto reply = Send(copy_);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->results_size(), 1000);
  EXPECT_EQ(Revision(), before + 1);
  const auto whole = Must<v1::GetWorkflowRequest>("name: '~/workflows/wide'").workflow();
  for (const v1::Status& status : whole.statuses()) {
    ASSERT_EQ(status.actions_size(), 5) << status.name();
  }
  Restart();
  EXPECT_THAT(Must<v1::GetWorkflowRequest>("name: '~/workflows/wide'").workflow(),
              EqualsProto(whole));
}

// What could not be delivered is not carried out.
TEST_F(WideCopyTest, ACopyWhoseAnswerNobodyCouldTakeChangesNothing) {
  CreateWide(50);
  CreateSource(100);  // some 9 kB each
  const int64_t before = Revision();
  for (const bool dry_run : {true, false}) {
    copy_.set_validate_only(dry_run);
    const auto reply = Send(copy_);
    EXPECT_THAT(reply, RefusedAt("LIMIT_EXCEEDED", "targets"));
    EXPECT_EQ(reply.metadata("limit"), "33554432");
    EXPECT_EQ(Revision(), before + (dry_run ? 0 : 1));
  }
  const auto wide = Must<v1::GetWorkflowRequest>("name: '~/workflows/wide'").workflow();
  for (const v1::Status& status : wide.statuses()) EXPECT_EQ(status.actions_size(), 0);
  copy_.mutable_targets()->DeleteSubrange(30, 20);
  EXPECT_THAT(Send(copy_), IsOk());
}

TEST_F(CopyActionsTest, ATargetThatWouldHaveTooManyActionsIsNamed) {
  std::string full =
      "parent: '~/workflows/sales' status_id: 'full' status { system_status: SYSTEM_STATUS_NEW ";
  for (int i = 0; i < 196; ++i) {
    absl::StrAppend(&full, "actions { name: 'a", i, "' operations { add_to_dnc_list {} } } ");
  }
  Must<v1::CreateStatusRequest>(full + "}");
  const auto reply = Ask<v1::CopyActionsRequest>(Copy("won,full"));
  EXPECT_THAT(reply, RefusedAt("LIMIT_EXCEEDED", "targets[1]"));
  EXPECT_EQ(reply.metadata("limit"), "200");
  EXPECT_EQ(reply.metadata("actual"), "201");
  EXPECT_THAT(reply.metadata("target"), testing::EndsWith("statuses/full"));
}

TEST_F(CopyActionsTest, ARefusalNamesTheTargetsPlaceInTheRequest) {
  EXPECT_EQ(Ask<v1::CopyActionsRequest>(Copy("won,none,working")).metadata("field"), "targets[1]");
  EXPECT_EQ(Ask<v1::CopyActionsRequest>(Copy("won,working")).metadata("field"), "targets[1]");
}

TEST_F(CopyActionsTest, RefusesMalformedRequests) {
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("won", "actions: 'dnc' actions: 'dnc'")),
              RefusedAt("INVALID_FIELD", "actions[1]"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("won", "actions: '~s/new/actions/dnc'")),
              RefusedAt("INVALID_FIELD", "actions[0]"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>("source: '~s/new'"),
              RefusedAt("REQUIRED_FIELD_MISSING", "targets"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("won,won")),
              RefusedAt("INVALID_FIELD", "targets[1]"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>("source: '~s/new' targets: '~/lists/x'"),
              RefusedAt("INVALID_FIELD", "targets[0]"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>(Copy("won", "actor {}")),
              RefusedAt("REQUIRED_FIELD_MISSING", "actor.id"));
  v1::CopyActionsRequest many = Parse<v1::CopyActionsRequest>("source: '~s/new'");
  FillActor(&many);
  for (int i = 0; i < 1001; ++i) {
    many.add_targets(absl::StrCat("organizations/acme/workflows/w/statuses/s", i));
  }
  EXPECT_THAT(Send(many), RefusedAt("LIMIT_EXCEEDED", "targets"));
}

}  // namespace
}  // namespace dnc
