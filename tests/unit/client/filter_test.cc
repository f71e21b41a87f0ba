#include "client/filter.h"

#include <gtest/gtest.h>
#include <time.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "client/client.h"
#include "client/gmock_client.h"
#include "client/mock_client.h"
#include "tests/unit/client/fakes.h"

namespace dnc {
namespace {

std::vector<Verdict> Unpack(const PackedVerdicts& packed) {
  std::vector<Verdict> verdicts(packed.size());
  for (size_t i = 0; i < verdicts.size(); ++i) verdicts[i] = packed[i];
  return verdicts;
}

TEST(ReadFilterAnswer, UnpacksEveryVerdict) {
  const FilterAnswer answer =
      ReadFilterAnswer(PackVerdicts({v1::VERDICT_ALLOW, v1::VERDICT_DENY, v1::VERDICT_UNKNOWN,
                                     v1::VERDICT_UNSPECIFIED, v1::VERDICT_ALLOW}),
                       5, absl::ZeroDuration(), std::make_shared<FakeTime>());
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(Unpack(answer.verdicts),
            (std::vector<Verdict>{Verdict::kAllow, Verdict::kDeny, Verdict::kUnknown,
                                  Verdict::kUnknown, Verdict::kAllow}));
}

TEST(ReadFilterAnswer, RefusesMalformedOnes) {
  const auto good = PackVerdicts(std::vector<v1::Verdict>(5, v1::VERDICT_ALLOW));
  std::vector<v1::FilterContactsResponse> bad(7, good);
  bad[0].set_count(4);
  bad[1].mutable_verdicts()->pop_back();
  bad[2].mutable_verdicts()->push_back('\0');
  bad[3].mutable_verdicts()->back() = '\x55';  // bits beyond the fifth verdict
  bad[4].add_reasons(0);  // of a rule that there is not, of nothing that is not allowed
  bad[5] = PackVerdicts({v1::VERDICT_ALLOW, v1::VERDICT_ALLOW, v1::VERDICT_ALLOW, v1::VERDICT_DENY,
                         v1::VERDICT_UNKNOWN});
  bad[5].add_rules()->set_list("internal");
  bad[6] = bad[5];
  bad[5].add_reasons(0);
  bad[6].add_reasons(0);
  bad[6].add_reasons(1);
  for (const auto& response : bad) {
    auto time = std::make_shared<FakeTime>();
    const FilterAnswer answer = ReadFilterAnswer(response, 5, time->Now(), time);
    EXPECT_FALSE(answer.status.ok());
    EXPECT_EQ(Unpack(answer.verdicts), std::vector<Verdict>(5, Verdict::kUnknown));
    EXPECT_FALSE(answer.may_contact(0));
  }
}

TEST(FilterAnswer, NamesTheRuleOfEachThatIsNotAllowed) {
  std::vector<v1::Verdict> verdicts(100, v1::VERDICT_ALLOW);
  verdicts[0] = verdicts[31] = verdicts[99] = v1::VERDICT_DENY;
  verdicts[32] = v1::VERDICT_UNSPECIFIED;
  verdicts[64] = v1::VERDICT_UNKNOWN;
  v1::FilterContactsResponse response = PackVerdicts(verdicts);
  for (const char* list : {"national", "internal"}) response.add_rules()->set_list(list);
  for (const uint32_t rule : {1u, 0u, 0u, 1u, 0u}) response.add_reasons(rule);
  const auto rows = [&response] {
    const FilterAnswer answer = ReadFilterAnswer(response, 100, absl::ZeroDuration(), nullptr);
    EXPECT_TRUE(answer.status.ok());
    EXPECT_EQ(answer.verdicts.CountAllowed(), 95u);
    std::string text;
    answer.ForEachNotAllowed([&](size_t index, Verdict verdict, const v1::FilterRule* rule) {
      absl::StrAppend(&text, index, VerdictName(verdict), rule == nullptr ? "" : rule->list(), " ");
    });
    return text;
  };
  EXPECT_EQ(rows(),
            "0DENYinternal 31DENYnational 32UNKNOWNnational 64UNKNOWNinternal 99DENYnational ");
  response.clear_reasons();
  EXPECT_EQ(rows(), "0DENY 31DENY 32UNKNOWN 64UNKNOWN 99DENY ");
}

TEST(FilterAnswer, AllowHoldsForAWhileFromTheSendingOn) {
  auto time = std::make_shared<FakeTime>();
  const absl::Duration sent = time->Now();
  time->Advance(absl::Seconds(20));  // the gateway takes its time
  const FilterAnswer answer = ReadFilterAnswer(
      PackVerdicts({v1::VERDICT_ALLOW, v1::VERDICT_DENY, v1::VERDICT_UNKNOWN}), 3, sent, time);
  EXPECT_EQ(answer.evaluate_time, absl::FromUnixSeconds(1767225600));
  EXPECT_EQ(answer.valid_for, absl::Minutes(1));
  EXPECT_TRUE(answer.may_contact(0));
  EXPECT_FALSE(answer.may_contact(1));
  EXPECT_FALSE(answer.may_contact(2));
  EXPECT_FALSE(answer.may_contact(3));
  time->Advance(absl::Seconds(40) - absl::Nanoseconds(1));
  EXPECT_TRUE(answer.may_contact(0));
  time->Advance(absl::Nanoseconds(1));
  EXPECT_FALSE(answer.may_contact(0));
  EXPECT_EQ(answer.verdicts[0], Verdict::kAllow);
}

TEST(FilterAnswer, AllowWithoutASensibleTimeNeverHolds) {
  auto time = std::make_shared<FakeTime>();
  auto response = PackVerdicts({v1::VERDICT_ALLOW});
  response.clear_valid_for();
  EXPECT_FALSE(ReadFilterAnswer(response, 1, time->Now(), time).may_contact(0));
  for (const auto& [seconds, nanos] : {std::pair(-1, 0), std::pair(0, -1), std::pair(1, -5)}) {
    response.mutable_valid_for()->set_seconds(seconds);
    response.mutable_valid_for()->set_nanos(nanos);
    EXPECT_FALSE(ReadFilterAnswer(response, 1, time->Now(), time).may_contact(0)) << seconds;
  }
  response.mutable_valid_for()->set_seconds(60);
  response.mutable_valid_for()->set_nanos(0);
  EXPECT_FALSE(ReadFilterAnswer(response, 1, time->Now(), nullptr).may_contact(0));
  FilterAnswer unset;
  unset.verdicts = PackedVerdicts::Of({Verdict::kAllow});
  EXPECT_FALSE(unset.may_contact(0));
}

class FilterTest : public testing::Test {
 protected:
  absl::Status Run() {
    auto client = Client::Create({.organization = "acme"}, connection_);
    return (*client)->Filter(
        {.channel = v1::CHANNEL_VOICE},
        [this]() -> absl::StatusOr<FilterBlock> {
          if (!source_error_.ok() && given_ == error_at_) return source_error_;
          if (given_ == blocks_) return FilterBlock();
          ++given_;
          return FilterBlock{.phones = {12125550123}, .raw = {"one", "two"}};
        },
        [this](const FilterAnswer& answer) {
          answers_.push_back(answer);
          return static_cast<int>(answers_.size()) == sink_fails_at_
                     ? absl::DataLossError("disk full")
                     : absl::OkStatus();
        });
  }

