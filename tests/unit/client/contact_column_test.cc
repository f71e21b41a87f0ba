#include "client/cli/contact_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/utf8.h"

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
      {{"name", "phone", "Mobile"}, v1::CHANNEL_SMS, "", false, 2, true},
      {{"name", "phone", "fax"}, v1::CHANNEL_FAX, "", false, 2, true},
      {{"name", "phone", "fax"}, v1::CHANNEL_VOICE, "", false, 1, true},
      {{"name", "phone"}, v1::CHANNEL_FAX, "", false, 1, true},
      {{"name", "Home Phone 1"}, v1::CHANNEL_SMS, "", false, 1, true},
      {{"contact", "number", "phone"}, v1::CHANNEL_VOICE, "", false, 2, true},
      {{"id", "number"}, v1::CHANNEL_VOICE, "", false, 1, true},
      {{"handle", "phone", "email"}, v1::CHANNEL_MESSAGING, "", false, 0, true},
      {{"name", "Address"}, v1::CHANNEL_MAIL, "", false, 1, true},
      {{"Company_Phone_Number", "Created_Date"}, v1::CHANNEL_VOICE, "", false, 0, true},
      {{"pattern"}, v1::CHANNEL_VOICE, "", false, 0, true},
      {{"my numbers"}, v1::CHANNEL_VOICE, "", false, 0, true},
      {{"+12125550123"}, v1::CHANNEL_VOICE, "", false, 0, false},
      {{"jane@example.com"}, v1::CHANNEL_EMAIL, "", false, 0, false},
      {{"1 Main Street"}, v1::CHANNEL_MAIL, "", false, 0, false},
      {{"jane_doe"}, v1::CHANNEL_MESSAGING, "", false, 0, false},
      {{"name", "Main Street"}, v1::CHANNEL_MAIL, "Main Street", false, 1, true},
      {{"name", "address"}, v1::CHANNEL_MAIL, "2", false, 1, true},
      {{"name", "Main Street"}, v1::CHANNEL_MAIL, "2", true, 1, false},
      {{"Jane", "1 Main Street"}, v1::CHANNEL_MAIL, "2", false, 1, false},
      {{"2125550123", "none"}, v1::CHANNEL_VOICE, "2", false, 1, false},
      {{"e-mail", "email"}, v1::CHANNEL_EMAIL, "email", false, 1, true},
      {{"\xE5\x90\x8D", "\xE9\x9B\xBB"}, v1::CHANNEL_VOICE, "\xE9\x9B\xBB", false, 1, true},
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
    EXPECT_EQ(found->title, c.has_header ? c.row[c.index] : "") << c.row[0];
  }
}

TEST(FindContactColumn, ChoosesNoneOfSeveral) {
  const std::vector<std::pair<Row, v1::Channel>> cases = {
      {{"id", "phone", "mobile"}, v1::CHANNEL_VOICE},
      {{"id", "phone", "phone2"}, v1::CHANNEL_VOICE},
      {{"id", "home phone", "Work Phone"}, v1::CHANNEL_SMS},
      {{"id", "mobile", "cell"}, v1::CHANNEL_SMS},
      {{"id", "fax", "fax number"}, v1::CHANNEL_FAX},
      {{"id", "phone", "email"}, v1::CHANNEL_MESSAGING},
      {{"id", "email", "Work E-Mail"}, v1::CHANNEL_EMAIL},
      {{"id", "number", "to"}, v1::CHANNEL_VOICE}};
  for (const auto& [row, channel] : cases) {
    const auto status = FindContactColumn(row, channel, "", false).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row[1];
    EXPECT_THAT(
        std::string(status.message()),
        testing::AllOf(testing::HasSubstr(absl::StrCat("2 \"", row[1], "\"")),
                       testing::HasSubstr(absl::StrCat("3 \"", row[2], "\"")),
                       testing::HasSubstr("--column"), testing::Not(testing::HasSubstr("id"))));
  }
  const Row twice = {"a", "a"};
  EXPECT_TRUE(
      absl::IsInvalidArgument(FindContactColumn(twice, v1::CHANNEL_VOICE, "a", false).status()));
}

// Any text may be an address or a handle: a first line that may be one is never taken for a header.
TEST(FindContactColumn, AsksWhereAnyTextMayBeAContact) {
  const Row row = {"name", "Main Street"};
  for (const v1::Channel channel : {v1::CHANNEL_MAIL, v1::CHANNEL_MESSAGING}) {
    const auto status = FindContactColumn(row, channel, "2", false).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("--no-header"));
  }
}

TEST(FindContactColumn, ShowsNoContactData) {
  const std::vector<Row> rows = {{"Jane", "+12125550123", "x"}, {"Jane", "jane@example.com"}};
  for (const Row& row : rows) {
    const auto status = FindContactColumn(row, v1::CHANNEL_VOICE, "", false).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()),
                testing::AllOf(testing::Not(testing::HasSubstr("5550123")),
                               testing::Not(testing::HasSubstr("jane@")),
                               testing::HasSubstr("--column NUMBER")));
  }
  const Row data = {"Jane", "Doe"};
  EXPECT_THAT(std::string(FindContactColumn(data, v1::CHANNEL_VOICE, "9", true).status().message()),
              testing::Not(testing::HasSubstr("Jane")));
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
