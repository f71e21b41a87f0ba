#include "client/cli/contact_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dnc::cli {
namespace {

using Row = std::vector<absl::string_view>;

struct Case {
  Row row;
  v1::Channel channel;
  std::string wanted;
  bool no_header;
  size_t index;
  bool has_header;
};

TEST(FindContactColumn, FindsIt) {
  const std::vector<Case> cases = {
      {{"id", "Phone Number", "email"}, v1::CHANNEL_VOICE, "", false, 1, true},
      {{"id", "Phone Number", "E-Mail"}, v1::CHANNEL_EMAIL, "", false, 2, true},
      {{"name", "mobile", "phone"}, v1::CHANNEL_SMS, "", false, 2, true},
      {{"name", "Address"}, v1::CHANNEL_MAIL, "", false, 1, true},
      {{"Company_Phone_Number", "Created_Date"}, v1::CHANNEL_VOICE, "", false, 0, true},
      {{"pattern"}, v1::CHANNEL_VOICE, "", false, 0, true},
      {{"my numbers"}, v1::CHANNEL_VOICE, "", false, 0, true},
      {{"+12125550123"}, v1::CHANNEL_VOICE, "", false, 0, false},
      {{"jane@example.com"}, v1::CHANNEL_EMAIL, "", false, 0, false},
      {{"1 Main Street"}, v1::CHANNEL_MAIL, "", false, 0, false},
      {{"a", "b"}, v1::CHANNEL_VOICE, "B", false, 1, true},
      {{"a", "b"}, v1::CHANNEL_VOICE, "2", false, 1, true},
      {{"a", "2125550123"}, v1::CHANNEL_VOICE, "2", false, 1, false},
      {{"a", "b"}, v1::CHANNEL_VOICE, "2", true, 1, false},
      {{"phone"}, v1::CHANNEL_VOICE, "", true, 0, false},
  };
  for (const Case& c : cases) {
    const auto found = FindContactColumn(c.row, c.channel, c.wanted, c.no_header);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->index, c.index) << c.row[0];
    EXPECT_EQ(found->has_header, c.has_header) << c.row[0];
  }
}

TEST(FindContactColumn, SaysWhatThereIs) {
  const Row row = {"id", "name"};
  for (const char* wanted : {"", "phone", "0", "3"}) {
    const auto status = FindContactColumn(row, v1::CHANNEL_VOICE, wanted, false).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << wanted;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("id, name"));
  }
}

TEST(StrictNanpDigits, TakesOnlyTheCanonicalForm) {
  EXPECT_EQ(StrictNanpDigits("+12125550123"), 12125550123u);
  for (const char* other :
       {"", "+1", "12125550123", "2125550123", "+1 2125550123", "+11125550123", "+12121550123",
        "+121255501234", "+1212555012", "+442071838750", "+1212555012a", "+02125550123"}) {
    EXPECT_FALSE(StrictNanpDigits(other).has_value()) << other;
  }
}

TEST(IsUtf8, KnowsTheStandardsEdges) {
  for (const char* good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBB\xBF",
                           "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "a\xE9"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace dnc::cli
