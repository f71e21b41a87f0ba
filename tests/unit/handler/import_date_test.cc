#include "server/handler/import_date.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

using ::google::protobuf::util::TimeUtil;
using ::testing::HasSubstr;

constexpr UnixMicros kSecond = 1'000'000;
constexpr UnixMicros kHour = 3600 * kSecond;
constexpr UnixMicros kDay = 24 * kHour;
constexpr UnixMicros kMidnight = 1'768'435'200 * kSecond;  // 2026-01-15T00:00:00Z
constexpr UnixMicros kNoon = kMidnight + 12 * kHour;
constexpr UnixMicros kMaxAge = 31 * kDay;

v1::ImportConfig Named(const std::string& file_name) {
  v1::ImportConfig config;
  config.set_file_name(file_name);
  return config;
}

v1::ImportConfig AsOf(UnixMicros time, const std::string& file_name = "") {
  v1::ImportConfig config = Named(file_name);
  *config.mutable_as_of_time() = TimeUtil::MicrosecondsToTimestamp(time);
  return config;
}

void ExpectDate(const v1::ImportConfig& config, UnixMicros as_of, bool given, UnixMicros max_age) {
  const absl::StatusOr<ContentDate> date = ContentDateOf(config, max_age, kNoon);
  ASSERT_TRUE(date.ok()) << date.status();
  EXPECT_EQ(date->as_of, as_of);
  EXPECT_EQ(date->given, given);
}

TEST(ContentDateOf, TakesTheConfigThenTheNameThenNow) {
  ExpectDate(AsOf(kNoon - kDay, "2026-01-02.txt"), kNoon - kDay, true, kMaxAge);
  ExpectDate(AsOf(kNoon, "2027-01-02.txt"), kNoon, true, kMaxAge);
  ExpectDate(Named("2026-01-14_full.txt"), kMidnight - kDay, true, kMaxAge);
  ExpectDate(Named("full.txt"), kNoon, false, 0);
  ExpectDate(Named(""), kNoon, false, 0);
}

TEST(ContentDateOf, AFileOfUnknownAgeWouldCountAsFresh) {
  for (const char* name : {"", "full.txt", "20260101_20260102.txt"}) {
    const absl::Status status = ContentDateOf(Named(name), kMaxAge, kNoon).status();
    EXPECT_THAT(status, IsFieldError(v1::ERROR_REASON_REQUIRED_FIELD_MISSING, "config.as_of_time"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--as-of now"));
  }
}

TEST(ContentDateOf, ANameMayBeADayAhead) {
  ExpectDate(Named("2026-01-15.txt"), kMidnight, true, kMaxAge);
  ExpectDate(Named("2026-01-16.txt"), kNoon, true, kMaxAge);
  ExpectDate(Named("2026-01-16.txt"), kNoon, true, 0);
  const absl::Status status = ContentDateOf(Named("2026-01-17.txt"), 0, kNoon).status();
  EXPECT_THAT(status, IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "config.file_name"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("2026-01-17"));
}

TEST(ContentDateOf, ATimeMayNotBeAhead) {
  ExpectDate(AsOf(kNoon + 60 * kSecond), kNoon + 60 * kSecond, true, kMaxAge);
  EXPECT_THAT(ContentDateOf(AsOf(kNoon + 61 * kSecond), kMaxAge, kNoon).status(),
              IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "config.as_of_time"));
}

}  // namespace
}  // namespace dnc
