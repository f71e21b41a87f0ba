#include "server/workflow/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "absl/strings/str_cat.h"
#include "server/workflow/naming.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"
#include "tests/unit/error/reason_docs.h"

namespace dnc {
namespace {

constexpr v1::ErrorReason kNone = v1::ERROR_REASON_UNSPECIFIED;
constexpr UnixMicros kNow = int64_t{1000} * 1'000'000;

CatalogOrganization Acme() {
  CatalogOrganization acme = MakeOrganization("acme", 1);
  AddList("name: 'internal' kind: LIST_KIND_INTERNAL", &acme);
  AddList("name: 'national' kind: LIST_KIND_REGISTRY", &acme);
  AddWorkflow(R"(name: 'sales' record_type: 'contact'
                 statuses { name: 'new' }
                 statuses { name: 'off' state: OBJECT_STATE_DISABLED }
                 statuses { name: 'old' state: OBJECT_STATE_ARCHIVED })",
              &acme);
  AddWorkflow(R"(name: 'past' record_type: 'contact' state: OBJECT_STATE_ARCHIVED
                 statuses { name: 'new' }
                 statuses { name: 'old' state: OBJECT_STATE_ARCHIVED })",
              &acme);
  AddWorkflow(R"(name: 'firms' record_type: 'company'
                 statuses { name: 'new' } statuses { name: 'old' state: OBJECT_STATE_ARCHIVED })",
              &acme);
  return acme;
}

const CatalogOrganization& TheOrganization() {
  static const CatalogOrganization* const acme = new CatalogOrganization(Acme());
  return *acme;
}

// Every key that error_reason.proto promises is there.
void ExpectDocumentedMetadata(const absl::Status& status) {
  const auto info = ErrorInfoOf(status);
  ASSERT_TRUE(info.has_value()) << status;
  const std::map<std::string, ReasonDoc> docs = ReadReasonDocs();
  for (const std::string& key : docs.at("ERROR_REASON_" + info->reason()).keys) {
    EXPECT_EQ(info->metadata().count(key), 1u) << key << " of " << status;
  }
}

void ExpectReason(const absl::Status& status, v1::ErrorReason reason) {
  if (reason == kNone) {
    EXPECT_EQ(status, absl::OkStatus());
    return;
  }
  ASSERT_THAT(status, HasReason(reason));
  ExpectDocumentedMetadata(status);
}

struct MoveCase {
  std::string name;
  std::string status;
  v1::ErrorReason target = kNone;  // what FindMoveTarget says, and CheckReferences of a move to it

  friend std::ostream& operator<<(std::ostream& out, const MoveCase& test) {
    return out << test.name;
  }
};

class MoveTest : public testing::TestWithParam<MoveCase> {};

TEST_P(MoveTest, FindMoveTarget) {
  const auto found = FindMoveTarget(TheOrganization(), GetParam().status, "contact", "targets[0]");
  ExpectReason(found.status(), GetParam().target);
  if (found.ok()) {
    EXPECT_EQ((*found)->proto().name(), GetParam().status);
  }
  if (!found.ok()) {
    EXPECT_THAT(std::string(found.status().message()), testing::StartsWith("targets[0]: "));
  }
}

