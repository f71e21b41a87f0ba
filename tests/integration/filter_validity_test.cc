// How long the ALLOWs of a filtered block may be relied on: never longer than a check would say.
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr uint64_t kCleanDigits = 12125550177;

class FilterValidityTest : public GatewayTest {
 protected:
  // In microseconds.
  int64_t ValidFor(const std::vector<uint64_t>& phones, const std::vector<std::string>& raw = {}) {
    v1::FilterContactsRequest block;
    block.mutable_phones()->Add(phones.begin(), phones.end());
    for (const std::string& text : raw) block.add_raw(text);
    const v1::FilterContactsResponse response = Filter("channel: CHANNEL_VOICE", {block}).at(0);
    EXPECT_TRUE(response.has_valid_for());
    return response.valid_for().seconds() * kSecond + response.valid_for().nanos() / 1000;
  }
  std::string In(const char* field, int64_t seconds) {
    return std::string(field) + " { seconds: " + std::to_string(kStart / kSecond + seconds) + " }";
  }
};

TEST_F(FilterValidityTest, IsWhatTheServerPermitsAtTheMost) {
  EXPECT_EQ(ValidFor({kCleanDigits}), 10 * kSecond);
  EXPECT_EQ(ValidFor({}, {"+12125550177"}), 10 * kSecond);
  EXPECT_EQ(ValidFor({kBobDigits}), 10 * kSecond);
}

TEST_F(FilterValidityTest, IsZeroWhereNothingIsAllowed) {
  AddPhoneEntry(kBobPhone);
  EXPECT_EQ(ValidFor({kBobDigits, 5}, {"gibberish"}), 0);
  EXPECT_EQ(ValidFor({}), 0);
}

TEST_F(FilterValidityTest, EndsWhereAKnownRuleBegins) {
  AddPhoneEntry(kBobPhone, In("effective_time", 4));
  EXPECT_EQ(ValidFor({kCleanDigits}), 10 * kSecond);
  EXPECT_EQ(ValidFor({kCleanDigits, kBobDigits}), 4 * kSecond);
  EXPECT_EQ(ValidFor({kCleanDigits}, {"(212) 555-0102"}), 4 * kSecond);
  clock().Advance(3 * kSecond + kSecond / 2);
  EXPECT_EQ(ValidFor({kBobDigits, kCleanDigits}), kSecond / 2);
}

TEST_F(FilterValidityTest, EndsWhereARegistryBecomesTooOld) {
  AddRegistry("national", "max_age { seconds: 86400 }");
  ASSERT_THAT(Import("list: '~/lists/national' as_of_time { seconds: 1768478400 }", "2125550199\n"),
              IsOk());
  clock().Set(kStart + kDay - 3 * kSecond);
  EXPECT_EQ(ValidFor({kCleanDigits}), 3 * kSecond);
  EXPECT_EQ(ValidFor({}, {"+12125550177"}), 3 * kSecond);
  clock().Set(kStart + kDay);
  EXPECT_EQ(ValidFor({kCleanDigits}), 0);
}

}  // namespace
}  // namespace dnc
