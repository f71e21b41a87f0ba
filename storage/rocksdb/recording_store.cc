#include "storage/rocksdb/recording_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/rocksdb/engine.h"

namespace dnc {
namespace {

constexpr size_t kBlockCacheBytes = 16u << 20;
constexpr size_t kWriteBufferBytes = 16u << 20;
// Written out steadily instead of all at once, so that a sync of the authoritative store does not
// wait behind a heap of it.
constexpr uint64_t kBytesPerSync = 1u << 20;

absl::Status ReadError(const rocksdb::Status& status) {
  const std::string message = absl::StrCat("reading records: ", status.ToString());
  if (!status.IsCorruption()) return absl::UnavailableError(message);
  return absl::DataLossError(absl::StrCat(
      message, "; the files are damaged: move the directory `recording` away, or restore it"));
}

absl::Status WriteError(const rocksdb::Status& status) {
  return absl::UnavailableError(absl::StrCat("records cannot be written: ", status.ToString(),
                                             "; free disk space; where the disk is not full, mend "
                                             "it and restart the server"));
}

absl::Status OpenError(const rocksdb::Status& status, const std::string& dir) {
  const std::string message = absl::StrCat("opening the records in ", dir, ": ", status.ToString());
  if (status.IsCorruption()) {
    return absl::DataLossError(absl::StrCat(
        message,
        "; the files are damaged: restore the directory, or move it away to begin with "
        "new records (opt-outs are not in it)"));
  }
  if (status.IsIOError() && absl::StrContains(status.ToString(), "lock")) {
    return absl::FailedPreconditionError(
        absl::StrCat(message, "; another process uses it: stop that one"));
  }
  return absl::UnavailableError(
      absl::StrCat(message, "; check that the directory exists and may be written"));
}

rocksdb::ColumnFamilyOptions FamilyOptions(absl::string_view name,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = kWriteBufferBytes;
  // The index is sorted hashes, in which there is nothing to be found that repeats.
  const bool is_index = name == kRecordingFamilyNames[static_cast<size_t>(RecordingFamily::kIndex)];
  options.compression = is_index ? rocksdb::kNoCompression : rocksdb::kLZ4Compression;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::DBOptions DatabaseOptions(const RecordingStoreOptions& options) {
  rocksdb::DBOptions db_options;
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  db_options.paranoid_checks = true;
  // What was written after the last sync may be torn.
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // What never went to the log need not outlive the process.
  db_options.avoid_flush_during_shutdown = true;
  db_options.max_background_jobs = 2;
  db_options.bytes_per_sync = kBytesPerSync;
  db_options.wal_bytes_per_sync = kBytesPerSync;
  db_options.info_log = std::make_shared<EngineLogger>("records: rocksdb", spdlog::level::warn);
  if (options.env != nullptr) db_options.env = options.env;
  return db_options;
}

class RocksRecordingStore : public RecordingStore {
 public:
  RocksRecordingStore(std::unique_ptr<rocksdb::DB> db,
                      std::vector<rocksdb::ColumnFamilyHandle*> handles)
      : db_(std::move(db)), handles_(std::move(handles)) {}

  ~RocksRecordingStore() override {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
    const rocksdb::Status status = db_->Close();
    if (!status.ok()) spdlog::warn("closing the records: {}", status.ToString());
  }

  absl::StatusOr<std::optional<std::string>> Get(RecordingFamily family,
                                                 absl::string_view key) const override {
    std::string value;
    const rocksdb::Status status =
        db_->Get(rocksdb::ReadOptions(), handle(family), ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return ReadError(status);
    return std::optional<std::string>(std::move(value));
  }

  absl::Status ScanUp(RecordingFamily family, absl::string_view lower, absl::string_view upper,
                      OnRow on_row) const override {
    const rocksdb::Slice bound = ToSlice(upper);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &bound;
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, handle(family)));
    for (it->Seek(ToSlice(lower)); it->Valid(); it->Next()) {
      if (!on_row(ToView(it->key()), ToView(it->value()))) return absl::OkStatus();
    }
    return it->status().ok() ? absl::OkStatus() : ReadError(it->status());
  }

  absl::Status ScanDown(RecordingFamily family, absl::string_view lower, absl::string_view upper,
                        OnRow on_row) const override {
    const rocksdb::Slice bound = ToSlice(lower);
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &bound;
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, handle(family)));
    it->SeekForPrev(ToSlice(upper));
    if (it->Valid() && ToView(it->key()) == upper) it->Prev();
    for (; it->Valid(); it->Prev()) {
      if (!on_row(ToView(it->key()), ToView(it->value()))) return absl::OkStatus();
    }
    return it->status().ok() ? absl::OkStatus() : ReadError(it->status());
  }