TEST_P(MoveTest, CheckReferences) {
  v1::Action action;
  action.add_operations()->mutable_nurture();
  action.add_operations()->mutable_move_to_status()->set_status(GetParam().status);
  const absl::Status status = CheckReferences(TheOrganization(), "contact", action, kNow, "action");
  ExpectReason(status, GetParam().target);
  if (!status.ok()) {
    EXPECT_THAT(std::string(status.message()),
                testing::StartsWith("action.operations[1].move_to_status.status: "));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, MoveTest,
    testing::Values(
        MoveCase{"Enabled", "organizations/acme/workflows/sales/statuses/new"},
        MoveCase{"Disabled", "organizations/acme/workflows/sales/statuses/off",
                 v1::ERROR_REASON_STATUS_DISABLED},
        MoveCase{"Archived", "organizations/acme/workflows/sales/statuses/old",
                 v1::ERROR_REASON_STATUS_ARCHIVED},
        MoveCase{"ArchivedWorkflow", "organizations/acme/workflows/past/statuses/new",
                 v1::ERROR_REASON_WORKFLOW_ARCHIVED},
        MoveCase{"ArchivedInArchivedWorkflow", "organizations/acme/workflows/past/statuses/old",
                 v1::ERROR_REASON_WORKFLOW_ARCHIVED},
        MoveCase{"AnotherRecordType", "organizations/acme/workflows/firms/statuses/new",
                 v1::ERROR_REASON_RECORD_TYPE_MISMATCH},
        MoveCase{"AnotherRecordTypeArchived", "organizations/acme/workflows/firms/statuses/old",
                 v1::ERROR_REASON_RECORD_TYPE_MISMATCH},
        MoveCase{"NoSuchStatus", "organizations/acme/workflows/sales/statuses/none",
                 v1::ERROR_REASON_STATUS_NOT_FOUND},
        MoveCase{"NoSuchWorkflow", "organizations/acme/workflows/none/statuses/new",
                 v1::ERROR_REASON_STATUS_NOT_FOUND},
        MoveCase{"AnotherOrganization", "organizations/other/workflows/sales/statuses/new",
                 v1::ERROR_REASON_STATUS_NOT_FOUND},
        MoveCase{"NotAName", "new", v1::ERROR_REASON_INVALID_FIELD},
        MoveCase{"Empty", "", v1::ERROR_REASON_REQUIRED_FIELD_MISSING}),
    [](const testing::TestParamInfo<MoveCase>& info) { return info.param.name; });

TEST(CheckReferencesTest, Lists) {
  const struct {
    const char* name;
    const char* list;
    v1::ErrorReason reason;
  } cases[] = {
      {"the internal one by default", "", kNone},
      {"internal", "organizations/acme/lists/internal", kNone},
      {"missing", "organizations/acme/lists/none", v1::ERROR_REASON_LIST_NOT_FOUND},
      {"elsewhere", "organizations/other/lists/internal", v1::ERROR_REASON_LIST_NOT_FOUND},
      {"registry", "organizations/acme/lists/national", v1::ERROR_REASON_LIST_KIND_MISMATCH},
      {"an id", "internal", v1::ERROR_REASON_INVALID_FIELD}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    v1::Action action;
    action.add_operations()->mutable_add_to_dnc_list()->set_list(test.list);
    const absl::Status status = CheckReferences(TheOrganization(), "contact", action, kNow, "a");
    ExpectReason(status, test.reason);
    if (!status.ok()) {
      EXPECT_THAT(std::string(status.message()),
                  testing::StartsWith("a.operations[0].add_to_dnc_list.list: "));
    }
  }
  EXPECT_EQ(CheckReferences(TheOrganization(), "contact", v1::Action(), kNow, "a"),
            absl::OkStatus());
}

// An action of these operations, enabled unless they say otherwise.
v1::Action Operations(const std::string& operations) {
  v1::Action action = FromText<v1::Action>(absl::StrCat("name: 'x' ", operations));
  if (action.state() == v1::OBJECT_STATE_UNSPECIFIED) action.set_state(v1::OBJECT_STATE_ENABLED);
  return action;
}

std::string Dnc(const std::string& content) {
  return absl::StrCat("operations { add_to_dnc_list { ", content, " } } ");
}

constexpr char kPlain[] = "operations { nurture {} } operations { move_to_status {} } ";

TEST(HasDncOperationTest, AnyOperation) {
  EXPECT_TRUE(HasDncOperation(Operations(kPlain + Dnc(""))));
  EXPECT_FALSE(HasDncOperation(Operations(kPlain)));
  EXPECT_FALSE(HasDncOperation(v1::Action()));
}

struct KeepCase {
  std::string name;
  std::string before;
  std::string after;
  bool kept = false;
  friend std::ostream& operator<<(std::ostream& out, const KeepCase& c) { return out << c.name; }
};

class KeepsDncTest : public testing::TestWithParam<KeepCase> {};

TEST_P(KeepsDncTest, Judges) {
  const v1::Action before = Operations(GetParam().before);
  const v1::Action after = Operations(GetParam().after);
  EXPECT_EQ(KeepsDnc(before, after), GetParam().kept);
  const absl::Status checked = CheckKeepsDnc(before, &after, false);
  if (GetParam().kept) {
    EXPECT_EQ(checked, absl::OkStatus());
  } else {
    EXPECT_THAT(checked, HasReason(v1::ERROR_REASON_DNC_OPERATION_DROPPED));
  }
  EXPECT_EQ(CheckKeepsDnc(before, &after, true), absl::OkStatus());
}

constexpr char kDisabled[] = "state: OBJECT_STATE_DISABLED ";
constexpr char kSms[] = "channels: CHANNEL_SMS ";
constexpr char kVoice[] = "channels: CHANNEL_VOICE ";
constexpr char kEveryChannel[] =
    "channels: [CHANNEL_VOICE, CHANNEL_SMS, CHANNEL_EMAIL, CHANNEL_MAIL, CHANNEL_FAX,"
    " CHANNEL_MESSAGING]";
constexpr char kInternal[] = "list: 'organizations/acme/lists/internal' ";
constexpr char kOther[] = "list: 'organizations/acme/lists/other' ";
constexpr char kMinute[] = "duration { seconds: 60 } ";
constexpr char kMinuteAndMore[] = "duration { seconds: 60 nanos: 1 } ";

INSTANTIATE_TEST_SUITE_P(
    Changes, KeepsDncTest,
    testing::Values(KeepCase{"Same", Dnc(""), Dnc(""), true},
                    KeepCase{"NeverHad", kPlain, kPlain, true},
                    KeepCase{"NeverHadAndDisabled", kPlain, kDisabled, true},
                    KeepCase{"Gained", kPlain, Dnc(""), true}, KeepCase{"Dropped", Dnc(""), kPlain},
                    KeepCase{"Moved", Dnc("") + kPlain, kPlain + Dnc(""), true},
                    KeepCase{"Disabled", Dnc(""), kDisabled + Dnc("")},
                    KeepCase{"StaysDisabled", kDisabled + Dnc(""), kDisabled + Dnc(""), true},
                    KeepCase{"Enabled", kDisabled + Dnc(""), Dnc(""), true},
                    KeepCase{"OtherReason", Dnc("reason: 'a'"), Dnc("reason: 'b'"), true},
                    KeepCase{"FewerChannels", Dnc(""), Dnc(kSms)},
                    KeepCase{"EveryChannelByName", Dnc(""), Dnc(kEveryChannel), true},
                    KeepCase{"MoreChannels", Dnc(kSms), Dnc(absl::StrCat(kSms, kVoice)), true},
                    KeepCase{"OtherChannels", Dnc(kSms), Dnc(kVoice)},
                    KeepCase{"ListByName", Dnc(""), Dnc(kInternal), true},
                    KeepCase{"ListByDefault", Dnc(kInternal), Dnc(""), true},
                    KeepCase{"OtherList", Dnc(""), Dnc(kOther)},
                    KeepCase{"LeadOnly", Dnc(""), Dnc("lead_only: true")},
                    KeepCase{"NotLeadOnly", Dnc("lead_only: true"), Dnc(""), true},
                    KeepCase{"EndsSometime", Dnc(""), Dnc(kMinute)},
                    KeepCase{"EndsNever", Dnc(kMinute), Dnc(""), true},
                    KeepCase{"EndsSooner", Dnc(kMinuteAndMore), Dnc(kMinute)},
                    KeepCase{"EndsAtTheSameTime", Dnc(kMinute), Dnc(kMinute), true},
                    KeepCase{"EndsLater", Dnc(kMinute), Dnc(kMinuteAndMore), true},
                    KeepCase{"OneOfTwo", Dnc("") + Dnc(kOther), Dnc("")},
                    KeepCase{"BothOfTwo", Dnc("") + Dnc(kOther), Dnc(kOther) + Dnc(""), true},
                    KeepCase{"TwoInOne", Dnc(kSms) + Dnc(kVoice), Dnc(""), true}),
    [](const testing::TestParamInfo<KeepCase>& info) { return info.param.name; });

TEST(CheckKeepsDncTest, Deleting) {
  const v1::Action dnc = Operations(Dnc(""));
  const v1::Action plain = Operations(kPlain);
  EXPECT_THAT(CheckKeepsDnc(dnc, nullptr, false),
              HasReason(v1::ERROR_REASON_DNC_OPERATION_DROPPED));
  EXPECT_EQ(CheckKeepsDnc(dnc, nullptr, true), absl::OkStatus());
  EXPECT_EQ(CheckKeepsDnc(plain, nullptr, false), absl::OkStatus());
}

TEST(CheckKeepsDncTest, CarriesDocumentedMetadata) {
  ExpectDocumentedMetadata(CheckKeepsDnc(Operations(Dnc("")), nullptr, false));
}

TEST(CheckKeepsRestrictionTest, Table) {
  const struct {
    const char* name;
    const char* before;  // null: no restriction
    const char* after;
    bool kept;
  } cases[] = {{"none", nullptr, nullptr, true},
               {"gained", nullptr, "", true},
               {"same", "", "", true},
               {"lifted", "", nullptr, false},
               {"fewer channels", "", kSms, false},
               {"every channel by name", "", kEveryChannel, true},
               {"more channels", kSms, "", true},
               {"other channels", kSms, kVoice, false},
               {"ends sometime", "", kMinute, false},
               {"ends never", kMinute, "", true},
               {"ends sooner", kMinuteAndMore, kMinute, false},
               {"ends later", kMinute, kMinuteAndMore, true}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    v1::Status before;
    before.set_name("organizations/acme/workflows/sales/statuses/dead");
    if (test.before != nullptr) {
      *before.mutable_restriction() = FromText<v1::ContactRestriction>(test.before);
    }
    v1::ContactRestriction after;
    if (test.after != nullptr) after = FromText<v1::ContactRestriction>(test.after);
    const v1::ContactRestriction* given = test.after == nullptr ? nullptr : &after;
    ExpectReason(CheckKeepsRestriction(before, given, false),
                 test.kept ? kNone : v1::ERROR_REASON_RESTRICTION_LIFTED);
    EXPECT_EQ(CheckKeepsRestriction(before, given, true), absl::OkStatus());
  }
}

// An action that is disabled may point where no lead goes now; when it is enabled it may not.
TEST(CheckReferencesTest, ADisabledActionMayPointToADisabledStatus) {
  const auto action = FromText<v1::Action>(
      "state: OBJECT_STATE_DISABLED operations { move_to_status { status: "
      "'organizations/acme/workflows/sales/statuses/off' } }");
  EXPECT_EQ(CheckReferences(TheOrganization(), "contact", action, kNow, "a"), absl::OkStatus());
}

TEST(CheckReferencesTest, TimesLieAhead) {
  const struct {
    const char* operation;
    const char* field;  // null: fine
  } cases[] = {
      {"add_to_dnc_list { expire_time { seconds: 1001 } }", nullptr},
      {"add_to_dnc_list { expire_time { seconds: 1000 } }", "add_to_dnc_list.expire_time"},
      {"nurture { until_time { seconds: 1001 } }", nullptr},
      {"nurture { until_time { seconds: 1000 } }", "nurture.until_time"},
      {"remove_restriction { lists: 'organizations/acme/lists/internal' }", nullptr},
      {"remove_restriction { lists: 'organizations/acme/lists/none' }",
       "remove_restriction.lists[0]"},
      {"remove_restriction { lists: 'organizations/acme/lists/national' }",
       "remove_restriction.lists[0]"},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.operation);
    v1::Action action;
    *action.add_operations() = FromText<v1::Operation>(test.operation);
    const absl::Status status = CheckReferences(TheOrganization(), "contact", action, kNow, "a");
    EXPECT_EQ(status.ok(), test.field == nullptr) << status;
    if (test.field == nullptr) continue;
    EXPECT_THAT(std::string(status.message()),
                testing::StartsWith(absl::StrCat("a.operations[0].", test.field, ": ")));
  }
}

