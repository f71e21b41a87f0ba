// Templates: named sets of actions, applied to many statuses, traceable from each copy; and copies
// at size.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using v1::AppliedAction;

constexpr char kStopAction[] =
    "actions { name: 'stop' display_name: 'Do not contact' category: "
    "ACTION_CATEGORY_DO_NOT_CONTACT operations { add_to_dnc_list {} } } ";
constexpr char kLaterAction[] =
    "actions { name: 'not-now' operations { nurture { duration { seconds: 86400 } } } } ";

class TemplatesTest : public GatewayTest {
 protected:
  v1::Template Create(absl::string_view actions) {
    return Must<v1::CreateTemplateRequest>(
               absl::StrCat(
                   "parent: '~' template_id: 'opt-outs' template { record_type: 'contact' ",
                   actions, " }"))
        .template_();
  }
  v1::Template Update(absl::string_view actions, absl::string_view more = "") {
    return Must<v1::UpdateTemplateRequest>(
               absl::StrCat("template { name: '~/templates/opt-outs' ", actions, " } ", more))
        .template_();
  }
  static std::string Applying(absl::string_view more) {
    return absl::StrCat("template: '~/templates/opt-outs' ", more);
  }
  v1::ApplyTemplateResponse ApplyIt(absl::string_view more) {
    return Must<v1::ApplyTemplateRequest>(Applying(more));
  }
  v1::ListTemplateCopiesResponse Copies(absl::string_view more = "") {
    return Must<v1::ListTemplateCopiesRequest>(
        absl::StrCat("template: '~/templates/opt-outs' ", more));
  }
  v1::Action GetAction(absl::string_view name) {
    return Must<v1::GetActionRequest>(absl::StrCat("name: '~s/", name, "'")).action();
  }
  // A workflow `big` of `count` empty statuses; their names as targets.
  std::string ManyStatuses(int count) {
    std::string statuses;
    std::string targets;
    for (int i = 0; i < count; ++i) {
      absl::StrAppend(&statuses, "statuses { name: 's", i, "' system_status: SYSTEM_STATUS_NEW } ");
      absl::StrAppend(&targets, "targets: '~/workflows/big/statuses/s", i, "' ");
    }
    Must<v1::CreateWorkflowRequest>(absl::StrCat(
        "parent: '~' workflow_id: 'big' workflow { record_type: 'contact' ", statuses, "}"));
    return targets;
  }
};

class Templates : public TemplatesTest {};

