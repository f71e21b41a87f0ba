#include "storage/rocksdb/store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/rocksdb/block_reads.h"
#include "storage/schema/keys.h"
#include "tests/contract/temp_dir.h"

namespace dnc {
namespace {

constexpr char kDirVariable[] = "DNC_STORE_TEST_DIR";

StoreOptions Small(const std::string& dir) {
  StoreOptions options;
  options.dir = dir;
  options.block_cache_bytes = 8u << 20;
  options.write_buffer_bytes = 1u << 20;
  return options;
}

class StoreTest : public ::testing::Test {
 protected:
  void Open() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(Small(dir_.Path("store")));
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Put(Family family, const std::string& key, const std::string& value) {
    WriteSet writes;
    writes.Put(family, key, value);
    ASSERT_TRUE(store_->Commit(writes, Durability::kSynced).ok());
  }
  // "absent" where there is no such key.
  static std::string Get(const StoreReader& reader, Family family, const std::string& key) {
    std::string value = "absent";
    const absl::StatusOr<bool> found = reader.Get(family, key, [&](absl::string_view bytes) {
      value = std::string(bytes);
      return absl::OkStatus();
    });
    EXPECT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(*found, value != "absent");
    return value;
  }
  static std::string ScanAll(const StoreReader& reader, Family family, const std::string& lower,
                             const std::string& upper, int limit = 1000) {
    std::string keys;
    EXPECT_TRUE(reader
                    .Scan(family, lower, upper,
                          [&](absl::string_view key, absl::string_view value) {
                            absl::StrAppend(&keys, key, "=", value, " ");
                            return --limit > 0;
                          })
                    .ok());
    return keys;
  }

  const testing::TempDir dir_;
  std::unique_ptr<Store> store_;
};

// A store of schema version 1 had no family `reviews`. The program that wrote it must be able to
// open it until the family is created; from then on it is as if it had always been there.
TEST_F(StoreTest, OpensAStoreThatLacksTheNewestFamilyAndAddsItWhenTold) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.atomic_flush = true;
  options.track_and_verify_wals_in_manifest = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  for (size_t i = 0; i + 1 < kFamilyNames.size(); ++i) {
    families.emplace_back(kFamilyNames[i], rocksdb::ColumnFamilyOptions());
  }
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      rocksdb::DB::Open(options, dir_.Path("store"), families, &handles, &opened);
  ASSERT_TRUE(status.ok()) << status.ToString();
  const std::unique_ptr<rocksdb::DB> old(opened);
  ASSERT_TRUE(old->Put(rocksdb::WriteOptions(), handles[1 + static_cast<size_t>(Family::kConfig)],
                       "key", "value")
                  .ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) old->DestroyColumnFamilyHandle(handle);
  ASSERT_TRUE(old->Close().ok());
  const auto families_on_disk = [&] {
    std::vector<std::string> names;
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies(options, dir_.Path("store"), &names).ok());
    return names.size();
  };
  for (int opening = 0; opening < 2; ++opening) {
    Open();
    EXPECT_EQ(Get(store_->Latest(), Family::kConfig, "key"), "value");
    EXPECT_EQ(Get(store_->Latest(), Family::kReviews, "review"), "absent");
    EXPECT_EQ(Get(*store_->Snapshot(), Family::kReviews, "review"), "absent");
    EXPECT_EQ(ScanAll(store_->Latest(), Family::kReviews, "", ""), "");
    WriteSet writes;
    writes.Put(Family::kReviews, "review", "lost");
    EXPECT_EQ(store_->Commit(writes, Durability::kSynced).code(),
              absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(store_->DeleteRange(Family::kReviews, "a", "b").code(),
              absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(families_on_disk(), kFamilyNames.size());  // RocksDB has one of its own
  }
  ASSERT_TRUE(store_->CreateMissingFamilies().ok());
  Put(Family::kReviews, "review", "kept");
  EXPECT_EQ(Get(store_->Latest(), Family::kReviews, "review"), "kept");
  EXPECT_EQ(Get(*store_->Snapshot(), Family::kReviews, "review"), "kept");
  Open();
  EXPECT_EQ(Get(store_->Latest(), Family::kConfig, "key"), "value");
  EXPECT_EQ(Get(store_->Latest(), Family::kReviews, "review"), "kept");
  ASSERT_TRUE(store_->CreateMissingFamilies().ok());  // nothing is missing
  EXPECT_EQ(Get(store_->Latest(), Family::kReviews, "review"), "kept");
}

TEST_F(StoreTest, KeepsWhatWasCommitted) {
  Open();
  Put(Family::kLeads, "a", "1");
  Put(Family::kSubjects, "a", "2");
  Open();
  EXPECT_EQ(Get(store_->Latest(), Family::kLeads, "a"), "1");
  EXPECT_EQ(Get(store_->Latest(), Family::kSubjects, "a"), "2");
  EXPECT_EQ(Get(store_->Latest(), Family::kEntries, "a"), "absent");
  EXPECT_FALSE(store_->wal_tail_dropped());
}

TEST_F(StoreTest, EveryFamilyIsItsOwn) {
  Open();
  WriteSet writes;
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    writes.Put(static_cast<Family>(i), "key", kFamilyNames[i]);
  }
  ASSERT_TRUE(store_->Commit(writes, Durability::kSynced).ok());
  Open();
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    EXPECT_EQ(Get(store_->Latest(), static_cast<Family>(i), "key"), kFamilyNames[i]);
  }
}

