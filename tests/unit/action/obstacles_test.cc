// What stands between a user and an action, a row for each situation.
#include "server/action/obstacles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/error/error.h"
#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

constexpr UnixMicros kJudgedAt = 1'000'000'000'000'000;

struct Situation {
  std::string what;
  std::string action;         // its fields, but for the name
  std::string user = "kim";   // agent and in the group `inside`; "joe" has neither
  std::string expected = "";  // "KIND extent REASON, …"
  std::string workflow = "";  // its fields
  std::string status = "";
  std::string target = "";  // of the status `won`, to which kMoves moves
  std::string lead_type = "contact";
  int lead_status = 0;  // 0: the action's
  std::string group_etag = "9";
  v1::OutdatedGroupPolicy policy = v1::OUTDATED_GROUP_POLICY_WARN;
  bool evidence = false;
  bool administrator = false;
  bool may_apply = true;
  bool may_reconsent = false;
};

void PrintTo(const Situation& row, std::ostream* out) { *out << row.what; }

constexpr char kMoves[] =
    "etag: '5' operations { move_to_status { status: "
    "'organizations/acme/workflows/sales/statuses/won' } } ";
constexpr char kOptsOut[] = "etag: '5' operations { add_to_dnc_list {} } ";
constexpr char kNeedsProof[] =
    "etag: '5' operations { add_to_dnc_list { evidence_required: true } } ";
constexpr char kReconsents[] = "etag: '5' operations { remove_restriction { end_nurture: true } } ";
constexpr char kHasEnded[] =
    "etag: '5' operations { add_to_dnc_list { expire_time { seconds: 1000000000 } } } ";

std::string Also(const char* action, const std::string& more) { return action + more; }

