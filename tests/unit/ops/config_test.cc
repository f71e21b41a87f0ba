#include "server/ops/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dnc {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Everything that a configuration says, to compare.
std::string Dump(const ServerConfig& c) {
  return absl::StrCat(
      "listen=", c.listen, " insecure=", c.insecure, " auth=", c.auth,
      " administrators=", absl::StrJoin(c.administrators, ","), " data_dir=", c.data_dir,
      " accept_missing_marker=", c.accept_missing_marker, " port_file=", c.port_file,
      " log_level=", c.log_level, " log_format=", c.log_format,
      " block_cache_mib=", c.block_cache_mib, " record_cache_mib=", c.record_cache_mib,
      " write_buffer_mib=", c.write_buffer_mib, " import_memory_mib=", c.import_memory_mib,
      " registry_versions=", c.registry_versions, " allow_valid_seconds=", c.allow_valid_seconds,
      " max_batch=", c.max_batch, " max_queue=", c.max_queue, " drain_seconds=", c.drain_seconds,
      " decisions=", c.decisions, " decisions_retention_days=", c.decisions_retention_days,
      " decisions_max_mib=", c.decisions_max_mib, " decisions_queue=", c.decisions_queue,
      " decisions_overload=", c.decisions_overload,
      " contacts_retention_days=", c.contacts_retention_days);
}

std::string WriteFile(const std::string& text) {
  const std::string path = testing::TempDir() + "config_test_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name() + ".yaml";
  std::ofstream(path) << text;
  return path;
}

absl::Status Load(const std::string& text, ServerConfig* config) {
  return LoadConfigFile(WriteFile(text), config);
}

absl::Status ApplyVariables(const std::map<std::string, std::string>& variables,
                            ServerConfig* config) {
  return ApplyEnvironment(
      [&](const char* name) {
        const auto it = variables.find(name);
        return it == variables.end() ? nullptr : it->second.c_str();
      },
      config);
}

const Setting& Find(const std::string& key) {
  for (const Setting& setting : Settings()) {
    if (setting.key == key) return setting;
  }
  ADD_FAILURE() << "no setting " << key;
  return Settings().front();
}

TEST(SettingsTest, NamesAreOneInAllForms) {
  const struct {
    const char* key;
    const char* flag;
    const char* variable;
  } cases[] = {{"listen", "--listen", "DNC_LISTEN"},
               {"data_dir", "--data-dir", "DNC_DATA_DIR"},
               {"allow_valid_seconds", "--allow-valid-seconds", "DNC_ALLOW_VALID_SECONDS"}};
  for (const auto& test : cases) {
    EXPECT_EQ(FlagOf(Find(test.key)), test.flag);
    EXPECT_EQ(VariableOf(Find(test.key)), test.variable);
  }
  std::set<std::string> keys;
  for (const Setting& setting : Settings()) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    EXPECT_TRUE(std::regex_match(setting.key, std::regex("[a-z]+(_[a-z]+)*"))) << setting.key;
    EXPECT_NE(setting.help, "") << setting.key;
    // Every setting is a field, and every field a setting.
    EXPECT_THAT(absl::StrCat(" ", Dump({})), HasSubstr(absl::StrCat(" ", setting.key, "=")));
  }
  const std::string dump = Dump({});
  EXPECT_EQ(keys.size(), static_cast<size_t>(std::count(dump.begin(), dump.end(), '=')));
}

// The default that the help names is the default: setting it changes nothing, and another value
// does.
TEST(SettingsTest, HelpNamesTheDefault) {
  for (const Setting& setting : Settings()) {
    SCOPED_TRACE(setting.key);
    // Off, and none.
    if (setting.value_name.empty() || setting.key == "port_file" || setting.several) continue;
    std::smatch found;
    ASSERT_TRUE(std::regex_search(setting.help, found, std::regex("Default ([^ ]+)")));
    ServerConfig config;
    EXPECT_EQ(setting.set(found[1], &config), absl::OkStatus());
    EXPECT_EQ(Dump(config), Dump({}));
  }
}

// The range that the help names is the range.
TEST(SettingsTest, HelpNamesTheRange) {
  int numbers = 0;
  for (const Setting& setting : Settings()) {
    if (setting.value_name != "N") continue;
    SCOPED_TRACE(setting.key);
    ++numbers;
    std::smatch found;
    ASSERT_TRUE(std::regex_search(setting.help, found, std::regex(R"(\((\d+) to (\d+)\))")));
    const int64_t least = std::stoll(found[1]);
    const int64_t most = std::stoll(found[2]);
    for (const int64_t good : {least, most}) {
      ServerConfig config;
      EXPECT_EQ(setting.set(absl::StrCat(good), &config), absl::OkStatus());
      EXPECT_THAT(absl::StrCat(Dump(config), " "),
                  HasSubstr(absl::StrCat(" ", setting.key, "=", good, " ")));
    }
    for (const std::string& bad :
         {absl::StrCat(least - 1), absl::StrCat(most + 1), std::string(), std::string("many"),
          std::string("1.5"), std::string("7s"), std::string("99999999999999999999")}) {
      SCOPED_TRACE(bad);
      ServerConfig config;
      const absl::Status status = setting.set(bad, &config);
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(status.message()),
                  HasSubstr(absl::StrCat("from ", least, " to ", most)));
      EXPECT_EQ(Dump(config), Dump({}));
    }
  }
  EXPECT_EQ(numbers, 13);
}