  absl::Status Write(const RecordingBatch& batch, bool synced) override {
    rocksdb::WriteBatch rows;
    for (const RecordingBatch::Put& put : batch.puts()) {
      const rocksdb::Status status = rows.Put(handle(put.family), put.key, put.value);
      if (!status.ok()) return WriteError(status);
    }
    for (const RecordingBatch::Put& row : batch.deletes()) {
      const rocksdb::Status status = rows.Delete(handle(row.family), row.key);
      if (!status.ok()) return WriteError(status);
    }
    rocksdb::WriteOptions options;
    options.sync = synced;
    const rocksdb::Status status = WriteRows(options, &rows);
    return status.ok() ? absl::OkStatus() : WriteError(status);
  }

  absl::Status Drop(RecordingFamily family, absl::string_view lower,
                    absl::string_view upper) override {
    if (lower >= upper) return absl::OkStatus();
    const rocksdb::Slice begin = ToSlice(lower);
    const rocksdb::Slice end = ToSlice(upper);
    rocksdb::WriteBatch rows;
    rocksdb::Status status = rows.DeleteRange(handle(family), begin, end);
    if (status.ok()) status = WriteRows(rocksdb::WriteOptions(), &rows);
    // Whole files at once, and then what shares its files with newer keys.
    if (status.ok())
      status = rocksdb::DeleteFilesInRange(db_.get(), handle(family), &begin, &end,
                                           /*include_end=*/false);
    if (status.ok()) status = db_->CompactRange(DropOptions(), handle(family), &begin, &end);
    return status.ok() ? absl::OkStatus() : WriteError(status);
  }

  uint64_t SizeOf(RecordingFamily family, absl::string_view lower,
                  absl::string_view upper) const override {
    const rocksdb::Range range(ToSlice(lower), ToSlice(upper));
    rocksdb::SizeApproximationOptions options;
    options.include_files = true;
    options.include_memtables = true;
    uint64_t size = 0;
    const rocksdb::Status status =
        db_->GetApproximateSizes(options, handle(family), &range, 1, &size);
    return status.ok() ? size : 0;
  }

  absl::Status Resume() override {
    const rocksdb::Status status = db_->Resume();
    return status.ok() ? absl::OkStatus() : WriteError(status);
  }

 private:
  // As in store.cc: after a write to the log failed, only a memtable that is there to be flushed
  // makes RocksDB begin another log. So a key that no log has goes first, into the family that
  // nothing else uses.
  rocksdb::Status WriteRows(const rocksdb::WriteOptions& options, rocksdb::WriteBatch* rows) {
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    rocksdb::Status status = db_->Put(unlogged, db_->DefaultColumnFamily(), "unflushed", "");
    if (status.ok()) status = db_->Write(options, rows);
    return status;
  }

  static rocksdb::CompactRangeOptions DropOptions() {
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    return options;
  }
  rocksdb::ColumnFamilyHandle* handle(RecordingFamily family) const {
    return handles_[static_cast<size_t>(family)];
  }

  const std::unique_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RecordingStore>> RecordingStore::Open(
    const RecordingStoreOptions& options) {
  std::error_code not_created;  // RocksDB says why
  std::filesystem::create_directories(options.dir, not_created);
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  rocksdb::ColumnFamilyOptions unused;
  unused.write_buffer_size = kWriteBufferBytes;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, unused);
  for (const char* name : kRecordingFamilyNames) {
    families.emplace_back(name, FamilyOptions(name, cache));
  }
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      rocksdb::DB::Open(DatabaseOptions(options), options.dir, families, &handles, &db);
  if (!status.ok()) return OpenError(status, options.dir);
  db->DestroyColumnFamilyHandle(handles.front());
  handles.erase(handles.begin());
  return std::make_unique<RocksRecordingStore>(std::unique_ptr<rocksdb::DB>(db),
                                               std::move(handles));
}

}  // namespace dnc
