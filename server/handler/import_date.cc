#include "server/handler/import_date.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/workflow/shape.h"
#include "storage/base/file_date.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kImportClockSkewMicros = 60'000'000;
constexpr int64_t kDayMicros = 24 * 3600 * int64_t{1'000'000};

}  // namespace

absl::StatusOr<ContentDate> ContentDateOf(const v1::ImportConfig& config, UnixMicros max_age,
                                          UnixMicros now) {
  if (config.has_as_of_time()) {
    DNC_RETURN_IF_ERROR(CheckTimestamp(config.as_of_time(), "config.as_of_time"));
    const UnixMicros as_of = TimeUtil::TimestampToMicroseconds(config.as_of_time());
    if (as_of <= now + kImportClockSkewMicros) return ContentDate{as_of, true};
    return InvalidField("config.as_of_time", "lies in the future");
  }
  if (const auto day = DateInFileName(config.file_name()); day.has_value()) {
    const UnixMicros begin = absl::ToUnixMicros(absl::FromCivil(*day, absl::UTCTimeZone()));
    if (begin <= now + kDayMicros) return ContentDate{std::min(begin, now), true};
    return InvalidField("config.file_name",
                        absl::StrCat("its date, ", absl::FormatCivilTime(*day),
                                     ", lies in the future; give the right one as as_of_time"));
  }
  if (max_age == 0) return ContentDate{now, false};
  return MissingField(
      "config.as_of_time",
      "the registry has a max_age, and the file's name has no date (YYYY-MM-DD or YYYYMMDD): give "
      "the day that the file is of, as --as-of 2025-12-03, or --as-of now if it was fetched just "
      "now");
}

}  // namespace dnc
