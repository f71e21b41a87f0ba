// The precedence of flags, variables, file and defaults, through the parser that dncd uses.
#include "server/ops/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dnc {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using Variables = std::map<std::string, std::string>;

absl::StatusOr<ServerConfig> Load(std::vector<std::string> arguments,
                                  const Variables& variables = {}) {
  CLI::App app;
  AddFlags(&app);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  app.parse(arguments);
  return LoadConfig(app, [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

std::string WriteSettings(const std::string& text) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "command_line_",
                   testing::UnitTest::GetInstance()->current_test_info()->name(), ".yaml");
  std::ofstream(path) << text;
  return path;
}

// Three values of a setting, and how to read what it is.
struct Case {
  std::vector<std::string> values;
  std::string (*read)(const ServerConfig& config);
};

template <auto kField>
Case Of(std::vector<std::string> values) {
  return {std::move(values), [](const ServerConfig& config) {
            if constexpr (std::is_same_v<decltype(config.*kField), const bool&>) {
              return std::string(config.*kField ? "true" : "false");
            } else if constexpr (std::is_same_v<decltype(config.*kField),
                                                const std::vector<std::string>&>) {
              return absl::StrJoin(config.*kField, ",");
            } else {
              return absl::StrCat(config.*kField);
            }
          }};
}

const std::map<std::string, Case>& Cases() {
  using C = ServerConfig;
  static const auto* const cases = new std::map<std::string, Case>{
      {"listen", Of<&C::listen>({"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"})},
      {"insecure", Of<&C::insecure>({"true", "false", "true"})},
      {"auth", Of<&C::auth>({"development", "local", "development"})},
      {"administrators", Of<&C::administrators>({"users/a", "users/b,users/c", "users/d"})},
      {"decisions", Of<&C::decisions>({"off", "on", "off"})},
      {"decisions_retention_days", Of<&C::decisions_retention_days>({"11", "12", "13"})},
      {"decisions_max_mib", Of<&C::decisions_max_mib>({"17", "18", "19"})},
      {"decisions_queue", Of<&C::decisions_queue>({"2048", "2049", "2050"})},
      {"decisions_overload", Of<&C::decisions_overload>({"wait", "count", "wait"})},
      {"contacts_retention_days", Of<&C::contacts_retention_days>({"11", "12", "13"})},
      {"data_dir", Of<&C::data_dir>({"a", "b", "c"})},
      {"accept_missing_marker", Of<&C::accept_missing_marker>({"true", "false", "true"})},
      {"port_file", Of<&C::port_file>({"a", "b", "c"})},
      {"log_level", Of<&C::log_level>({"warn", "error", "debug"})},
      {"log_format", Of<&C::log_format>({"json", "text", "json"})},
      {"block_cache_mib", Of<&C::block_cache_mib>({"11", "12", "13"})},
      {"record_cache_mib", Of<&C::record_cache_mib>({"11", "12", "13"})},
      {"write_buffer_mib", Of<&C::write_buffer_mib>({"11", "12", "13"})},
      {"import_memory_mib", Of<&C::import_memory_mib>({"11", "12", "13"})},
      {"registry_versions", Of<&C::registry_versions>({"11", "12", "13"})},
      {"allow_valid_seconds", Of<&C::allow_valid_seconds>({"11", "12", "13"})},
      {"max_batch", Of<&C::max_batch>({"11", "12", "13"})},
      {"max_queue", Of<&C::max_queue>({"11", "12", "13"})},
      {"drain_seconds", Of<&C::drain_seconds>({"11", "12", "13"})},
  };
  return *cases;
}

// Every order of three values, so that neither "set" nor "true" wins by being there.
TEST(CommandLineTest, FlagBeatsVariableBeatsFileBeatsDefault) {
  for (const Setting& setting : Settings()) {
    SCOPED_TRACE(setting.key);
    const auto test = Cases().find(setting.key);
    ASSERT_NE(test, Cases().end()) << "a setting without a case";
    const auto& [values, read] = test->second;
    for (size_t shift = 0; shift < 3; ++shift) {
      const std::string file =
          WriteSettings(absl::StrCat(setting.key, ": \"", values[shift], "\"\n"));
      const std::string& variable = values[(shift + 1) % 3];
      const std::string& flag = values[(shift + 2) % 3];
      const Variables variables = {{VariableOf(setting), variable}};
      const std::string argument = absl::StrCat(FlagOf(setting), "=", flag);
      const auto is = [read = read](const absl::StatusOr<ServerConfig>& config) {
        return config.ok() ? read(*config) : std::string(config.status().message());
      };
      // What a setting is refused without.
      const auto load = [&](std::vector<std::string> arguments, const Variables& given = {}) {
        if (setting.key == "administrators") arguments.push_back("--auth=development");
        return is(Load(std::move(arguments), given));
      };
      EXPECT_EQ(is(Load({})), read(ServerConfig()));
      EXPECT_EQ(load({"--config", file}), values[shift]);
      EXPECT_EQ(load({"--config", file}, variables), variable);
      EXPECT_EQ(load({"--config", file, argument}), flag);
      EXPECT_EQ(load({argument, "--config", file}, variables), flag);
      EXPECT_EQ(load({argument}, variables), flag);
    }
  }
}

TEST(CommandLineTest, ASwitchAloneIsTrueAndTakesNoWordThatFollows) {
  EXPECT_FALSE(Load({})->insecure);
  EXPECT_TRUE(Load({"--insecure"})->insecure);
  EXPECT_TRUE(Load({"--insecure=true"})->insecure);
  EXPECT_FALSE(Load({"--insecure=false"}, {{"DNC_INSECURE", "true"}})->insecure);
  EXPECT_EQ(Load({"--insecure", "--data-dir", "d"})->data_dir, "d");
  EXPECT_THROW(Load({"--insecure", "false"}).IgnoreError(), CLI::ParseError);
}

// What the file permits the flag takes back.
TEST(CommandLineTest, ATakenBackPermissionCounts) {
  const std::string file = WriteSettings("insecure: true\nlisten: 0.0.0.0:7443\n");
  EXPECT_TRUE(Load({"--config", file}).ok());
  const absl::Status refused = Load({"--config", file, "--insecure=false"}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--insecure"));
}

TEST(CommandLineTest, BadValuesNameTheFlag) {
  for (const auto& [argument, start] :
       std::map<std::string, std::string>{{"--insecure=maybe", "--insecure: \"maybe\""},
                                          {"--max-batch=many", "--max-batch: \"many\""},
                                          {"--log-level=loud", "--log-level: \"loud\""}}) {
    const absl::Status status = Load({argument}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(start));
  }
  EXPECT_EQ(Load({"--config", "/no/such.yaml"}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THROW(Load({"--no-such-flag"}).IgnoreError(), CLI::ParseError);
}

}  // namespace
}  // namespace dnc
