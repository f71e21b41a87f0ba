// Shapes of workflows, statuses and actions: each field's errors, and what is filled in. One table
// serves all three levels: a fault in a child is looked for through each of its parents as well.
#include "server/workflow/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

constexpr char kName[] = "organizations/acme/workflows/sales";
constexpr char kStatusName[] = "organizations/acme/workflows/sales/statuses/new";
constexpr char kActionName[] = "organizations/acme/workflows/sales/statuses/new/actions/stop";
constexpr char kStatusField[] = "w.statuses[0]";
constexpr char kActionField[] = "w.statuses[0].actions[0]";
constexpr int64_t kMaxSeconds = int64_t{3650} * 24 * 3600;

// Has every field, and nothing wrong.
v1::Workflow Good() {
  return FromText<v1::Workflow>(R"(
    display_name: 'Sales' record_type: 'contact' state: OBJECT_STATE_ARCHIVED
    statuses {
      name: 'new' display_name: 'New' system_status: SYSTEM_STATUS_NEW
      state: OBJECT_STATE_DISABLED
      restriction { channels: [CHANNEL_VOICE, CHANNEL_SMS] duration { seconds: 1 } }
      actions {
        name: 'stop' display_name: 'Stop' category: ACTION_CATEGORY_DO_NOT_CONTACT
        state: OBJECT_STATE_DISABLED
        operations { add_to_dnc_list { list: 'organizations/acme/lists/internal' reason: 'asked'
          channels: [CHANNEL_EMAIL] duration { nanos: 1000 } } }
        operations { move_to_status { status: 'organizations/acme/workflows/sales/statuses/x' } }
        operations { nurture { duration { seconds: 315360000 } channels: CHANNEL_FAX } }
      }
    })");
}

v1::Action* ActionOf(v1::Workflow* w) { return w->mutable_statuses(0)->mutable_actions(0); }
v1::AddToDncList* DncOf(v1::Workflow* w) {
  return ActionOf(w)->mutable_operations(0)->mutable_add_to_dnc_list();
}
v1::Nurture* NurtureOf(v1::Workflow* w) {
  return ActionOf(w)->mutable_operations(2)->mutable_nurture();
}

struct ShapeCase {
  std::string name;
  std::string field;  // below the workflow, "w"
  std::function<void(v1::Workflow*)> spoil;
  v1::ErrorReason reason = v1::ERROR_REASON_INVALID_FIELD;

  friend std::ostream& operator<<(std::ostream& out, const ShapeCase& test) {
    return out << test.name;
  }
};

class ShapeTest : public testing::TestWithParam<ShapeCase> {};
std::string NameOf(const testing::TestParamInfo<ShapeCase>& info) { return info.param.name; }

TEST_P(ShapeTest, NamesTheField) {
  const ShapeCase& test = GetParam();
  v1::Workflow workflow = Good();
  test.spoil(&workflow);
  v1::Status status = workflow.statuses(0);
  EXPECT_THAT(ShapeWorkflow(kName, "w", &workflow), IsFieldError(test.reason, test.field));
  absl::string_view below = test.field;
  if (!absl::ConsumePrefix(&below, kStatusField) || below == ".name") return;
  v1::Action action = status.actions_size() > 0 ? status.actions(0) : v1::Action();
  EXPECT_THAT(ShapeStatus(kStatusName, "s", &status),
              IsFieldError(test.reason, absl::StrCat("s", below)));
  if (!absl::ConsumePrefix(&below, ".actions[0]") || below == ".name") return;
  EXPECT_THAT(ShapeAction(kActionName, "a", &action),
              IsFieldError(test.reason, absl::StrCat("a", below)));
}

std::string Status(const std::string& field) { return absl::StrCat(kStatusField, ".", field); }
std::string Action(const std::string& field) { return absl::StrCat(kActionField, ".", field); }

