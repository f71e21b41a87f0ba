// dncd as whoever runs it meets it: what it refuses to start with, and how it ends.
#include <signal.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/integration/cli_fixture.h"

namespace dnc::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DncdTest : public CliTest {
 protected:
  // Runs a dncd that is expected to refuse.
  ProcessResult Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), kDncd);
    return RunProcess(arguments);
  }
};

TEST_F(DncdTest, RefusesSomebodyElsesDirectoryAndLeavesItAlone) {
  std::filesystem::create_directories(Path("var/tmp"));
  const std::string mail = Write("var/tmp/mail", "unread");
  EXPECT_THAT(Start({"--listen", "127.0.0.1:0", "--data-dir", Path("var")}),
              Ends(1, IsEmpty(), AllOf(HasSubstr("data_dir: "), HasSubstr("empty directory"))));
  EXPECT_EQ(ReadFile(mail), "unread");
}

TEST_F(DncdTest, AServerThatDoesNotStartLeavesNoPortBehind) {
  const std::string port = Write("port", "7443\n");
  std::filesystem::create_directories(Path("var"));
  Write("var/notes", "");
  EXPECT_THAT(Start({"--listen", "127.0.0.1:0", "--data-dir", Path("var"), "--port-file", port}),
              Ends(1, IsEmpty(), HasSubstr("data_dir: ")));
  EXPECT_FALSE(std::filesystem::exists(port));
}

TEST_F(DncdTest, AFlagTakesBackWhatTheFilePermits) {
  const std::string config = Write("dncd.yaml", "insecure: true\nlisten: 0.0.0.0:0\n");
  EXPECT_THAT(Start({"--config", config, "--insecure=false", "--data-dir", Path("data")}),
              Ends(2, IsEmpty(), HasSubstr("--insecure")));
  EXPECT_FALSE(std::filesystem::exists(Path("data")));
}

TEST_F(DncdTest, EndsWithStatusZeroAndStartsAgainOnItsDirectory) {
  for (int i = 0; i < 2; ++i) {
    StartGateway();
    ASSERT_NE(gateway_, nullptr);
    gateway_->process().Signal(SIGTERM);
    EXPECT_EQ(gateway_->process().Wait(absl::Seconds(60)), 0) << gateway_->Log();
  }
}

}  // namespace
}  // namespace dnc::e2e
