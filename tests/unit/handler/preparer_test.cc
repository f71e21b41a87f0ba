// The shape of writing requests, as far as nothing need be there: the state is empty.
#include "server/handler/preparer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

constexpr UnixMicros kProposed = 1'700'000'000'000'000;
constexpr v1::ErrorReason kMissing = v1::ERROR_REASON_REQUIRED_FIELD_MISSING;
constexpr v1::ErrorReason kInvalid = v1::ERROR_REASON_INVALID_FIELD;
constexpr v1::ErrorReason kGood = v1::ERROR_REASON_UNSPECIFIED;

// A request as text, added to a good one, and what is to be said of it.
struct Case {
  const char* name;
  std::string text;
  v1::ErrorReason reason = kGood;
  const char* field = "";
};

class PreparerTest : public ::testing::Test {
 protected:
  template <typename Request>
  Preparer::Result Prepare(const std::string& text) const {
    return preparer_.Prepare(FromText<Request>(text), Principal{"local"});
  }

  template <typename Request>
  void Judge(const std::string& base, const std::vector<Case>& cases) const {
    for (const Case& test : cases) {
      SCOPED_TRACE(test.name);
      const Preparer::Result result = Prepare<Request>(absl::StrCat(base, " ", test.text));
      if (test.reason == kGood) {
        EXPECT_EQ(result.status(), absl::OkStatus());
      } else {
        EXPECT_THAT(result.status(), IsFieldError(test.reason, test.field));
      }
    }
  }

  ManualClock clock_{kProposed};
  testing::Gateway gateway_;
  Preparer preparer_{&gateway_.state(), &clock_};
};

TEST_F(PreparerTest, FixesWhatApplyDependsOn) {
  const auto mutation = Prepare<v1::DeleteActionRequest>(
      "name: 'organizations/acme/workflows/w/statuses/s/actions/a' request_id: 'r-1'");
  ASSERT_EQ(mutation.status(), absl::OkStatus());
  EXPECT_EQ(mutation->organization(), "acme");
  EXPECT_EQ(mutation->propose_time(), kProposed);
  EXPECT_EQ(mutation->principal(), "local");
  EXPECT_EQ(mutation->actor().id(), "local");
  EXPECT_EQ(mutation->request_id(), "r-1");
  EXPECT_EQ(mutation->fingerprint().size(), 32u);
}

// A fingerprint tells requests apart by what they ask, not by their request id.
TEST_F(PreparerTest, Fingerprints) {
  const std::string name = "name: 'organizations/acme/workflows/w/statuses/s/actions/a' ";
  const auto print = [&](const std::string& text) {
    return Prepare<v1::DeleteActionRequest>(name + text)->fingerprint();
  };
  const std::string base = print("request_id: 'r-1'");
  EXPECT_EQ(print("request_id: 'r-2'"), base);
  EXPECT_NE(print("request_id: 'r-1' allow_dropping_dnc: true"), base);
  EXPECT_NE(print("request_id: 'r-1' actor { id: 'jane' }"), base);
  EXPECT_EQ(print(""), "");
  EXPECT_NE(print("request_id: 'r-1' etag: 'e'"), print("request_id: 'r-1' etag: 'f'"));
}

TEST_F(PreparerTest, RequestIdAndActor) {
  const std::string long_text(257, 'x');
  Judge<v1::RevokeEntryRequest>(
      "name: 'organizations/acme/entries/7-0'",
      {{"good", "evidence: 'call' actor { id: 'jane' }"},
       {"no evidence", "actor { id: 'jane' }", kMissing, "evidence"},
       {"no actor", "evidence: 'call'", kMissing, "actor.id"},
       {"actor's origin alone", "evidence: 'call' actor { origin: 'x' }", kMissing, "actor.id"},
       {"long actor", absl::StrCat("evidence: 'call' actor { id: '", long_text, "' }"), kInvalid,
        "actor.id"},
       {"long origin",
        absl::StrCat("evidence: 'call' actor { id: 'jane' origin: '", long_text, "' }"), kInvalid,
        "actor.origin"},
       {"long request id",
        absl::StrCat("evidence: 'call' actor { id: 'jane' } request_id: '",
                     long_text.substr(0, 129), "'"),
        kInvalid, "request_id"},
       {"longest request id", absl::StrCat("evidence: 'call' actor { id: 'jane' } request_id: '",
                                           long_text.substr(0, 128), "'")},
       {"long evidence",
        absl::StrCat("actor { id: 'jane' } evidence: '", std::string(1025, 'x'), "'"), kInvalid,
        "evidence"}});
}