std::vector<ShapeCase> WorkflowCases() {
  using W = v1::Workflow;
  return {{"LongDisplayName", "w.display_name",
           [](W* w) { w->set_display_name(std::string(257, 'x')); }},
          {"LineInDisplayName", "w.display_name", [](W* w) { w->set_display_name("a\nb"); }},
          {"LongEtag", "w.etag", [](W* w) { w->set_etag(std::string(65, '1')); }},
          {"NoRecordType", "w.record_type", [](W* w) { w->clear_record_type(); },
           v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
          {"RecordTypeInCapitals", "w.record_type", [](W* w) { w->set_record_type("Contact"); }},
          {"UnknownState", "w.state", [](W* w) { w->set_state(static_cast<v1::ObjectState>(9)); }},
          {"TooManyStatuses", "w.statuses",
           [](W* w) {
             for (int i = 0; i < 1000; ++i) *w->add_statuses() = w->statuses(0);
           },
           v1::ERROR_REASON_LIMIT_EXCEEDED},
          {"StatusTwice", "w.statuses", [](W* w) { *w->add_statuses() = w->statuses(0); }},
          {"StatusTwiceInTwoSpellings", "w.statuses", [](W* w) {
             *w->add_statuses() = w->statuses(0);
             w->mutable_statuses(1)->set_name(kStatusName);
           }}};
}

std::vector<ShapeCase> StatusCases() {
  using W = v1::Workflow;
  const auto status = [](W* w) { return w->mutable_statuses(0); };
  return {
      {"StatusWithoutName", Status("name"), [=](W* w) { status(w)->clear_name(); },
       v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
      {"StatusIdInCapitals", Status("name"), [=](W* w) { status(w)->set_name("New"); }},
      {"StatusOfAnotherWorkflow", Status("name"),
       [=](W* w) { status(w)->set_name("organizations/acme/workflows/service/statuses/new"); }},
      {"StatusNameInPart", Status("name"), [=](W* w) { status(w)->set_name("statuses/new"); }},
      {"StatusLongDisplayName", Status("display_name"),
       [=](W* w) { status(w)->set_display_name(std::string(257, 'x')); }},
      {"StatusLongEtag", Status("etag"), [=](W* w) { status(w)->set_etag(std::string(65, '1')); }},
      {"NoSystemStatus", Status("system_status"), [=](W* w) { status(w)->clear_system_status(); }},
      {"UnknownSystemStatus", Status("system_status"),
       [=](W* w) { status(w)->set_system_status(static_cast<v1::SystemStatus>(99)); }},
      {"StatusUnknownState", Status("state"),
       [=](W* w) { status(w)->set_state(static_cast<v1::ObjectState>(-1)); }},
      {"RestrictionUnknownChannel", Status("restriction.channels"),
       [=](W* w) { status(w)->mutable_restriction()->add_channels(static_cast<v1::Channel>(7)); }},
      {"RestrictionUnsaidChannel", Status("restriction.channels"),
       [=](W* w) { status(w)->mutable_restriction()->add_channels(v1::CHANNEL_UNSPECIFIED); }},
      {"RestrictionChannelTwice", Status("restriction.channels"),
       [=](W* w) { status(w)->mutable_restriction()->add_channels(v1::CHANNEL_VOICE); }},
      {"RestrictionOfNoTime", Status("restriction.duration"),
       [=](W* w) { status(w)->mutable_restriction()->mutable_duration()->Clear(); }},
      {"TooManyActions", Status("actions"),
       [=](W* w) {
         for (int i = 0; i < 200; ++i) *status(w)->add_actions() = status(w)->actions(0);
       },
       v1::ERROR_REASON_LIMIT_EXCEEDED},
      {"ActionTwice", Status("actions"),
       [=](W* w) { *status(w)->add_actions() = status(w)->actions(0); }}};
}

std::vector<ShapeCase> ActionCases() {
  using W = v1::Workflow;
  return {
      {"ActionWithoutName", Action("name"), [](W* w) { ActionOf(w)->clear_name(); },
       v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
      {"ActionOfAnotherStatus", Action("name"),
       [](W* w) { ActionOf(w)->set_name(absl::StrCat(kName, "/statuses/old/actions/stop")); }},
      {"ActionTabInDisplayName", Action("display_name"),
       [](W* w) { ActionOf(w)->set_display_name("a\tb"); }},
      {"ActionLongEtag", Action("etag"), [](W* w) { ActionOf(w)->set_etag(std::string(65, '1')); }},
      {"ActionUnknownCategory", Action("category"),
       [](W* w) { ActionOf(w)->set_category(static_cast<v1::ActionCategory>(6)); }},
      {"ActionUnknownState", Action("state"),
       [](W* w) { ActionOf(w)->set_state(static_cast<v1::ObjectState>(4)); }},
      // "Whether it may be used: ENABLED or DISABLED." (workflow.proto)
      {"ActionArchived", Action("state"),
       [](W* w) { ActionOf(w)->set_state(v1::OBJECT_STATE_ARCHIVED); }},
      {"NoOperations", Action("operations"), [](W* w) { ActionOf(w)->clear_operations(); },
       v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
      {"TooManyOperations", Action("operations"),
       [](W* w) {
         for (int i = 0; i < 14; ++i) *ActionOf(w)->add_operations() = ActionOf(w)->operations(0);
       },
       v1::ERROR_REASON_LIMIT_EXCEEDED},
      {"EmptyOperation", Action("operations[3]"), [](W* w) { ActionOf(w)->add_operations(); },
       v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
      {"MoveNowhere", Action("operations[1].move_to_status.status"),
       [](W* w) { ActionOf(w)->mutable_operations(1)->mutable_move_to_status()->clear_status(); },
       v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
      {"MoveToId", Action("operations[1].move_to_status.status"), [](W* w) {
         ActionOf(w)->mutable_operations(1)->mutable_move_to_status()->set_status("dead");
       }}};
}

std::vector<ShapeCase> DncCases() {
  using W = v1::Workflow;
  const std::string dnc = Action("operations[0].add_to_dnc_list.");
  return {{"ListById", dnc + "list", [](W* w) { DncOf(w)->set_list("internal"); }},
          {"LongReason", dnc + "reason", [](W* w) { DncOf(w)->set_reason(std::string(513, 'r')); }},
          {"DeleteInReason", dnc + "reason", [](W* w) { DncOf(w)->set_reason("a\x7f"); }},
          {"DncChannelTwice", dnc + "channels",
           [](W* w) { DncOf(w)->add_channels(v1::CHANNEL_EMAIL); }},
          {"DncNegativeDuration", dnc + "duration",
           [](W* w) { DncOf(w)->mutable_duration()->set_seconds(-1); }},
          {"DncDurationOfNothing", dnc + "duration",
           [](W* w) { DncOf(w)->mutable_duration()->Clear(); }},
          // Times are kept in microseconds: the entry would expire when it begins.
          {"DncDurationBelowAMicrosecond", dnc + "duration",
           [](W* w) { DncOf(w)->mutable_duration()->set_nanos(999); }}};
}

std::vector<ShapeCase> NurtureCases() {
  using W = v1::Workflow;
  const std::string nurture = Action("operations[2].nurture.");
  const std::string duration = nurture + "duration";
  const auto set = [](int64_t seconds, int32_t nanos) {
    return [=](W* w) {
      NurtureOf(w)->mutable_duration()->set_seconds(seconds);
      NurtureOf(w)->mutable_duration()->set_nanos(nanos);
    };
  };
  return {{"NurtureUnsaidChannel", nurture + "channels",
           [](W* w) { NurtureOf(w)->add_channels(v1::CHANNEL_UNSPECIFIED); }},
          {"NoDuration", duration, [](W* w) { NurtureOf(w)->clear_duration(); },
           v1::ERROR_REASON_REQUIRED_FIELD_MISSING},
          {"NegativeDuration", duration, set(-1, 0)},
          {"NegativeNanos", duration, set(5, -1)},
          {"TooManyNanos", duration, set(5, 1'000'000'000)},
          {"DaysTooMany", duration, set(kMaxSeconds + 1, 0)},
          {"DaysAndAMicrosecondTooMany", duration, set(kMaxSeconds, 1000)},
          {"DurationThatOverflows", duration, set(INT64_MAX, 0)}};
}

INSTANTIATE_TEST_SUITE_P(Workflow, ShapeTest, testing::ValuesIn(WorkflowCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Status, ShapeTest, testing::ValuesIn(StatusCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Action, ShapeTest, testing::ValuesIn(ActionCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(AddToDnc, ShapeTest, testing::ValuesIn(DncCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Nurture, ShapeTest, testing::ValuesIn(NurtureCases()), NameOf);

TEST(ShapeGoodTest, KeepsWhatIsGiven) {
  v1::Workflow workflow = Good();
  ASSERT_EQ(ShapeWorkflow(kName, "w", &workflow), absl::OkStatus());
  v1::Workflow expected = Good();
  expected.set_name(kName);
  expected.mutable_statuses(0)->set_name(kStatusName);
  ActionOf(&expected)->set_name(kActionName);
  EXPECT_EQ(workflow.DebugString(), expected.DebugString());
  // Done twice, it is the same: names may be whole.
  ASSERT_EQ(ShapeWorkflow(kName, "w", &workflow), absl::OkStatus());
  EXPECT_EQ(workflow.DebugString(), expected.DebugString());
}

// What is known of the object decides: Shape itself fills in nothing.
TEST(ShapeGoodTest, WhatIsNotSetStaysUnset) {
  v1::Workflow workflow = FromText<v1::Workflow>(R"(
    record_type: 'contact'
    statuses { name: 'new' system_status: SYSTEM_STATUS_NEW
      actions { name: 'stop' operations { add_to_dnc_list {} } } })");
  v1::Workflow expected = workflow;
  expected.set_name(kName);
  expected.mutable_statuses(0)->set_name(kStatusName);
  ActionOf(&expected)->set_name(kActionName);
  ASSERT_EQ(ShapeWorkflow(kName, "w", &workflow), absl::OkStatus());
  EXPECT_EQ(workflow.DebugString(), expected.DebugString());
}

TEST(ShapeGoodTest, TakesOutWhatOnlyTheServerSets) {
  v1::Workflow workflow = Good();
  workflow.mutable_create_time()->set_seconds(1);
  ActionOf(&workflow)->set_copied_from("organizations/acme/forged");
  ASSERT_EQ(ShapeWorkflow(kName, "w", &workflow), absl::OkStatus());
  EXPECT_FALSE(workflow.has_create_time());
  EXPECT_EQ(ActionOf(&workflow)->copied_from(), "");
}

TEST(DefaultsTest, WhatIsNewGetsItsIdAsName) {
  v1::Workflow workflow = FromText<v1::Workflow>(absl::StrCat("name: '", kName, "'"));
  v1::Status status = FromText<v1::Status>(absl::StrCat("name: '", kStatusName, "'"));
  v1::Action action = FromText<v1::Action>(absl::StrCat("name: '", kActionName, "'"));
  FillDefaults(&workflow);
  FillDefaults(&status);
  FillDefaults(&action);
  EXPECT_EQ(workflow.display_name(), "sales");
  EXPECT_EQ(workflow.state(), v1::OBJECT_STATE_ENABLED);
  EXPECT_EQ(status.display_name(), "new");
  EXPECT_EQ(status.state(), v1::OBJECT_STATE_ENABLED);
  EXPECT_EQ(action.display_name(), "stop");
  EXPECT_EQ(action.state(), v1::OBJECT_STATE_ENABLED);
  EXPECT_EQ(action.category(), v1::ACTION_CATEGORY_OTHER);
}

TEST(DefaultsTest, WhatIsSetIsKept) {
  const v1::Workflow good = Good();
  v1::Workflow workflow = good;
  FillDefaults(&workflow);
  FillDefaults(workflow.mutable_statuses(0));
  FillDefaults(ActionOf(&workflow));
  EXPECT_EQ(workflow.DebugString(), good.DebugString());
  const v1::Action other = FromText<v1::Action>(
      "display_name: 'Other' category: ACTION_CATEGORY_CLOSE state: OBJECT_STATE_ENABLED");
  KeepUnset(other, ActionOf(&workflow));
  KeepUnset(FromText<v1::Status>("display_name: 'Other' state: OBJECT_STATE_ENABLED"),
            workflow.mutable_statuses(0));
  EXPECT_EQ(workflow.DebugString(), good.DebugString());
}

TEST(DefaultsTest, WhatIsNotSetStaysAsItWas) {
  const v1::Workflow good = Good();
  v1::Status status;
  KeepUnset(good.statuses(0), &status);
  EXPECT_EQ(status.DebugString(),
            FromText<v1::Status>("display_name: 'New' state: OBJECT_STATE_DISABLED").DebugString());
  v1::Action action;
  KeepUnset(good.statuses(0).actions(0), &action);
  EXPECT_EQ(action.DebugString(),
            FromText<v1::Action>("display_name: 'Stop' state: OBJECT_STATE_DISABLED "
                                 "category: ACTION_CATEGORY_DO_NOT_CONTACT")
                .DebugString());
}

TEST(ShapeGoodTest, TakesWhatJustFits) {
  v1::Workflow workflow = Good();
  workflow.set_display_name(std::string(256, 'x'));
  DncOf(&workflow)->set_reason(std::string(512, 'r'));
  for (int i = 0; i < 13; ++i)
    *ActionOf(&workflow)->add_operations() = ActionOf(&workflow)->operations(0);
  v1::Status* status = workflow.mutable_statuses(0);
  for (int i = 1; i < 200; ++i) {
    *status->add_actions() = status->actions(0);
    status->mutable_actions(i)->set_name(absl::StrCat("stop-", i));
  }
  EXPECT_EQ(ShapeWorkflow(kName, "w", &workflow), absl::OkStatus());
  workflow = FromText<v1::Workflow>("record_type: 'contact'");
  for (int i = 0; i < 1000; ++i) {
    workflow.add_statuses()->set_name(absl::StrCat("s", i));
    workflow.mutable_statuses(i)->set_system_status(v1::SYSTEM_STATUS_LOST);
  }
  EXPECT_EQ(ShapeWorkflow(kName, "w", &workflow), absl::OkStatus());
}

TEST(ShapeLimitTest, SaysTheLimitAndWhatWasGiven) {
  v1::Action action = Good().statuses(0).actions(0);
  for (int i = 0; i < 14; ++i) *action.add_operations() = action.operations(0);
  const auto info = ErrorInfoOf(ShapeAction(kActionName, "a", &action));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->metadata().at("limit"), "16");
  EXPECT_EQ(info->metadata().at("actual"), "17");
}

TEST(CheckTextTest, LengthAndControls) {
  const struct {
    const char* name;
    std::string text;
    bool good;
  } cases[] = {{"empty", "", true},
               {"full", "12345678", true},
               {"one too many", "123456789", false},
               {"bytes, not letters", "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", true},
               {"five letters of two bytes", "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", false},
               {"line feed", "a\n", false},
               {"zero", std::string("a\0b", 3), false},
               {"escape", "\x1b[1m", false},
               {"delete", "\x7f", false},
               {"space", " ", true}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const absl::Status status = CheckText(test.text, 8, "f");
    if (test.good) {
      EXPECT_EQ(status, absl::OkStatus());
    } else {
      EXPECT_THAT(status, IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
    }
  }
}

}  // namespace
}  // namespace dnc
