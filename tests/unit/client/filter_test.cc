#include "client/filter.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "client/client.h"
#include "client/mock_client.h"
#include "tests/unit/client/fakes.h"

namespace dnc {
namespace {

TEST(ReadFilterAnswer, UnpacksEveryVerdict) {
  const FilterAnswer answer =
      ReadFilterAnswer(PackVerdicts({v1::VERDICT_ALLOW, v1::VERDICT_DENY, v1::VERDICT_UNKNOWN,
                                     v1::VERDICT_UNSPECIFIED, v1::VERDICT_ALLOW}),
                       5);
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.verdicts,
            (std::vector<Verdict>{Verdict::kAllow, Verdict::kDeny, Verdict::kUnknown,
                                  Verdict::kUnknown, Verdict::kAllow}));
}

TEST(ReadFilterAnswer, RefusesMalformedOnes) {
  const auto good = PackVerdicts(std::vector<v1::Verdict>(5, v1::VERDICT_ALLOW));
  std::vector<v1::FilterContactsResponse> bad(4, good);
  bad[0].set_count(4);
  bad[1].mutable_verdicts()->pop_back();
  bad[2].mutable_verdicts()->push_back('\0');
  bad[3].mutable_verdicts()->back() = '\x55';  // bits beyond the fifth verdict
  for (const auto& response : bad) {
    const FilterAnswer answer = ReadFilterAnswer(response, 5);
    EXPECT_FALSE(answer.status.ok());
    EXPECT_EQ(answer.verdicts, std::vector<Verdict>(5, Verdict::kUnknown));
  }
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
      for (const Verdict verdict : answer.verdicts) allowed += verdict == Verdict::kAllow;
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
    EXPECT_EQ(answers_[i].verdicts, std::vector<Verdict>(3, Verdict::kUnknown));
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

TEST_F(FilterTest, NeedsADeadline) {
  auto client = Client::Create({.organization = "acme"}, connection_);
  EXPECT_TRUE(absl::IsInvalidArgument((*client)->Filter(
      {.deadline = absl::InfiniteDuration()}, [] { return FilterBlock(); },
      [](const FilterAnswer&) { return absl::OkStatus(); })));
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
