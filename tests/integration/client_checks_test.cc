// The client library's checks against the built gateway: over streams and as calls of their own.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/client.h"
#include "client/error.h"
#include "client/internal/grpc_support.h"
#include "dnc/v1/organization.grpc.pb.h"
#include "dnc/v1/registry.grpc.pb.h"
#include "tests/integration/process.h"

namespace dnc::e2e {
namespace {

constexpr char kDncd[] = DNC_BIN_DIR "/dncd";
// Far beyond what a check needs: one that ends by it has hung.
constexpr absl::Duration kLong = absl::Seconds(60);

CheckRequest Call(absl::string_view phone) {
  return {.contact_point = Phone(phone), .channel = v1::CHANNEL_VOICE};
}
std::string PhoneAt(int i) { return absl::StrCat("+1212", 5'600'000 + i); }

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  return {info.metadata().begin(), info.metadata().end()};
}

class ClientChecksTest : public testing::Test {
 protected:
  ClientChecksTest() { std::filesystem::create_directories(folder_); }
  ~ClientChecksTest() override {
    gateway_.reset();
    std::filesystem::remove_all(folder_);
  }

  void SetUp() override {
    auto gateway = GatewayProcess::Start(kDncd, folder_);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    channel_ = MakeChannel(gateway_->address());
    v1::CreateOrganizationRequest request;
    request.set_organization_id("acme");
    request.mutable_organization()->set_default_region("US");
    request.mutable_actor()->set_id("users/jane");
    grpc::ClientContext context;
    v1::CreateOrganizationResponse response;
    const auto stub = v1::OrganizationService::NewStub(channel_);
    ASSERT_TRUE(stub->CreateOrganization(&context, request, &response).ok());
  }

  std::unique_ptr<Client> Connect(ClientOptions options) {
    options.target = gateway_->address();
    options.organization = "acme";
    auto client = Client::Create(std::move(options));
    EXPECT_TRUE(client.ok()) << client.status();
    return *std::move(client);
  }

