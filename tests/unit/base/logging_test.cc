#include "storage/base/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "server/contact/text.h"

namespace dnc {
namespace {

using testing::HasSubstr;

TEST(MaskContactTest, Table) {
  const struct {
    const char* contact;
    const char* masked;
  } cases[] = {{"+12125551234", "+1212***34"},
               {"+442079460000", "+4420***00"},
               {"jane@example.com", "j***@example.com"},
               {"j@example.com", "j***@example.com"},
               {"a@b@example.com", "a***@example.com"},
               {"12 Main Street", "12 Ma***et"},
               {"abcd", "ab***"},
               {"abcdefgh", "ab***"},
               {"abc", "***"},
               {"", "***"},
               {"@x", "***"},
               {"@handle", "@h***"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.contact);
    EXPECT_EQ(MaskContact(test.contact), test.masked);
  }
}

// Masked values stand in proto fields and JSON, which take UTF-8 only.
TEST(MaskContactTest, KeepsUtf8Whole) {
  for (const char* contact :
       {"\xc3\xbcnal@example.com", "\xc3\xbc\xc3\xbc\xc3\xbc", "Z\xc3\xbcrich", "abcd\xc3\xbc xyz",
        "Hauptstr. 1, Z\xc3\xbcrich\xe2\x82\xac", "\xf0\x9f\x93\x9e\xf0\x9f\x93\x9e"}) {
    SCOPED_TRACE(contact);
    ASSERT_EQ(CheckUtf8(contact, "contact"), absl::OkStatus());
    EXPECT_EQ(CheckUtf8(MaskContact(contact), "masked"), absl::OkStatus());
  }
}

// "Not enough to use it": two hidden digits are a hundred calls.
TEST(MaskContactTest, HidesEnoughOfShortNumbers) {
  for (const std::string phone : {"+4512345678", "+351212345", "+29812345", "+1234567"}) {
    SCOPED_TRACE(phone);
    const std::string masked = MaskContact(phone);
    EXPECT_THAT(masked, HasSubstr("***"));
    EXPECT_LE(masked.size() - 3 + 3, phone.size()) << masked;  // three digits hidden
  }
}

TEST(InitLoggingTest, TakesItsLevelsOnly) {
  for (const char* level : {"trace", "debug", "info", "warn", "error", "off"}) {
    EXPECT_EQ(InitLogging(level, LogFormat::kText), absl::OkStatus()) << level;
  }
  for (const char* level : {"", "INFO", "verbose", "warning", "err", "critical"}) {
    EXPECT_EQ(InitLogging(level, LogFormat::kText).code(), absl::StatusCode::kInvalidArgument)
        << level;
  }
}

std::string Logged(const char* level, LogFormat format, const std::string& message) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(InitLogging(level, format), absl::OkStatus());
  spdlog::info("{}", message);
  spdlog::default_logger()->flush();
  return testing::internal::GetCapturedStderr();
}

TEST(InitLoggingTest, LevelAndText) {
  EXPECT_EQ(Logged("warn", LogFormat::kText, "quiet"), "");
  const std::string line = Logged("info", LogFormat::kText, "serving port=1");
  EXPECT_THAT(line, testing::EndsWith(" info  serving port=1\n"));
  EXPECT_THAT(line, testing::StartsWith("20"));
}

TEST(InitLoggingTest, TextIsOneLineAnEvent) {
  const std::string line = Logged("info", LogFormat::kText, "say \"a\\b\"\nforged\x1b[31m");
  EXPECT_THAT(line, testing::EndsWith(" info  say \"a\\b\"\\u000aforged\\u001b[31m\n"));
}

// One line an event, and JSON whatever the message holds.
TEST(InitLoggingTest, JsonIsJson) {
  for (const std::string message :
       {"serving port=1", "say \"no\"", "C:\\dir", "two\nlines", "tab\there", "\xc3\xbc"}) {
    SCOPED_TRACE(message);
    const std::string line = Logged("info", LogFormat::kJson, message);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    try {
      const YAML::Node event = YAML::Load(line);  // JSON is YAML
      EXPECT_EQ(event["msg"].as<std::string>(), message);
      EXPECT_EQ(event["level"].as<std::string>(), "info");
    } catch (const YAML::Exception& error) {
      ADD_FAILURE() << error.what() << ": " << line;
    }
  }
}

}  // namespace
}  // namespace dnc
