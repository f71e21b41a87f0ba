#include "storage/log/commit_marker.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "tests/contract/temp_dir.h"

namespace dnc {
namespace {

class CommitMarkerTest : public ::testing::Test {
 protected:
  std::unique_ptr<CommitMarker> Open() {
    auto marker = CommitMarker::Open(path_);
    EXPECT_TRUE(marker.ok()) << marker.status();
    return marker.ok() ? *std::move(marker) : nullptr;
  }
  std::optional<int64_t> Stored() { return Open()->revision(); }

  std::string Bytes() const {
    std::ostringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }
  void Damage(size_t at) {
    std::string bytes = Bytes();
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
    Overwrite(bytes);
  }
  void Overwrite(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  const testing::TempDir dir_;
  const std::string path_ = dir_.Path("ACKNOWLEDGED");
};

TEST_F(CommitMarkerTest, NewOneSaysNothing) { EXPECT_EQ(Stored(), std::nullopt); }

TEST_F(CommitMarkerTest, KeepsTheLastRevision) {
  for (int64_t revision = 1; revision <= 5; ++revision) {
    ASSERT_TRUE(Open()->Advance(revision).ok());
    EXPECT_EQ(Stored(), revision);
  }
  const std::unique_ptr<CommitMarker> marker = Open();
  for (int64_t revision = 6; revision <= 9; ++revision) {
    ASSERT_TRUE(marker->Advance(revision).ok());
    EXPECT_EQ(marker->revision(), revision);
  }
  EXPECT_EQ(Stored(), 9);
}

TEST_F(CommitMarkerTest, GoldenBytes) {
  {
    const std::unique_ptr<CommitMarker> marker = Open();
    ASSERT_TRUE(marker->Advance(0x0102030405).ok());
    ASSERT_TRUE(marker->Advance(0x0102030406).ok());
  }
  EXPECT_EQ(absl::BytesToHexString(Bytes()),
            "444e433100000000"
            "0604030201000000"
            "0200000000000000"
            "4323697d5d1e6c75"
            "444e433100000000"
            "0504030201000000"
            "0100000000000000"
            "778fe2a0d292dba8");
}

TEST_F(CommitMarkerTest, TornSlotLeavesTheOneBefore) {
  const std::unique_ptr<CommitMarker> marker = Open();
  for (int64_t revision = 1; revision <= 4; ++revision) ASSERT_TRUE(marker->Advance(revision).ok());
  const std::string whole = Bytes();
  for (size_t at = 0; at < 32; ++at) {  // the slot of revision 4
    Overwrite(whole);
    Damage(at);
    EXPECT_EQ(Stored(), 3) << at;
    Overwrite(whole);
    Damage(32 + at);
    EXPECT_EQ(Stored(), 4) << at;
  }
}

TEST_F(CommitMarkerTest, FileCutOffWithinASlot) {
  {
    const std::unique_ptr<CommitMarker> marker = Open();
    ASSERT_TRUE(marker->Advance(1).ok());
    ASSERT_TRUE(marker->Advance(2).ok());
  }
  Overwrite(Bytes().substr(0, 63));
  EXPECT_EQ(Stored(), 2);
  Overwrite(Bytes().substr(0, 31));
  EXPECT_TRUE(absl::IsDataLoss(CommitMarker::Open(path_).status()));
}

TEST_F(CommitMarkerTest, BothSlotsDamagedIsDataLoss) {
  {
    const std::unique_ptr<CommitMarker> marker = Open();
    ASSERT_TRUE(marker->Advance(1).ok());
    ASSERT_TRUE(marker->Advance(2).ok());
  }
  Damage(8);
  Damage(40);
  const absl::Status status = CommitMarker::Open(path_).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(std::string(status.message()).find("is damaged"), std::string::npos) << status;
}

TEST_F(CommitMarkerTest, FolderThatIsMissingIsUnavailable) {
  EXPECT_TRUE(absl::IsUnavailable(CommitMarker::Open(dir_.Path("none/ACKNOWLEDGED")).status()));
}

// Limits what this process may write to a file, within its scope.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

// However often a write fails, the last good slot stays.
TEST_F(CommitMarkerTest, FailedWritesLeaveTheLastGoodSlot) {
  const std::unique_ptr<CommitMarker> marker = Open();
  ASSERT_TRUE(marker->Advance(1).ok());  // the second slot
  ASSERT_TRUE(marker->Advance(2).ok());  // the first
  ASSERT_TRUE(marker->Advance(3).ok());  // the second
  {
    const FileSizeLimit limit(16);  // half of the first slot
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(absl::IsUnavailable(marker->Advance(4)));
  }
  EXPECT_EQ(marker->revision(), 3);
  EXPECT_EQ(Stored(), 3);
  ASSERT_TRUE(marker->Advance(4).ok());
  EXPECT_EQ(Stored(), 4);
}

}  // namespace
}  // namespace dnc
