#include "server/action/copy_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::CopiedAction;

constexpr char kSource[] = "organizations/acme/workflows/sales/statuses/new";
constexpr char kTarget[] = "organizations/acme/workflows/sales/statuses/target";
constexpr char kEtag[] = "new-etag";
constexpr char kDnc[] = "operations { add_to_dnc_list {} }";
constexpr char kOtherDnc[] = "operations { add_to_dnc_list { reason: 'other' } }";
constexpr char kNarrowDnc[] = "operations { add_to_dnc_list { channels: CHANNEL_SMS } }";
constexpr char kDisabledDnc[] = "state: OBJECT_STATE_DISABLED operations { add_to_dnc_list {} }";
constexpr char kPlain[] = "operations { nurture { duration { seconds: 1 } } }";
constexpr char kOtherPlain[] = "operations { nurture { duration { seconds: 2 } } }";

std::string ActionText(const std::string& id, const std::string& content) {
  return absl::StrCat("actions { name: '", id, "' etag: 'old-etag' ", content, " } ");
}

// Sales with the statuses new (the source) and target, and statuses that refuse.
CatalogOrganization Acme(const std::string& source_actions, const std::string& target_actions) {
  CatalogOrganization acme = MakeOrganization("acme", 1);
  AddWorkflow(
      absl::StrCat("name: 'sales' record_type: 'contact' statuses { name: 'new' ", source_actions,
                   "} statuses { name: 'target' etag: 'old-etag' ", target_actions, R"(}
                           statuses { name: 'off' state: OBJECT_STATE_DISABLED }
                           statuses { name: 'old' state: OBJECT_STATE_ARCHIVED })"),
      &acme);
  AddWorkflow(
      "name: 'past' record_type: 'contact' state: OBJECT_STATE_ARCHIVED"
      " statuses { name: 'new' }",
      &acme);
  AddWorkflow("name: 'firms' record_type: 'company' statuses { name: 'new' }", &acme);
  return acme;
}

std::vector<const v1::Action*> AllActions(const CatalogStatus& source) {
  return SelectActions(source, {}).value();
}

TargetPlan Plan(const CatalogOrganization& acme, v1::ConflictPolicy policy,
                const std::string& target = kTarget) {
  const CatalogStatus& source = *acme.FindStatus("sales", "new");
  return PlanCopy(acme, source, AllActions(source), target, "targets[3]", policy, kEtag,
                  [](const v1::Action&) { return absl::OkStatus(); });
}

// "CREATED stop>stop-2" for each action, or "REFUSED LIMIT_EXCEEDED stop".
std::vector<std::string> Describe(const TargetPlan& plan) {
  std::vector<std::string> lines;
  for (const CopiedAction& copied : plan.result.actions()) {
    const std::string outcome = CopiedAction::Outcome_Name(copied.outcome());
    lines.push_back(absl::StrCat(outcome.substr(sizeof("OUTCOME_") - 1), " ",
                                 copied.source_action(), ">", LastPart(copied.target_action())));
  }
  for (const v1::CopyRefusal& refusal : plan.result.refusals()) {
    EXPECT_NE(refusal.message(), "");
    lines.push_back(absl::StrCat("REFUSED ", refusal.reason(), " ", refusal.action()));
  }
  return lines;
}

// The source's action "stop" meets the target's of the same id.
struct ConflictCase {
  std::string name;
  std::string source;
  std::string target;
  v1::ConflictPolicy policy;
  std::string expected;
  friend std::ostream& operator<<(std::ostream& out, const ConflictCase& c) {
    return out << c.name;
  }
};

class ConflictTest : public testing::TestWithParam<ConflictCase> {};

TEST_P(ConflictTest, Settles) {
  const ConflictCase& test = GetParam();
  const CatalogOrganization acme =
      Acme(ActionText("stop", test.source), ActionText("stop", test.target));
  const TargetPlan plan = Plan(acme, test.policy);
  ASSERT_THAT(Describe(plan), ElementsAre(test.expected));
  EXPECT_EQ(plan.result.target(), kTarget);
  const std::string outcome = test.expected.substr(0, test.expected.find(' '));
  EXPECT_EQ(plan.refused(), outcome == "REFUSED");
  EXPECT_EQ(plan.first_refusal.ok(), !plan.refused()) << plan.first_refusal;
  if (plan.refused()) return;
  EXPECT_EQ(plan.changed, outcome == "REPLACED" || outcome == "RENAMED");
  const v1::Action& before = acme.FindStatus("sales", "target")->proto().actions(0);
  const CopiedAction& copied = plan.result.actions(0);
  if (outcome == "RENAMED") {
    ASSERT_EQ(plan.after.actions_size(), 2);
    EXPECT_FALSE(copied.has_before());
    EXPECT_EQ(plan.after.actions(0).DebugString(), before.DebugString());
  } else {
    ASSERT_EQ(plan.after.actions_size(), 1);
    EXPECT_EQ(copied.before().DebugString(), before.DebugString());
  }
  const v1::Action& after = *plan.after.actions().rbegin();
  EXPECT_EQ(copied.after().DebugString(), after.DebugString());
  EXPECT_EQ(copied.target_action(), after.name());
  EXPECT_EQ(after.copied_from(), plan.changed ? absl::StrCat(kSource, "/actions/stop") : "");
  EXPECT_EQ(after.etag(), plan.changed ? kEtag : "old-etag");
}