TEST_F(StoreTest, LaterChangesOfASetWin) {
  Open();
  WriteSet writes;
  writes.Put(Family::kMeta, "k", "1");
  writes.Delete(Family::kMeta, "k");
  writes.Put(Family::kMeta, "l", "1");
  writes.Put(Family::kMeta, "l", "2");
  ASSERT_TRUE(store_->Commit(writes, Durability::kSynced).ok());
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kMeta, "", ""), "l=2 ");
}

TEST_F(StoreTest, KeysAndValuesAreAnyBytes) {
  Open();
  const std::string bytes("\0\xff\n\0", 4);
  Put(Family::kMeta, bytes, bytes);
  Put(Family::kMeta, "empty", "");
  EXPECT_EQ(Get(store_->Latest(), Family::kMeta, bytes), bytes);
  EXPECT_EQ(Get(store_->Latest(), Family::kMeta, "empty"), "");
}

TEST_F(StoreTest, ScansARangeInOrder) {
  Open();
  for (const char* key : {"b", "d", "a", "c", "\xff"}) Put(Family::kIndex, key, "");
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kIndex, "b", "d"), "b= c= ");
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kIndex, "c", ""), "c= d= \xff= ");
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kIndex, "", "", 2), "a= b= ");
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kIndex, "e", "f"), "");
}

TEST_F(StoreTest, SnapshotStandsStill) {
  Open();
  Put(Family::kLeads, "a", "1");
  const std::shared_ptr<const StoreReader> before = store_->Snapshot();
  Put(Family::kLeads, "a", "2");
  Put(Family::kLeads, "b", "2");
  EXPECT_EQ(ScanAll(*before, Family::kLeads, "", ""), "a=1 ");
  EXPECT_EQ(Get(*before, Family::kLeads, "b"), "absent");
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kLeads, "", ""), "a=2 b=2 ");
  EXPECT_EQ(ScanAll(*store_->Snapshot(), Family::kLeads, "", ""), "a=2 b=2 ");
}

TEST_F(StoreTest, WhatIsReadInBulkIsTheSameStateAndOutlivesItsReader) {
  Open();
  Put(Family::kLeads, "a", "1");
  std::shared_ptr<const StoreReader> reader = store_->Snapshot();
  Put(Family::kLeads, "a", "2");
  const std::shared_ptr<const StoreReader> bulk = reader->ForScans();
  reader.reset();
  Put(Family::kLeads, "b", "3");
  EXPECT_EQ(ScanAll(*bulk, Family::kLeads, "", ""), "a=1 ");
  EXPECT_EQ(Get(*bulk, Family::kLeads, "a"), "1");
  EXPECT_EQ(ScanAll(*store_->Latest().ForScans(), Family::kLeads, "", ""), "a=2 b=3 ");
}

TEST_F(StoreTest, DeletesARange) {
  Open();
  for (const char* key : {"a", "b", "c", "d"}) Put(Family::kChunks, key, "");
  ASSERT_TRUE(store_->DeleteRange(Family::kChunks, "b", "d").ok());
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kChunks, "", ""), "a= d= ");
}

TEST_F(StoreTest, UnloggedCommitsCountFromTheirFlushOn) {
  Open();
  for (const char* key : {"flushed", "not flushed"}) {
    WriteSet writes;
    writes.Put(Family::kChunks, key, "x");
    ASSERT_TRUE(store_->Commit(writes, Durability::kUnlogged).ok());
    EXPECT_EQ(Get(store_->Latest(), Family::kChunks, key), "x");
    if (key == std::string("flushed")) {
      ASSERT_TRUE(store_->Flush().ok());
    }
  }
  Put(Family::kMeta, "later", "y");
  Open();
  EXPECT_EQ(Get(store_->Latest(), Family::kChunks, "flushed"), "x");
  EXPECT_EQ(Get(store_->Latest(), Family::kChunks, "not flushed"), "absent");
  EXPECT_EQ(Get(store_->Latest(), Family::kMeta, "later"), "y");
}

