#include "server/subject/subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

struct GoodCase {
  const char* name;
  const char* given;      // ContactPoint
  const char* region;     // the organization's
  const char* canonical;  // ContactPoint
};

constexpr GoodCase kGood[] = {
    {"E.164", "phone: '+12125551234'", "", "phone: '+12125551234'"},
    {"national", "phone: '(212) 555-1234'", "US", "phone: '+12125551234'"},
    {"own region wins", "phone: '020 7946 0000' default_region: 'GB'", "US",
     "phone: '+442079460000'"},
    {"own region where there is no other", "phone: '212 555 1234' default_region: 'US'", "",
     "phone: '+12125551234'"},
    {"e-mail", "email: ' Jane@Example.COM '", "US", "email: 'jane@example.com'"},
    {"e-mail needs no region", "email: 'jane@example.com' default_region: 'XX'", "",
     "email: 'jane@example.com'"},
    {"other", "other: ' 1  Main   ST '", "US", "other: '1 main st'"},
    {"postal address that could be dialled", "other: '12 5th Ave 100'", "US",
     "other: '12 5th ave 100'"},
    {"a handle of digits", "other: '@2125551234'", "US", "other: '@2125551234'"},
    {"a number with its service", "other: 'app:2125551234'", "US", "other: 'app:2125551234'"},
    {"more digits than a number has", "other: '80351110224678912'", "US",
     "other: '80351110224678912'"}};

TEST(NormalizeContactPointTest, RoundTrips) {
  for (const GoodCase& test : kGood) {
    SCOPED_TRACE(test.name);
    const auto point =
        NormalizeContactPoint(FromText<v1::ContactPoint>(test.given), test.region, "f");
    ASSERT_EQ(point.status(), absl::OkStatus());
    const v1::ContactPoint proto = ToProto(*point);
    EXPECT_EQ(proto.DebugString(), FromText<v1::ContactPoint>(test.canonical).DebugString());
    EXPECT_EQ(FromCanonical(proto), *point);
    for (const char* region : {"", "US", "GB"}) {
      const auto again = NormalizeContactPoint(proto, region, "f");
      ASSERT_EQ(again.status(), absl::OkStatus());
      EXPECT_EQ(*again, *point);
    }
  }
}

