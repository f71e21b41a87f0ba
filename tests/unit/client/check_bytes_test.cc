#include "client/internal/check_bytes.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "client/error.h"

namespace dnc {
namespace {

using google::protobuf::util::MessageDifferencer;

v1::CheckContactRequest Encoded(const CheckRequest& request) {
  std::string bytes = "what was there before";
  EncodeCheck("organizations/acme", request, &bytes);
  v1::CheckContactRequest message;
  EXPECT_TRUE(ParseCheck(bytes, &message).ok());
  EXPECT_EQ(message.SerializeAsString(), bytes);  // field by field as protobuf would write it
  return message;
}

TEST(EncodeCheck, EveryFieldArrives) {
  CheckRequest request = {.lead = "42",
                          .contact_point = Phone("+12125550123", "US"),
                          .channel = v1::CHANNEL_SMS,
                          .message_class = v1::MESSAGE_CLASS_MARKETING,
                          .campaign = "spring",
                          .brand = std::string(300, 'b'),
                          .at_least_revision = std::numeric_limits<int64_t>::max()};
  v1::CheckContactRequest expected;
  expected.set_organization("organizations/acme");
  expected.set_lead("organizations/acme/leads/42");
  *expected.mutable_contact_point() = *request.contact_point;
  expected.set_channel(request.channel);
  expected.set_message_class(request.message_class);
  expected.set_campaign(request.campaign);
  expected.set_brand(request.brand);
  expected.set_at_least_revision(request.at_least_revision);
  EXPECT_TRUE(MessageDifferencer::Equals(Encoded(request), expected));
  request.at_least_revision = -1;
  EXPECT_EQ(Encoded(request).at_least_revision(), -1);
}

TEST(EncodeCheck, WhatIsNotSetIsNotThere) {
  const v1::CheckContactRequest message = Encoded({.message_class = v1::MESSAGE_CLASS_UNSPECIFIED});
  v1::CheckContactRequest expected;
  expected.set_organization("organizations/acme");
  EXPECT_TRUE(MessageDifferencer::Equals(message, expected));
  EXPECT_TRUE(Encoded({.contact_point = v1::ContactPoint()}).has_contact_point());
}

TEST(EncodeCheck, AFullNameOfALeadStaysAsItIs) {
  EXPECT_EQ(Encoded({.lead = "organizations/other/leads/1"}).lead(), "organizations/other/leads/1");
}

TEST(ParseCheck, RefusesWhatIsNoText) {
  std::string bytes;
  EncodeCheck("organizations/acme", {.lead = "\xff"}, &bytes);
  v1::CheckContactRequest message;
  EXPECT_EQ(ErrorReasonOf(ParseCheck(bytes, &message)), "MALFORMED_REQUEST");
}

TEST(AppendStreamedCheck, AppendsToWhatIsThere) {
  std::string bytes, message;
  EncodeCheck("organizations/acme", {.lead = std::string(5000, '1')}, &bytes);
  AppendStreamedCheck(7, bytes, &message);
  AppendStreamedCheck(std::numeric_limits<uint64_t>::max(), "", &message);
  v1::StreamChecksRequest parsed;
  ASSERT_TRUE(parsed.ParseFromString(message));
  ASSERT_EQ(parsed.checks_size(), 2);
  EXPECT_EQ(parsed.checks(0).id(), 7u);
  EXPECT_EQ(parsed.checks(0).request().SerializeAsString(), bytes);
  EXPECT_EQ(parsed.checks(1).id(), std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(parsed.checks(1).has_request());
}

}  // namespace
}  // namespace dnc