std::vector<Situation> Situations() {
  std::vector<Situation> rows = {
      {"nothing stands in the way", kMoves},
      {"no permission", kMoves, "kim", "KIND_PERMISSION refused PERMISSION_DENIED"},
      {"re-consent without its permission", kReconsents, "kim",
       "KIND_PERMISSION refused PERMISSION_DENIED, KIND_EVIDENCE condition EVIDENCE_REQUIRED"},
      {"re-consent with it and evidence", kReconsents},
      {"a role that the user has", Also(kMoves, "roles: 'agent' roles: 'senior'")},
      {"a role that the user has not", Also(kMoves, "roles: 'senior'"), "kim",
       "KIND_ROLE refused ACTION_NOT_PERMITTED"},
      {"a group that the user is in", Also(kMoves, "groups: 'inside'")},
      {"a group that the user is not in", Also(kMoves, "groups: 'inside'"), "joe",
       "KIND_GROUP refused ACTION_NOT_PERMITTED"},
      {"role and group", Also(kMoves, "roles: 'senior' groups: 'outside'"), "kim",
       "KIND_ROLE refused ACTION_NOT_PERMITTED, KIND_GROUP refused ACTION_NOT_PERMITTED"},
      {"neither counts for an administrator of the server",
       Also(kMoves, "roles: 'senior' groups: 'outside'")},
      {"nor for one of the organization", Also(kMoves, "roles: 'senior' groups: 'outside'"), "ada"},
      {"an outdated group, to warn", kMoves, "kim", "KIND_GROUP_OUTDATED warning GROUP_OUTDATED"},
      {"an outdated group, to block", kMoves, "kim", "KIND_GROUP_OUTDATED refused GROUP_OUTDATED"},
      {"an opt-out of an outdated group, to block", kOptsOut, "kim",
       "KIND_GROUP_OUTDATED partial GROUP_OUTDATED"},
      {"a group of a user who is in none", kMoves, "joe"},
      {"disabled", Also(kMoves, "state: OBJECT_STATE_DISABLED"), "kim",
       "KIND_ACTION_DISABLED refused ACTION_DISABLED"},
      {"an opt-out that is disabled", Also(kOptsOut, "state: OBJECT_STATE_DISABLED"), "kim",
       "KIND_ACTION_DISABLED refused ACTION_DISABLED"},
      {"an opt-out whose end has passed", kHasEnded, "kim",
       "KIND_EXPIRED refused OPERATION_EXPIRED"},
      {"evidence missing", kNeedsProof, "kim", "KIND_EVIDENCE condition EVIDENCE_REQUIRED"},
      {"evidence given", kNeedsProof},
      {"disabled status", kMoves, "kim", "KIND_STATUS_DISABLED refused STATUS_DISABLED"},
      {"archived status", kMoves, "kim", "KIND_STATUS_ARCHIVED refused STATUS_ARCHIVED"},
      {"an opt-out in an archived status", kOptsOut, "kim",
       "KIND_STATUS_ARCHIVED partial STATUS_ARCHIVED"},
      {"disabled workflow", kMoves, "kim", "KIND_WORKFLOW_DISABLED refused WORKFLOW_DISABLED"},
      {"archived workflow", kOptsOut, "kim", "KIND_WORKFLOW_ARCHIVED partial WORKFLOW_ARCHIVED"},
      {"another record type", kOptsOut, "kim", "KIND_RECORD_TYPE refused RECORD_TYPE_MISMATCH"},
      {"another status", kMoves, "kim", "KIND_OTHER_STATUS refused ACTION_NOT_AVAILABLE"},
      {"an opt-out in another status", kOptsOut, "kim",
       "KIND_OTHER_STATUS partial ACTION_NOT_AVAILABLE"},
      {"no lead is asked about", kMoves},
      {"a target that is archived", kMoves, "kim", "KIND_STATUS_ARCHIVED refused STATUS_ARCHIVED"},
      {"a target that is disabled, and more to do",
       Also(kMoves, "operations { nurture { duration { seconds: 60 } } }"), "kim",
       "KIND_STATUS_DISABLED partial STATUS_DISABLED"},
      {"an opt-out to a target that is archived", Also(kMoves, "operations { add_to_dnc_list {} }"),
       "kim", "KIND_STATUS_ARCHIVED partial STATUS_ARCHIVED"},
      {"what refuses comes before what refuses a part", Also(kNeedsProof, "roles: 'senior'"), "kim",
       "KIND_ROLE refused ACTION_NOT_PERMITTED, KIND_STATUS_DISABLED partial STATUS_DISABLED, "
       "KIND_EVIDENCE condition EVIDENCE_REQUIRED, KIND_GROUP_OUTDATED warning GROUP_OUTDATED"},
  };
  const auto at = [&](absl::string_view what) -> Situation& {
    for (Situation& row : rows) {
      if (row.what == what) return row;
    }
    ADD_FAILURE() << what;
    return rows.front();
  };
  at("no permission").may_apply = false;
  at("re-consent with it and evidence").may_reconsent = true;
  at("re-consent with it and evidence").evidence = true;
  at("neither counts for an administrator of the server").administrator = true;
  for (const char* what :
       {"an outdated group, to warn", "an outdated group, to block",
        "an opt-out of an outdated group, to block", "a group of a user who is in none",
        "nor for one of the organization", "what refuses comes before what refuses a part"}) {
    at(what).group_etag = "4";
  }
  at("an outdated group, to block").policy = v1::OUTDATED_GROUP_POLICY_BLOCK;
  at("an opt-out of an outdated group, to block").policy = v1::OUTDATED_GROUP_POLICY_BLOCK;
  at("nor for one of the organization").policy = v1::OUTDATED_GROUP_POLICY_BLOCK;
  at("evidence given").evidence = true;
  at("disabled status").status = "state: OBJECT_STATE_DISABLED";
  at("archived status").status = "state: OBJECT_STATE_ARCHIVED";
  at("an opt-out in an archived status").status = "state: OBJECT_STATE_ARCHIVED";
  at("what refuses comes before what refuses a part").status = "state: OBJECT_STATE_DISABLED";
  at("disabled workflow").workflow = "state: OBJECT_STATE_DISABLED";
  at("archived workflow").workflow = "state: OBJECT_STATE_ARCHIVED";
  at("another record type").lead_type = "company";
  at("another status").lead_status = 7;
  at("an opt-out in another status").lead_status = 7;
  at("no lead is asked about").lead_type = "";
  at("a target that is archived").target = "state: OBJECT_STATE_ARCHIVED";
  at("a target that is disabled, and more to do").target = "state: OBJECT_STATE_DISABLED";
  at("an opt-out to a target that is archived").target = "state: OBJECT_STATE_ARCHIVED";
  return rows;
}

