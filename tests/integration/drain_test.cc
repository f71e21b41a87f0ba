// A server that ends: nobody is cut off without a word, and what was acknowledged is there
// afterwards.
#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr int kCallers = 16;

class DrainTest : public GatewayTest {
 protected:
  DrainTest() { config().drain_seconds = 10; }

  // Callers on one connection, each with a call after the other until one is not OK: opt-outs of
  // numbers that are all different, and checks.
  class Load {
   public:
    explicit Load(DrainTest* test) : begun_(kCallers), last_(kCallers), opted_out_(kCallers) {
      for (int i = 0; i < kCallers; ++i) {
        callers_.emplace_back([this, test, i] { Run(test, static_cast<size_t>(i)); });
      }
    }
    void AwaitBegun() { begun_.Wait(); }
    void AwaitEnd() {
      for (std::thread& caller : callers_) caller.join();
    }
    const std::vector<CallStatus>& last() const { return last_; }
    std::set<std::string> OptedOut() const {
      std::set<std::string> all;
      for (const auto& numbers : opted_out_) all.insert(numbers.begin(), numbers.end());
      return all;
    }

   private:
    void Run(DrainTest* test, size_t caller) {
      for (int call = 0; last_[caller].ok(); ++call) {
        if (call == 5) begun_.DecrementCount();
        last_[caller] = caller % 2 == 0 ? OptOut(test, caller, call) : Check(test);
      }
    }
    CallStatus OptOut(DrainTest* test, size_t caller, int call) {
      const auto number = size_t{12122000000} + caller * 100'000 + static_cast<size_t>(call);
      const std::string phone = absl::StrCat("+", number);
      const auto reply = test->Ask<v1::AddEntryRequest>(
          absl::StrCat("parent: '~' entry { contact_point { phone: '", phone, "' } }"));
      if (reply.ok()) opted_out_[caller].push_back(phone);
      return reply;
    }
    static CallStatus Check(DrainTest* test) {
      return test->Ask<v1::CheckContactRequest>(
          "organization: '~' channel: CHANNEL_VOICE lead: '~/leads/ann'");
    }

    absl::BlockingCounter begun_;
    std::vector<CallStatus> last_;
    std::vector<std::vector<std::string>> opted_out_;
    std::vector<std::thread> callers_;
  };

  void ExpectDenied(const std::set<std::string>& phones) {
    EXPECT_FALSE(phones.empty());
    for (const std::string& phone : phones) EXPECT_EQ(PhoneVerdict(phone), v1::VERDICT_DENY);
  }
};

TEST_F(DrainTest, CallersHearThatTheServerShutsDownAndNothingAcknowledgedIsLost) {
  Load load(this);
  load.AwaitBegun();
  server().BeginDrain();
  load.AwaitEnd();
  for (const CallStatus& last : load.last()) EXPECT_THAT(last, Refused("SHUTTING_DOWN"));
  Restart();
  ExpectDenied(load.OptedOut());
}

TEST_F(DrainTest, ShutdownWaitsUntilCallersHaveHeard) {
  Load load(this);
  load.AwaitBegun();
  StopServer(/*keep_client=*/true);
  load.AwaitEnd();
  for (const CallStatus& last : load.last()) {
    EXPECT_EQ(last.code, absl::StatusCode::kUnavailable) << testing::PrintToString(last);
  }
  Restart();
  ExpectDenied(load.OptedOut());
}

TEST_F(DrainTest, HealthAndStatusSaySo) {
  const auto health = [this](const std::string& service) {
    std::string response;
    const std::string request =
        service.empty()
            ? ""
            : absl::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service);
    EXPECT_THAT(client().Call("/grpc.health.v1.Health/Check", request, &response), IsOk());
    return response;
  };
  EXPECT_EQ(health("dnc.v1.CheckService"), "\x08\x01");
  server().BeginDrain();
  EXPECT_EQ(health(""), "\x08\x02");  // status: NOT_SERVING
  EXPECT_EQ(health("dnc.v1.CheckService"), "\x08\x02");
  EXPECT_EQ(Must<v1::GetSystemStatusRequest>("").state(), v1::SERVING_STATE_DRAINING);
}

TEST_F(DrainTest, FilterStreamsEndBetweenTwoBlocks) {
  FilterStream idle(&client());
  ASSERT_TRUE(idle.Write(Parse<v1::FilterContactsRequest>(
      "config { organization: '~' channel: CHANNEL_VOICE } phones: 12125550102")));
  ASSERT_TRUE(idle.Read().has_value());
  server().BeginDrain();
  EXPECT_FALSE(idle.Read().has_value());
  EXPECT_THAT(idle.Finish(), Refused("SHUTTING_DOWN"));
  FilterStream late(&client());
  EXPECT_THAT(late.Finish(), Refused("SHUTTING_DOWN"));
}

TEST_F(DrainTest, ImportsEndBeforeTheirFileDoes) {
  AddRegistry("national");
  ImportStream silent(&client());
  ImportStream begun(&client());
  v1::ImportListRequest first;
  ReadText("list: '~/lists/national' format: 'plain' actor { id: 'a' } allow_partial: true",
           first.mutable_config());
  first.set_data("2125550102\n0005550100\n");
  ASSERT_TRUE(begun.Write(first));
  ASSERT_TRUE(begun.Read().has_value());  // the second row is rejected
  server().BeginDrain();
  for (ImportStream* stream : {&silent, &begun}) {
    EXPECT_FALSE(stream->Read().has_value());
    const CallStatus end = stream->Finish();
    EXPECT_THAT(end, Refused("SHUTTING_DOWN"));
    EXPECT_NE(end.message.find("nothing was changed"), std::string::npos) << end.message;
  }
  Restart();
  EXPECT_FALSE(GetList("national").has_active_version());
}

// The client is told, and what was added stays; the rest is not added without anybody knowing.
TEST_F(DrainTest, AnImportThatChangesItsListIsStoppedWhenTimeIsUp) {
  config().drain_seconds = 0;
  Restart();
  constexpr int kRows = 400'000;
  std::string file;
  for (int i = 0; i < kRows; ++i) absl::StrAppend(&file, 2122000000 + i, "\n");
  ImportReply reply;
  std::thread importer(
      [&] { reply = Import("list: '~/lists/internal' format: 'plain'", file, 1 << 20); });
  while (GetList("internal").entry_count() == 0) {
  }
  StopServer(/*keep_client=*/true);
  importer.join();
  EXPECT_THAT(reply, Refused("SHUTTING_DOWN"));
  EXPECT_THAT(reply.message, testing::HasSubstr("are on the list already"));
  Restart();
  const int64_t count = GetList("internal").entry_count();
  EXPECT_GT(count, 0);
  EXPECT_LT(count, kRows);
}

}  // namespace
}  // namespace dnc
