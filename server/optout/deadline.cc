#include "server/optout/deadline.h"

#include <algorithm>
#include <iterator>

#include "absl/time/time.h"

namespace dnc {
namespace {

// A rule, for requests received from its first day on.
struct Rule {
  bool is_email;
  absl::CivilDay from;
  int days;
  bool business_days;
  absl::string_view citation;
};

// Newest first.
const Rule kRules[] = {
    // FCC 24-24, 89 FR 15756; in force since 11 April 2025: "within a reasonable time not to exceed
    // ten business days from receipt".
    {false, absl::CivilDay(2025, 4, 11), 10, true, "47 CFR 64.1200(a)(10), (d)(3)"},
    // As it was before: company-specific requests "within a reasonable time", at most 30 days.
    {false, absl::CivilDay(1, 1, 1), 30, false, "47 CFR 64.1200(d)(3) (until 2025-04-10)"},
    // CAN-SPAM: no message "more than 10 business days after the receipt of such request".
    {true, absl::CivilDay(1, 1, 1), 10, true, "15 U.S.C. 7704(a)(4)"},
};

const Rule& RuleFor(bool is_email, absl::CivilDay received) {
  return *std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& rule) {
    return rule.is_email == is_email && rule.from <= received;
  });
}

absl::TimeZone Earliest() { return absl::FixedTimeZone(-10 * 3600); }
absl::TimeZone Latest() { return absl::FixedTimeZone(-4 * 3600); }

absl::CivilDay NthWeekday(absl::CivilYear year, int month, int n, absl::Weekday weekday) {
  return absl::NextWeekday(absl::CivilDay(year.year(), month, 1) - 1, weekday) + 7 * (n - 1);
}

absl::CivilDay LastMondayOfMay(absl::CivilYear year) {
  return absl::PrevWeekday(absl::CivilDay(year.year(), 6, 1), absl::Weekday::monday);
}

struct FixedHoliday {
  int month;
  int day;
  absl::civil_year_t since;
};
constexpr FixedHoliday kFixed[] = {
    {1, 1, 1},      // New Year's Day
    {6, 19, 2021},  // Juneteenth National Independence Day
    {7, 4, 1},      // Independence Day
    {11, 11, 1},    // Veterans Day
    {12, 25, 1},    // Christmas Day
};

// A holiday of the calendar as its employees keep it.
absl::CivilDay Observed(absl::CivilDay day) {
  switch (absl::GetWeekday(day)) {
    case absl::Weekday::saturday:
      return day - 1;
    case absl::Weekday::sunday:
      return day + 1;
    default:
      return day;
  }
}

bool IsFixedHoliday(absl::CivilDay day) {
  // New Year's Day may be kept in the year before.
  for (const absl::civil_year_t year : {day.year(), day.year() + 1}) {
    for (const FixedHoliday& holiday : kFixed) {
      if (year < holiday.since) continue;
      if (Observed(absl::CivilDay(year, holiday.month, holiday.day)) == day) return true;
    }
  }
  return false;
}

}  // namespace

bool IsFederalHoliday(absl::CivilDay day) {
  const absl::CivilYear year(day);
  return IsFixedHoliday(day) ||
         day == NthWeekday(year, 1, 3, absl::Weekday::monday) ||   // Martin Luther King, Jr.
         day == NthWeekday(year, 2, 3, absl::Weekday::monday) ||   // Washington's Birthday
         day == LastMondayOfMay(year) ||                           // Memorial Day
         day == NthWeekday(year, 9, 1, absl::Weekday::monday) ||   // Labor Day
         day == NthWeekday(year, 10, 2, absl::Weekday::monday) ||  // Columbus Day
         day == NthWeekday(year, 11, 4, absl::Weekday::thursday);  // Thanksgiving Day
}

bool IsBusinessDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
         !IsFederalHoliday(day);
}

absl::CivilDay AddBusinessDays(absl::CivilDay day, int count) {
  while (count > 0) {
    if (IsBusinessDay(++day)) --count;
  }
  return day;
}

Deadline OptOutDeadline(bool is_email, UnixMicros received) {
  const absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(received), Earliest());
  const Rule& rule = RuleFor(is_email, day);
  const absl::CivilDay last =
      rule.business_days ? AddBusinessDays(day, rule.days) : day + rule.days;
  return {absl::ToUnixMicros(absl::FromCivil(last + 1, Latest())), rule.citation};
}

}  // namespace dnc