// Flushes that are asked for, those of full buffers, compactions and removals, all at once: RocksDB
// asserts much about them.
TEST_F(StoreTest, BulkWritesGoBesideOthers) {
  Open();
  std::atomic<bool> done = false;
  std::thread others([&] {
    for (int i = 0; !done; ++i) {
      WriteSet writes;
      for (const Family family : {Family::kMeta, Family::kLeads, Family::kAudit}) {
        writes.Put(family, absl::StrCat("key", i % 1000), std::string(2000, 'o'));
      }
      ASSERT_TRUE(store_->Commit(writes, Durability::kSynced).ok());
    }
  });
  constexpr int kVersions = 4, kChunks = 100;
  for (int version = 0; version < kVersions; ++version) {
    for (int chunk = 0; chunk < kChunks; ++chunk) {
      WriteSet writes;
      writes.Put(Family::kChunks, absl::StrCat(version, "/", chunk), std::string(64 << 10, 'c'));
      EXPECT_TRUE(store_->Commit(writes, Durability::kUnlogged).ok());
    }
    EXPECT_TRUE(store_->Flush().ok());
    EXPECT_TRUE(store_->Drop(Family::kChunks, "", absl::StrCat(version)).ok());
  }
  done = true;
  others.join();
  Open();
  int chunks = 0;
  EXPECT_TRUE(store_->Latest()
                  .Scan(Family::kChunks, "", "",
                        [&](absl::string_view key, absl::string_view value) {
                          EXPECT_EQ(key.substr(0, 2), absl::StrCat(kVersions - 1, "/"));
                          EXPECT_EQ(value.size(), size_t{64} << 10);
                          return ++chunks > 0;
                        })
                  .ok());
  EXPECT_EQ(chunks, kChunks);
}

TEST_F(StoreTest, WhatIsDroppedGivesItsSpaceBack) {
  Open();
  const auto table_bytes = [&] {
    uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(dir_.Path("store"))) {
      std::error_code gone;  // RocksDB deletes what a compaction replaced
      const uintmax_t size = file.file_size(gone);
      if (file.path().extension() == ".sst" && !gone) bytes += size;
    }
    return bytes;
  };
  for (int i = 0; i < 40; ++i) {
    WriteSet writes;
    writes.Put(Family::kChunks, absl::StrCat("a", i), std::string(100'000, 'c'));
    ASSERT_TRUE(store_->Commit(writes, Durability::kUnlogged).ok());
  }
  Put(Family::kChunks, "b", "stays");
  ASSERT_TRUE(store_->Flush().ok());
  EXPECT_GT(table_bytes(), 3'900'000u);
  ASSERT_TRUE(store_->Drop(Family::kChunks, "a", "b").ok());
  // RocksDB deletes files on a thread of its own; the test's time limit ends this otherwise.
  while (table_bytes() > 200'000u) std::this_thread::yield();
  EXPECT_EQ(ScanAll(store_->Latest(), Family::kChunks, "", ""), "b=stays ");
  EXPECT_GT(store_->FreeBytes().value(), 0u);
}

TEST_F(StoreTest, ErrorOfTheValuesReaderIsPassedOn) {
  Open();
  Put(Family::kLeads, "a", "1");
  const absl::StatusOr<bool> found = store_->Latest().Get(
      Family::kLeads, "a",
      [](absl::string_view) { return absl::DataLossError("not what it should be"); });
  EXPECT_TRUE(absl::IsDataLoss(found.status())) << found.status();
}

TEST_F(StoreTest, WritesNoLogFileOfItsOwn) {
  Open();
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("store/LOG")));
}

