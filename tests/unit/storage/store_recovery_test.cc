// A store on a disk that fails, and fails again while it recovers.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "storage/rocksdb/store.h"
#include "tests/contract/temp_dir.h"
#include "tests/unit/storage/faulty_disk.h"

namespace dnc {
namespace {

namespace fs = std::filesystem;

constexpr std::array<Family, 3> kFamilies = {Family::kLeads, Family::kSubjects, Family::kAudit};

class StoreRecoveryTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override { store_.reset(); }  // before the environment

  void Open() {
    store_.reset();
    StoreOptions options;
    options.dir = dir_.Path("store");
    options.block_cache_bytes = 8u << 20;
    options.write_buffer_bytes = 1u << 20;
    options.env = env_.get();
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  // Some of it in each of three families.
  absl::Status Put(const std::string& key, const std::string& value = "1") {
    WriteSet writes;
    for (const Family family : kFamilies) writes.Put(family, key, value);
    return store_->Commit(writes, Durability::kSynced);
  }
  // In how many of them it is.
  static size_t Count(const Store& store, const std::string& key) {
    size_t count = 0;
    for (const Family family : kFamilies) {
      const auto found =
          store.Latest().Get(family, key, [](absl::string_view) { return absl::OkStatus(); });
      EXPECT_TRUE(found.ok()) << found.status();
      if (found.ok() && *found) ++count;
    }
    return count;
  }
  void ResumeAtLast() {
    while (!store_->Resume().ok()) std::this_thread::yield();  // busy while RocksDB tries by itself
  }
  testing::DiskFaults& disk() { return disk_->faults; }
  std::string Path(const std::string& name) const { return dir_.Path(name); }

  std::unique_ptr<Store> store_;

 private:
  const testing::TempDir dir_;
  const std::shared_ptr<testing::FaultyDisk> disk_ = std::make_shared<testing::FaultyDisk>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
};

// A flush fails with nobody writing: the store says so before the next write would.
TEST_F(StoreRecoveryTest, FlushThatFailsIsNoticedWithoutAWrite) {
  EXPECT_EQ(store_->background_error(), absl::OkStatus());
  disk().tables_full = true;
  ASSERT_TRUE(Put("large", std::string(1u << 20, 'x')).ok());
  ASSERT_TRUE(Put("starts the flush").ok());
  while (store_->background_error().ok()) std::this_thread::yield();
  EXPECT_TRUE(absl::IsUnavailable(store_->background_error())) << store_->background_error();

  disk().tables_full = false;
  ResumeAtLast();
  EXPECT_EQ(store_->background_error(), absl::OkStatus());
  ASSERT_TRUE(Put("after").ok());
  EXPECT_EQ(Count(*store_, "after"), 3u);
}

// Nothing was written since the start, so that there is nothing to flush but what the store itself
// keeps ready.
TEST_F(StoreRecoveryTest, FirstWriteAfterAStartFails) {
  ASSERT_TRUE(Put("before").ok());
  Open();
  disk().log_full = true;
  EXPECT_TRUE(absl::IsUnavailable(Put("refused")));
  disk().log_full = false;
  ResumeAtLast();
  ASSERT_TRUE(Put("after").ok());
  Open();
  EXPECT_EQ(Count(*store_, "before"), 3u);
  EXPECT_EQ(Count(*store_, "refused"), 0u);
  EXPECT_EQ(Count(*store_, "after"), 3u);
}

// The disk is full again before the first write after a recovery.
TEST_F(StoreRecoveryTest, FirstWriteAfterARecoveryFails) {
  ASSERT_TRUE(Put("before").ok());
  for (int round = 0; round < 3; ++round) {
    disk().log_full = true;
    EXPECT_TRUE(absl::IsUnavailable(Put("refused")));
    disk().log_full = false;
    ResumeAtLast();
  }
  ASSERT_TRUE(Put("after").ok());
  EXPECT_EQ(Count(*store_, "before"), 3u);
  EXPECT_EQ(Count(*store_, "refused"), 0u);
}

// The write that fails is the one that would have emptied the memtables.
TEST_F(StoreRecoveryTest, WriteAfterAFullBufferFails) {
  ASSERT_TRUE(Put("large", std::string(1u << 20, 'x')).ok());
  disk().log_full = true;
  EXPECT_TRUE(absl::IsUnavailable(Put("refused")));
  disk().log_full = false;
  ResumeAtLast();
  ASSERT_TRUE(Put("after").ok());
  Open();
  EXPECT_EQ(Count(*store_, "large"), 3u);
  EXPECT_EQ(Count(*store_, "refused"), 0u);
  EXPECT_EQ(Count(*store_, "after"), 3u);
}

// A batch whose sync failed stands in the log and is not visible. Wherever a kill strikes while the
// store recovers, the next start finds all of it or nothing.
TEST_F(StoreRecoveryTest, KilledWhileItRecoversIsNeverHalfApplied) {
  ASSERT_TRUE(Put("before").ok());
  disk().log_sync_fails = true;
  EXPECT_TRUE(absl::IsUnavailable(Put("in doubt")));
  EXPECT_EQ(Count(*store_, "in doubt"), 0u);
  std::vector<std::string> killed;  // the store as each kill would leave it
  disk().after_manifest_write = [&] {
    killed.push_back(Path(absl::StrCat("killed-", killed.size())));
    fs::copy(Path("store"), killed.back(), fs::copy_options::recursive);
  };
  disk().log_sync_fails = false;
  ResumeAtLast();
  store_.reset();
  disk().after_manifest_write = nullptr;
  ASSERT_GE(killed.size(), 1u);
  for (const std::string& dir : killed) {
    StoreOptions options;
    options.dir = dir;
    const absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ(Count(**store, "before"), 3u) << dir;
    EXPECT_EQ(Count(**store, "in doubt") % 3, 0u) << dir;
  }
}

// A closed log whose changes are in no table yet: here by a flush that is held up.
class ClosedLogTest : public StoreRecoveryTest {
 protected:
  void SetUp() override {
    StoreRecoveryTest::SetUp();
    disk().before_table = [this] { flush_.WaitForNotification(); };
    for (int i = 0; Logs("store").size() < 2; ++i) {
      record_ends_.push_back(fs::file_size(Logs("store").front()));
      ASSERT_TRUE(Put(absl::StrCat("old-", i), std::string(60'000, 'x')).ok());
    }
    ASSERT_TRUE(Put("new").ok());
    fs::copy(Path("store"), Path("damaged"), fs::copy_options::recursive);
    flush_.Notify();
    closed_log_ = Logs("damaged").front();
    ASSERT_EQ(fs::file_size(closed_log_), record_ends_.back());
  }

  absl::StatusOr<std::unique_ptr<Store>> OpenDamaged() const {
    StoreOptions options;
    options.dir = Path("damaged");
    return Store::Open(options);
  }
  void ExpectRefused() const {
    for (int start = 0; start < 2; ++start) {
      const absl::Status refused = OpenDamaged().status();
      EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
    }
  }

  std::string closed_log_;
  std::vector<uintmax_t> record_ends_;  // in the closed log

 private:
  std::vector<std::string> Logs(const std::string& name) const {
    std::vector<std::string> logs;
    for (const fs::directory_entry& file : fs::directory_iterator(Path(name))) {
      if (file.path().extension() == ".log") logs.push_back(file.path().string());
    }
    std::sort(logs.begin(), logs.end());
    return logs;
  }

  absl::Notification flush_;
};

TEST_F(ClosedLogTest, UndamagedIsWhole) {
  const auto store = OpenDamaged();
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(Count(**store, "new"), 3u);
  for (size_t i = 0; i < record_ends_.size(); ++i) {
    EXPECT_EQ(Count(**store, absl::StrCat("old-", i)), 3u);
  }
}

TEST_F(ClosedLogTest, TornEndIsRefused) {
  fs::resize_file(closed_log_, fs::file_size(closed_log_) - 50);
  ExpectRefused();
}

TEST_F(ClosedLogTest, CutBetweenRecordsIsRefused) {
  ASSERT_GE(record_ends_.size(), 2u);
  fs::resize_file(closed_log_, record_ends_[record_ends_.size() - 2]);
  ExpectRefused();
}

TEST_F(ClosedLogTest, DeletedIsRefused) {
  fs::remove(closed_log_);
  ExpectRefused();
}

// A clean end leaves what was not flushed to the log.
TEST_F(StoreRecoveryTest, ClosingDoesNotFlush) {
  ASSERT_TRUE(Put("a").ok());
  store_.reset();
  for (const fs::directory_entry& file : fs::directory_iterator(Path("store"))) {
    EXPECT_NE(file.path().extension(), ".sst") << file.path();
  }
  Open();
  EXPECT_EQ(Count(*store_, "a"), 3u);
}

}  // namespace
}  // namespace dnc
