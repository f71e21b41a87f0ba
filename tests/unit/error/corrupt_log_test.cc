#include "server/error/corrupt_log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

#include "dnc/v1/check.pb.h"
#include "server/error/error.h"
#include "server/error/item_error.h"

namespace dnc {
namespace {

TEST(LogThrottleTest, LetsOneThroughAndCountsTheOthers) {
  LogThrottle throttle(absl::Seconds(1));
  EXPECT_EQ(throttle.Pass(absl::Seconds(5)), 0);
  EXPECT_EQ(throttle.Pass(absl::Seconds(5)), std::nullopt);
  EXPECT_EQ(throttle.Pass(absl::Seconds(5.999)), std::nullopt);
  EXPECT_EQ(throttle.Pass(absl::Seconds(6)), 2);
  EXPECT_EQ(throttle.Pass(absl::Seconds(100)), 0);
}

TEST(LogIfCorruptTest, TellsOfDamageAndOfNothingElse) {
  std::ostringstream out;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out)));
  LogIfCorrupt(absl::OkStatus());
  LogIfCorrupt(absl::NotFoundError("not damaged"));
  EXPECT_EQ(out.str(), "");
  v1::ItemError item;
  for (int i = 0; i < 1000; ++i) {
    FillItemError(MakeError(v1::ERROR_REASON_CORRUPT_RECORD, "a record of leads"), &item);
  }
  spdlog::set_default_logger(before);
  const size_t first = out.str().find("corrupt record: a record of leads");
  EXPECT_NE(first, std::string::npos) << out.str();
}

}  // namespace
}  // namespace dnc
