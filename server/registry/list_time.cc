#include "server/registry/list_time.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "storage/base/file_date.h"

namespace dnc {
namespace {

constexpr int64_t kMaxEpochSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMicrosPerSecond = 1'000'000;

bool IsDateDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

}  // namespace

std::optional<UnixMicros> ParseListTime(absl::string_view text) {
  constexpr absl::string_view kShapes[] = {
      "%E4Y-%m-%d %H:%M:%E*S",   "%E4Y-%m-%d%ET%H:%M:%E*S%Ez",
      "%E4Y-%m-%d%ET%H:%M:%E*S", "%E4Y-%m-%d",
      "%m/%d/%E4Y %H:%M:%S",     "%m/%d/%E4Y",
  };
  text = absl::StripAsciiWhitespace(text);
  if (text.empty() || !IsDateDigit(text.front())) return std::nullopt;
  const auto in_range = [](int64_t micros) {
    return micros >= 0 && micros / kMicrosPerSecond <= kMaxEpochSeconds;
  };
  if (text.size() == 8 && std::all_of(text.begin(), text.end(), IsDateDigit)) {
    const auto date = DateInFileName(text);
    if (!date.has_value()) return std::nullopt;
    return absl::ToUnixMicros(absl::FromCivil(*date, absl::UTCTimeZone()));
  }
  for (const absl::string_view shape : kShapes) {
    absl::Time time;
    if (!absl::ParseTime(shape, text, &time, nullptr)) continue;
    const int64_t micros = absl::ToUnixMicros(time);
    return in_range(micros) ? std::optional(micros) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<UnixMicros> ParseEpochSeconds(absl::string_view text) {
  int64_t seconds = 0;
  if (text.empty() || !IsDateDigit(text.front()) || !absl::SimpleAtoi(text, &seconds) ||
      seconds > kMaxEpochSeconds) {
    return std::nullopt;
  }
  return seconds * kMicrosPerSecond;
}

}  // namespace dnc