TEST(NamingRuleTest, JudgesActionsThatAddToAList) {
  const auto naming = FromText<v1::DncActionNaming>(
      "pattern: 'DNC: .+' description: 'DNC and a colon first' enforcement: ENFORCEMENT_ENFORCE");
  const NamingRule rule(naming);
  const NamingRule none{v1::DncActionNaming()};
  const struct {
    const char* action;
    bool kept;
  } cases[] = {{"display_name: 'DNC: stop' operations { add_to_dnc_list {} }", true},
               {"display_name: 'a DNC: stop' operations { add_to_dnc_list {} }", false},
               {"display_name: 'DNC: ' operations { add_to_dnc_list {} }", false},
               {"display_name: 'dnc: stop' operations { add_to_dnc_list {} }", false},
               {"display_name: 'Call' operations { nurture {} }", true}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.action);
    const auto action = FromText<v1::Action>(test.action);
    NamingViolations warnings;
    EXPECT_EQ(rule.Judge(action).has_value(), !test.kept);
    ExpectReason(rule.CheckSaved(action, "action", &warnings),
                 test.kept ? kNone : v1::ERROR_REASON_NAMING_VIOLATION);
    EXPECT_FALSE(none.Judge(action).has_value());
    EXPECT_EQ(none.CheckSaved(action, "action", &warnings), absl::OkStatus());
    EXPECT_TRUE(warnings.empty());
  }
}

