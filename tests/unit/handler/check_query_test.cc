// Requests as checks read them, against protobuf's reading of the same bytes.
#include "server/handler/check_query.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "server/error/error.h"
#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

using Request = v1::CheckContactRequest;

// What protobuf reads, or nothing.
std::optional<Request> Parse(const std::string& bytes) {
  Request request;
  if (!request.ParseFromString(bytes)) return std::nullopt;
  return request;
}

void ExpectPoint(const CheckQuery& query, const Request& right) {
  ASSERT_EQ(query.contact_point.has_value(), right.has_contact_point());
  if (!right.has_contact_point()) return;
  const v1::ContactPoint& point = right.contact_point();
  EXPECT_EQ(query.contact_point->kind, point.address_case());
  EXPECT_EQ(query.contact_point->address, point.phone() + point.email() + point.other());
  EXPECT_EQ(query.contact_point->default_region, point.default_region());
}

// Reads the bytes; protobuf must read the same out of them.
void ExpectAsProtobuf(const std::string& bytes) {
  const std::optional<Request> right = Parse(bytes);
  std::optional<Request> parsed;
  CheckQuery query;
  const absl::Status status = ReadQuery(bytes, &parsed, &query);
  ASSERT_EQ(status.ok(), right.has_value()) << status;
  if (!right.has_value()) {
    ASSERT_TRUE(ErrorInfoOf(status).has_value());
    EXPECT_EQ(ErrorInfoOf(status)->reason(), "MALFORMED_REQUEST");
    return;
  }
  EXPECT_EQ(query.organization, right->organization());
  EXPECT_EQ(query.lead, right->lead());
  ExpectPoint(query, *right);
  EXPECT_EQ(query.channel, right->channel());
  EXPECT_EQ(query.message_class, right->message_class());
  EXPECT_EQ(query.campaign, right->campaign());
  EXPECT_EQ(query.brand, right->brand());
  EXPECT_EQ(query.at_least_revision, right->at_least_revision());
}

std::vector<std::string> Samples() {
  std::vector<std::string> samples;
  for (const char* text : {
           "",
           "organization: 'organizations/acme' channel: CHANNEL_VOICE "
           "contact_point { phone: '+1 212 555 1234' default_region: 'US' }",
           "organization: 'organizations/acme' channel: CHANNEL_EMAIL "
           "contact_point { email: 'jane@example.com' } lead: 'organizations/acme/leads/ann' "
           "message_class: MESSAGE_CLASS_EMERGENCY campaign: 'spring' brand: 'a' "
           "at_least_revision: 123456789",
           "contact_point { other: 'Straße 5' } brand: 'Ä'",
           "contact_point {} at_least_revision: -1",
       }) {
    samples.push_back(FromText<Request>(text).SerializeAsString());
  }
  return samples;
}

TEST(CheckQueryTest, ReadsWhatProtobufReads) {
  for (const std::string& sample : Samples()) ExpectAsProtobuf(sample);
}

// A field that is added must be read in check_query.cc, and written in check_handler.cc or
// reason_text.cc.
TEST(CheckQueryTest, KnowsEveryField) {
  EXPECT_EQ(Request::descriptor()->field_count(), 8);
  EXPECT_EQ(v1::CheckItem::descriptor()->field_count(), 6);
  EXPECT_EQ(v1::ContactPoint::descriptor()->field_count(), 4);
  EXPECT_EQ(v1::CheckContactResponse::descriptor()->field_count(), 7);
  EXPECT_EQ(v1::CheckItemResult::descriptor()->field_count(), 6);
  EXPECT_EQ(v1::BatchCheckContactsResponse::descriptor()->field_count(), 3);
  EXPECT_EQ(v1::Reason::descriptor()->field_count(), 11);
}

TEST(CheckQueryTest, UsualRequestsAreNotParsed) {
  std::optional<Request> parsed;
  CheckQuery query;
  const std::string request = Samples()[2];  // the query points into it
  ASSERT_TRUE(ReadQuery(request, &parsed, &query).ok());
  EXPECT_FALSE(parsed.has_value());
  EXPECT_EQ(query.contact_point->address, "jane@example.com");
}

// Parts of a request one after the other are one request to protobuf: scalars are replaced,
// messages merged.
TEST(CheckQueryTest, MergesWhatProtobufMerges) {
  const std::vector<std::string> samples = Samples();
  for (const std::string& first : samples) {
    for (const std::string& second : samples) ExpectAsProtobuf(first + second);
  }
}

TEST(CheckQueryTest, SkipsWhatProtobufSkips) {
  const std::string request = Samples()[1];
  for (const std::string& unknown :
       {std::string("\x78\x01"), std::string("\x7a\x03\xff\xfe\xfd"), std::string("\x7b\x7c"),
        std::string("\x8a\x80\x80\x80\x80\0\x01x", 8),
        std::string("\x0a\x81\x80\x80\x80\x80\0x", 8), std::string("\x0d\x01\0\0\0", 5),
        std::string("\x08\x01"), std::string("\x22\x01x")}) {
    ExpectAsProtobuf(request + unknown);
    ExpectAsProtobuf(unknown + request);
  }
}

TEST(CheckQueryTest, NarrowsNumbersAsProtobufDoes) {
  // Channel (field 4) and class (field 5) as varints of ten bytes.
  ExpectAsProtobuf("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  ExpectAsProtobuf("\x28\x81\x80\x80\x80\x10");
  ExpectAsProtobuf("\x40\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
}

TEST(CheckQueryTest, DamagedRequestsAreReadAsProtobufReadsThem) {
  std::mt19937_64 random(20240602);
  const std::vector<std::string> samples = Samples();
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes = samples[1 + random() % (samples.size() - 1)];
    for (uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    SCOPED_TRACE(testing::PrintToString(bytes));
    ExpectAsProtobuf(bytes);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace dnc