constexpr v1::ConflictPolicy kUnsaid = v1::CONFLICT_POLICY_UNSPECIFIED;
constexpr v1::ConflictPolicy kFail = v1::CONFLICT_POLICY_FAIL;
constexpr v1::ConflictPolicy kSkip = v1::CONFLICT_POLICY_SKIP;
constexpr v1::ConflictPolicy kReplace = v1::CONFLICT_POLICY_REPLACE;
constexpr v1::ConflictPolicy kRename = v1::CONFLICT_POLICY_RENAME;
constexpr char kConflict[] = "REFUSED ACTION_CONFLICT stop";
constexpr char kDropped[] = "REFUSED DNC_OPERATION_DROPPED stop";

INSTANTIATE_TEST_SUITE_P(
    Policies, ConflictTest,
    testing::Values(
        ConflictCase{"UnsaidFails", kPlain, kOtherPlain, kUnsaid, kConflict},
        ConflictCase{"Fail", kDnc, kOtherDnc, kFail, kConflict},
        ConflictCase{"SkipPlain", kPlain, kOtherPlain, kSkip, "SKIPPED stop>stop"},
        ConflictCase{"SkipDncForDnc", kDnc, kOtherDnc, kSkip, "SKIPPED stop>stop"},
        ConflictCase{"SkipWouldDropDnc", kDnc, kPlain, kSkip, kDropped},
        ConflictCase{"SkipKeepsTargetsDnc", kPlain, kDnc, kSkip, "SKIPPED stop>stop"},
        ConflictCase{"ReplacePlain", kPlain, kOtherPlain, kReplace, "REPLACED stop>stop"},
        ConflictCase{"ReplaceDncByDnc", kDnc, kOtherDnc, kReplace, "REPLACED stop>stop"},
        ConflictCase{"ReplaceAddsDnc", kDnc, kPlain, kReplace, "REPLACED stop>stop"},
        ConflictCase{"ReplaceWouldDropDnc", kPlain, kDnc, kReplace, kDropped},
        ConflictCase{"RenamePlain", kPlain, kOtherPlain, kRename, "RENAMED stop>stop-2"},
        ConflictCase{"RenameDnc", kDnc, kPlain, kRename, "RENAMED stop>stop-2"},
        ConflictCase{"RenameBesideDnc", kPlain, kDnc, kRename, "RENAMED stop>stop-2"},
        // Less of an opt-out is as good as none.
        ConflictCase{"SkipWouldNarrowDnc", kDnc, kNarrowDnc, kSkip, kDropped},
        ConflictCase{"SkipKeepsWiderDnc", kNarrowDnc, kDnc, kSkip, "SKIPPED stop>stop"},
        ConflictCase{"SkipWouldKeepDisabledDnc", kDnc, kDisabledDnc, kSkip, kDropped},
        ConflictCase{"ReplaceWouldNarrowDnc", kNarrowDnc, kDnc, kReplace, kDropped},
        ConflictCase{"ReplaceWidensDnc", kDnc, kNarrowDnc, kReplace, "REPLACED stop>stop"},
        ConflictCase{"ReplaceWouldDisableDnc", kDisabledDnc, kDnc, kReplace, kDropped},
        ConflictCase{"ReplaceEnablesDnc", kDnc, kDisabledDnc, kReplace, "REPLACED stop>stop"},
        ConflictCase{"UnchangedUnsaid", kDnc, kDnc, kUnsaid, "UNCHANGED stop>stop"},
        ConflictCase{"UnchangedFail", kDnc, kDnc, kFail, "UNCHANGED stop>stop"},
        ConflictCase{"UnchangedSkip", kDnc, kDnc, kSkip, "UNCHANGED stop>stop"},
        ConflictCase{"UnchangedReplace", kPlain, kPlain, kReplace, "UNCHANGED stop>stop"},
        ConflictCase{"UnchangedRename", kPlain, kPlain, kRename, "UNCHANGED stop>stop"}),
    [](const testing::TestParamInfo<ConflictCase>& info) { return info.param.name; });

