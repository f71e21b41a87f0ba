#include "storage/base/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace dnc {
namespace {

TEST(SystemClockTest, IsMicrosecondsSinceTheEpoch) {
  timespec before{};
  clock_gettime(CLOCK_REALTIME, &before);
  const UnixMicros now = SystemClock().Now();
  timespec after{};
  clock_gettime(CLOCK_REALTIME, &after);
  EXPECT_GE(now, before.tv_sec * 1'000'000 + before.tv_nsec / 1000);
  EXPECT_LE(now, after.tv_sec * 1'000'000 + after.tv_nsec / 1000);
  EXPECT_EQ(&SystemClock(), &SystemClock());
}

TEST(ManualClockTest, StandsStillUntilTold) {
  ManualClock clock(5);
  EXPECT_EQ(clock.Now(), 5);
  EXPECT_EQ(clock.Now(), 5);
  clock.Advance(7);
  EXPECT_EQ(clock.Now(), 12);
  clock.Advance(-2);
  EXPECT_EQ(clock.Now(), 10);
  clock.Set(-1);
  EXPECT_EQ(clock.Now(), -1);
}

}  // namespace
}  // namespace dnc