  int Allowed() const {
    int allowed = 0;
    for (const FilterAnswer& answer : answers_) {
      allowed += static_cast<int>(answer.verdicts.CountAllowed());
    }
    return allowed;
  }

  const std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  int blocks_ = 50;
  int given_ = 0;
  int error_at_ = 0;
  int sink_fails_at_ = -1;
  absl::Status source_error_;
  std::vector<FilterAnswer> answers_;
};

TEST_F(FilterTest, AnswersEveryBlock) {
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(answers_.size(), 50u);
  EXPECT_EQ(Allowed(), 150);
}

TEST_F(FilterTest, EmptyListIsFine) {
  blocks_ = 0;
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(answers_.empty());
}

TEST_F(FilterTest, BrokenStreamLeavesUnknowns) {
  connection_->stream.break_after = 7;
  connection_->stream.end = absl::UnavailableError("gone");
  EXPECT_TRUE(absl::IsUnavailable(Run()));
  EXPECT_EQ(static_cast<int>(answers_.size()), given_);
  EXPECT_EQ(Allowed(), 21);
  for (size_t i = 7; i < answers_.size(); ++i) {
    EXPECT_EQ(Unpack(answers_[i].verdicts), std::vector<Verdict>(3, Verdict::kUnknown));
    EXPECT_TRUE(absl::IsUnavailable(answers_[i].status));
  }
}

TEST_F(FilterTest, StreamThatEndsWellTooEarlyIsAnError) {
  connection_->stream.break_after = 7;
  EXPECT_TRUE(absl::IsInternal(Run()));
  EXPECT_EQ(Allowed(), 21);
}

TEST_F(FilterTest, AnswerOfAnotherSizeEndsIt) {
  connection_->stream.count_offset = 1;
  EXPECT_TRUE(absl::IsInternal(Run()));
  EXPECT_EQ(Allowed(), 0);
  EXPECT_EQ(static_cast<int>(answers_.size()), given_);
}

TEST_F(FilterTest, SourcesErrorIsPassedOn) {
  source_error_ = absl::DataLossError("broken file");
  error_at_ = 20;
  EXPECT_TRUE(absl::IsDataLoss(Run()));
  EXPECT_EQ(answers_.size(), 20u);
}

TEST_F(FilterTest, SinksErrorIsPassedOnAndEndsCalls) {
  sink_fails_at_ = 3;
  EXPECT_TRUE(absl::IsDataLoss(Run()));
  EXPECT_EQ(answers_.size(), 3u);
}

// A source that waits, on a pipe say, does not keep Filter from returning.
TEST_F(FilterTest, WaitingSourceIsWokenWhenTheStreamEnds) {
  connection_->stream.end = absl::DeadlineExceededError("too late");
  auto client = Client::Create({.organization = "acme"}, connection_);
  absl::Notification woken;
  int asked = 0;
  const absl::Status status = (*client)->Filter(
      {.channel = v1::CHANNEL_VOICE, .wake_source = [&woken] { woken.Notify(); }},
      [&]() -> absl::StatusOr<FilterBlock> {
        if (++asked == 1) return FilterBlock{.phones = {12125550123}};
        connection_->last_stream->End();
        woken.WaitForNotification();
        return absl::CancelledError("woken");
      },
      [](const FilterAnswer&) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
}

TEST_F(FilterTest, SourceThatEndedIsNotWoken) {
  auto client = Client::Create({.organization = "acme"}, connection_);
  bool woken = false;
  EXPECT_TRUE((*client)
                  ->Filter(
                      {.channel = v1::CHANNEL_VOICE, .wake_source = [&] { woken = true; }},
                      [] { return FilterBlock(); },
                      [](const FilterAnswer&) { return absl::OkStatus(); })
                  .ok());
  EXPECT_FALSE(woken);
}

TEST_F(FilterTest, NeedsADeadline) {
  auto client = Client::Create({.organization = "acme"}, connection_);
  EXPECT_TRUE(absl::IsInvalidArgument((*client)->Filter(
      {.deadline = absl::InfiniteDuration()}, [] { return FilterBlock(); },
      [](const FilterAnswer&) { return absl::OkStatus(); })));
}

TEST(MockClient, PermitsNothingThatTheTestDoesNotSay) {
  testing::NiceMock<MockClient> gateway;
  EXPECT_FALSE(gateway.Check({}).may_contact());
  const std::vector<Decision> decisions = gateway.BatchCheck(std::vector<CheckRequest>(3));
  ASSERT_EQ(decisions.size(), 3u);
  for (const Decision& decision : decisions) EXPECT_FALSE(decision.may_contact());
  EXPECT_FALSE(gateway
                   .Filter(
                       {}, [] { return FilterBlock(); },
                       [](const FilterAnswer&) { return absl::OkStatus(); })
                   .ok());
  EXPECT_FALSE(gateway.ApplyAction({}).ok());
  EXPECT_FALSE(gateway.CopyActions({}).ok());
}

// What was permitted before the machine was suspended is old afterwards.
TEST(MachineTime, CountsTheTimeOfSuspension) {
  const auto now = [] {
    timespec time = {};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return absl::DurationFromTimespec(time);
  };
  const absl::Duration before = now();
  const absl::Duration measured = MachineTime()->Now();
  EXPECT_LE(before, measured);
  EXPECT_LE(measured, now());
}

TEST(FakeClient, FilterAllowsForAWhile) {
  FakeClient gateway;
  gateway.Script("+12125550123", Verdict::kAllow);
  std::vector<FilterBlock> blocks = {{.phones = {12125550123, 12125550124}}, {}};
  int answers = 0;
  EXPECT_TRUE(gateway
                  .Filter(
                      {}, [&] { return blocks[static_cast<size_t>(answers)]; },
                      [&](const FilterAnswer& answer) {
                        ++answers;
                        EXPECT_TRUE(answer.may_contact(0));
                        EXPECT_FALSE(answer.may_contact(1));
                        return absl::OkStatus();
                      })
                  .ok());
  EXPECT_EQ(answers, 1);
}

TEST(FakeClient, DefaultsToUnknownAndDoesAsScripted) {
  FakeClient gateway;
  const CheckRequest request = {.lead = "42", .contact_point = Phone("+12125550123")};
  EXPECT_EQ(gateway.Check(request).verdict(), Verdict::kUnknown);
  gateway.Script("+12125550123", Verdict::kAllow);
  EXPECT_TRUE(gateway.Check(request).may_contact());
  gateway.Script("42", Verdict::kDeny);
  EXPECT_EQ(gateway.Check(request).verdict(), Verdict::kDeny);
  gateway.FailWith(absl::UnavailableError("away"));
  EXPECT_TRUE(absl::IsUnavailable(gateway.Check(request).status()));
  EXPECT_EQ(gateway.checks().size(), 4u);
  EXPECT_FALSE(gateway.ApplyAction({}).ok());
}

}  // namespace
}  // namespace dnc
