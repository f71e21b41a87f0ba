#include "client/decision.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "tests/unit/client/fakes.h"

namespace dnc {
namespace {

v1::CheckContactResponse Answer(int verdict, int64_t seconds, int32_t nanos = 0) {
  v1::CheckContactResponse response;
  response.set_verdict(static_cast<v1::Verdict>(verdict));
  response.mutable_valid_for()->set_seconds(seconds);
  response.mutable_valid_for()->set_nanos(nanos);
  return response;
}

struct Case {
  std::string name;
  int verdict;
  int64_t seconds;
  int32_t nanos;
  absl::Duration age;
  Verdict want;
  bool want_ok;
};

class DecisionTable : public testing::TestWithParam<Case> {};

TEST_P(DecisionTable, FailsClosed) {
  const Case& c = GetParam();
  auto time = std::make_shared<FakeTime>();
  const Decision decision =
      Decision::FromResponse(Answer(c.verdict, c.seconds, c.nanos), time->Now(), time);
  time->Advance(c.age);
  EXPECT_EQ(decision.verdict(), c.want);
  EXPECT_EQ(decision.may_contact(), c.want == Verdict::kAllow);
  EXPECT_EQ(decision.status().ok(), c.want_ok) << decision.status();
}

constexpr absl::Duration kNow = absl::ZeroDuration();

INSTANTIATE_TEST_SUITE_P(
    All, DecisionTable,
    testing::Values(
        Case{"FreshAllow", v1::VERDICT_ALLOW, 10, 0, kNow, Verdict::kAllow, true},
        Case{"AllowJustInTime", v1::VERDICT_ALLOW, 10, 0, absl::Milliseconds(9999), Verdict::kAllow,
             true},
        Case{"AllowAtItsEnd", v1::VERDICT_ALLOW, 10, 0, absl::Seconds(10), Verdict::kUnknown,
             false},
        Case{"AllowTooOld", v1::VERDICT_ALLOW, 10, 0, absl::Hours(1), Verdict::kUnknown, false},
        Case{"AllowOfNanoseconds", v1::VERDICT_ALLOW, 0, 500, kNow, Verdict::kAllow, true},
        Case{"AllowWithoutValidity", v1::VERDICT_ALLOW, 0, 0, kNow, Verdict::kUnknown, false},
        Case{"AllowNegative", v1::VERDICT_ALLOW, -1, 0, kNow, Verdict::kUnknown, false},
        Case{"AllowNegativeNanos", v1::VERDICT_ALLOW, 5, -1, kNow, Verdict::kUnknown, false},
        Case{"AllowTooManyNanos", v1::VERDICT_ALLOW, 5, 1000000000, kNow, Verdict::kUnknown, false},
        Case{"AllowForEver", v1::VERDICT_ALLOW, std::numeric_limits<int64_t>::max(), 0, kNow,
             Verdict::kUnknown, false},
        Case{"Deny", v1::VERDICT_DENY, 0, 0, kNow, Verdict::kDeny, true},
        Case{"DenyWithValidity", v1::VERDICT_DENY, 10, 0, absl::Hours(1), Verdict::kDeny, true},
        Case{"Unknown", v1::VERDICT_UNKNOWN, 0, 0, kNow, Verdict::kUnknown, true},
        Case{"Unspecified", v1::VERDICT_UNSPECIFIED, 10, 0, kNow, Verdict::kUnknown, false},
        Case{"OfTheFuture", 4, 10, 0, kNow, Verdict::kUnknown, false},
        Case{"Negative", -1, 10, 0, kNow, Verdict::kUnknown, false}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST(Decision, NothingAskedIsUnknown) {
  const Decision decision;
  EXPECT_FALSE(decision.may_contact());
  EXPECT_FALSE(decision.status().ok());
}

TEST(Decision, FailureIsUnknownAndKept) {
  const Decision decision = Decision::Failed(absl::UnavailableError("away"));
  EXPECT_FALSE(decision.may_contact());
  EXPECT_EQ(decision.verdict(), Verdict::kUnknown);
  EXPECT_TRUE(absl::IsUnavailable(decision.status()));
  EXPECT_EQ(decision.ToString(), "UNKNOWN: away");
}

TEST(Decision, FailureThatIsOkIsStillAFailure) {
  EXPECT_FALSE(Decision::Failed(absl::OkStatus()).may_contact());
  EXPECT_FALSE(Decision::Failed(absl::OkStatus()).status().ok());
}

TEST(Decision, AllowWithoutAClockIsUnknown) {
  const Decision decision =
      Decision::FromResponse(Answer(v1::VERDICT_ALLOW, 10), absl::ZeroDuration(), nullptr);
  EXPECT_FALSE(decision.may_contact());
}

TEST(Decision, AgeCountsFromTheStartOfTheCall) {
  auto time = std::make_shared<FakeTime>();
  const absl::Duration started = time->Now();
  time->Advance(absl::Seconds(8));
  const Decision decision = Decision::FromResponse(Answer(v1::VERDICT_ALLOW, 10), started, time);
  EXPECT_EQ(decision.remaining(), absl::Seconds(2));
  time->Advance(absl::Seconds(2));
  EXPECT_FALSE(decision.may_contact());
  EXPECT_EQ(decision.remaining(), absl::ZeroDuration());
}

TEST(Decision, TextNamesReasonsWithoutContactData) {
  v1::CheckContactResponse response = Answer(v1::VERDICT_DENY, 0);
  response.mutable_contact_point()->set_phone("+12125550123");
  response.add_reasons()->set_type(v1::REASON_TYPE_CONTACT_POINT_ON_LIST);
  response.add_reasons()->set_type(v1::REASON_TYPE_NURTURE);
  const Decision decision =
      Decision::FromResponse(response, absl::ZeroDuration(), std::make_shared<FakeTime>());
  EXPECT_EQ(decision.ToString(), "DENY: CONTACT_POINT_ON_LIST, NURTURE");
}

TEST(Decision, BytesSayTheSameAsTheirMessage) {
  v1::CheckContactResponse response = Answer(v1::VERDICT_ALLOW, 10, 5);
  response.mutable_contact_point()->set_phone("+12125550123");
  response.add_reasons()->set_message("exempt");
  response.set_decision_id("id");
  response.set_revision(7);
  auto time = std::make_shared<FakeTime>();
  const Decision decision = Decision::FromBytes(response.SerializeAsString(), time->Now(), time);
  EXPECT_TRUE(decision.may_contact());
  EXPECT_EQ(decision.remaining(), absl::Seconds(10) + absl::Nanoseconds(5));
  EXPECT_EQ(decision.revision(), 7);
  const Decision copy = decision;
  EXPECT_EQ(copy.decision_id(), "id");
  EXPECT_EQ(copy.contact_point().phone(), "+12125550123");
  ASSERT_EQ(copy.reasons().size(), 1u);
  EXPECT_EQ(copy.reasons()[0].message(), "exempt");
}

TEST(Decision, BytesThatCannotBeReadAreAFailure) {
  auto time = std::make_shared<FakeTime>();
  std::string bytes = Answer(v1::VERDICT_ALLOW, 10).SerializeAsString();
  bytes.push_back('\x0a');  // a length without its text
  const Decision decision = Decision::FromBytes(bytes, time->Now(), time);
  EXPECT_FALSE(decision.may_contact());
  EXPECT_TRUE(absl::IsInternal(decision.status()));
  EXPECT_TRUE(decision.reasons().empty());
}

TEST(Decision, BytesOfAnAllowWithoutValidityAreUnknown) {
  auto time = std::make_shared<FakeTime>();
  for (const int seconds : {0, -1}) {
    const std::string bytes = Answer(v1::VERDICT_ALLOW, seconds).SerializeAsString();
    EXPECT_FALSE(Decision::FromBytes(bytes, time->Now(), time).may_contact());
  }
  EXPECT_FALSE(Decision::FromBytes("", time->Now(), time).may_contact());
}

}  // namespace
}  // namespace dnc
