// More than the workers can do at once: what waits, what is refused, and what need not be done.
#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "tests/integration/gated_clock.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr char kBatch[] = "/dnc.v1.CheckService/BatchCheckContacts";
constexpr char kFilter[] = "/dnc.v1.CheckService/FilterContacts";

// The server has a worker more than it has for blocks of send lists.
int BlockThreads() { return static_cast<int>(std::max(2u, std::thread::hardware_concurrency())); }

class OverloadTest : public GatewayTest {
 protected:
  explicit OverloadTest(size_t waiting_calls = 1) {
    parts().clock = &gate_;
    parts().waiting_calls = waiting_calls;
  }
  ~OverloadTest() override { gate_.Open(); }

  static std::string Batch() {
    return Parse<v1::BatchCheckContactsRequest>(
               "organization: '~' items { channel: CHANNEL_VOICE lead: '~/leads/ann' }")
        .SerializeAsString();
  }
  static std::string Block() {
    return Parse<v1::FilterContactsRequest>(
               "config { organization: '~' channel: CHANNEL_VOICE } phones: 12125550102")
        .SerializeAsString();
  }
  // Sends and does not wait for the answer.
  std::unique_ptr<RpcStream> Send(const std::string& method, const std::string& request) {
    auto stream = client().Open(method);
    EXPECT_TRUE(stream->Write(request));
    stream->WritesDone();
    return stream;
  }
  static CallStatus EndOf(RpcStream* stream) {
    std::string ignored;
    while (stream->Read(&ignored)) {
    }
    return stream->Finish();
  }
  // Holds all workers, each in one call; one after the other, since one call may wait.
  void HoldWorkers() {
    gate_.Hold(BlockThreads() + 1);
    for (int i = 0; i <= BlockThreads(); ++i) {
      held_.push_back(Send(kBatch, Batch()));
      gate_.AwaitHeld(i + 1);
    }
  }
  void ReleaseWorkers() {
    gate_.Open();
    for (const auto& stream : held_) EXPECT_THAT(EndOf(stream.get()), IsOk());
    held_.clear();
  }
  // The ends of two calls sent at once while all workers are held: one waits until they are
  // released, and the other one cannot.
  std::vector<CallStatus> EndsOfTwo(const std::string& method, const std::string& request) {
    absl::Mutex mu;
    std::vector<CallStatus> ends;
    const auto call = [&] {
      const auto stream = Send(method, request);
      CallStatus end = EndOf(stream.get());
      absl::MutexLock lock(&mu);
      ends.push_back(std::move(end));
    };
    std::thread one(call);
    std::thread other(call);
    {
      absl::MutexLock lock(&mu);
      mu.Await(absl::Condition(
          +[](std::vector<CallStatus>* ended) { return !ended->empty(); }, &ends));
    }
    ReleaseWorkers();
    one.join();
    other.join();
    return ends;
  }

  GatedClock gate_{kStart};
  std::vector<std::unique_ptr<RpcStream>> held_;
};

TEST_F(OverloadTest, ACallBeyondThoseThatMayWaitIsRefused) {
  HoldWorkers();
  const std::vector<CallStatus> ends = EndsOfTwo(kBatch, Batch());
  EXPECT_THAT(ends.at(0), Refused("OVERLOADED"));
  EXPECT_THAT(ends.at(1), IsOk());
}

TEST_F(OverloadTest, ABlockBeyondThoseThatMayWaitIsRefused) {
  HoldWorkers();
  const std::vector<CallStatus> ends = EndsOfTwo(kFilter, Block());
  EXPECT_THAT(ends.at(0), Refused("OVERLOADED"));
  EXPECT_THAT(ends.at(1), IsOk());
}

TEST_F(OverloadTest, AListingBeyondThoseThatMayWaitIsRefused) {
  HoldWorkers();
  const std::vector<CallStatus> ends =
      EndsOfTwo("/dnc.v1.LeadService/ListLeads",
                Parse<v1::ListLeadsRequest>("parent: '~'").SerializeAsString());
  EXPECT_THAT(ends.at(0), Refused("OVERLOADED"));
  EXPECT_THAT(ends.at(1), IsOk());
}

// Single checks and reads need no worker.
TEST_F(OverloadTest, ChecksAreAnsweredWhileAllWorkersAreBusy) {
  HoldWorkers();
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  EXPECT_EQ(GetLead("ann").record_type(), "contact");
  ReleaseWorkers();
}

TEST_F(OverloadTest, BatchesAndListingsPassBlocksOfSendLists) {
  gate_.Hold(BlockThreads());
  for (int i = 0; i < BlockThreads(); ++i) {
    held_.push_back(Send(kFilter, Block()));
    gate_.AwaitHeld(i + 1);
  }
  const auto batch = Must<v1::BatchCheckContactsRequest>(
      "organization: '~' items { channel: CHANNEL_VOICE lead: '~/leads/ann' }");
  EXPECT_EQ(batch.results(0).verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(Must<v1::ListLeadsRequest>("parent: '~'").leads_size(), 2);
  ReleaseWorkers();
}

// What its client has left is not judged when its turn comes.
class AbandonedTest : public OverloadTest, public testing::WithParamInterface<const char*> {
 protected:
  AbandonedTest() : OverloadTest(/*waiting_calls=*/8) {}
};

TEST_P(AbandonedTest, IsNotRun) {
  HoldWorkers();
  const auto left = Send(GetParam(), GetParam() == std::string(kFilter) ? Block() : Batch());
  // The server answers what comes later on the connection, so that it has heard of the call, and
  // then of its end.
  const auto hear = [this] {
    for (int i = 0; i < 20; ++i) Must<v1::GetSystemStatusRequest>("");
  };
  hear();
  left->Cancel();
  EXPECT_EQ(left->Finish().code, absl::StatusCode::kCancelled);
  hear();
  const int asked = gate_.asked();
  ReleaseWorkers();
  // A batch asks the clock once.
  Must<v1::BatchCheckContactsRequest>(
      "organization: '~' items { channel: CHANNEL_VOICE lead: '~/leads/ann' }");
  EXPECT_EQ(gate_.asked(), asked + 1);
}

INSTANTIATE_TEST_SUITE_P(Methods, AbandonedTest, testing::Values(kBatch, kFilter),
                         [](const auto& info) {
                           return info.param == std::string(kBatch) ? "Batch" : "Filter";
                         });

}  // namespace
}  // namespace dnc
