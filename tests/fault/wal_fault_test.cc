// The write-ahead log and the commit marker, damaged behind a dead server's back.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/fault/fault_fixture.h"

namespace dnc::testing {
namespace {

namespace fs = std::filesystem;

class WalFaultTest : public FaultTest {
 protected:
  // Acknowledged opt-outs that exist in the write-ahead log only, and a server that was killed.
  void SetUp() override {
    StartServer();
    OptOutPeople(12);
    revision_ = Revision();
    Kill();
  }

  // The newest write-ahead log.
  std::string Wal() const {
    std::string newest;
    for (const fs::directory_entry& file : fs::directory_iterator(data_dir() + "/store")) {
      if (file.path().extension() == ".log") newest = std::max(newest, file.path().string());
    }
    return newest;
  }
  std::string Marker() const { return data_dir() + "/ACKNOWLEDGED"; }

  void FlipByte(const std::string& path, uintmax_t at) {
    std::string bytes = e2e::ReadFile(path);
    ASSERT_LT(at, bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    e2e::WriteFile(path, bytes);
  }

  void ExpectRefused(const std::string& because) {
    const e2e::ProcessResult result = RunRefused();
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_NE(result.err.find(because), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("restore"), std::string::npos) << result.err;
  }

  int64_t revision_ = 0;
};

TEST_F(WalFaultTest, NothingIsLostByAKill) {
  ASSERT_GT(fs::file_size(Wal()), 0u);
  StartServer();
  ExpectNothingLost();
}

TEST_F(WalFaultTest, EndCutOffBelowWhatWasAcknowledgedIsRefused) {
  const std::string wal = Wal();
  fs::resize_file(wal, fs::file_size(wal) - 7);
  ExpectRefused("acknowledged changes are missing");
  const e2e::ProcessResult again = RunRefused();  // the refusal has not "repaired" anything
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find(absl::StrCat("revision ", revision_, " was acknowledged")),
            std::string::npos)
      << again.err;
  EXPECT_NE(again.err.find(absl::StrCat("ends at revision ", revision_ - 1)), std::string::npos)
      << again.err;
}

TEST_F(WalFaultTest, AnyCutIsRefused) {
  const std::string whole = e2e::ReadFile(Wal());
  const std::string backup = folder() + "/backup";
  fs::copy(data_dir(), backup, fs::copy_options::recursive);
  const std::string wal = Wal();
  for (int tenth = 1; tenth < 10; ++tenth) {
    fs::remove_all(data_dir());
    fs::copy(backup, data_dir(), fs::copy_options::recursive);
    fs::resize_file(wal, whole.size() * static_cast<size_t>(tenth) / 10);
    const e2e::ProcessResult result = RunRefused();
    EXPECT_EQ(result.exit_code, 1) << tenth << ": " << result.err;
    EXPECT_NE(result.err.find("acknowledged changes are missing"), std::string::npos)
        << tenth << ": " << result.err;
  }
}

TEST_F(WalFaultTest, FlippedByteAnywhereIsRefused) {
  const std::string wal = Wal();
  const std::string whole = e2e::ReadFile(wal);
  const std::string backup = folder() + "/backup";
  fs::copy(data_dir(), backup, fs::copy_options::recursive);
  for (int tenth = 0; tenth < 10; ++tenth) {
    fs::remove_all(data_dir());
    fs::copy(backup, data_dir(), fs::copy_options::recursive);
    FlipByte(wal, whole.size() * static_cast<size_t>(tenth) / 10);
    const e2e::ProcessResult result = RunRefused();
    EXPECT_EQ(result.exit_code, 1) << tenth << ": " << result.err;
    EXPECT_NE(result.err.find("restore"), std::string::npos) << tenth << ": " << result.err;
  }
}

// A page that the file system never wrote reads as zeros, which RocksDB takes for unused space.
TEST_F(WalFaultTest, ZeroedPageIsRefused) {
  const std::string wal = Wal();
  std::string bytes = e2e::ReadFile(wal);
  ASSERT_GT(bytes.size(), 8192u);
  std::fill(bytes.begin() + 4096, bytes.begin() + 8192, '\0');
  e2e::WriteFile(wal, bytes);
  ExpectRefused("restore");
}

// The first record of a log (header: crc:u32 size:u16 type:u8, in blocks of 32 KiB) at or after
// `at`.
size_t RecordStart(const std::string& log, size_t at) {
  constexpr size_t kHeader = 7;
  constexpr size_t kBlock = 32768;
  size_t start = 0;
  while (start < at && start + kHeader <= log.size()) {
    const auto low = static_cast<unsigned char>(log[start + 4]);
    const auto high = static_cast<unsigned char>(log[start + 5]);
    start += kHeader + low + size_t{256} * high;
    if (kBlock - start % kBlock < kHeader) start += kBlock - start % kBlock;
  }
  return start;
}

// Whole records that read as unused space: the file's end, and a hole up to the next block.
TEST_F(WalFaultTest, ZeroedRecordsAreRefused) {
  StartServer();
  OptOutPeople(100);
  Kill();
  const std::string wal = Wal();
  const std::string whole = e2e::ReadFile(wal);
  ASSERT_GT(whole.size(), 2u * 32768);
  const std::string backup = folder() + "/backup";
  fs::copy(data_dir(), backup, fs::copy_options::recursive);
  for (const size_t end : {whole.size(), size_t{32768}}) {
    fs::remove_all(data_dir());
    fs::copy(backup, data_dir(), fs::copy_options::recursive);
    std::string bytes = whole;
    const size_t start = RecordStart(whole, 16384);
    std::fill(bytes.begin() + static_cast<ptrdiff_t>(start),
              bytes.begin() + static_cast<ptrdiff_t>(end), '\0');
    e2e::WriteFile(wal, bytes);
    ExpectRefused("restore");
  }
}

TEST_F(WalFaultTest, MissingWalIsRefused) {
  fs::remove(Wal());
  ExpectRefused("missing");
}

TEST_F(WalFaultTest, HalfARecordAfterTheAcknowledgedEndIsDroppedAndReported) {
  const std::string wal = Wal();
  const std::string whole = e2e::ReadFile(wal);
  // The header of a record of 4,096 bytes, of which only 100 got to the disk.
  const std::string header("\x11\x22\x33\x44\x00\x10\x01", 7);
  e2e::WriteFile(wal, whole + header + std::string(100, 'x'));
  StartServer();
  EXPECT_NE(Log().find("unfinished write at the end of the log was dropped"), std::string::npos)
      << Log();
  EXPECT_GE(Revision(), revision_);
  ExpectNothingLost();
  OptOutPeople(4);
  Kill();
  StartServer();
  ExpectNothingLost();
}

TEST_F(WalFaultTest, MissingMarkerIsReported) {
  fs::remove(Marker());
  StartServer();
  EXPECT_NE(Log().find("the commit marker is missing"), std::string::npos) << Log();
  ExpectNothingLost();
}

TEST_F(WalFaultTest, DamagedMarkerIsRefused) {
  FlipByte(Marker(), 8);
  FlipByte(Marker(), 32 + 8);
  ExpectRefused("ACKNOWLEDGED is damaged");
}

TEST_F(WalFaultTest, HalfDamagedMarkerStillTellsOfALoss) {
  const std::string wal = Wal();
  fs::resize_file(wal, fs::file_size(wal) / 2);
  FlipByte(Marker(), 8);
  ExpectRefused("acknowledged changes are missing");
}

TEST_F(WalFaultTest, DamagedTableIsRefused) {
  StartServer();  // recovery writes what the log held into tables
  Kill();
  for (const fs::directory_entry& file : fs::directory_iterator(data_dir() + "/store")) {
    // The kill may have cut short a table that nothing refers to yet.
    const bool table = file.path().extension() == ".sst" && file.file_size() > 8;
    if (table) FlipByte(file.path().string(), 8);
  }
  ExpectRefused("restore");
}

TEST_F(WalFaultTest, OlderStoreUnderANewerMarkerIsRefused) {
  const std::string backup = folder() + "/backup";
  fs::copy(data_dir() + "/store", backup, fs::copy_options::recursive);
  StartServer();
  OptOutPeople(3);
  Kill();
  fs::remove_all(data_dir() + "/store");
  fs::copy(backup, data_dir() + "/store", fs::copy_options::recursive);
  ExpectRefused("acknowledged changes are missing");
}

}  // namespace
}  // namespace dnc::testing
