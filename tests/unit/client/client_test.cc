#include "client/client.h"

#include <gtest/gtest.h>

#include <memory>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include "client/error.h"
#include "client/request_id.h"
#include "tests/unit/client/fakes.h"

namespace dnc {
namespace {

v1::CheckContactResponse Allow(int64_t seconds) {
  v1::CheckContactResponse response;
  response.set_verdict(v1::VERDICT_ALLOW);
  response.mutable_valid_for()->set_seconds(seconds);
  return response;
}

class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    auto client = Client::Create(
        {.organization = "acme", .actor = "services/test", .coalesce = false, .time = time_},
        connection_);
    EXPECT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }

  const CheckRequest request_ = {.contact_point = Phone("+12125550123"),
                                 .channel = v1::CHANNEL_VOICE};
  const std::shared_ptr<FakeTime> time_ = std::make_shared<FakeTime>();
  const std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  std::unique_ptr<Client> client_;
};

TEST(ClientCreate, RefusesBadOptions) {
  EXPECT_TRUE(absl::IsInvalidArgument(Client::Create({}).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(Client::Create({.target = "", .organization = "acme"}).status()));
  for (const absl::Duration deadline :
       {absl::ZeroDuration(), -absl::Seconds(1), absl::InfiniteDuration()}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        Client::Create({.organization = "acme", .deadline = deadline}).status()));
  }
}

TEST_F(ClientTest, AsksWithNamesAndADeadline) {
  connection_->checks = {Allow(10)};
  EXPECT_TRUE(client_->Check({.lead = "42", .channel = v1::CHANNEL_SMS}).may_contact());
  ASSERT_EQ(connection_->check_requests.size(), 1u);
  const v1::CheckContactRequest& wire = connection_->check_requests[0];
  EXPECT_EQ(wire.organization(), "organizations/acme");
  EXPECT_EQ(wire.lead(), "organizations/acme/leads/42");
  EXPECT_EQ(wire.channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(wire.message_class(), v1::MESSAGE_CLASS_MARKETING);
  EXPECT_FALSE(wire.has_contact_point());
  EXPECT_EQ(connection_->deadlines[0], absl::Seconds(1));
}

TEST_F(ClientTest, ErrorsAreNeverPermission) {
  for (int code = 1; code <= 16; ++code) {
    connection_->checks = {absl::Status(static_cast<absl::StatusCode>(code), "no")};
    const Decision decision = client_->Check(request_);
    EXPECT_FALSE(decision.may_contact()) << code;
    EXPECT_EQ(static_cast<int>(decision.status().code()), code);
  }
}

TEST_F(ClientTest, ReadsAreRepeated) {
  connection_->checks = {absl::UnavailableError("away"), Allow(10)};
  EXPECT_TRUE(client_->Check(request_).may_contact());
  EXPECT_EQ(connection_->check_requests.size(), 2u);
}

TEST_F(ClientTest, AllowThatTookLongerThanItHoldsIsUnknown) {
  connection_->checks = {Allow(1)};
  connection_->time = time_.get();
  connection_->call_takes = absl::Seconds(2);
  EXPECT_FALSE(client_->Check(request_).may_contact());
}

TEST_F(ClientTest, BatchKeepsOrderAndItemErrors) {
  v1::BatchCheckContactsResponse response;
  response.set_revision(7);
  v1::CheckItemResult* allow = response.add_results();
  allow->set_verdict(v1::VERDICT_ALLOW);
  allow->mutable_valid_for()->set_seconds(5);
  v1::CheckItemResult* broken = response.add_results();
  broken->set_verdict(v1::VERDICT_ALLOW);  // an error wins whatever stands beside it
  broken->mutable_valid_for()->set_seconds(5);
  broken->mutable_error()->set_code(3);
  broken->mutable_error()->set_reason("INVALID_PHONE_NUMBER");
  broken->mutable_error()->set_field("items[1].contact_point.phone");
  response.add_results()->set_verdict(v1::VERDICT_DENY);
  connection_->batches = {response};

  const auto decisions = client_->BatchCheck({request_, request_, request_});
  ASSERT_EQ(decisions.size(), 3u);
  EXPECT_TRUE(decisions[0].may_contact());
  EXPECT_EQ(decisions[0].revision(), 7);
  EXPECT_FALSE(decisions[1].may_contact());
  EXPECT_TRUE(absl::IsInvalidArgument(decisions[1].status()));
  EXPECT_EQ(ErrorReasonOf(decisions[1].status()), "INVALID_PHONE_NUMBER");
  EXPECT_EQ(ErrorFieldOf(decisions[1].status()), "items[1].contact_point.phone");
  EXPECT_EQ(decisions[2].verdict(), Verdict::kDeny);
}

TEST_F(ClientTest, BatchOfAnotherSizeAnswersNothing) {
  v1::BatchCheckContactsResponse response;
  response.add_results()->set_verdict(v1::VERDICT_ALLOW);
  response.mutable_results(0)->mutable_valid_for()->set_seconds(5);
  connection_->batches = {response};
  const auto decisions = client_->BatchCheck({request_, request_});
  ASSERT_EQ(decisions.size(), 2u);
  for (const Decision& decision : decisions) EXPECT_FALSE(decision.may_contact());
}

TEST_F(ClientTest, BatchThatFailsFailsEveryItem) {
  connection_->batches = {absl::DeadlineExceededError("late")};
  for (const Decision& decision : client_->BatchCheck({request_, request_})) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(decision.status()));
    EXPECT_FALSE(decision.may_contact());
  }
}

TEST_F(ClientTest, WritesGetARequestIdThatRepeatsKeep) {
  connection_->applies = {absl::UnavailableError("away"), v1::ApplyActionResponse()};
  ASSERT_TRUE(client_->ApplyAction({}).ok());
  ASSERT_EQ(connection_->apply_requests.size(), 2u);
  EXPECT_FALSE(connection_->apply_requests[0].request_id().empty());
  EXPECT_EQ(connection_->apply_requests[0].request_id(),
            connection_->apply_requests[1].request_id());
  EXPECT_EQ(connection_->apply_requests[0].actor().id(), "services/test");
}

TEST_F(ClientTest, CallersRequestIdAndActorStay) {
  connection_->copies = {v1::CopyActionsResponse()};
  v1::CopyActionsRequest request;
  request.set_request_id("mine");
  request.mutable_actor()->set_id("users/jane");
  ASSERT_TRUE(client_->CopyActions(request).ok());
  EXPECT_EQ(connection_->copy_requests[0].request_id(), "mine");
  EXPECT_EQ(connection_->copy_requests[0].actor().id(), "users/jane");
}

TEST_F(ClientTest, ChangedObjectsAreNotOverwrittenByARepeat) {
  connection_->applies = {ErrorWithReason(absl::StatusCode::kAborted, "ETAG_MISMATCH")};
  EXPECT_FALSE(client_->ApplyAction({}).ok());
  EXPECT_EQ(connection_->apply_requests.size(), 1u);
}

TEST(NewRequestId, IsADistinctUuidOfVersion4) {
  const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewRequestId();
    EXPECT_TRUE(std::regex_match(id, uuid)) << id;
    EXPECT_TRUE(seen.insert(id).second);
  }
}

}  // namespace
}  // namespace dnc