TEST(PlanCopyTest, CreatesWhatIsNew) {
  const CatalogOrganization acme =
      Acme(ActionText("stop", kDnc) + ActionText("later", kPlain), ActionText("call", kPlain));
  for (const v1::ConflictPolicy policy : {kUnsaid, kFail, kSkip, kReplace, kRename}) {
    SCOPED_TRACE(v1::ConflictPolicy_Name(policy));
    const TargetPlan plan = Plan(acme, policy);
    EXPECT_THAT(Describe(plan), ElementsAre("CREATED stop>stop", "CREATED later>later"));
    EXPECT_TRUE(plan.changed);
    EXPECT_EQ(plan.after.name(), kTarget);
    EXPECT_EQ(plan.after.etag(), kEtag);
    ASSERT_EQ(plan.after.actions_size(), 3);
    EXPECT_EQ(plan.after.actions(0).etag(), "old-etag");
    v1::Action expected = acme.FindStatus("sales", "new")->proto().actions(0);
    expected.set_copied_from(expected.name());
    expected.set_name(absl::StrCat(kTarget, "/actions/stop"));
    expected.set_etag(kEtag);
    EXPECT_EQ(plan.after.actions(1).DebugString(), expected.DebugString());
    EXPECT_FALSE(plan.result.actions(0).has_before());
    EXPECT_EQ(plan.result.actions(0).after().DebugString(), expected.DebugString());
  }
}

TEST(PlanCopyTest, NothingToCopyChangesNothing) {
  const TargetPlan plan = Plan(Acme("", ActionText("call", kPlain)), kFail);
  EXPECT_THAT(Describe(plan), IsEmpty());
  EXPECT_FALSE(plan.refused());
  EXPECT_FALSE(plan.changed);
}

// A copy's origin is the action it was copied from, not that one's origin.
TEST(PlanCopyTest, CopyOfACopy) {
  const CatalogOrganization acme =
      Acme(ActionText("stop", absl::StrCat(kDnc, " copied_from: 'elsewhere'")), "");
  const TargetPlan plan = Plan(acme, kFail);
  ASSERT_EQ(plan.after.actions_size(), 1);
  EXPECT_EQ(plan.after.actions(0).copied_from(), absl::StrCat(kSource, "/actions/stop"));
}

TEST(PlanCopyTest, TargetsThatRefuse) {
  const struct {
    const char* name;
    const char* target;
    const char* reason;
  } cases[] = {
      {"itself", kSource, "COPY_ONTO_ITSELF"},
      {"disabled", "organizations/acme/workflows/sales/statuses/off", "STATUS_DISABLED"},
      {"archived", "organizations/acme/workflows/sales/statuses/old", "STATUS_ARCHIVED"},
      {"archived workflow", "organizations/acme/workflows/past/statuses/new", "WORKFLOW_ARCHIVED"},
      {"record type", "organizations/acme/workflows/firms/statuses/new", "RECORD_TYPE_MISMATCH"},
      {"missing", "organizations/acme/workflows/sales/statuses/none", "STATUS_NOT_FOUND"},
      {"another organization", "organizations/other/workflows/sales/statuses/target",
       "STATUS_NOT_FOUND"},
      {"not a name", "target", "INVALID_FIELD"}};
  const CatalogOrganization acme = Acme(ActionText("stop", kDnc), "");
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const TargetPlan plan = Plan(acme, kReplace, test.target);
    EXPECT_THAT(Describe(plan), ElementsAre(absl::StrCat("REFUSED ", test.reason, " ")));
    EXPECT_EQ(plan.result.target(), test.target);
    EXPECT_FALSE(plan.changed);
    EXPECT_EQ(ErrorInfoOf(plan.first_refusal)->reason(), test.reason);
  }
}

// One action that cannot be settled refuses the whole target; every such action is told.
TEST(PlanCopyTest, RefusalsAreAllTold) {
  const CatalogOrganization acme =
      Acme(ActionText("a", kDnc) + ActionText("b", kPlain) + ActionText("c", kDnc),
           ActionText("a", kPlain) + ActionText("c", kPlain));
  const TargetPlan plan = Plan(acme, kSkip);
  EXPECT_THAT(Describe(plan),
              ElementsAre("REFUSED DNC_OPERATION_DROPPED a", "REFUSED DNC_OPERATION_DROPPED c"));
  EXPECT_THAT(plan.result.actions(), IsEmpty());
}

