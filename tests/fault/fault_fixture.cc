#include "tests/fault/fault_fixture.h"

#include <signal.h>

#include <filesystem>
#include <system_error>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace dnc::testing {
namespace {

constexpr char kDncd[] = DNC_BIN_DIR "/dncd";
constexpr absl::Duration kLimit = absl::Seconds(60);

}  // namespace

FaultTest::FaultTest() {
  const std::filesystem::path temp =
      std::filesystem::canonical(std::filesystem::temp_directory_path());
  std::string pattern = (temp / "dnc-fault-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
}

FaultTest::~FaultTest() {
  client_.reset();
  gateway_.reset();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

void FaultTest::RestartServer(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment) {
  client_.reset();
  gateway_.reset();
  auto gateway = e2e::GatewayProcess::Start(kDncd, folder_, arguments, environment);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  gateway_ = *std::move(gateway);
  client_ = std::make_unique<GatewayClient>(gateway_->address());
}

void FaultTest::StartServer(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment) {
  ASSERT_NO_FATAL_FAILURE(RestartServer(arguments, environment));
  const absl::Status ready = SetUpScenario(*client_);
  ASSERT_TRUE(ready.ok()) << ready << "\n" << Log();
}

void FaultTest::Kill() {
  server().Signal(SIGKILL);
  ASSERT_EQ(server().Wait(kLimit), 128 + SIGKILL);
}

int FaultTest::Terminate() {
  client_.reset();  // an idle client keeps a draining server waiting
  server().Signal(SIGTERM);
  return server().Wait(kLimit);
}

e2e::ProcessResult FaultTest::RunRefused() {
  return e2e::RunProcess({kDncd, "--listen", "127.0.0.1:0", "--data-dir", data_dir()});
}

void FaultTest::OptOutPeople(int count) {
  for (int i = 0; i < count; ++i) {
    const OptOut opt_out = NextOptOut(static_cast<OptOutKind>(i % 4));
    const absl::Status prepared = PrepareOptOut(client(), opt_out);
    ASSERT_TRUE(prepared.ok()) << prepared;
    const absl::StatusOr<Answer> answer = PerformOptOut(client(), opt_out);
    ASSERT_TRUE(answer.ok()) << answer.status();
    acknowledged_.push_back(opt_out);
  }
}

void FaultTest::ExpectNothingLost() {
  for (const OptOut& opt_out : acknowledged_) {
    for (const std::string& phone : opt_out.phones) {
      const auto check = CheckPhone(client(), phone);
      ASSERT_TRUE(check.ok()) << check.status();
      EXPECT_EQ(check->verdict(), v1::VERDICT_DENY) << opt_out.request_id;
    }
    if (opt_out.lead.empty()) continue;
    const auto check = CheckLead(client(), opt_out.lead);
    ASSERT_TRUE(check.ok()) << check.status();
    EXPECT_EQ(check->verdict(), v1::VERDICT_DENY) << opt_out.request_id;
  }
}

int64_t FaultTest::Revision() {
  const auto status = client().Call(v1::GetSystemStatusRequest());
  EXPECT_TRUE(status.ok()) << status.status();
  return status.ok() ? status->revision() : -1;
}

bool Eventually(const std::function<bool()>& holds) {
  const absl::Time limit = absl::Now() + kLimit;
  while (!holds()) {
    if (absl::Now() > limit) return false;
    absl::SleepFor(absl::Milliseconds(10));  // between questions, so as not to take the CPU away
  }
  return true;
}

}  // namespace dnc::testing