  // Returns when it is acknowledged.
  void OptOut(const std::string& phone) {
    v1::AddEntryRequest request;
    request.set_parent("organizations/acme");
    request.mutable_entry()->mutable_contact_point()->set_phone(phone);
    request.mutable_actor()->set_id("users/jane");
    grpc::ClientContext context;
    v1::AddEntryResponse response;
    const grpc::Status status =
        v1::RegistryService::NewStub(channel_)->AddEntry(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // Returns when no thread of the gateway runs any more, until SIGCONT.
  void StopGateway() {
    gateway_->process().Signal(SIGSTOP);
    const std::string tasks = absl::StrCat("/proc/", gateway_->process().pid(), "/task");
    const auto stopped = [](const std::string& task) {
      const std::string stat = ReadFile(task + "/stat");  // "pid (name) state …"
      return stat.find(") T") != std::string::npos;
    };
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      while (!stopped(task.path().string())) std::this_thread::yield();
    }
  }

  const std::string folder_ =
      absl::StrCat(testing::TempDir(), "client_checks_", getpid(), "_",
                   testing::UnitTest::GetInstance()->current_test_info()->name());
  std::unique_ptr<GatewayProcess> gateway_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ClientChecksTest, StreamedAndCalledChecksAgree) {
  OptOut("+12125550188");
  const auto streamed = Connect({.deadline = kLong});
  const auto called = Connect({.deadline = kLong, .coalesce = false});
  const std::vector<CheckRequest> requests = {
      Call("+12125550188"),
      Call("(212) 555-0101"),
      Call("12"),
      Call("\xc3("),
      {.channel = v1::CHANNEL_VOICE},
      {.lead = "nobody", .channel = v1::CHANNEL_SMS},
      {.lead = "organizations/other/leads/x", .channel = v1::CHANNEL_SMS},
      {.contact_point = Email("x@example.com"), .channel = v1::CHANNEL_EMAIL},
      {.contact_point = Email("x@example.com"), .channel = v1::CHANNEL_VOICE},
      {.contact_point = Phone("+12125550101")},
      {.contact_point = Phone("+12125550101"),
       .channel = v1::CHANNEL_VOICE,
       .at_least_revision = 1'000'000},
      {.contact_point = OtherAddress(std::string(100'000, 'x')), .channel = v1::CHANNEL_MAIL},
  };
  for (size_t i = 0; i < requests.size(); ++i) {
    SCOPED_TRACE(i);
    const Decision one = called->Check(requests[i]);
    for (const Decision& other :
         {streamed->Check(requests[i]), streamed->CheckFuture(requests[i]).get(),
          called->CheckFuture(requests[i]).get()}) {
      EXPECT_EQ(other.verdict(), one.verdict());
      EXPECT_EQ(other.status().code(), one.status().code());
      EXPECT_EQ(other.status().message(), one.status().message());
      EXPECT_EQ(ErrorReasonOf(other.status()), ErrorReasonOf(one.status()));
      EXPECT_EQ(MetadataOf(other.status()), MetadataOf(one.status()));
      EXPECT_EQ(other.revision(), one.revision());
      EXPECT_EQ(other.contact_point().ShortDebugString(), one.contact_point().ShortDebugString());
      ASSERT_EQ(other.reasons().size(), one.reasons().size());
      for (size_t k = 0; k < one.reasons().size(); ++k) {
        EXPECT_EQ(other.reasons()[k].ShortDebugString(), one.reasons()[k].ShortDebugString());
      }
    }
  }
}

TEST_F(ClientChecksTest, NoCheckMissesAnAcknowledgedOptOut) {
  constexpr int kCallers = 256;
  constexpr int kOptOuts = 100;
  const auto client = Connect({.deadline = kLong});
  std::atomic<int> acknowledged{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int round = 0; acknowledged.load() < kOptOuts; ++round) {
        // The newest one, or any that is acknowledged by now.
        const int until = acknowledged.load();
        if (until == 0) continue;
        const int i = round % 2 == 0 ? until - 1 : (caller + round) % until;
        const Decision decision = round % 4 == 3 ? client->CheckFuture(Call(PhoneAt(i))).get()
                                                 : client->Check(Call(PhoneAt(i)));
        if (decision.verdict() != Verdict::kDeny) ++wrong;
      }
    });
  }
  for (int i = 0; i < kOptOuts; ++i) {
    OptOut(PhoneAt(i));
    acknowledged.store(i + 1);
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ClientChecksTest, WhenTheGatewayIsKilledAllThatWaitEndAtOnce) {
  const auto client = Connect({.deadline = kLong, .retry = {.max_attempts = 1}});
  ASSERT_TRUE(client->Check(Call(PhoneAt(0))).may_contact());
  StopGateway();
  std::vector<std::future<Decision>> decisions;
  for (int i = 0; i < 500; ++i) decisions.push_back(client->CheckFuture(Call(PhoneAt(i))));
  for (int i = 0; i < 32; ++i) {
    decisions.push_back(
        std::async(std::launch::async, [&client, i] { return client->Check(Call(PhoneAt(i))); }));
  }
  gateway_->process().Signal(SIGKILL);
  for (auto& decision : decisions) {
    const Decision answer = decision.get();
    EXPECT_FALSE(answer.may_contact());
    EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
  }
}

TEST_F(ClientChecksTest, AGatewayThatHangsCostsTheDeadlineAndLateAnswersAreNobodys) {
  const auto hasty = Connect({.deadline = absl::Milliseconds(50), .retry = {.max_attempts = 1}});
  const auto patient = Connect({.deadline = kLong});
  while (!hasty->Check(Call(PhoneAt(0))).may_contact()) {
  }
  StopGateway();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(hasty->Check(Call(PhoneAt(0))).status()));
    EXPECT_TRUE(absl::IsDeadlineExceeded(hasty->CheckFuture(Call(PhoneAt(0))).get().status()));
  }
  gateway_->process().Signal(SIGCONT);
  OptOut(PhoneAt(0));
  EXPECT_EQ(patient->Check(Call(PhoneAt(0))).verdict(), Verdict::kDeny);
  Decision decision;
  do {  // a busy machine may need more than the deadline
    decision = hasty->Check(Call(PhoneAt(0)));
    EXPECT_FALSE(decision.may_contact());
  } while (!decision.status().ok());
  EXPECT_EQ(decision.verdict(), Verdict::kDeny);
}

TEST_F(ClientChecksTest, AGatewayThatEndsLeavesNoCheckWithoutAnAnswer) {
  OptOut(PhoneAt(0));
  const auto client = Connect({.deadline = kLong});
  std::atomic<bool> ended{false};
  std::atomic<int> asked{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 32; ++caller) {
    callers.emplace_back([&] {
      while (!ended.load()) {
        const Decision decision = client->Check(Call(PhoneAt(0)));
        ++asked;
        const bool refused = absl::IsUnavailable(decision.status());
        if (!refused && decision.verdict() != Verdict::kDeny) ++wrong;
        if (refused) break;
      }
    });
  }
  while (asked.load() < 1000) std::this_thread::yield();
  gateway_->process().Signal(SIGTERM);
  EXPECT_EQ(gateway_->process().Wait(kLong), 0) << gateway_->Log();
  ended = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace dnc::e2e