TEST(PlanCopyTest, ActionsAreLimited) {
  std::string held;
  for (int i = 0; i < 199; ++i) absl::StrAppend(&held, ActionText(absl::StrCat("a", i), kPlain));
  EXPECT_FALSE(Plan(Acme(ActionText("stop", kDnc), held), kFail).refused());
  const CatalogOrganization acme = Acme(ActionText("stop", kDnc) + ActionText("x", kDnc), held);
  const TargetPlan plan = Plan(acme, kFail);
  EXPECT_THAT(Describe(plan), ElementsAre("REFUSED LIMIT_EXCEEDED "));
  const auto info = ErrorInfoOf(plan.first_refusal);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->metadata().at("field"), "targets[3]");
  EXPECT_EQ(info->metadata().at("limit"), "200");
  EXPECT_EQ(info->metadata().at("actual"), "201");
}

TEST(RenameTest, PicksTheFirstFreeId) {
  const std::string id(63, 'a');
  const std::string shortened(61, 'a');
  std::string two_to_nine;
  for (int n = 2; n <= 9; ++n) {
    absl::StrAppend(&two_to_nine, ActionText(absl::StrCat(shortened, "-", n), kPlain));
  }
  const struct {
    const char* name;
    std::string id;
    std::string held;  // besides an action of the same id
    std::string expected;
  } cases[] = {{"second", "stop", "", "stop-2"},
               {"third", "stop", ActionText("stop-2", kPlain), "stop-3"},
               {"gap", "stop", ActionText("stop-3", kPlain), "stop-2"},
               {"a suffix gets a suffix", "stop-2", "", "stop-2-2"},
               {"61 bytes", std::string(61, 'a'), "", std::string(61, 'a') + "-2"},
               {"62 bytes", std::string(62, 'a'), "", std::string(61, 'a') + "-2"},
               {"63 bytes", id, "", shortened + "-2"},
               {"63 bytes, two digits", id, two_to_nine, std::string(60, 'a') + "-10"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const CatalogOrganization acme =
        Acme(ActionText(test.id, kDnc), ActionText(test.id, kPlain) + test.held);
    const TargetPlan plan = Plan(acme, kRename);
    EXPECT_THAT(Describe(plan), ElementsAre(absl::StrCat("RENAMED ", test.id, ">", test.expected)));
    EXPECT_EQ(ValidateId(test.expected, "id"), absl::OkStatus());
  }
}

// Ids that the copy itself takes are taken: nothing is copied over.
TEST(RenameTest, CopiesDoNotCollide) {
  const CatalogOrganization acme =
      Acme(ActionText("stop", kDnc) + ActionText("stop-2", kPlain), ActionText("stop", kOtherDnc));
  const TargetPlan plan = Plan(acme, kRename);
  EXPECT_THAT(Describe(plan), ElementsAre("RENAMED stop>stop-2", "RENAMED stop-2>stop-2-2"));
  EXPECT_EQ(plan.after.actions_size(), 3);
}

TEST(SelectActionsTest, NamedOnesInTheSourcesOrder) {
  const CatalogOrganization acme =
      Acme(ActionText("a", kDnc) + ActionText("b", kDnc) + ActionText("c", kDnc), "");
  const CatalogStatus& source = *acme.FindStatus("sales", "new");
  const struct {
    const char* name;
    std::vector<std::string> ids;
    std::vector<std::string> selected;
  } cases[] = {{"all", {}, {"a", "b", "c"}},
               {"one", {"b"}, {"b"}},
               {"order", {"c", "a"}, {"a", "c"}},
               {"twice", {"b", "b"}, {"b"}}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const auto selected = SelectActions(source, {test.ids.begin(), test.ids.end()});
    ASSERT_EQ(selected.status(), absl::OkStatus());
    std::vector<std::string> ids;
    for (const v1::Action* action : *selected) ids.emplace_back(LastPart(action->name()));
    EXPECT_EQ(ids, test.selected);
  }
  google::protobuf::RepeatedPtrField<std::string> ids;
  for (const char* id : {"a", "gone"}) ids.Add(id);
  const absl::Status missing = SelectActions(source, ids).status();
  ASSERT_THAT(missing, HasReason(v1::ERROR_REASON_ACTION_NOT_FOUND));
  EXPECT_EQ(ErrorInfoOf(missing)->metadata().at("action"), absl::StrCat(kSource, "/actions/gone"));
}

}  // namespace
}  // namespace dnc
