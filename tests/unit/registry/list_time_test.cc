#include "server/registry/list_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
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

TEST(VersionDateTest, ReadsFileNames) {
  const std::map<std::string, std::optional<absl::CivilDay>> cases = {
      {"2025-11-03_Global_1A2B3C.txt", absl::CivilDay(2025, 11, 3)},
      {"DNC_Complaint_Numbers_2025-12-02.csv", absl::CivilDay(2025, 12, 2)},
      {"/lists/2024-01-01/full_20251103.zip", absl::CivilDay(2025, 11, 3)},
      {"20251103_2025-11-03.txt", absl::CivilDay(2025, 11, 3)},
      {"20251103_20251104.txt", std::nullopt},
      {"2025-02-29.txt", std::nullopt},
      {"2024-02-29.txt", absl::CivilDay(2024, 2, 29)},
      {"2025-1-03.txt", std::nullopt},
      {"120251103.txt", std::nullopt},
      {"202511030.txt", std::nullopt},
      {"99999999.txt", std::nullopt},
      {"list.txt", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [name, date] : cases) EXPECT_EQ(VersionDateFromFileName(name), date) << name;
}

}  // namespace
}  // namespace dnc