TEST_F(Templates, AreAppliedToManyStatusesAndTheirCopiesRememberThem) {
  const v1::Template created = Create(absl::StrCat(kStopAction, kLaterAction));
  EXPECT_EQ(created.version(), 1);
  EXPECT_EQ(created.display_name(), "opt-outs");
  const std::string targets = "targets: '~s/won' targets: '~s/cooling' ";
  const int64_t before = Revision();
  const auto preview = ApplyIt(absl::StrCat(targets, "validate_only: true"));
  EXPECT_EQ(Revision(), before);
  EXPECT_THAT(Copies().copies(), IsEmpty());
  const auto applied = ApplyIt(targets);
  EXPECT_EQ(applied.revision(), before + 1);
  EXPECT_EQ(applied.version(), 1);
  ASSERT_THAT(applied.results(), SizeIs(2));
  ASSERT_THAT(preview.results(), SizeIs(2));
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(applied.results(i).actions(), SizeIs(2));
    EXPECT_THAT(preview.results(i), EqualsProto(applied.results(i)));
    EXPECT_EQ(applied.results(i).actions(0).outcome(), AppliedAction::OUTCOME_CREATED);
  }
  const v1::Action copy = GetAction("won/actions/stop");
  EXPECT_EQ(copy.template_(), "organizations/acme/templates/opt-outs");
  EXPECT_EQ(copy.template_version(), 1);
  const auto copies = Copies();
  EXPECT_EQ(copies.version(), 1);
  ASSERT_THAT(copies.copies(), SizeIs(4));
  for (const v1::TemplateCopy& one : copies.copies()) {
    EXPECT_FALSE(one.lags());
    EXPECT_FALSE(one.orphaned());
    EXPECT_THAT(one.adjusted_fields(), IsEmpty());
  }
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/won' }");
  Apply("ann", "won/stop");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(Templates, ShowWhichCopiesLagWereAdjustedOrAreOrphaned) {
  Create(absl::StrCat(kStopAction, kLaterAction));
  ApplyIt("targets: '~s/won' targets: '~s/cooling' ");
  Must<v1::UpdateActionRequest>(
      "action { name: '~s/won/actions/stop' display_name: 'Never again' operations { "
      "add_to_dnc_list {} } }");
  const v1::Template second =
      Update("actions { name: 'stop' operations { add_to_dnc_list { reason: 'asked' } } } ",
             "allow_dropping_dnc: true");
  EXPECT_EQ(second.version(), 2);
  EXPECT_EQ(second.actions(0).display_name(), "Do not contact") << "what is not set stays";
  Restart();
  EXPECT_THAT(Copies("lagging_only: true").copies(), SizeIs(2));
  const auto adjusted = Copies("adjusted_only: true");
  ASSERT_THAT(adjusted.copies(), SizeIs(1));
  EXPECT_EQ(adjusted.copies(0).action(),
            "organizations/acme/workflows/sales/statuses/won/actions/stop");
  EXPECT_THAT(adjusted.copies(0).adjusted_fields(), ElementsAre("display_name"));
  int orphaned = 0;
  const auto all = Copies();
  for (const v1::TemplateCopy& copy : all.copies()) orphaned += copy.orphaned() ? 1 : 0;
  EXPECT_EQ(orphaned, 2);
  const auto page = Copies("page_size: 3");
  EXPECT_THAT(page.copies(), SizeIs(3));
  EXPECT_THAT(
      Copies(absl::StrCat("page_size: 3 page_token: '", page.next_page_token(), "'")).copies(),
      SizeIs(1));

  // Kept where it was adjusted, and otherwise as the template has it now.
  const auto kept = ApplyIt("targets: '~s/won' targets: '~s/cooling' ");
  EXPECT_THAT(kept.results(0).actions(0).fields(), ElementsAre("operations"));
  EXPECT_THAT(kept.results(0).actions(0).adjusted_fields(), ElementsAre("display_name"));
  EXPECT_EQ(GetAction("won/actions/stop").display_name(), "Never again");
  EXPECT_EQ(GetAction("won/actions/stop").operations(0).add_to_dnc_list().reason(), "asked");
  EXPECT_THAT(Copies("lagging_only: true").copies(), IsEmpty());
  const auto overridden = ApplyIt("targets: '~s/won' adjustments: ADJUSTMENT_POLICY_OVERRIDE");
  EXPECT_THAT(overridden.results(0).actions(0).fields(), ElementsAre("display_name"));
  EXPECT_EQ(GetAction("won/actions/stop").display_name(), "Do not contact");
  EXPECT_THAT(Copies("adjusted_only: true").copies(), IsEmpty());
}

TEST_F(Templates, NeverDropADncOperationUnasked) {
  Create(kStopAction);
  ApplyIt("targets: '~s/won'");
  constexpr char kHarmless[] =
      "actions { name: 'stop' operations { nurture { duration { seconds: 60 } } } } ";
  EXPECT_THAT(Ask<v1::UpdateTemplateRequest>(
                  absl::StrCat("template { name: '~/templates/opt-outs' ", kHarmless, "}")),
              Refused("DNC_OPERATION_DROPPED"));
  Update(kHarmless, "allow_dropping_dnc: true");
  EXPECT_THAT(Ask<v1::ApplyTemplateRequest>(Applying("targets: '~s/won'")),
              Refused("DNC_OPERATION_DROPPED"));
  EXPECT_TRUE(GetAction("won/actions/stop").operations(0).has_add_to_dnc_list());
  ApplyIt("targets: '~s/won' allow_dropping_dnc: true");
  EXPECT_TRUE(GetAction("won/actions/stop").operations(0).has_nurture());
}

TEST_F(Templates, ApplyToAllTargetsOrNoneUnlessAPartIsPermitted) {
  Create(kStopAction);
  const std::string targets =
      "targets: '~s/won' targets: '~/workflows/support/statuses/open' targets: '~s/cooling' ";
  const int64_t before = Revision();
  const auto refused = Ask<v1::ApplyTemplateRequest>(Applying(targets));
  EXPECT_THAT(refused, Refused("RECORD_TYPE_MISMATCH"));
  EXPECT_EQ(refused.metadata("field"), "targets[1]");
  EXPECT_THAT(Copies().copies(), IsEmpty());
  EXPECT_EQ(Revision(), before + 1) << "the refusal is on the record";
  const auto partial = ApplyIt(absl::StrCat(targets, "allow_partial: true"));
  ASSERT_THAT(partial.results(), SizeIs(3));
  EXPECT_THAT(partial.results(0).actions(), SizeIs(1));
  EXPECT_EQ(partial.results(1).refusals(0).reason(), "RECORD_TYPE_MISMATCH");
  EXPECT_THAT(Copies().copies(), SizeIs(2));
}