TEST(SettingsTest, ChoicesAndSwitches) {
  const struct {
    const char* key;
    const char* value;
    bool good;
  } cases[] = {
      {"log_level", "trace", true}, {"log_level", "off", true},   {"log_level", "verbose", false},
      {"log_level", "INFO", false}, {"log_level", "", false},     {"log_format", "json", true},
      {"log_format", "text", true}, {"log_format", "xml", false}, {"insecure", "true", true},
      {"insecure", "false", true},  {"insecure", "yes", false},   {"insecure", "1", false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(absl::StrCat(test.key, "=", test.value));
    ServerConfig config;
    const absl::Status status = Find(test.key).set(test.value, &config);
    EXPECT_EQ(status.ok(), test.good) << status;
    if (!test.good) {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    }
  }
}

TEST(ConfigTest, EveryLayerOverridesTheOneBelow) {
  ServerConfig config;
  ASSERT_EQ(Load("listen: 127.0.0.1:1\nmax_batch: 2\nmax_queue: 3\nlog_level: warn\n", &config),
            absl::OkStatus());
  ASSERT_EQ(ApplyVariables({{"DNC_MAX_BATCH", "20"}, {"DNC_MAX_QUEUE", "30"}}, &config),
            absl::OkStatus());
  ASSERT_EQ(Find("max_queue").set("300", &config), absl::OkStatus());  // as a flag does
  EXPECT_EQ(config.drain_seconds, 10);                                 // default
  EXPECT_EQ(config.listen, "127.0.0.1:1");                             // file
  EXPECT_EQ(config.log_level, "warn");
  EXPECT_EQ(config.max_batch, 20);   // variable
  EXPECT_EQ(config.max_queue, 300);  // flag
}

TEST(ConfigTest, EverySettingIsTakenFromFileAndVariable) {
  const std::map<std::string, std::string> values = {{"listen", "[::1]:9"},
                                                     {"insecure", "true"},
                                                     {"auth", "development"},
                                                     {"administrators", "users/a,users/b"},
                                                     {"data_dir", "/d"},
                                                     {"accept_missing_marker", "true"},
                                                     {"port_file", "p"},
                                                     {"log_level", "error"},
                                                     {"log_format", "json"},
                                                     {"block_cache_mib", "9"},
                                                     {"write_buffer_mib", "5"},
                                                     {"import_memory_mib", "6"},
                                                     {"registry_versions", "3"},
                                                     {"allow_valid_seconds", "3"},
                                                     {"record_cache_mib", "0"},
                                                     {"max_batch", "7"},
                                                     {"max_queue", "8"},
                                                     {"drain_seconds", "0"},
                                                     {"decisions", "off"},
                                                     {"decisions_retention_days", "1"},
                                                     {"decisions_max_mib", "16"},
                                                     {"decisions_queue", "2048"},
                                                     {"decisions_overload", "wait"},
                                                     {"contacts_retention_days", "30"}};
  std::string file;
  std::map<std::string, std::string> variables;
  std::string expected;
  for (const Setting& setting : Settings()) {
    ASSERT_EQ(values.count(setting.key), 1u) << setting.key;
    const std::string& value = values.at(setting.key);
    absl::StrAppend(&file, setting.key, ": '", value, "'\n");
    variables[VariableOf(setting)] = value;
    absl::StrAppend(&expected, expected.empty() ? "" : " ", setting.key, "=",
                    value == "true" ? "1" : value);
  }
  ServerConfig from_file;
  ASSERT_EQ(Load(file, &from_file), absl::OkStatus());
  EXPECT_EQ(Dump(from_file), expected);
  ServerConfig from_variables;
  ASSERT_EQ(ApplyVariables(variables, &from_variables), absl::OkStatus());
  EXPECT_EQ(Dump(from_variables), expected);
}

TEST(ConfigTest, FilesThatAreRefused) {
  const struct {
    const char* name;
    const char* text;
    const char* where;  // after the file's name
    const char* what;
  } cases[] = {
      {"unknown key", "max_batch: 2\n\nmax_bach: 3\n", ":3: ", "unknown setting \"max_bach\""},
      {"the flag's name", "data-dir: x\n", ":1: ", "unknown setting \"data-dir\""},
      {"map", "listen:\n  host: x\n", ":1: ", "listen: must be a single value"},
      {"sequence", "# c\nlisten: [a, b]\n", ":2: ", "listen: must be a single value"},
      {"no value", "listen:\n", ":1: ", "listen: must be a single value"},
      {"out of range", "listen: a:1\nmax_batch: 0\n", ":2: ", "from 1 to 65536"},
      {"not a number", "max_batch: many\n", ":1: ", "max_batch: \"many\""},
      {"not YAML", "listen: a:1\nmax_batch: [1\n", ":", "not YAML"},
      {"a list of settings", "- listen: x\n", ": ", "must be a map"},
      {"a word", "listen\n", ": ", "must be a map"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    ServerConfig config;
    const std::string path = WriteFile(test.text);
    const absl::Status status = LoadConfigFile(path, &config);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(absl::StrCat(path, test.where)));
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.what));
  }
}

