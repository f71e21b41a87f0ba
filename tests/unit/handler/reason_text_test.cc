// Reasons as they travel: what protobuf reads out of them, and that it would write the same bytes.
#include "server/handler/reason_text.h"

#include <gtest/gtest.h>

#include <string>

#include "dnc/v1/check.pb.h"
#include "tests/unit/decision/scenario.h"

namespace dnc {
namespace {

constexpr UnixMicros kSince = 1'700'000'000'000'001;
constexpr UnixMicros kUntil = 1'800'000'000'000'000;

v1::Reason Write(const MatchedRule& rule) {
  WireWriter writer;
  WriteReason(v1::CheckContactResponse::kReasonsFieldNumber, MakeQuestion(), rule, &writer);
  v1::CheckContactResponse response;
  EXPECT_TRUE(
      response.ParseFromArray(writer.bytes().data(), static_cast<int>(writer.bytes().size())));
  EXPECT_EQ(response.SerializeAsString(), writer.bytes());
  EXPECT_EQ(response.reasons_size(), 1);
  return response.reasons(0);
}

TEST(ReasonTextTest, SaysEverything) {
  const ContactPoint point{ContactKind::kPhone, kPhone, {}};
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_LEAD_ON_LIST;
  rule.owner = &TheWorld().acme;
  rule.list = TheWorld().List("brand-a");
  rule.entry = EntryId{123'456, 7};
  rule.status = TheWorld().acme.StatusByNumber(2);
  rule.lead = "ann";
  rule.point = &point;
  rule.since = kSince;
  rule.until = kUntil;
  rule.overridable = true;
  const v1::Reason reason = Write(rule);
  EXPECT_EQ(reason.type(), v1::REASON_TYPE_LEAD_ON_LIST);
  EXPECT_EQ(reason.effect(), v1::VERDICT_DENY);
  EXPECT_EQ(reason.list(), rule.list->record.list().name());
  EXPECT_EQ(reason.entry(), "organizations/acme/entries/123456-7");
  EXPECT_EQ(reason.status(), rule.status->proto().name());
  EXPECT_EQ(reason.lead(), "organizations/acme/leads/ann");
  EXPECT_EQ(reason.contact_point().phone(), "+12125551234");
  EXPECT_EQ(reason.since().seconds(), 1'700'000'000);
  EXPECT_EQ(reason.since().nanos(), 1'000);
  EXPECT_EQ(reason.until().seconds(), 1'800'000'000);
  EXPECT_TRUE(reason.overridable());
  EXPECT_EQ(reason.message(), "The lead ann is on the list brand-a until 2027-01-15T08:00:00Z.");
}

TEST(ReasonTextTest, LeavesOutWhatIsNotKnown) {
  for (int type = v1::ReasonType_MIN; type <= v1::ReasonType_MAX; ++type) {
    MatchedRule rule;
    rule.type = static_cast<v1::ReasonType>(type);
    rule.effect = v1::VERDICT_UNKNOWN;
    const v1::Reason reason = Write(rule);
    EXPECT_EQ(reason.type(), rule.type);
    EXPECT_FALSE(reason.message().empty()) << type;
    EXPECT_EQ(reason.list() + reason.entry() + reason.status() + reason.lead(), "") << type;
    EXPECT_FALSE(reason.has_contact_point() || reason.has_since() || reason.has_until()) << type;
  }
}

TEST(ReasonTextTest, NamesEveryKindOfContactPoint) {
  for (const ContactPoint& point : {ContactPoint{ContactKind::kEmail, 0, "jane@example.com"},
                                    ContactPoint{ContactKind::kOther, 0, "straße 5"}}) {
    MatchedRule rule;
    rule.type = v1::REASON_TYPE_CONTACT_POINT_ON_LIST;
    rule.point = &point;
    const v1::Reason reason = Write(rule);
    EXPECT_EQ(reason.contact_point().email() + reason.contact_point().other(), point.text);
    EXPECT_EQ(reason.contact_point().has_email(), point.kind == ContactKind::kEmail);
    EXPECT_EQ(reason.message(), "The contact point is on a list.");
  }
}

}  // namespace
}  // namespace dnc
