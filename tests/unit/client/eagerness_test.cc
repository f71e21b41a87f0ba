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

// Each check begins with a message that is written at once, and waits for a gateway that is far.
TEST(Eagerness, WhatComesAtOnceAndIsNoAnswerKeepsNobodyAwake) {
  Eagerness eagerness;
  uint32_t in_vain = 0;
  constexpr uint32_t kChecks = 4096;
  for (uint32_t check = 0; check < kChecks; ++check) {
    eagerness.Begin(kStart);  // the message is written
    if (!eagerness.Begin(kStart)) continue;
    WaitInVain(eagerness);
    ++in_vain;
  }
  EXPECT_LE(in_vain, 20u);
}

}  // namespace
}  // namespace dnc