TEST(NormalizeContactPointTest, ErrorsNameTheField) {
  const struct {
    const char* name;
    const char* given;
    const char* region;
    v1::ErrorReason reason;
    const char* field;
  } cases[] = {
      {"nothing", "", "US", v1::ERROR_REASON_REQUIRED_FIELD_MISSING, "leads[2].point"},
      {"region alone", "default_region: 'US'", "US", v1::ERROR_REASON_REQUIRED_FIELD_MISSING,
       "leads[2].point"},
      {"no region", "phone: '2125551234'", "", v1::ERROR_REASON_INVALID_PHONE_NUMBER,
       "leads[2].point.phone"},
      {"empty phone", "phone: ''", "US", v1::ERROR_REASON_INVALID_PHONE_NUMBER,
       "leads[2].point.phone"},
      {"short phone", "phone: '+1212'", "US", v1::ERROR_REASON_INVALID_PHONE_NUMBER,
       "leads[2].point.phone"},
      {"unknown region", "phone: '+12125551234' default_region: 'XX'", "US",
       v1::ERROR_REASON_INVALID_FIELD, "leads[2].point.default_region"},
      {"region in small letters", "phone: '+12125551234' default_region: 'us'", "US",
       v1::ERROR_REASON_INVALID_FIELD, "leads[2].point.default_region"},
      {"no e-mail", "email: 'jane'", "US", v1::ERROR_REASON_INVALID_EMAIL_ADDRESS,
       "leads[2].point.email"},
      {"empty e-mail", "email: ''", "US", v1::ERROR_REASON_INVALID_EMAIL_ADDRESS,
       "leads[2].point.email"},
      {"number as other", "other: '+12125551234'", "", v1::ERROR_REASON_INVALID_FIELD,
       "leads[2].point.other"},
      {"national number as other", "other: '(212) 555-1234 x5'", "US",
       v1::ERROR_REASON_INVALID_FIELD, "leads[2].point.other"},
      {"e-mail as other", "other: 'Jane@example.com'", "US", v1::ERROR_REASON_INVALID_FIELD,
       "leads[2].point.other"},
      {"empty other", "other: '  '", "US", v1::ERROR_REASON_INVALID_FIELD, "leads[2].point.other"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const auto point = NormalizeContactPoint(FromText<v1::ContactPoint>(test.given), test.region,
                                             "leads[2].point");
    EXPECT_THAT(point.status(), IsFieldError(test.reason, test.field));
  }
}

// Personal data stays out of error texts.
TEST(NormalizeContactPointTest, ErrorsMaskTheAddress) {
  v1::ContactPoint contact;
  contact.set_phone("+1 212 555 12345");
  EXPECT_THAT(std::string(NormalizeContactPoint(contact, "US", "f").status().message()),
              testing::Not(testing::HasSubstr("555")));
  contact.set_email("jane.doe@@example.com");
  EXPECT_THAT(std::string(NormalizeContactPoint(contact, "US", "f").status().message()),
              testing::Not(testing::HasSubstr("jane.doe")));
}

TEST(FromCanonicalTest, UnsetIsNoNumber) {
  EXPECT_EQ(FromCanonical(v1::ContactPoint()).phone, 0u);
  v1::ContactPoint contact;
  contact.set_phone("+12a");
  EXPECT_EQ(FromCanonical(contact).phone, 0u);
}

TEST(SubjectKeyTest, KeysAreDistinct) {
  std::set<std::string> keys;
  size_t points = 0;
  for (const uint32_t organization : {0u, 1u, 256u}) {
    for (const ContactPoint& point : {ContactPoint{ContactKind::kPhone, 12125551234, {}},
                                      ContactPoint{ContactKind::kPhone, 12125551235, {}},
                                      ContactPoint{ContactKind::kEmail, 0, "a@b.c"},
                                      ContactPoint{ContactKind::kOther, 0, "a@b.c"},
                                      ContactPoint{ContactKind::kEmail, 0, "a@b.co"}}) {
      keys.insert(SubjectKey(organization, point));
      ++points;
    }
  }
  EXPECT_EQ(keys.size(), points);
}

// contact.proto says what each channel needs.
TEST(ChannelReachesTest, Matrix) {
  using Kinds = std::set<ContactKind>;
  const Kinds phone = {ContactKind::kPhone};
  const Kinds all = {ContactKind::kPhone, ContactKind::kEmail, ContactKind::kOther};
  const std::map<v1::Channel, Kinds> matrix = {{v1::CHANNEL_VOICE, phone},
                                               {v1::CHANNEL_SMS, phone},
                                               {v1::CHANNEL_FAX, phone},
                                               {v1::CHANNEL_EMAIL, {ContactKind::kEmail}},
                                               {v1::CHANNEL_MAIL, {ContactKind::kOther}},
                                               {v1::CHANNEL_MESSAGING, all}};
  for (int value = 1; value <= v1::Channel_MAX; ++value) {
    const v1::Channel channel = static_cast<v1::Channel>(value);
    SCOPED_TRACE(v1::Channel_Name(channel));
    ASSERT_EQ(matrix.count(channel), 1u);
    for (const ContactKind kind : all) {
      const bool reaches = matrix.at(channel).count(kind) != 0;
      EXPECT_EQ(ChannelReaches(channel, kind), reaches) << static_cast<int>(kind);
      const absl::Status status = CheckChannelReaches(channel, kind, "items[0].contact_point");
      if (reaches) {
        EXPECT_EQ(status, absl::OkStatus());
        continue;
      }
      ASSERT_THAT(status,
                  IsFieldError(v1::ERROR_REASON_CHANNEL_MISMATCH, "items[0].contact_point"));
      EXPECT_EQ(ErrorInfoOf(status)->metadata().at("channel"), v1::Channel_Name(channel));
    }
  }
}

}  // namespace
}  // namespace dnc
