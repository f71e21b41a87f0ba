#include "server/template/template_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/name/resource_name.h"
#include "server/template/template_content.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using v1::AppliedAction;

constexpr char kTemplate[] = "organizations/acme/templates/t";
constexpr char kTarget[] = "organizations/acme/workflows/sales/statuses/target";
constexpr char kEtag[] = "new-etag";
constexpr char kDnc[] = "operations { add_to_dnc_list {} } ";
constexpr char kWideDnc[] = "operations { add_to_dnc_list { reason: 'all' } } ";
constexpr char kNarrowDnc[] = "operations { add_to_dnc_list { channels: CHANNEL_SMS } } ";
constexpr char kPlain[] = "operations { nurture { duration { seconds: 1 } } } ";
constexpr char kOtherPlain[] = "operations { nurture { duration { seconds: 2 } } } ";

// Version 2 of the template, with that as its action `stop`.
v1::Template Source(const std::string& content) {
  return FromText<v1::Template>(
      absl::StrCat("name: '", kTemplate, "' record_type: 'contact' version: 2 actions { name: '",
                   kTemplate, "/actions/stop' state: OBJECT_STATE_ENABLED ", content, "}"));
}

// An action that the template gave as `base` in version 1 and that is `now`.
std::string CopyText(const std::string& id, const std::string& base, const std::string& now) {
  return absl::StrCat("actions { name: '", id, "' etag: 'old' state: OBJECT_STATE_ENABLED ", now,
                      "template: '", kTemplate, "' template_version: 1 template_action { name: '",
                      kTemplate, "/actions/stop' state: OBJECT_STATE_ENABLED ", base, "} } ");
}

std::string OwnText(const std::string& id, const std::string& now) {
  return absl::StrCat("actions { name: '", id, "' etag: 'old' state: OBJECT_STATE_ENABLED ", now,
                      "} ");
}

CatalogOrganization Acme(const std::string& target_actions) {
  CatalogOrganization acme = MakeOrganization("acme", 1);
  AddWorkflow(
      absl::StrCat("name: 'sales' record_type: 'contact' statuses { name: 'target' etag: "
                   "'old' ",
                   target_actions, "} statuses { name: 'off' state: OBJECT_STATE_DISABLED }"),
      &acme);
  AddWorkflow("name: 'firms' record_type: 'company' statuses { name: 'new' }", &acme);
  return acme;
}

TemplatePlan PlanFor(const CatalogOrganization& acme, const v1::Template& from,
                     const TemplateUse& use, const std::string& target = kTarget) {
  return PlanTemplate(acme, from, SelectTemplateActions(from, {}).value(), target, "targets[3]",
                      use, kEtag, [](const v1::Action&) { return absl::OkStatus(); });
}

// "UPDATED stop [operations] adjusted [display_name]", or "REFUSED ACTION_CONFLICT stop".
std::vector<std::string> Lines(const TemplatePlan& plan) {
  std::vector<std::string> lines;
  for (const AppliedAction& applied : plan.result.actions()) {
    const std::string outcome = AppliedAction::Outcome_Name(applied.outcome());
    std::string line = absl::StrCat(outcome.substr(sizeof("OUTCOME_") - 1), " ",
                                    LastPart(applied.target_action()));
    if (!applied.fields().empty()) {
      absl::StrAppend(&line, " [", absl::StrJoin(applied.fields(), ","), "]");
    }
    if (!applied.adjusted_fields().empty()) {
      absl::StrAppend(&line, " adjusted [", absl::StrJoin(applied.adjusted_fields(), ","), "]");
    }
    lines.push_back(line);
  }
  for (const v1::CopyRefusal& refusal : plan.result.refusals()) {
    EXPECT_NE(refusal.message(), "");
    lines.push_back(absl::StrCat("REFUSED ", refusal.reason(), " ", refusal.action()));
  }
  return lines;
}

struct Case {
  std::string name;
  std::string source;  // the template's action now
  std::string target;  // the target's actions
  TemplateUse use;
  std::vector<std::string> expected;
};

TemplateUse Use(v1::ConflictPolicy policy) { return {policy, v1::ADJUSTMENT_POLICY_KEEP, false}; }
TemplateUse Adjust(v1::AdjustmentPolicy policy, bool allow_dropping = false) {
  return {v1::CONFLICT_POLICY_FAIL, policy, allow_dropping};
}

