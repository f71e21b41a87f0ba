#include "server/registry/list_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/registry/list_format.h"

namespace dnc {
namespace {

using ::testing::HasSubstr;

constexpr UnixMicros kSecond = 1'000'000;

TEST(ListFormatTest, NamesAreReadBack) {
  for (const char* name : {"auto", "plain", "ftc-flat", "ftc-xml", "ftc-change", "ftc-complaints",
                           "ses", "sendgrid", "mailchimp"}) {
    const auto format = ParseListFormat(name);
    ASSERT_TRUE(format.ok()) << format.status();
    EXPECT_EQ(ListFormatName(*format), name);
  }
  EXPECT_THAT(std::string(ParseListFormat("csv").status().message()), HasSubstr("ftc-flat"));
}

TEST(ListTimeTest, ReadsTheCommonShapes) {
  for (const char* text : {"2025-12-02", "2025-12-02 00:00:00", "2025-12-02T00:00:00Z", "20251202",
                           "2025-12-02T01:00:00+01:00", "12/02/2025", "12/02/2025 00:00:00"}) {
    EXPECT_EQ(ParseListTime(text), 1764633600 * kSecond) << text;
  }
  EXPECT_EQ(ParseListTime("2025-12-02 00:00:00.25"), 1764633600 * kSecond + 250'000);
  for (const char* text : {"", "soon", "2025-02-30", "20250230", "2025-13-01", "1764633600",
                           "1969-12-31", "infinite-future", "-2025-12-02"}) {
    EXPECT_EQ(ParseListTime(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseEpochSeconds("1764633600"), 1764633600 * kSecond);
  for (const char* text : {"", "-1", "+1", "1.5", "99999999999999", "x"}) {
    EXPECT_EQ(ParseEpochSeconds(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dnc