TEST_F(Templates, AreDeletedAndTheirCopiesStay) {
  Create(kStopAction);
  ApplyIt("targets: '~s/won'");
  Must<v1::DeleteTemplateRequest>("name: '~/templates/opt-outs'");
  EXPECT_THAT(Ask<v1::GetTemplateRequest>("name: '~/templates/opt-outs'"),
              Refused("TEMPLATE_NOT_FOUND"));
  EXPECT_THAT(Must<v1::ListTemplatesRequest>("parent: '~'").templates(), IsEmpty());
  Restart();
  const auto copies = Copies();
  ASSERT_THAT(copies.copies(), SizeIs(1));
  EXPECT_TRUE(copies.copies(0).orphaned());
  EXPECT_EQ(copies.version(), 0);
  EXPECT_EQ(Create(kStopAction).version(), 2) << "no version is given twice";
}

TEST_F(Templates, SurviveARestartAndEditsOfTheirCopies) {
  const v1::Template created = Create(kStopAction);
  ApplyIt("targets: '~s/won'");
  Restart();
  EXPECT_THAT(Must<v1::GetTemplateRequest>("name: '~/templates/opt-outs'").template_(),
              EqualsProto(created));
  EXPECT_THAT(Must<v1::ListTemplatesRequest>("parent: '~'").templates(), SizeIs(1));
  // An edit by ApplyWorkflow, and a copy of the copy.
  Must<v1::ApplyWorkflowRequest>(
      "workflow { name: '~/workflows/sales' record_type: 'contact' statuses { name: 'won' "
      "system_status: SYSTEM_STATUS_WON actions { name: 'stop' display_name: 'Halt' operations { "
      "add_to_dnc_list {} } } } }");
  EXPECT_EQ(GetAction("won/actions/stop").template_version(), 1);
  Must<v1::CopyActionsRequest>("source: '~s/won' actions: 'stop' targets: '~s/cooling'");
  EXPECT_THAT(Copies("adjusted_only: true").copies(), SizeIs(2));
}

TEST_F(Templates, BadOnesAreRefusedAndNamed) {
  Create(kStopAction);
  const struct {
    const char* request;
    const char* reason;
    const char* field;
  } rows[] = {
      {"template { name: '~/templates/opt-outs' }", "REQUIRED_FIELD_MISSING", "template.actions"},
      {"template { name: '~/templates/opt-outs' actions { name: 'a' } }", "REQUIRED_FIELD_MISSING",
       "template.actions[0].operations"},
      {"template { name: '~/templates/opt-outs' actions { name: 'stop' operations { "
       "add_to_dnc_list { } } } actions { name: 'stop' operations { add_to_dnc_list { } } } }",
       "INVALID_FIELD", "template.actions[1].name"},
      {"template { name: '~/templates/opt-outs' actions { name: 'stop' operations { "
       "add_to_dnc_list { } } operations { add_to_dnc_list { list: '~/lists/none' } } } }",
       "LIST_NOT_FOUND", "template.actions[0].operations[1].add_to_dnc_list.list"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Ask<v1::UpdateTemplateRequest>(row.request), RefusedAt(row.reason, row.field))
        << row.request;
  }
  EXPECT_THAT(
      Ask<v1::UpdateTemplateRequest>(absl::StrCat(
          "template { name: '~/templates/opt-outs' record_type: 'company' ", kStopAction, "}")),
      Refused("RECORD_TYPE_MISMATCH"));
  EXPECT_THAT(Ask<v1::UpdateTemplateRequest>(absl::StrCat(
                  "template { name: '~/templates/opt-outs' etag: '1' ", kStopAction, "}")),
              Refused("ETAG_MISMATCH"));
  EXPECT_THAT(Ask<v1::ApplyTemplateRequest>(Applying("")),
              RefusedAt("REQUIRED_FIELD_MISSING", "targets"));
  EXPECT_THAT(Ask<v1::ApplyTemplateRequest>(Applying("targets: '~s/won' actions: 'none'")),
              Refused("ACTION_NOT_FOUND"));
}