TEST(TemplatePlans, SayExactlyWhatApplyingDoes) {
  const std::string named = "display_name: 'Stop' ";
  const std::string renamed = "display_name: 'Halt' ";
  const std::vector<Case> cases = {
      {"new", kDnc, "", {}, {"CREATED stop"}},
      {"follows an older version that is the same",
       kDnc,
       CopyText("stop", kDnc, kDnc),
       {},
       {"UPDATED stop"}},
      {"lags", kWideDnc, CopyText("stop", kDnc, kDnc), {}, {"UPDATED stop [operations]"}},
      {"was renamed at the target and is found",
       kWideDnc,
       CopyText("stop-2", kDnc, kDnc),
       {},
       {"UPDATED stop-2 [operations]"}},
      {"adjusted in another field: kept",
       named + kWideDnc,
       CopyText("stop", named + kDnc, renamed + kDnc),
       Adjust(v1::ADJUSTMENT_POLICY_KEEP),
       {"UPDATED stop [operations] adjusted [display_name]"}},
      {"adjusted in that field: kept",
       named + kWideDnc,
       CopyText("stop", named + kDnc, named + kNarrowDnc),
       Adjust(v1::ADJUSTMENT_POLICY_KEEP),
       {"UPDATED stop adjusted [operations]"}},
      {"adjusted: overridden",
       named + kWideDnc,
       CopyText("stop", named + kDnc, renamed + kNarrowDnc),
       Adjust(v1::ADJUSTMENT_POLICY_OVERRIDE),
       {"UPDATED stop [display_name,operations] adjusted [display_name,operations]"}},
      {"an adjusted copy would lose its DNC operation",
       kPlain,
       CopyText("stop", kPlain, kDnc),
       Adjust(v1::ADJUSTMENT_POLICY_OVERRIDE),
       {"REFUSED DNC_OPERATION_DROPPED stop"}},
      {"the same, allowed",
       kPlain,
       CopyText("stop", kPlain, kDnc),
       Adjust(v1::ADJUSTMENT_POLICY_OVERRIDE, true),
       {"UPDATED stop [operations] adjusted [operations]"}},
      {"the same, kept",
       kPlain,
       CopyText("stop", kPlain, kDnc),
       Adjust(v1::ADJUSTMENT_POLICY_KEEP),
       {"UPDATED stop adjusted [operations]"}},
      {"a new version without the DNC operation",
       kPlain,
       CopyText("stop", kDnc, kDnc),
       {},
       {"REFUSED DNC_OPERATION_DROPPED stop"}},
      {"a new version with a narrower one",
       kNarrowDnc,
       CopyText("stop", kDnc, kDnc),
       {},
       {"REFUSED DNC_OPERATION_DROPPED stop"}},
      {"two copies",
       kWideDnc,
       CopyText("stop", kDnc, kDnc) + CopyText("stop-2", kDnc, kDnc),
       {},
       {"UPDATED stop [operations]", "UPDATED stop-2 [operations]"}},
      {"its own of the same content becomes a copy",
       kDnc,
       OwnText("stop", kDnc),
       {},
       {"UPDATED stop"}},
      {"its own: fail", kDnc, OwnText("stop", kWideDnc), {}, {"REFUSED ACTION_CONFLICT stop"}},
      {"its own: skip",
       kDnc,
       OwnText("stop", kWideDnc),
       Use(v1::CONFLICT_POLICY_SKIP),
       {"SKIPPED stop"}},
      {"its own: skip what opts nobody out",
       kDnc,
       OwnText("stop", kPlain),
       Use(v1::CONFLICT_POLICY_SKIP),
       {"REFUSED DNC_OPERATION_DROPPED stop"}},
      {"its own: replace",
       kWideDnc,
       OwnText("stop", kDnc),
       Use(v1::CONFLICT_POLICY_REPLACE),
       {"REPLACED stop [operations]"}},
      {"its own: replace what opts out",
       kPlain,
       OwnText("stop", kDnc),
       Use(v1::CONFLICT_POLICY_REPLACE),
       {"REFUSED DNC_OPERATION_DROPPED stop"}},
      {"its own: rename",
       kDnc,
       OwnText("stop", kPlain) + OwnText("stop-2", kOtherPlain),
       Use(v1::CONFLICT_POLICY_RENAME),
       {"RENAMED stop-3"}},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const CatalogOrganization acme = Acme(row.target);
    const v1::Template from = Source(row.source);
    const TemplatePlan plan = PlanFor(acme, from, row.use);
    EXPECT_EQ(Lines(plan), row.expected);
    if (plan.refused()) continue;
    for (const AppliedAction& applied : plan.result.actions()) {
      if (applied.outcome() == AppliedAction::OUTCOME_SKIPPED) continue;
      EXPECT_EQ(applied.after().template_(), kTemplate);
      EXPECT_EQ(applied.after().template_version(), 2);
      EXPECT_EQ(applied.after().etag(), kEtag);
      EXPECT_TRUE(DifferingFields(applied.after().template_action(), from.actions(0)).empty());
    }
  }
}