CatalogOrganization AcmeOf(const Situation& row) {
  CatalogOrganization acme = MakeOrganization("acme", 1);
  acme.record.mutable_organization()->set_outdated_group_policy(row.policy);
  AddWorkflow(absl::StrCat("name: 'sales' record_type: 'contact' ", row.workflow,
                           " statuses { name: 'new' ", row.status, " actions { name: 'a' ",
                           row.action, " } } statuses { name: 'won' ", row.target, " }"),
              &acme);
  CatalogAccess access;
  access.groups["inside"] = std::make_shared<const v1::Group>(
      FromText<v1::Group>("name: 'organizations/acme/groups/inside' members: 'kim' members: 'ada' "
                          "workflows { workflow: "
                          "'organizations/acme/workflows/sales' synced_etag: '" +
                          row.group_etag + "' }"));
  const auto bind = [&](const std::string& user, const std::string& role) {
    access.bindings[user] = std::make_shared<const v1::RoleBinding>(FromText<v1::RoleBinding>(
        "name: 'organizations/acme/bindings/" + user + "' role: 'organizations/acme/roles/" + role +
        "' principal: '" + user + "' scope: 'organizations/acme'"));
  };
  bind("kim", "agent");
  bind("ada", "administrator");
  access.Index();
  acme.access = std::make_shared<const CatalogAccess>(std::move(access));
  return acme;
}

std::string ObstaclesText(const std::vector<Obstacle>& obstacles) {
  return absl::StrJoin(obstacles, ", ", [](std::string* out, const Obstacle& obstacle) {
    static constexpr const char* kExtents[] = {"?", "refused", "partial", "condition", "warning"};
    const v1::ActionObstacle proto = ToProto(obstacle);
    absl::StrAppend(out, v1::ActionObstacle::Kind_Name(proto.kind()), " ", kExtents[proto.extent()],
                    " ", proto.reason());
    EXPECT_FALSE(proto.object().empty());
    EXPECT_FALSE(proto.message().empty());
  });
}

class ObstaclesTest : public ::testing::TestWithParam<Situation> {};

TEST_P(ObstaclesTest, AreAllFoundStrongestFirst) {
  const Situation& row = GetParam();
  const CatalogOrganization acme = AcmeOf(row);
  const CatalogStatus& status = *acme.FindStatus("sales", "new");
  std::optional<ActionLead> lead;
  if (!row.lead_type.empty()) {
    lead = ActionLead{row.lead_type, row.lead_status == 0 ? status.record.number()
                                                          : static_cast<uint32_t>(row.lead_status)};
  }
  const ActionUser user{row.user, row.administrator, row.may_apply, row.may_reconsent};
  EXPECT_EQ(ObstaclesText(FindObstacles(
                {acme, status, *status.FindAction("a"), user, lead, row.evidence, kJudgedAt})),
            row.expected);
}

INSTANTIATE_TEST_SUITE_P(All, ObstaclesTest, ::testing::ValuesIn(Situations()));

TEST(ActionUserTest, HasWhatTheBindingsSay) {
  const CatalogOrganization acme = AcmeOf(Situation{"", kMoves});
  const std::string status = "organizations/acme/workflows/sales/statuses/new";
  EXPECT_TRUE(UserOf(acme, "kim", false, status).may_apply);
  EXPECT_FALSE(UserOf(acme, "kim", false, status).may_reconsent);
  EXPECT_FALSE(UserOf(acme, "joe", false, status).may_apply);
  EXPECT_TRUE(UserOf(acme, "joe", true, status).may_reconsent);
  EXPECT_TRUE(UserOf(acme, "ada", false, status).may_reconsent);
}

// Whoever is in a group that knows the action as it is knows it.
TEST(ActionUserTest, OneGroupThatIsUpToDateIsEnough) {
  Situation row{"", kMoves};
  row.group_etag = "4";
  CatalogOrganization acme = AcmeOf(row);
  CatalogAccess access = *acme.access;
  access.groups["trained"] = std::make_shared<const v1::Group>(FromText<v1::Group>(
      "name: 'organizations/acme/groups/trained' members: 'kim' workflows { workflow: "
      "'organizations/acme/workflows/sales' synced_etag: '5' }"));
  access.Index();
  acme.access = std::make_shared<const CatalogAccess>(std::move(access));
  const CatalogStatus& status = *acme.FindStatus("sales", "new");
  const ActionUser user{"kim", false, true, false};
  EXPECT_EQ(ObstaclesText(
                FindObstacles({acme, status, *status.FindAction("a"), user, {}, false, kJudgedAt})),
            "");
}

}  // namespace
}  // namespace dnc
