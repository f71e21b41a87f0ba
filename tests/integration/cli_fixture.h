// What the tests of dncctl share: a scratch folder, a gateway, and dncctl run against it.
#ifndef DNC_TESTS_INTEGRATION_CLI_FIXTURE_H_
#define DNC_TESTS_INTEGRATION_CLI_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/process.h"

namespace dnc::e2e {

inline constexpr char kDncd[] = DNC_BIN_DIR "/dncd";
inline constexpr char kDncctl[] = DNC_BIN_DIR "/dncctl";

inline constexpr char kSales[] = R"(
x-dnc: &dnc
  id: do-not-contact
  display_name: Do not contact
  category: do-not-contact
  operations:
    - add_to_dnc_list: {list: internal}
    - move_to_status: dead
workflow: sales
display_name: Sales
record_type: contact
statuses:
  - {id: new, system_status: new, actions: [*dnc]}
  - {id: working, system_status: working}
  - {id: later, system_status: nurture}
  - {id: old, system_status: lost, state: disabled}
  - id: dead
    system_status: dead
    restriction: {channels: [email]}
---
workflow: support
record_type: company
statuses:
  - {id: open, system_status: working}
)";

// Exit status and the two outputs, in one expectation.
MATCHER_P3(Ends, code, out, err,
           absl::StrCat("ends with ", code, ", out ", ::testing::DescribeMatcher<std::string>(out),
                        ", err ", ::testing::DescribeMatcher<std::string>(err))) {
  return arg.exit_code == code && ::testing::Matches(out)(arg.out) &&
         ::testing::Matches(err)(arg.err);
}

// One whole JSON document and nothing else.
MATCHER(IsJson, "is JSON") {
  ProcessOptions options;
  options.input = arg;
  return !arg.empty() &&
         RunProcess({"/usr/bin/python3", "-m", "json.tool"}, options).exit_code == 0;
}

class CliTest : public ::testing::Test {
 protected:
  CliTest()
      : folder_(absl::StrCat(::testing::TempDir(), "/dnc-cli-", getpid(), "-",
                             ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~CliTest() override {
    gateway_.reset();
    std::filesystem::remove_all(folder_);
  }

  void StartGateway() {
    auto gateway = GatewayProcess::Start(kDncd, folder_);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }

  // A gateway with the organization acme and its workflows.
  void StartDemo() {
    StartGateway();
    ASSERT_THAT(Run({"orgs", "create", "acme"}),
                Ends(0, ::testing::HasSubstr("acme"), ::testing::IsEmpty()));
    const std::string file = Write("sales.yaml", kSales);
    ASSERT_THAT(Run({"workflows", "apply", "-f", file}),
                Ends(0, ::testing::HasSubstr("applied at revision"), ::testing::IsEmpty()));
  }

  void UpsertLead() {
    ASSERT_THAT(
        Run({"leads", "upsert", "42", "--record-type", "contact", "--status", "sales/new",
             "--phone", "(212) 555-0123", "--email", "Jane@Example.com"}),
        Ends(0, ::testing::AllOf(::testing::HasSubstr("42"), ::testing::HasSubstr("+12125550123")),
             ::testing::IsEmpty()));
  }

  ProcessResult Run(std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.insert(arguments.begin(), kDncctl);
    ProcessOptions options;
    options.input = input;
    options.environment = {absl::StrCat("DNC_SERVER=", address()), "DNC_ORG=acme",
                           "DNC_ACTOR=users/test"};
    return RunProcess(arguments, options);
  }

  // Port 1 has no gateway.
  std::string address() const { return gateway_ == nullptr ? "127.0.0.1:1" : gateway_->address(); }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_, "/", name); }
  std::string Write(const std::string& name, const std::string& text) const {
    WriteFile(Path(name), text);
    return Path(name);
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  const std::string folder_;
  std::unique_ptr<GatewayProcess> gateway_;
};

}  // namespace dnc::e2e

#endif  // DNC_TESTS_INTEGRATION_CLI_FIXTURE_H_