// A check that finds no record in memory: index and filters are cached before any records, so that
// it reads one block, and a second one only where a filter of another file errs. Reports change
// nothing about that.
TEST_F(StoreTest, AReadByKeyTakesOneBlock) {
  constexpr uint64_t kRows = 30'000;
  constexpr int kReads = 3'000;
  std::mt19937_64 random(1);
  Open();
  for (uint64_t first = 0; first < kRows; first += 100) {
    WriteSet writes;
    for (uint64_t i = first; i < first + 100; ++i) {
      std::string value(800, ' ');
      for (char& c : value) c = static_cast<char>(random());
      writes.Put(Family::kSubjects, keys::PhoneSubject(1, i * 7'919 % kRows), std::move(value));
    }
    ASSERT_TRUE(store_->Commit(writes, Durability::kBuffered).ok());
  }
  ASSERT_TRUE(store_->Flush().ok());
  const auto read = [&](uint64_t row) {
    const absl::StatusOr<bool> found =
        store_->Latest().Get(Family::kSubjects, keys::PhoneSubject(1, row),
                             [](absl::string_view) { return absl::OkStatus(); });
    EXPECT_TRUE(found.ok()) << found.status();
    return *found;
  };
  for (uint64_t row = 0; row < kRows; ++row) ASSERT_TRUE(read(row));
  ASSERT_TRUE(store_->Latest()
                  .ForScans()
                  ->Scan(Family::kSubjects, "", "", [](auto, auto) { return true; })
                  .ok());
  const BlockReads known;
  for (int i = 0; i < kReads; ++i) ASSERT_TRUE(read(random() % kRows));
  // A compaction may have written new files since; all indexes and filters are some 60 blocks.
  EXPECT_LE(known.all() - known.data(), 200u);
  EXPECT_GT(known.data(), kReads / 2u) << "the cache holds too much for this test";
  EXPECT_LE(known.data(), kReads * 105u / 100);
}

TEST_F(StoreTest, AReadOfAMissingKeyTakesSeldomABlock) {
  constexpr uint64_t kRows = 20'000;
  constexpr uint64_t kReads = 10'000;
  Open();
  WriteSet writes;
  for (uint64_t i = 0; i < kRows; ++i) {
    writes.Put(Family::kSubjects, keys::PhoneSubject(1, 2 * i), "value");
  }
  ASSERT_TRUE(store_->Commit(writes, Durability::kBuffered).ok());
  ASSERT_TRUE(store_->Flush().ok());
  uint64_t found = 0;
  const auto read = [&](uint64_t row) {
    const absl::StatusOr<bool> got =
        store_->Latest().Get(Family::kSubjects, keys::PhoneSubject(1, row),
                             [](absl::string_view) { return absl::OkStatus(); });
    found += got.ok() && *got ? 1 : 0;
  };
  for (uint64_t i = 0; i < kReads; ++i) read(4 * i);  // its filters, not every block of records
  const uint64_t there = found;
  EXPECT_EQ(there, kReads);
  const BlockReads missing;
  for (uint64_t i = 0; i < kReads; ++i) read(4 * i + 1);
  EXPECT_EQ(found, there);
  EXPECT_LE(missing.all(), kReads / 50);
}

// The test below runs this one in a process of its own; by itself it has nothing to do.
TEST(StoreSecondProcess, Open) {
  const char* dir = std::getenv(kDirVariable);
  if (dir == nullptr) return;
  const absl::Status status = Store::Open(Small(dir)).status();
  std::printf("%d %s\n", status.raw_code(), std::string(status.message()).c_str());
}

TEST_F(StoreTest, RefusesASecondProcess) {
  Open();
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command = absl::StrCat(kDirVariable, "='", dir_.Path("store"), "' '", self,
                                           "' --gtest_filter=StoreSecondProcess.Open");
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string said;
  std::array<char, 4096> buffer;
  for (size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    said.append(buffer.data(), got);
  }
  pclose(pipe);
  EXPECT_NE(said.find(absl::StrCat(static_cast<int>(absl::StatusCode::kFailedPrecondition), " ")),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("another process uses it"), std::string::npos) << said;
  EXPECT_NE(said.find(dir_.Path("store")), std::string::npos) << said;
}

TEST_F(StoreTest, FolderThatCannotBeMadeIsUnavailable) {
  std::ofstream(dir_.Path("file")) << "in the way";
  const absl::Status status = Store::Open(Small(dir_.Path("file/store"))).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(std::string(status.message()).find("may be written"), std::string::npos) << status;
}

// Root may write anywhere, so there this says nothing.
TEST_F(StoreTest, FolderThatMayNotBeWrittenIsUnavailable) {
  if (geteuid() == 0) return;
  std::filesystem::create_directory(dir_.Path("store"));
  chmod(dir_.Path("store").c_str(), 0500);
  const absl::Status status = Store::Open(Small(dir_.Path("store"))).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST_F(StoreTest, ForeignFilesAreRefused) {
  std::filesystem::create_directory(dir_.Path("store"));
  std::ofstream(dir_.Path("store/CURRENT")) << "not a store\n";
  const absl::Status status = Store::Open(Small(dir_.Path("store"))).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(std::string(status.message()).find("backup"), std::string::npos) << status;
}

}  // namespace
}  // namespace dnc