TEST(ConfigTest, FilesThatSayNothing) {
  for (const char* text : {"", "\n", "# nothing\n", "---\n", "{}\n"}) {
    SCOPED_TRACE(text);
    ServerConfig config;
    EXPECT_EQ(Load(text, &config), absl::OkStatus());
    EXPECT_EQ(Dump(config), Dump({}));
  }
}

TEST(ConfigTest, FilesThatCannotBeRead) {
  for (const std::string& path : {testing::TempDir() + "no/such/file.yaml", testing::TempDir()}) {
    SCOPED_TRACE(path);
    ServerConfig config;
    absl::Status status;
    ASSERT_NO_THROW(status = LoadConfigFile(path, &config));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(path));
  }
}

// Keys of a map are unique (YAML 1.2.2, 3.2.1.1): which of two would count is anybody's guess.
TEST(ConfigTest, SettingsGivenTwiceAreRefused) {
  ServerConfig config;
  const std::string path = WriteFile("max_batch: 2\nmax_batch: 3\n");
  const absl::Status status = LoadConfigFile(path, &config);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), StartsWith(path + ":2: "));
}

TEST(ConfigTest, BadVariableIsNamed) {
  ServerConfig config;
  const absl::Status status = ApplyVariables({{"DNC_MAX_BATCH", "no"}}, &config);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), StartsWith("DNC_MAX_BATCH: "));
}

TEST(ConfigTest, SeveralValuesAreAListInAFile) {
  using Names = std::vector<std::string>;
  ServerConfig config;
  ASSERT_EQ(Load("administrators: [users/a, services/b]\n", &config), absl::OkStatus());
  EXPECT_EQ(config.administrators, (Names{"users/a", "services/b"}));
  ASSERT_EQ(Load("administrators: users/c\n", &config), absl::OkStatus());
  EXPECT_EQ(config.administrators, Names{"users/c"});
  ASSERT_EQ(ApplyVariables({{"DNC_ADMINISTRATORS", "users/a, users/b"}}, &config),
            absl::OkStatus());
  EXPECT_EQ(config.administrators, (Names{"users/a", "users/b"}));
  ASSERT_EQ(ApplyVariables({{"DNC_ADMINISTRATORS", ""}}, &config), absl::OkStatus());
  EXPECT_EQ(config.administrators, Names{});
  for (const char* text : {"administrators: [a b]\n", "administrators: [[a]]\n",
                           "administrators: {a: b}\n", "administrators:\n"}) {
    EXPECT_EQ(Load(text, &config).code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(CheckConfigTest, CallersWhoAreWhoTheySayAreOfThisMachine) {
  ServerConfig config;
  config.auth = kDevelopmentAuth;
  config.administrators = {"users/root"};
  EXPECT_EQ(CheckConfig(config), absl::OkStatus());
  config.listen = "0.0.0.0:7443";
  config.insecure = true;
  EXPECT_THAT(std::string(CheckConfig(config).message()), StartsWith("auth: "));
  config.auth = "local";
  EXPECT_THAT(std::string(CheckConfig(config).message()), StartsWith("administrators: "));
  config.administrators.clear();
  EXPECT_EQ(CheckConfig(config), absl::OkStatus());
}

TEST(CheckConfigTest, ListensBeyondLoopbackOnlyWhereConfirmed) {
  const struct {
    const char* listen;
    bool loopback;
  } cases[] = {{"127.0.0.1:7443", true},
               {"127.8.9.10:1", true},
               {"localhost:0", true},
               {"[::1]:7443", true},
               {"unix:/run/dnc", true},
               {"0.0.0.0:7443", false},
               {"[::]:7443", false},
               {"10.0.0.5:7443", false},
               {":7443", false},
               {"1.127.0.0:1", false},
               {"[::10]:1", false},
               {"localhost.example.com:1", false},
               {"gateway.example:1", false},
               // Names, whatever they begin with, may mean any machine.
               {"127.example.com:7443", false},
               {"127.0.0.1.example.com:7443", false}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.listen);
    ServerConfig config;
    config.listen = test.listen;
    const absl::Status status = CheckConfig(config);
    EXPECT_EQ(status.ok(), test.loopback) << status;
    if (!status.ok()) {
      EXPECT_THAT(std::string(status.message()), HasSubstr("--insecure"));
    }
    config.insecure = true;
    EXPECT_EQ(CheckConfig(config), absl::OkStatus());
  }
  ServerConfig config;
  config.insecure = true;
  for (const char* listen : {"", "7443", "127.0.0.1"}) {
    config.listen = listen;
    EXPECT_EQ(CheckConfig(config).code(), absl::StatusCode::kInvalidArgument) << listen;
  }
  EXPECT_EQ(CheckConfig(ServerConfig()), absl::OkStatus());
}

}  // namespace
}  // namespace dnc