TEST(TemplatePlans, ApplyingTwiceChangesNothingMore) {
  const v1::Template from = Source(kDnc);
  const TemplatePlan first = PlanFor(Acme(""), from, {});
  CatalogOrganization acme = Acme("");
  storage::v1::StatusRecord record;
  *record.mutable_status() = first.after;
  acme.PutStatus(*acme.FindWorkflow("sales"),
                 std::make_shared<CatalogStatus>(std::move(record), "contact"));
  const TemplatePlan second = PlanFor(acme, from, {});
  EXPECT_THAT(Lines(second), ElementsAre("UNCHANGED stop"));
  EXPECT_FALSE(second.changed);
}

TEST(TemplatePlans, RefuseTargetsThatTakeNone) {
  const CatalogOrganization acme = Acme("");
  const v1::Template from = Source(kDnc);
  const struct {
    const char* target;
    const char* line;
  } rows[] = {
      {"organizations/acme/workflows/sales/statuses/none", "REFUSED STATUS_NOT_FOUND "},
      {"organizations/acme/workflows/sales/statuses/off", "REFUSED STATUS_DISABLED "},
      {"organizations/acme/workflows/firms/statuses/new", "REFUSED RECORD_TYPE_MISMATCH "},
      {"organizations/other/workflows/sales/statuses/target", "REFUSED STATUS_NOT_FOUND "},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Lines(PlanFor(acme, from, {}, row.target)), ElementsAre(row.line)) << row.target;
  }
}

TEST(TemplatePlans, RefuseAnActionThatMayNotBeSaved) {
  const v1::Template from = Source(kDnc);
  const TemplatePlan plan =
      PlanTemplate(Acme(""), from, SelectTemplateActions(from, {}).value(), kTarget, "targets[0]",
                   {}, kEtag, [](const v1::Action&) { return InvalidField("targets[0]", "no"); });
  EXPECT_THAT(Lines(plan), ElementsAre("REFUSED INVALID_FIELD stop"));
}

// A new field of Action belongs to a template's content or to what the server keeps of a copy.
TEST(TemplateContent, KnowsEveryFieldOfAnAction) {
  std::set<std::string> known = {
      "name", "etag", "copied_from", "template", "template_version", "template_action"};
  for (const ContentField& field : ContentFields()) known.insert(field.name);
  std::set<std::string> all;
  for (int i = 0; i < v1::Action::descriptor()->field_count(); ++i) {
    all.insert(v1::Action::descriptor()->field(i)->name());
  }
  EXPECT_EQ(known, all);
}

TEST(TemplateContent, EachFieldIsComparedAndCopied) {
  const auto full = FromText<v1::Action>(
      "name: 'a' display_name: 'A' category: ACTION_CATEGORY_CLOSE state: OBJECT_STATE_DISABLED "
      "operations { add_to_dnc_list {} } roles: 'agent' groups: 'inside'");
  std::vector<std::string> names;
  for (const ContentField& field : ContentFields()) {
    names.emplace_back(field.name);
    v1::Action one;
    field.copy(full, &one);
    EXPECT_THAT(DifferingFields(one, v1::Action()), ElementsAre(field.name));
  }
  EXPECT_EQ(DifferingFields(full, v1::Action()), names);
  EXPECT_TRUE(DifferingFields(full, ContentOf(full)).empty());
}

}  // namespace
}  // namespace dnc
