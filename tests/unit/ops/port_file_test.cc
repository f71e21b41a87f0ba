#include "server/ops/port_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/contract/temp_dir.h"

namespace dnc::testing {
namespace {

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(PortFileTest, WhatAnEarlierServerLeftIsRemovedAndWrittenAnew) {
  const TempDir dir;
  const std::string path = dir.Path("port");
  std::ofstream(path) << "1\n";
  ASSERT_TRUE(RemovePortFile(path).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(RemovePortFile(path).ok()) << "nothing to remove is fine";
  ASSERT_TRUE(WritePortFile(path, 7443).ok());
  EXPECT_EQ(Read(path), "7443\n");
}

TEST(PortFileTest, WithoutANameNothingHappens) {
  EXPECT_TRUE(RemovePortFile("").ok());
  EXPECT_TRUE(WritePortFile("", 1).ok());
}

TEST(PortFileTest, WhatCannotBeDoneIsAnError) {
  const TempDir dir;
  EXPECT_EQ(RemovePortFile(dir.Path("")).code(), absl::StatusCode::kUnavailable) << "a folder";
  EXPECT_EQ(WritePortFile(dir.Path("no/such/port"), 1).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace dnc::testing
