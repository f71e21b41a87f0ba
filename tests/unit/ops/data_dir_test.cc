#include "server/ops/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/contract/temp_dir.h"

namespace dnc::testing {
namespace {

namespace fs = std::filesystem;

class DataDirTest : public ::testing::Test {
 protected:
  void Touch(const std::string& path) {
    fs::create_directories(fs::path(root_.Path(path)).parent_path());
    std::ofstream(root_.Path(path)) << "x";
  }
  bool Exists(const std::string& path) { return fs::exists(fs::symlink_status(root_.Path(path))); }

  TempDir root_;
  const DataDir dir_{root_.Path("data")};
};

TEST_F(DataDirTest, IsMadeWhereItIsMissing) {
  const DataDir deep(root_.Path("a/b/c"));
  ASSERT_TRUE(deep.Open().ok());
  EXPECT_TRUE(Exists("a/b/c"));
  ASSERT_TRUE(deep.PrepareSpill().ok());
  EXPECT_TRUE(Exists("a/b/c/import-spill"));
}

TEST_F(DataDirTest, TakesWhatIsEmptyOrItsOwn) {
  fs::create_directories(root_.Path("data"));
  EXPECT_TRUE(dir_.Open().ok());
  fs::create_directories(root_.Path("data/lost+found"));
  fs::create_directories(root_.Path("data/import-spill"));
  EXPECT_TRUE(dir_.Open().ok());
  fs::create_directories(root_.Path("data/store"));
  Touch("data/notes.txt");
  EXPECT_TRUE(dir_.Open().ok()) << "with a store it is a data directory, whatever else it holds";
}

TEST_F(DataDirTest, RefusesSomebodyElsesDirectory) {
  Touch("data/tmp/mail");
  const absl::Status status = dir_.Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(
      std::string(status.message()),
      ::testing::AllOf(::testing::HasSubstr(root_.Path("data")), ::testing::HasSubstr("\"tmp\""),
                       ::testing::HasSubstr("empty directory")));
  EXPECT_TRUE(Exists("data/tmp/mail"));
}

TEST_F(DataDirTest, RemovesWhatImportsLeftAndNothingElse) {
  for (const char* left : {"dnc-sort-a1b2c3", "import-a1b2c3"}) {
    Touch(std::string("data/import-spill/") + left);
  }
  Touch("data/import-spill/somebody.txt");
  Touch("data/import-spill/import-folder/file");
  Touch("elsewhere");
  fs::create_symlink(root_.Path("elsewhere"), root_.Path("data/import-spill/import-link"));
  Touch("data/tmp/mail");
  ASSERT_TRUE(dir_.PrepareSpill().ok());
  EXPECT_FALSE(Exists("data/import-spill/dnc-sort-a1b2c3"));
  EXPECT_FALSE(Exists("data/import-spill/import-a1b2c3"));
  for (const char* kept : {"data/import-spill/somebody.txt", "data/import-spill/import-folder/file",
                           "data/import-spill/import-link", "elsewhere", "data/tmp/mail"}) {
    EXPECT_TRUE(Exists(kept)) << kept;
  }
}

TEST_F(DataDirTest, AFileInItsPlaceIsAnError) {
  Touch("data");
  EXPECT_EQ(dir_.Open().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace dnc::testing