class CopyActionsAndTemplatesAtSize : public TemplatesTest {};

// 1 source, 500 targets: one mutation, one answer with a result each.
TEST_F(CopyActionsAndTemplatesAtSize, AreOneMutationAndOneAnswerWithAResultEach) {
  constexpr int kTargets = 500;
  const std::string targets = ManyStatuses(kTargets);
  Create(absl::StrCat(kStopAction, kLaterAction));

  int64_t before = Revision();
  const auto copied = Must<v1::CopyActionsRequest>(absl::StrCat("source: '~s/new' ", targets));
  EXPECT_EQ(copied.revision(), before + 1);
  EXPECT_EQ(Revision(), before + 1);
  ASSERT_EQ(copied.results_size(), kTargets);
  for (const v1::CopyTargetResult& result : copied.results()) {
    ASSERT_EQ(result.actions_size(), 5) << result.target();
  }

  before = Revision();
  const auto applied = ApplyIt(targets);
  EXPECT_EQ(applied.revision(), before + 1);
  EXPECT_EQ(Revision(), before + 1);
  ASSERT_EQ(applied.results_size(), kTargets);
  for (const v1::TemplateTargetResult& result : applied.results()) {
    ASSERT_EQ(result.actions_size(), 2) << result.target();
  }
  EXPECT_LT(applied.ByteSizeLong(), size_t{4} << 20) << "what a client takes by default";
  const auto copies = Copies("page_size: 1000");
  EXPECT_EQ(copies.copies_size(), 2 * kTargets);

  // One target that refuses, and nothing changes anywhere.
  Must<v1::UpdateActionRequest>(
      "action { name: '~/workflows/big/statuses/s499/actions/stop' operations { add_to_dnc_list { "
      "} } }");
  Update("actions { name: 'stop' operations { add_to_dnc_list { reason: 'asked' } } } ",
         "allow_dropping_dnc: true");
  Must<v1::UpdateStatusRequest>(
      "status { name: '~/workflows/big/statuses/s499' system_status: SYSTEM_STATUS_NEW state: "
      "OBJECT_STATE_DISABLED } allow_affected: true");
  EXPECT_THAT(Ask<v1::ApplyTemplateRequest>(Applying(targets)), Refused("STATUS_DISABLED"));
  EXPECT_EQ(Copies("page_size: 1000 lagging_only: true").copies_size(), kTargets);
  const auto partial = ApplyIt(absl::StrCat(targets, "allow_partial: true"));
  EXPECT_THAT(partial.results(kTargets - 1).refusals(), SizeIs(1));
  EXPECT_EQ(Copies("lagging_only: true").copies_size(), 1);
}

TEST_F(TemplatesTest, WhatBreaksTheNamingRuleIsSavedWithAWarning) {
  Must<v1::UpdateOrganizationRequest>(
      "organization { name: '~' dnc_action_naming { pattern: 'DNC: .+' enforcement: "
      "ENFORCEMENT_WARN } }");
  const auto created = Must<v1::CreateTemplateRequest>(
      absl::StrCat("parent: '~' template_id: 'opt-outs' template { record_type: 'contact' ",
                   kStopAction, kLaterAction, "}"));
  ASSERT_THAT(created.naming_violations(), SizeIs(1));
  EXPECT_EQ(created.naming_violations(0).display_name(), "Do not contact");
  EXPECT_EQ(created.naming_violations(0).action(),
            "organizations/acme/templates/opt-outs/actions/stop");
  const auto updated = Must<v1::UpdateTemplateRequest>(
      absl::StrCat("template { name: '~/templates/opt-outs' ", kStopAction, "}"));
  EXPECT_THAT(updated.naming_violations(), SizeIs(1));
  // Of targets that are refused nothing is saved.
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/won' system_status: SYSTEM_STATUS_WON state: OBJECT_STATE_DISABLED } "
      "allow_affected: true");
  const auto applied = ApplyIt("targets: '~s/new' targets: '~s/won' allow_partial: true");
  ASSERT_THAT(applied.naming_violations(), SizeIs(1));
  EXPECT_EQ(applied.naming_violations(0).action(),
            "organizations/acme/workflows/sales/statuses/new/actions/stop");
  EXPECT_THAT(ApplyIt("targets: '~s/new'").naming_violations(), IsEmpty()) << "nothing is saved";
}

}  // namespace
}  // namespace dnc
