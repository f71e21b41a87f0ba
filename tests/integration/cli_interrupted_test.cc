// dncctl that is interrupted while it filters or imports: by the gateway's death, by a signal, and
// with a producer that has nothing more to give for now.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using e2e::BackgroundProcess;
using e2e::kDncctl;
using e2e::ReadFile;
using e2e::RunProcess;
using testing::HasSubstr;
using testing::Not;

class CliInterruptedTest : public e2e::CliTest {
 protected:
  ~CliInterruptedTest() override {
    if (pipe_ >= 0) close(pipe_);
  }

  // dncctl, reading a pipe that it gets as its last argument but `more`.
  void Start(std::vector<std::string> command, const std::vector<std::string>& more = {}) {
    const std::string fifo = Path("fifo");
    ASSERT_EQ(RunProcess({"/usr/bin/mkfifo", fifo}).exit_code, 0);
    std::vector<std::string> arguments = {kDncctl, "--server", address(), "--org", "acme"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    arguments.push_back(fifo);
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto dncctl = BackgroundProcess::Start(arguments, Path("dncctl.log"));
    ASSERT_TRUE(dncctl.ok()) << dncctl.status();
    dncctl_ = *std::move(dncctl);
    pipe_ = open(fifo.c_str(), O_WRONLY);  // waits for dncctl to read it
    ASSERT_GE(pipe_, 0);
  }
  void Give(const std::string& text) const {
    ASSERT_EQ(write(pipe_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // More than dncctl may hold, so once it is given dncctl is at work.
  static std::string LongList() {
    std::string list = "phone\n";
    for (int i = 0; i < 200000; ++i) absl::StrAppend(&list, "+1212555", 1000 + i % 9000, "\n");
    return list;
  }
  void KillGateway() const {
    gateway_->process().Signal(SIGKILL);
    gateway_->process().Wait(absl::Seconds(30));
  }
  int End() { return dncctl_->Wait(absl::Seconds(60)); }
  std::string Log() const { return ReadFile(Path("dncctl.log")); }
  void ExpectNoOutput() const {
    EXPECT_FALSE(std::filesystem::exists(Path("out.csv")));
    for (const std::string& name : Files()) EXPECT_THAT(name, Not(HasSubstr(".part-")));
  }

  std::unique_ptr<BackgroundProcess> dncctl_;
  int pipe_ = -1;
};

// No file that looks whole, and none left over.
TEST_F(CliInterruptedTest, FilterLeavesNothingWhenTheGatewayDies) {
  StartDemo();
  Start({"filter"}, {"--channel", "voice", "-o", Path("out.csv")});
  Give(LongList());
  KillGateway();
  EXPECT_EQ(End(), 5) << Log();
  EXPECT_THAT(Log(), HasSubstr("dncctl: "));
  ExpectNoOutput();
}

// What was filtered so far is contact data that nobody asked to keep.
TEST_F(CliInterruptedTest, SignalsLeaveNothing) {
  StartDemo();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Start({"filter"}, {"--channel", "voice", "-o", Path("out.csv")});
    Give(LongList());
    dncctl_->Signal(signal);
    EXPECT_EQ(End(), 128 + signal) << Log();
    ExpectNoOutput();
    close(std::exchange(pipe_, -1));
    std::filesystem::remove(Path("fifo"));
  }
}

// The pipe stays open, and nobody writes: the end of the stream ends the wait.
TEST_F(CliInterruptedTest, FilterFromAnIdlePipeEndsWithTheGateway) {
  StartDemo();
  Start({"filter"}, {"--channel", "voice", "-o", Path("out.csv")});
  Give("phone\n+12125550101\n");
  KillGateway();
  EXPECT_EQ(End(), 5) << Log();
  ExpectNoOutput();
}

TEST_F(CliInterruptedTest, ImportFromAnIdlePipeEndsWithTheGateway) {
  StartDemo();
  ASSERT_EQ(Run({"lists", "create", "national", "--kind", "registry"}).exit_code, 0);
  Start({"lists", "import", "national"});
  Give("2125550101\n");
  KillGateway();
  EXPECT_EQ(End(), 5) << Log();
  EXPECT_THAT(Log(), HasSubstr("repeat the import"));
}

}  // namespace
}  // namespace dnc