TEST(CheckMoveKeepsRestrictionTest, Table) {
  constexpr UnixMicros kSecond = 1'000'000;
  constexpr UnixMicros kSince = 1000 * kSecond;
  const auto status = [](const char* restriction) {
    storage::v1::StatusRecord record;
    record.mutable_status()->set_name("organizations/acme/workflows/sales/statuses/dead");
    if (restriction != nullptr) {
      *record.mutable_status()->mutable_restriction() =
          FromText<v1::ContactRestriction>(restriction);
    }
    return CatalogStatus(record, "contact");
  };
  const struct {
    const char* name;
    const char* held;  // null: no restriction
    const char* target;
    int64_t seconds;  // since the lead entered
    bool kept;
  } cases[] = {{"none", nullptr, nullptr, 5, true},
               {"gained", nullptr, "", 5, true},
               {"the same", "", "", 5, true},
               {"lifted", "", nullptr, 5, false},
               {"fewer channels", "", kSms, 5, false},
               {"every channel by name", "", kEveryChannel, 5, true},
               {"more channels", kSms, "", 5, true},
               {"other channels", kSms, kVoice, 5, false},
               {"ends sometime", "", kMinute, 5, false},
               {"ends never", kMinute, "", 5, true},
               {"a minute more", kMinute, kMinute, 5, true},
               {"lifted early", kMinute, nullptr, 59, false},
               {"lifted by itself", kMinute, nullptr, 60, true},
               {"until a time", "", "until_time { seconds: 2000 }", 5, false},
               {"until a later time", kMinute, "until_time { seconds: 1060 }", 5, true},
               {"until too early", kMinute, "until_time { seconds: 1059 }", 5, false},
               {"a time that has passed", "until_time { seconds: 1005 }", nullptr, 5, true},
               {"a time to come", "until_time { seconds: 1006 }", nullptr, 5, false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const CatalogStatus held = status(test.held);
    const CatalogStatus target = status(test.target);
    ExpectReason(CheckMoveKeepsRestriction(&held, kSince, target, kSince + test.seconds * kSecond,
                                           kSince + test.seconds * kSecond),
                 test.kept ? kNone : v1::ERROR_REASON_RESTRICTION_LIFTED);
  }
  ExpectReason(CheckMoveKeepsRestriction(nullptr, kSince, status(nullptr), kSince, kSince),
               v1::ERROR_REASON_RESTRICTION_LIFTED);
  ExpectReason(CheckMoveKeepsRestriction(nullptr, kSince, status(""), kSince, kSince), kNone);
}

// What has run for long may end sooner than the whole period of the next.
TEST(CheckMoveKeepsRestrictionTest, WhatIsLeftOfAPeriodCounts) {
  constexpr UnixMicros k3539 = int64_t{3539} * 1'000'000;
  constexpr UnixMicros k3540 = int64_t{3540} * 1'000'000;
  const auto lasting = [](int64_t seconds) {
    storage::v1::StatusRecord record;
    record.mutable_status()->mutable_restriction()->mutable_duration()->set_seconds(seconds);
    return CatalogStatus(record, "contact");
  };
  const CatalogStatus hour = lasting(3600);
  const CatalogStatus minute = lasting(60);
  ExpectReason(CheckMoveKeepsRestriction(&hour, 0, minute, k3539, k3539),
               v1::ERROR_REASON_RESTRICTION_LIFTED);
  ExpectReason(CheckMoveKeepsRestriction(&hour, 0, minute, k3540, k3540), kNone);
}

TEST(SameContentTest, NameEtagAndOriginDoNotCount) {
  const v1::Action left = FromText<v1::Action>(
      "name: 'a' etag: '1' display_name: 'd' category: ACTION_CATEGORY_CLOSE"
      " operations { add_to_dnc_list { reason: 'r' } } operations { nurture {} }");
  using A = v1::Action;
  const struct {
    const char* name;
    void (*change)(v1::Action*);
    bool same;
  } cases[] = {
      {"itself", [](A*) {}, true},
      {"name", [](A* a) { a->set_name("n"); }, true},
      {"etag", [](A* a) { a->set_etag("n"); }, true},
      {"origin", [](A* a) { a->set_copied_from("n"); }, true},
      {"display name", [](A* a) { a->set_display_name("n"); }, false},
      {"category", [](A* a) { a->set_category(v1::ACTION_CATEGORY_DEFER); }, false},
      {"state", [](A* a) { a->set_state(v1::OBJECT_STATE_DISABLED); }, false},
      {"one operation more", [](A* a) { a->add_operations()->mutable_nurture(); }, false},
      {"one operation less", [](A* a) { a->mutable_operations()->RemoveLast(); }, false},
      {"another order", [](A* a) { a->mutable_operations()->SwapElements(0, 1); }, false},
      {"a detail of an operation",
       [](A* a) { a->mutable_operations(0)->mutable_add_to_dnc_list()->set_lead_only(true); },
       false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    v1::Action right = left;
    test.change(&right);
    EXPECT_EQ(SameContent(left, right), test.same);
    EXPECT_EQ(SameContent(right, left), test.same);
  }
}

}  // namespace
}  // namespace dnc