TEST_F(PreparerTest, CreateOrganization) {
  Judge<v1::CreateOrganizationRequest>(
      "", {{"good", "organization_id: 'acme-1'"},
           {"no id", "", kMissing, "organization_id"},
           {"underscore", "organization_id: 'a_b'", kInvalid, "organization_id"},
           {"capital", "organization_id: 'Acme'", kInvalid, "organization_id"},
           {"region", "organization_id: 'acme' organization { default_region: 'ZZ' }", kInvalid,
            "organization.default_region"}});
  const auto mutation = Prepare<v1::CreateOrganizationRequest>("organization_id: 'acme'");
  ASSERT_EQ(mutation.status(), absl::OkStatus());
  EXPECT_EQ(mutation->organization(), kGlobalOrganization);
  EXPECT_EQ(mutation->create_organization().organization().default_region(), "US");
}

TEST_F(PreparerTest, CreateList) {
  const std::string registry = "list { kind: LIST_KIND_REGISTRY ";
  Judge<v1::CreateListRequest>(
      "parent: 'organizations/acme' list_id: 'x'",
      {{"internal", "list { kind: LIST_KIND_INTERNAL brand: 'a' campaign: 'b' }"},
       {"registry", registry + "max_age { seconds: 1 } channels: [CHANNEL_FAX] }"},
       {"no kind", "", kInvalid, "list.kind"},
       {"unknown kind", "list { kind: 7 }", kInvalid, "list.kind"},
       {"internal with channels", "list { kind: LIST_KIND_INTERNAL channels: CHANNEL_SMS }",
        kInvalid, "list"},
       {"internal with age", "list { kind: LIST_KIND_INTERNAL max_age { seconds: 1 } }", kInvalid,
        "list"},
       {"a class twice",
        registry + "message_classes: [MESSAGE_CLASS_MARKETING, MESSAGE_CLASS_MARKETING] }",
        kInvalid, "list.message_classes"},
       {"unsaid class", registry + "message_classes: MESSAGE_CLASS_UNSPECIFIED }", kInvalid,
        "list.message_classes"},
       {"no age", registry + "max_age {} }", kInvalid, "list.max_age"},
       {"negative age", registry + "max_age { seconds: -1 } }", kInvalid, "list.max_age"}});
}

// What comes out as no limit, or as one long past, would make a stale registry allow.
TEST_F(PreparerTest, CreateListTakesNoAgeThatOverflows) {
  const std::string registry = "list { kind: LIST_KIND_REGISTRY ";
  Judge<v1::CreateListRequest>(
      "parent: 'organizations/acme' list_id: 'x'",
      {{"nothing altogether", registry + "max_age { seconds: 1 nanos: -1000000000 } }", kInvalid,
        "list.max_age"},
       {"negative nanos", registry + "max_age { seconds: 1 nanos: -1 } }", kInvalid,
        "list.max_age"},
       {"zero in 64 bits of microseconds", registry + "max_age { seconds: 288230376151711744 } }",
        kInvalid, "list.max_age"},
       {"beyond the range of a Duration", registry + "max_age { seconds: 315576000001 } }",
        kInvalid, "list.max_age"}});
}

