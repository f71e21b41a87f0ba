#include "client/cli/time_text.h"

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dnc::cli {
namespace {

// "ms" stands before "m", so that the longer unit is tried first.
struct Unit {
  absl::string_view name;
  absl::Duration length;
};
const std::array<Unit, 6>& Units() {
  static const std::array<Unit, 6> units{{{"w", absl::Hours(7 * 24)},
                                          {"d", absl::Hours(24)},
                                          {"h", absl::Hours(1)},
                                          {"ms", absl::Milliseconds(1)},
                                          {"m", absl::Minutes(1)},
                                          {"s", absl::Seconds(1)}}};
  return units;
}

// Takes "30d" off the start of `text`; zero where it does not start so.
absl::Duration TakePart(absl::string_view& text) {
  size_t digits = 0;
  while (digits < text.size() &&
         (absl::ascii_isdigit(static_cast<unsigned char>(text[digits])) || text[digits] == '.')) {
    ++digits;
  }
  double count = 0;
  if (digits == 0 || !absl::SimpleAtod(text.substr(0, digits), &count)) return {};
  text.remove_prefix(digits);
  for (const Unit& unit : Units()) {
    if (!absl::StartsWith(text, unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return count * unit.length;
  }
  return {};
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDurationText(absl::string_view text) {
  absl::Duration total;
  absl::string_view rest = text;
  do {
    const absl::Duration part = TakePart(rest);
    if (part <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", text, "\" is no duration; write e.g. 30d, 12h, 90m, 1h30m or 1.5s"));
    }
    total += part;
  } while (!rest.empty());
  if (total > absl::Hours(24 * 365 * 1000)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is longer than 1,000 years"));
  }
  return total;
}

absl::StatusOr<absl::Time> ParseTimeText(absl::string_view text, absl::Time now) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  if (absl::ParseTime("%Y-%m-%d", text, &time, &error)) return time;
  if (text == "now") return now;
  if (const auto duration = ParseDurationText(text); duration.ok()) return now + *duration;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text,
      "\" is no time; write 2026-01-31T12:00:00Z, 2026-01-31 (UTC), now, or 30d for 30 days from "
      "now"));
}

google::protobuf::Timestamp ToProtoTime(absl::Time time) {
  google::protobuf::Timestamp proto;
  const int64_t seconds = absl::ToUnixSeconds(time);
  proto.set_seconds(seconds);
  proto.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return proto;
}

google::protobuf::Duration ToProtoDuration(absl::Duration duration) {
  google::protobuf::Duration proto;
  absl::Duration rest;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return proto;
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "-";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string AsOfText(const v1::ListVersion& version) {
  return absl::StrCat(TimeText(version.as_of_time()), version.undated() ? " (undated)" : "");
}

std::string DurationText(const google::protobuf::Duration& duration) {
  constexpr std::array<std::pair<int64_t, absl::string_view>, 4> kParts{
      {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}}};
  std::string text;
  int64_t seconds = duration.seconds();
  for (const auto& [length, unit] : kParts) {
    if (seconds / length > 0) absl::StrAppend(&text, seconds / length, unit);
    seconds %= length;
  }
  if (const int32_t millis = duration.nanos() / 1000000; millis > 0) {
    absl::StrAppend(&text, millis, "ms");
  }
  return text.empty() ? "0s" : text;
}

}  // namespace dnc::cli
