#include "server/workflow/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "absl/strings/str_cat.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"
#include "tests/unit/error/reason_docs.h"

namespace dnc {
namespace {

constexpr v1::ErrorReason kNone = v1::ERROR_REASON_UNSPECIFIED;

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
  v1::ErrorReason target = kNone;     // what FindMoveTarget says
  v1::ErrorReason reference = kNone;  // what CheckReferences says of a move to it

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
  const absl::Status status = CheckReferences(TheOrganization(), "contact", action, "action");
  ExpectReason(status, GetParam().reference);
  if (!status.ok()) {
    EXPECT_THAT(std::string(status.message()),
                testing::StartsWith("action.operations[1].move_to_status.status: "));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, MoveTest,
    testing::Values(
        MoveCase{"Enabled", "organizations/acme/workflows/sales/statuses/new"},
        // An action may name a disabled status; the answer of the action will tell.
        MoveCase{"Disabled", "organizations/acme/workflows/sales/statuses/off",
                 v1::ERROR_REASON_STATUS_DISABLED},
        MoveCase{"Archived", "organizations/acme/workflows/sales/statuses/old",
                 v1::ERROR_REASON_STATUS_ARCHIVED},
        MoveCase{"ArchivedWorkflow", "organizations/acme/workflows/past/statuses/new",
                 v1::ERROR_REASON_WORKFLOW_ARCHIVED},
        MoveCase{"ArchivedInArchivedWorkflow", "organizations/acme/workflows/past/statuses/old",
                 v1::ERROR_REASON_WORKFLOW_ARCHIVED},
        MoveCase{"AnotherRecordType", "organizations/acme/workflows/firms/statuses/new",
                 v1::ERROR_REASON_RECORD_TYPE_MISMATCH, v1::ERROR_REASON_RECORD_TYPE_MISMATCH},
        MoveCase{"AnotherRecordTypeArchived", "organizations/acme/workflows/firms/statuses/old",
                 v1::ERROR_REASON_RECORD_TYPE_MISMATCH, v1::ERROR_REASON_RECORD_TYPE_MISMATCH},
        MoveCase{"NoSuchStatus", "organizations/acme/workflows/sales/statuses/none",
                 v1::ERROR_REASON_STATUS_NOT_FOUND, v1::ERROR_REASON_STATUS_NOT_FOUND},
        MoveCase{"NoSuchWorkflow", "organizations/acme/workflows/none/statuses/new",
                 v1::ERROR_REASON_STATUS_NOT_FOUND, v1::ERROR_REASON_STATUS_NOT_FOUND},
        MoveCase{"AnotherOrganization", "organizations/other/workflows/sales/statuses/new",
                 v1::ERROR_REASON_STATUS_NOT_FOUND, v1::ERROR_REASON_STATUS_NOT_FOUND},
        MoveCase{"NotAName", "new", v1::ERROR_REASON_INVALID_FIELD,
                 v1::ERROR_REASON_INVALID_FIELD},
        MoveCase{"Empty", "", v1::ERROR_REASON_REQUIRED_FIELD_MISSING,
                 v1::ERROR_REASON_REQUIRED_FIELD_MISSING}),
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
    const absl::Status status = CheckReferences(TheOrganization(), "contact", action, "a");
    ExpectReason(status, test.reason);
    if (!status.ok()) {
      EXPECT_THAT(std::string(status.message()),
                  testing::StartsWith("a.operations[0].add_to_dnc_list.list: "));
    }
  }
  EXPECT_EQ(CheckReferences(TheOrganization(), "contact", v1::Action(), "a"), absl::OkStatus());
}

constexpr char kDnc[] = "name: 'x' operations { nurture {} } operations { add_to_dnc_list {} }";
constexpr char kPlain[] = "name: 'x' operations { nurture {} } operations { move_to_status {} }";

TEST(HasDncOperationTest, AnyOperation) {
  EXPECT_TRUE(HasDncOperation(FromText<v1::Action>(kDnc)));
  EXPECT_FALSE(HasDncOperation(FromText<v1::Action>(kPlain)));
  EXPECT_FALSE(HasDncOperation(v1::Action()));
}

TEST(CheckKeepsDncTest, Changes) {
  const struct {
    const char* name;
    const char* before;
    const char* after;  // null: deleted
    bool allow;
    bool good;
  } cases[] = {{"kept", kDnc, kDnc, false, true},
               {"dropped", kDnc, kPlain, false, false},
               {"dropped as confirmed", kDnc, kPlain, true, true},
               {"deleted", kDnc, nullptr, false, false},
               {"deleted as confirmed", kDnc, nullptr, true, true},
               {"gained", kPlain, kDnc, false, true},
               {"never had", kPlain, kPlain, false, true},
               {"never had, deleted", kPlain, nullptr, false, true}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const v1::Action before = FromText<v1::Action>(test.before);
    const v1::Action after = FromText<v1::Action>(test.after == nullptr ? "" : test.after);
    const absl::Status status =
        CheckKeepsDnc(before, test.after == nullptr ? nullptr : &after, test.allow);
    ExpectReason(status, test.good ? kNone : v1::ERROR_REASON_DNC_OPERATION_DROPPED);
  }
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