TEST_F(PreparerTest, AddEntryForALead) {
  Judge<v1::AddEntryRequest>(
      "parent: 'organizations/acme' actor { id: 'jane' }",
      {{"good", "entry { lead: 'organizations/acme/leads/ann' }"},
       {"no subject", "entry {}", kMissing, "entry.contact_point"},
       {"another organization's", "entry { lead: 'organizations/other/leads/ann' }", kInvalid,
        "entry.lead"},
       {"expires now",
        "entry { lead: 'organizations/acme/leads/ann' expire_time {"
        " seconds: 1700000000 } }",
        kInvalid, "entry.expire_time"},
       {"expires next",
        "entry { lead: 'organizations/acme/leads/ann' expire_time {"
        " seconds: 1700000000 nanos: 1000 } }"},
       {"ends when it begins",
        "entry { lead: 'organizations/acme/leads/ann' effective_time {"
        " seconds: 1800000000 } expire_time { seconds: 1800000000 } }",
        kInvalid, "entry.expire_time"},
       {"no such time",
        "entry { lead: 'organizations/acme/leads/ann' effective_time {"
        " nanos: -1 } }",
        kInvalid, "entry.effective_time"},
       {"a class twice",
        "entry { lead: 'organizations/acme/leads/ann' message_classes: [MESSAGE_CLASS_MARKETING, "
        "MESSAGE_CLASS_MARKETING] }",
        kInvalid, "entry.message_classes"},
       {"no name of a list", "entry { lead: 'organizations/acme/leads/ann' list: 'internal' }",
        kInvalid, "entry.list"},
       {"unsaid channel",
        "entry { lead: 'organizations/acme/leads/ann' channels: CHANNEL_UNSPECIFIED }", kInvalid,
        "entry.channels"}});
}

TEST_F(PreparerTest, ApplyAction) {
  const std::string action = "action: 'organizations/acme/workflows/w/statuses/s/actions/a' ";
  const std::string base =
      action + "lead: 'organizations/acme/leads/ann' actor { id: 'jane' } request_time { ";
  Judge<v1::ApplyActionRequest>(
      "", {{"past", base + "seconds: 0 }"},
           {"a minute ahead", base + "seconds: 1700000060 }"},
           {"more than a minute ahead", base + "seconds: 1700000060 nanos: 1000 }", kInvalid,
            "request_time"},
           {"no time", base + "seconds: 253402300800 }", kInvalid, "request_time"},
           {"no actor", action + "lead: 'organizations/acme/leads/ann'", kMissing, "actor.id"},
           {"no lead", action + "actor { id: 'jane' }", kMissing, "lead"},
           {"no action", "lead: 'organizations/acme/leads/ann' actor { id: 'jane' }", kMissing,
            "action"}});
}

TEST_F(PreparerTest, CopyActions) {
  const std::string status = "'organizations/acme/workflows/w/statuses/";
  const std::string base = absl::StrCat("source: ", status, "s' actor { id: 'jane' } ");
  std::string many;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&many, "targets: ", status, "t", i, "' ");
  Judge<v1::CopyActionsRequest>(
      base, {{"good", absl::StrCat("targets: ", status, "t'")},
             {"most", many},
             {"one too many", absl::StrCat(many, "targets: ", status, "t'"),
              v1::ERROR_REASON_LIMIT_EXCEEDED, "targets"},
             {"some actions", absl::StrCat("actions: 'a' actions: 'b' targets: ", status, "t'")},
             {"an action twice", absl::StrCat("actions: 'a' actions: 'a' targets: ", status, "t'"),
              kInvalid, "actions[1]"},
             {"no id of an action", absl::StrCat("actions: 'A' targets: ", status, "t'"), kInvalid,
              "actions[0]"},
             {"none", "", kMissing, "targets"},
             {"twice", absl::StrCat("targets: ", status, "t' targets: ", status, "t'"), kInvalid,
              "targets[1]"},
             {"an id", "targets: 't'", kInvalid, "targets[0]"},
             {"unknown policy", absl::StrCat("conflict_policy: 9 targets: ", status, "t'"),
              kInvalid, "conflict_policy"}});
}

}  // namespace
}  // namespace dnc
