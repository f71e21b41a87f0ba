#include "tests/fault/judge.h"

#include <gtest/gtest.h>

namespace dnc::testing {
namespace {

constexpr Subject kBlocked{true, 1};
constexpr Subject kClear{false, 0};

OptOut Of(OptOutKind kind) { return MakeOptOut(kind, 7, 2); }

Observed Whole(OptOutKind kind) {
  Observed observed;
  const OptOut opt_out = Of(kind);
  observed.phones.assign(opt_out.phones.size(), kBlocked);
  if (opt_out.lead.empty()) return observed;
  observed.lead_known = true;
  observed.lead_flagged = true;
  observed.lead = kBlocked;
  observed.lead_moved = opt_out.moves_lead();
  return observed;
}

Observed Absent(OptOutKind kind) {
  Observed observed;
  observed.phones.assign(Of(kind).phones.size(), kClear);
  observed.lead_known = kind == OptOutKind::kKnownLead || kind == OptOutKind::kLeadEntry;
  return observed;
}

class JudgeTest : public ::testing::TestWithParam<OptOutKind> {};

TEST_P(JudgeTest, SeesAllAndNothing) {
  EXPECT_EQ(PresenceOf(Of(GetParam()), Whole(GetParam())), Presence::kWhole);
  EXPECT_EQ(PresenceOf(Of(GetParam()), Absent(GetParam())), Presence::kAbsent);
}

TEST_P(JudgeTest, SeesAPhoneThatIsNotBlocked) {
  if (GetParam() == OptOutKind::kPhoneEntry) return;  // has one part only
  Observed observed = Whole(GetParam());
  observed.phones.back() = kClear;
  EXPECT_EQ(PresenceOf(Of(GetParam()), observed), Presence::kHalf);
}

TEST_P(JudgeTest, SeesAnEntryThatDoesNotBlock) {
  Observed observed = Whole(GetParam());
  observed.phones.back().denied = false;
  EXPECT_EQ(PresenceOf(Of(GetParam()), observed), Presence::kHalf);
}

TEST_P(JudgeTest, SeesALeadThatIsNotFlagged) {
  if (GetParam() == OptOutKind::kPhoneEntry) return;  // has no lead
  Observed observed = Whole(GetParam());
  observed.lead_flagged = false;
  EXPECT_EQ(PresenceOf(Of(GetParam()), observed), Presence::kHalf);
}

TEST_P(JudgeTest, SeesALeadThatDidNotMove) {
  if (!Of(GetParam()).moves_lead()) return;  // moves no lead
  Observed observed = Whole(GetParam());
  observed.lead_moved = false;
  EXPECT_EQ(PresenceOf(Of(GetParam()), observed), Presence::kHalf);
  observed = Absent(GetParam());
  observed.lead_known = true;
  observed.lead_moved = true;
  EXPECT_EQ(PresenceOf(Of(GetParam()), observed), Presence::kHalf);
}

TEST_P(JudgeTest, SeesASecondApplication) {
  Observed observed = Whole(GetParam());
  EXPECT_FALSE(AppliedTwice(observed));
  observed.phones.front().entries = 2;
  EXPECT_TRUE(AppliedTwice(observed));
}

INSTANTIATE_TEST_SUITE_P(Kinds, JudgeTest,
                         ::testing::Values(OptOutKind::kNewLead, OptOutKind::kKnownLead,
                                           OptOutKind::kLeadEntry, OptOutKind::kPhoneEntry));

TEST(OptOutTest, SharesNoPhoneWithAnother) {
  EXPECT_EQ(MakeOptOut(OptOutKind::kPhoneEntry, 0, 1).phones.front(), "+12123200000");
  EXPECT_EQ(MakeOptOut(OptOutKind::kPhoneEntry, 1'399'999, 1).phones.front(), "+12129999996");
  EXPECT_NE(MakeOptOut(OptOutKind::kNewLead, 1, 4).phones.back(),
            MakeOptOut(OptOutKind::kNewLead, 2, 4).phones.front());
}

}  // namespace
}  // namespace dnc::testing
