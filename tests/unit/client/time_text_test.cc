#include "client/cli/time_text.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"

namespace dnc::cli {
namespace {

TEST(ParseDurationText, ReadsUnitsAndSums) {
  const std::vector<std::pair<const char*, absl::Duration>> cases = {
      {"30d", absl::Hours(720)}, {"12h", absl::Hours(12)},          {"90m", absl::Minutes(90)},
      {"2w", absl::Hours(336)},  {"1h30m", absl::Minutes(90)},      {"1.5s", absl::Seconds(1.5)},
      {"5s", absl::Seconds(5)},  {"250ms", absl::Milliseconds(250)}};
  for (const auto& [text, want] : cases) {
    const auto got = ParseDurationText(text);
    ASSERT_TRUE(got.ok()) << text;
    EXPECT_EQ(*got, want) << text;
  }
}

TEST(ParseDurationText, RefusesWhatIsNone) {
  for (const char* text : {"", "30", "d", "30x", "-5d", "0d", "30d ", "30d5", "1e9d", "inf",
                           "1.2.3s", "99999999999999d"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseDurationText(text).status())) << text;
  }
}

TEST(ParseTimeText, ReadsEveryForm) {
  const absl::Time now = absl::FromUnixSeconds(1000000000);
  EXPECT_EQ(ParseTimeText("2026-01-31T12:00:00Z", now).value(),
            absl::FromCivil(absl::CivilHour(2026, 1, 31, 12), absl::UTCTimeZone()));
  EXPECT_EQ(ParseTimeText("2026-01-31T12:00:00+02:00", now).value(),
            absl::FromCivil(absl::CivilHour(2026, 1, 31, 10), absl::UTCTimeZone()));
  EXPECT_EQ(ParseTimeText("2026-01-31", now).value(),
            absl::FromCivil(absl::CivilDay(2026, 1, 31), absl::UTCTimeZone()));
  EXPECT_EQ(ParseTimeText("30d", now).value(), now + absl::Hours(720));
  EXPECT_EQ(ParseTimeText("now", now).value(), now);
  for (const char* text : {"", "tomorrow", "2026-13-01", "2026-02-30", "31.1.2026", "12:00"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseTimeText(text, now).status())) << text;
  }
}

TEST(Texts, AreReadAsTheyAreWritten) {
  for (const char* text : {"30d", "1d12h", "1h30m", "1s", "1s250ms"}) {
    EXPECT_EQ(DurationText(ToProtoDuration(ParseDurationText(text).value())), text);
  }
  EXPECT_EQ(DurationText({}), "0s");
  EXPECT_EQ(TimeText({}), "-");
  EXPECT_EQ(TimeText(ToProtoTime(ParseTimeText("2026-01-31", absl::Now()).value())),
            "2026-01-31T00:00:00Z");
}

TEST(ToProtoTime, KeepsNanosPositiveBefore1970) {
  const auto proto = ToProtoTime(absl::FromUnixMillis(-1500));
  EXPECT_EQ(proto.seconds(), -2);
  EXPECT_EQ(proto.nanos(), 500000000);
}

}  // namespace
}  // namespace dnc::cli
