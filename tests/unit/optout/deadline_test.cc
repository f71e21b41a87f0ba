#include "server/optout/deadline.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/time/time.h"

namespace dnc {
namespace {

absl::CivilDay Day(absl::string_view text) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(text, &day)) << text;
  return day;
}

UnixMicros Micros(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return absl::ToUnixMicros(time);
}

std::string Text(UnixMicros time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(time), absl::UTCTimeZone());
}

// As the Office of Personnel Management publishes them.
TEST(FederalHolidays, AreThoseOfTheCalendar) {
  const std::set<std::string> holidays = {
      "2024-01-01", "2024-01-15", "2024-02-19", "2024-05-27", "2024-06-19", "2024-07-04",
      "2024-09-02", "2024-10-14", "2024-11-11", "2024-11-28", "2024-12-25", "2025-01-01",
      "2025-01-20", "2025-02-17", "2025-05-26", "2025-06-19", "2025-07-04", "2025-09-01",
      "2025-10-13", "2025-11-11", "2025-11-27", "2025-12-25", "2026-01-01", "2026-01-19",
      "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07", "2026-10-12",
      "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18", "2027-02-15",
      "2027-05-31", "2027-06-18", "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11",
      "2027-11-25", "2027-12-24", "2027-12-31"};
  for (absl::CivilDay day = Day("2024-01-01"); day < Day("2028-01-01"); ++day) {
    EXPECT_EQ(IsFederalHoliday(day), holidays.count(absl::FormatCivilTime(day)) == 1) << day;
  }
}

TEST(FederalHolidays, JuneteenthIsOneSince2021) {
  EXPECT_FALSE(IsFederalHoliday(Day("2020-06-19")));
  EXPECT_TRUE(IsFederalHoliday(Day("2021-06-18")));  // a Saturday's
}

TEST(FederalHolidays, NewYearMayBeKeptInTheYearBefore) {
  EXPECT_TRUE(IsFederalHoliday(Day("2021-12-31")));
  EXPECT_FALSE(IsFederalHoliday(Day("2022-01-03")));
  EXPECT_TRUE(IsFederalHoliday(Day("2023-01-02")));  // a Sunday's
}

TEST(BusinessDays, AreCountedOverHolidaysWeekendsAndYearEnds) {
  const struct {
    const char* from;
    int count;
    const char* to;
  } rows[] = {
      {"2026-06-01", 1, "2026-06-02"},  {"2026-06-05", 1, "2026-06-08"},
      {"2026-06-06", 1, "2026-06-08"},  {"2026-06-07", 1, "2026-06-08"},
      {"2026-06-01", 10, "2026-06-15"}, {"2026-06-08", 10, "2026-06-23"},  // Juneteenth
      {"2026-06-29", 10, "2026-07-14"},  // Independence Day, on Friday the 3rd
      {"2025-12-22", 10, "2026-01-07"},  // Christmas and New Year
      {"2026-12-18", 10, "2027-01-05"}, {"2027-12-17", 10, "2028-01-04"},  // both on Fridays before
      {"2026-11-20", 10, "2026-12-07"},                                    // Thanksgiving
      {"2026-01-16", 10, "2026-02-02"},                                    // Martin Luther King
      {"2028-02-18", 10, "2028-03-06"},  // Washington's Birthday, a leap year
      {"2026-10-09", 10, "2026-10-26"},  // Columbus Day, which is not Veterans Day
      {"2026-11-10", 10, "2026-11-25"},  // Veterans Day
  };
  for (const auto& row : rows) {
    EXPECT_EQ(AddBusinessDays(Day(row.from), row.count), Day(row.to))
        << row.from << " + " << row.count;
  }
}

TEST(OptOutDeadlines, AreTenBusinessDaysCountedAsStrictlyAsAnyPlaceOfTheCountry) {
  const struct {
    bool is_email;
    const char* received;
    const char* deadline;
    const char* rule;
  } rows[] = {
      // Monday noon in New York: the end of Monday two weeks later, in daylight time.
      {false, "2026-06-01T16:00:00Z", "2026-06-16T04:00:00Z", "47 CFR 64.1200(a)(10), (d)(3)"},
      {true, "2026-06-01T16:00:00Z", "2026-06-16T04:00:00Z", "15 U.S.C. 7704(a)(4)"},
      // Early on Tuesday in New York is Monday still in Hawaii, which counts.
      {false, "2026-06-02T09:59:59Z", "2026-06-16T04:00:00Z", "47 CFR 64.1200(a)(10), (d)(3)"},
      {false, "2026-06-02T10:00:00Z", "2026-06-17T04:00:00Z", "47 CFR 64.1200(a)(10), (d)(3)"},
      // Christmas and New Year.
      {false, "2026-12-18T20:00:00Z", "2027-01-06T04:00:00Z", "47 CFR 64.1200(a)(10), (d)(3)"},
      {true, "2025-12-22T20:00:00Z", "2026-01-08T04:00:00Z", "15 U.S.C. 7704(a)(4)"},
      // The day on which the new rule came into force, and the day before.
      {false, "2025-04-11T20:00:00Z", "2025-04-26T04:00:00Z", "47 CFR 64.1200(a)(10), (d)(3)"},
      {false, "2025-04-10T20:00:00Z", "2025-05-11T04:00:00Z",
       "47 CFR 64.1200(d)(3) (until 2025-04-10)"},
      // E-mail had ten business days before as well.
      {true, "2025-04-10T20:00:00Z", "2025-04-25T04:00:00Z", "15 U.S.C. 7704(a)(4)"},
  };
  for (const auto& row : rows) {
    const Deadline deadline = OptOutDeadline(row.is_email, Micros(row.received));
    EXPECT_EQ(Text(deadline.time), row.deadline) << row.received << (row.is_email ? " email" : "");
    EXPECT_EQ(deadline.rule, row.rule) << row.received;
  }
}

}  // namespace
}  // namespace dnc
