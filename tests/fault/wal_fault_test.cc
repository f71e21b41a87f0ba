// The write-ahead log and the commit marker, damaged behind a dead server's back.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fault/fault_fixture.h"

namespace dnc::testing {
namespace {

namespace fs = std::filesystem;

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
  EXPECT_NE(
      Log().find(absl::StrCat(
          "an unfinished write at the end of the log was dropped: the store ends at revision ",
          revision_, ", and the commit marker knows of no acknowledgement after revision ",
          revision_)),
      std::string::npos)
      << Log();
  EXPECT_GE(Revision(), revision_);
  ExpectNothingLost();
  OptOutPeople(4);
  Kill();
  StartServer();
  ExpectNothingLost();
}

TEST_F(WalFaultTest, WithoutItsMarkerAStoreIsRefusedUnlessThatIsAccepted) {
  for (const bool empty : {false, true}) {
    fs::remove(Marker());
    if (empty) e2e::WriteFile(Marker(), "");
    ExpectRefused("ACKNOWLEDGED is missing or empty");
    ExpectRefused("--accept-missing-marker");  // the refusal has not begun a new one
    ASSERT_NO_FATAL_FAILURE(StartServer({"--accept-missing-marker"}));
    EXPECT_NE(Log().find("beginning a new marker at revision"), std::string::npos) << Log();
    ExpectNothingLost();
    Kill();
    ASSERT_NO_FATAL_FAILURE(StartServer());  // there is one again
    Kill();
  }
}

// A log cut between two records looks complete: only the marker tells.
TEST_F(WalFaultTest, CutBetweenRecordsWithoutAMarkerIsRefused) {
  const std::string wal = Wal();
  fs::resize_file(wal, RecordStart(e2e::ReadFile(wal), fs::file_size(wal) / 2));
  fs::remove(Marker());
  ExpectRefused("cannot be told whether acknowledged changes are missing");
}

// Killed before it acknowledged anything, whether or not the marker was there already.
TEST_F(WalFaultTest, NewStoreNeedsNoMarker) {
  fs::remove_all(data_dir());
  RestartServer();
  Kill();
  fs::remove(Marker());
  RestartServer();
  EXPECT_EQ(Revision(), 0);
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

// A log that is closed and still needed: the kill came before all of it was in tables.
class OldWalFaultTest : public FaultTest {
 protected:
  void SetUp() override {
    // The kill comes right after the acknowledgement that followed the rotation, which takes less
    // time than to write tables; where it came too late, once more.
    for (int attempt = 0; attempt < 20 && Wals().size() < 2; ++attempt) {
      ASSERT_NO_FATAL_FAILURE(StartServer({"--write-buffer-mib", "1"}));
      while (!HasFatalFailure() && Wals().size() < 2) OptOutPeople(1);
      Kill();
    }
    ASSERT_GE(Wals().size(), 2u);
    ASSERT_GT(fs::file_size(Wals().back()), 0u);
  }

  // From the oldest to the newest.
  std::vector<std::string> Wals() const {
    std::vector<std::string> wals;
    if (!fs::exists(data_dir() + "/store")) return wals;
    for (const fs::directory_entry& file : fs::directory_iterator(data_dir() + "/store")) {
      if (file.path().extension() == ".log") wals.push_back(file.path().string());
    }
    std::sort(wals.begin(), wals.end());
    return wals;
  }

  // By the store itself, before anything else may or may not notice.
  void ExpectRefused() {
    for (int start = 0; start < 2; ++start) {
      const e2e::ProcessResult result = RunRefused();
      EXPECT_EQ(result.exit_code, 1) << result.err;
      EXPECT_NE(result.err.find("opening the store"), std::string::npos) << result.err;
      EXPECT_NE(result.err.find("restore"), std::string::npos) << result.err;
    }
  }
};

TEST_F(OldWalFaultTest, NothingIsLostByTheKill) {
  StartServer();
  ExpectNothingLost();
}

TEST_F(OldWalFaultTest, TornEndIsRefused) {
  const std::string wal = Wals().front();
  fs::resize_file(wal, fs::file_size(wal) - 50);
  ExpectRefused();
}

TEST_F(OldWalFaultTest, CutBetweenRecordsIsRefused) {
  const std::string wal = Wals().front();
  const std::string whole = e2e::ReadFile(wal);
  const size_t cut = RecordStart(whole, whole.size() * 9 / 10);
  ASSERT_LT(cut, whole.size());
  fs::resize_file(wal, cut);
  ExpectRefused();
}

TEST_F(OldWalFaultTest, DeletedIsRefused) {
  fs::remove(Wals().front());
  ExpectRefused();
}

}  // namespace
}  // namespace dnc::testing
