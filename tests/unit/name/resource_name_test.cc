#include "server/name/resource_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

using Parser = absl::StatusOr<ResourceName> (*)(absl::string_view, absl::string_view);

struct Kind {
  const char* name;
  Parser parse;
  std::string good;                // made by the kind's own function
  std::string pattern;             // what errors show
  std::vector<std::string> parts;  // organization, workflow, status, action, lead, list, entry
};

std::vector<Kind> Kinds() {
  const std::string status = StatusName("acme", "sales", "new");
  return {{"organization",
           ParseOrganizationName,
           OrganizationName("acme"),
           "organizations/{id}",
           {"acme", "", "", "", "", "", ""}},
          {"workflow",
           ParseWorkflowName,
           WorkflowName("acme", "sales"),
           "organizations/{id}/workflows/{id}",
           {"acme", "sales", "", "", "", "", ""}},
          {"status",
           ParseStatusName,
           status,
           "organizations/{id}/workflows/{id}/statuses/{id}",
           {"acme", "sales", "new", "", "", "", ""}},
          {"action",
           ParseActionName,
           ActionName(status, "stop"),
           "organizations/{id}/workflows/{id}/statuses/{id}/actions/{id}",
           {"acme", "sales", "new", "stop", "", "", ""}},
          {"lead",
           ParseLeadName,
           LeadName("acme", "crm:7@x"),
           "organizations/{id}/leads/{id}",
           {"acme", "", "", "", "crm:7@x", "", ""}},
          {"list",
           ParseListName,
           ListName("acme", "internal"),
           "organizations/{id}/lists/{id}",
           {"acme", "", "", "", "", "internal", ""}},
          {"entry",
           ParseEntryName,
           EntryName("acme", "7-0"),
           "organizations/{id}/entries/{id}",
           {"acme", "", "", "", "", "", "7-0"}}};
}

std::vector<std::string> PartsOf(const ResourceName& name) {
  return {name.organization, name.workflow, name.status, name.action,
          name.lead,         name.list,     name.entry};
}

TEST(ResourceNameTest, FormatsAreTheDocumentedOnes) {
  EXPECT_EQ(OrganizationName("a"), "organizations/a");
  EXPECT_EQ(WorkflowName("a", "b"), "organizations/a/workflows/b");
  EXPECT_EQ(StatusName("a", "b", "c"), "organizations/a/workflows/b/statuses/c");
  EXPECT_EQ(ActionName(StatusName("a", "b", "c"), "d"),
            "organizations/a/workflows/b/statuses/c/actions/d");
  EXPECT_EQ(LeadName("a", "b"), "organizations/a/leads/b");
  EXPECT_EQ(ListName("a", "b"), "organizations/a/lists/b");
  EXPECT_EQ(EntryName("a", "7-0"), "organizations/a/entries/7-0");
}

// Each kind's name is read by its own parser and by no other.
TEST(ResourceNameTest, ParsersTakeTheirOwnKindOnly) {
  for (const Kind& kind : Kinds()) {
    for (const Kind& other : Kinds()) {
      SCOPED_TRACE(absl::StrCat(other.name, " read as ", kind.name));
      const auto parsed = kind.parse(other.good, "f");
      if (kind.parse == other.parse) {
        ASSERT_EQ(parsed.status(), absl::OkStatus());
        EXPECT_EQ(PartsOf(*parsed), kind.parts);
      } else {
        ASSERT_THAT(parsed.status(), IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
        EXPECT_THAT(std::string(parsed.status().message()), testing::HasSubstr(kind.pattern));
      }
    }
  }
}

TEST(ResourceNameTest, EmptyIsMissing) {
  for (const Kind& kind : Kinds()) {
    SCOPED_TRACE(kind.name);
    const absl::Status status = kind.parse("", "lead.name").status();
    ASSERT_THAT(status, IsFieldError(v1::ERROR_REASON_REQUIRED_FIELD_MISSING, "lead.name"));
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(kind.pattern));
  }
}

TEST(ResourceNameTest, DamagedNamesAreRefused) {
  for (const Kind& kind : Kinds()) {
    std::vector<std::string> damaged = {"/" + kind.good,
                                        kind.good + "/",
                                        kind.good + "/x",
                                        "x/" + kind.good,
                                        kind.parts[0],
                                        "/",
                                        kind.good + std::string(512, 'x')};
    // Each segment emptied, and each collection in capitals or the singular.
    const std::vector<std::string> segments = absl::StrSplit(kind.good, '/');
    for (size_t i = 0; i < segments.size(); ++i) {
      std::vector<std::string> changed = segments;
      changed[i].clear();
      damaged.push_back(absl::StrJoin(changed, "/"));
      if (i % 2 == 1) continue;
      changed[i] = segments[i].substr(0, segments[i].size() - 1);
      damaged.push_back(absl::StrJoin(changed, "/"));
      changed[i] = absl::StrCat("O", segments[i].substr(1));
      damaged.push_back(absl::StrJoin(changed, "/"));
    }
    for (const std::string& name : damaged) {
      SCOPED_TRACE(absl::StrCat(kind.name, ": ", name));
      EXPECT_THAT(kind.parse(name, "f").status(),
                  IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
    }
  }
}

TEST(ResourceNameTest, LeadIdsAreJudged) {
  EXPECT_EQ(ParseLeadName("organizations/acme/leads/A.b-c_d:e@f+1", "f").status(),
            absl::OkStatus());
  for (const char* id : {"a b", "a%2Fb", "a#b", "\xc3\xbc", "a\n"}) {
    SCOPED_TRACE(id);
    EXPECT_THAT(ParseLeadName(LeadName("acme", id), "f").status(),
                IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
  }
}

TEST(ValidateIdTest, Table) {
  const struct {
    const char* name;
    std::string id;
    bool id_good;
    bool lead_good;
  } cases[] = {{"letter", "a", true, true},
               {"all kinds", "a-z_09", true, true},
               {"63 bytes", std::string(63, 'a'), true, true},
               {"64 bytes", std::string(64, 'a'), false, true},
               {"128 bytes", std::string(128, 'a'), false, true},
               {"129 bytes", std::string(129, 'a'), false, false},
               {"capital", "aB", false, true},
               {"digit first", "1a", false, true},
               {"dash first", "-a", false, true},
               {"underscore first", "_a", false, true},
               {"dot", "a.b", false, true},
               {"colon, at, plus", "a:b@c+d", false, true},
               {"slash", "a/b", false, false},
               {"space", "a b", false, false},
               {"umlaut", "\xc3\xbc", false, false},
               {"zero byte", std::string("a\0", 2), false, false},
               {"comma", "a,b", false, false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const absl::Status id = ValidateId(test.id, "f");
    EXPECT_EQ(id.ok(), test.id_good) << id;
    if (!id.ok()) {
      EXPECT_THAT(id, IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
    }
    const absl::Status lead = ValidateLeadId(test.id, "f");
    EXPECT_EQ(lead.ok(), test.lead_good) << lead;
    if (!lead.ok()) {
      EXPECT_THAT(lead, IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
    }
  }
  EXPECT_THAT(ValidateId("", "f"), IsFieldError(v1::ERROR_REASON_REQUIRED_FIELD_MISSING, "f"));
  EXPECT_THAT(ValidateLeadId("", "f"), IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "f"));
}

TEST(LastPartTest, Table) {
  const struct {
    const char* name;
    const char* last;
  } cases[] = {{"a/b/c", "c"}, {"c", "c"}, {"", ""}, {"a/", ""}, {"/c", "c"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(LastPart(test.name), test.last);
  }
}

}  // namespace
}  // namespace dnc
