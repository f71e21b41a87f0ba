#include "client/internal/eagerness.h"

#include <gtest/gtest.h>

namespace dnc {
namespace {

constexpr Eagerness::Clock::time_point kStart{std::chrono::hours(1)};

// Waits until it looks out again; how often it did not.
uint32_t OmittedOf(Eagerness& eagerness) {
  uint32_t omitted = 0;
  while (!eagerness.Begin(kStart)) ++omitted;
  return omitted;
}

void WaitInVain(Eagerness& eagerness) {
  EXPECT_FALSE(eagerness.GoesOn(kStart + Eagerness::kMoment));
}

TEST(Eagerness, LooksOutForAMoment) {
  Eagerness eagerness;
  EXPECT_TRUE(eagerness.Begin(kStart));
  EXPECT_TRUE(eagerness.GoesOn(kStart));
  EXPECT_TRUE(eagerness.GoesOn(kStart + Eagerness::kMoment - std::chrono::nanoseconds(1)));
  EXPECT_FALSE(eagerness.GoesOn(kStart + Eagerness::kMoment));
}

TEST(Eagerness, EachTimeInVainDoublesHowOftenItIsOmitted) {
  Eagerness eagerness;
  EXPECT_EQ(OmittedOf(eagerness), 0u);
  for (uint32_t omitted = 1; omitted <= Eagerness::kMostOmitted; omitted *= 2) {
    WaitInVain(eagerness);
    EXPECT_EQ(OmittedOf(eagerness), omitted);
  }
  WaitInVain(eagerness);
  EXPECT_EQ(OmittedOf(eagerness), Eagerness::kMostOmitted);
}

TEST(Eagerness, AnAnswerWithinTheMomentMakesItEagerAgain) {
  Eagerness eagerness;
  for (int i = 0; i < 5; ++i) {
    OmittedOf(eagerness);
    WaitInVain(eagerness);
  }
  EXPECT_EQ(OmittedOf(eagerness), 16u);
  eagerness.Rewarded();
  EXPECT_EQ(OmittedOf(eagerness), 0u);
  WaitInVain(eagerness);
  EXPECT_EQ(OmittedOf(eagerness), 1u);
}

}  // namespace
}  // namespace dnc
