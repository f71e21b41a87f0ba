#include "storage/rocksdb/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/slice.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/rocksdb/background_listener.h"
#include "storage/rocksdb/engine.h"
#include "storage/rocksdb/engine_options.h"
#include "storage/rocksdb/rocks_reader.h"

namespace dnc {
namespace {

// RocksDB counts what each thread does, nearly as dear as some of it: it compares a key some thirty
// times to insert it, and counts each. Nobody reads that.
void CountNothing() {
  static thread_local const bool once = [] {
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
    return true;
  }();
  (void)once;
}

// About as many as RocksDB needs for them.
size_t BytesOf(const WriteSet& changes) {
  constexpr size_t kOfEach = 16;
  size_t bytes = 0;
  for (const WriteSet::Change& change : changes.changes()) {
    bytes += kOfEach + change.key.size() + change.value.value_or("").size();
  }
  return bytes;
}

// Deleted ranges make every read of their family dearer, so only this one has any.
bool IsDeletedByRange(Family family) { return family == Family::kChunks; }

struct Opened {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<BackgroundListener> listener = std::make_shared<BackgroundListener>();
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // of every family; null: not there
};

class RocksStore : public Store {
 public:
  RocksStore(const StoreOptions& options, Opened opened, bool wal_tail_dropped)
      : options_(options),
        cache_(std::move(opened.cache)),
        listener_(std::move(opened.listener)),
        db_(std::move(opened.db)),
        handles_(std::move(opened.handles)),
        latest_(db_.get(), handles_, nullptr),
        wal_tail_dropped_(wal_tail_dropped) {}

  ~RocksStore() override {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle);
    }
    const rocksdb::Status status = db_->Close();
    if (!status.ok()) spdlog::warn("closing the store: {}", status.ToString());
  }

  absl::Status CreateMissingFamilies() override {
    for (size_t i = 0; i < handles_.size(); ++i) {
      if (handles_[i] != nullptr) continue;
      const rocksdb::Status status = db_->CreateColumnFamily(
          FamilyOptions(static_cast<Family>(i), options_, cache_), kFamilyNames[i], &handles_[i]);
      if (!status.ok()) return WriteError(status);
    }
    return absl::OkStatus();
  }

  const StoreReader& Latest() const override { return latest_; }

  std::shared_ptr<const StoreReader> Snapshot() const override {
    SharedSnapshot snapshot(db_->GetSnapshot(), [db = db_.get()](const rocksdb::Snapshot* held) {
      db->ReleaseSnapshot(held);
    });
    return std::make_shared<RocksReader>(db_.get(), handles_, std::move(snapshot));
  }

  absl::Status Commit(const WriteSet& changes, Durability durability) override {
    rocksdb::WriteBatch batch(BytesOf(changes));
    for (const WriteSet::Change& change : changes.changes()) {
      rocksdb::ColumnFamilyHandle* handle = handles_[static_cast<size_t>(change.family)];
      if (handle == nullptr) return Missing(change.family);
      const rocksdb::Status status =
          change.value.has_value() ? batch.Put(handle, ToSlice(change.key), ToSlice(*change.value))
                                   : batch.Delete(handle, ToSlice(change.key));
      if (!status.ok()) return WriteError(status);
    }
    if (durability == Durability::kUnlogged) DNC_RETURN_IF_ERROR(AwaitFlushes(changes));
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::kSynced;
    options.disableWAL = durability == Durability::kUnlogged;
    return Write(options, &batch);
  }

  absl::Status DeleteRange(Family family, absl::string_view lower,
                           absl::string_view upper) override {
    rocksdb::ColumnFamilyHandle* handle = handles_[static_cast<size_t>(family)];
    if (handle == nullptr) return Missing(family);
    if (!IsDeletedByRange(family)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "family ", kFamilyNames[static_cast<size_t>(family)], " is not deleted from by ranges"));
    }
    rocksdb::WriteBatch batch;
    const rocksdb::Status status = batch.DeleteRange(handle, ToSlice(lower), ToSlice(upper));
    if (!status.ok()) return WriteError(status);
    return Write(rocksdb::WriteOptions(), &batch);
  }

  absl::Status Drop(Family family, absl::string_view lower, absl::string_view upper) override {
    bool any = false;
    DNC_RETURN_IF_ERROR(latest_.Scan(family, lower, upper, [&](auto /*key*/, auto /*value*/) {
      any = true;
      return false;
    }));
    if (!any) return absl::OkStatus();
    DNC_RETURN_IF_ERROR(DeleteRange(family, lower, upper));
    // What a compaction flushes by itself would be of one family only: see Flush.
    DNC_RETURN_IF_ERROR(Flush());
    rocksdb::ColumnFamilyHandle* handle = handles_[static_cast<size_t>(family)];
    const rocksdb::Slice first = ToSlice(lower), past = ToSlice(upper);
    // Whole files go at once, whatever snapshots there are; what is left in others is rewritten.
    rocksdb::Status status =
        rocksdb::DeleteFilesInRange(db_.get(), handle, &first, &past, /*include_end=*/false);
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    if (status.ok()) status = db_->CompactRange(options, handle, &first, &past);
    return status.ok() ? absl::OkStatus() : WriteError(status);
  }

  // Of all families together, as RocksDB's own flushes are: it asserts that those which wait for
  // the same family have the same reason.
  absl::Status Flush() override {
    std::vector<rocksdb::ColumnFamilyHandle*> handles = {db_->DefaultColumnFamily()};
    std::copy_if(handles_.begin(), handles_.end(), std::back_inserter(handles),
                 [](const rocksdb::ColumnFamilyHandle* handle) { return handle != nullptr; });
    const rocksdb::Status status = db_->Flush(rocksdb::FlushOptions(), handles);
    return status.ok() ? absl::OkStatus() : WriteError(status);
  }

  absl::StatusOr<uint64_t> FreeBytes() const override {
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(options_.dir, error);
    if (!error) return space.available;
    return absl::UnavailableError(
        absl::StrCat("asking for the free space of ", options_.dir, ": ", error.message()));
  }
  uint64_t ReservedBytes() const override {
    constexpr uint64_t kBuffers = 4 + kLevel0Tables;  // those that are flushed, and a compaction
    return kBuffers * options_.write_buffer_bytes;
  }

  absl::Status background_error() const override { return listener_->error(); }

  absl::Status Resume() override {
    // A record whose sync failed may still stand in the log. This flushes everything, which makes
    // that log obsolete: a later start cannot replay it beneath what is written from now on.
    const rocksdb::Status status = db_->Resume();
    if (!status.ok()) return WriteError(status);
    listener_->Clear();
    return absl::OkStatus();
  }

  bool wal_tail_dropped() const override { return wal_tail_dropped_; }

 private:
  static absl::Status Missing(Family family) {
    return absl::FailedPreconditionError(absl::StrCat(
        "family ", kFamilyNames[static_cast<size_t>(family)], " has not been created"));
  }

  // Until no flush of what `changes` writes to is under way: with one more memtable full RocksDB
  // would stop all writes.
  absl::Status AwaitFlushes(const WriteSet& changes) const {
    constexpr absl::Duration kPause = absl::Milliseconds(1);
    for (const WriteSet::Change& change : changes.changes()) {
      rocksdb::ColumnFamilyHandle* handle = handles_[static_cast<size_t>(change.family)];
      uint64_t flushing = 0;
      while (
          db_->GetIntProperty(handle, rocksdb::DB::Properties::kNumImmutableMemTable, &flushing) &&
          flushing > 0) {
        DNC_RETURN_IF_ERROR(listener_->error());
        absl::SleepFor(kPause);
      }
    }
    return absl::OkStatus();
  }

  // RocksDB leaves a log whose write failed only where a memtable is there to be flushed; otherwise
  // it resumes with that log, and its next write ends the process. So a key that no log has goes
  // first, into the family that nothing else uses: it also sets off the flush that is due, which
  // would empty the memtables again.
  absl::Status Write(const rocksdb::WriteOptions& options, rocksdb::WriteBatch* batch) {
    CountNothing();
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    rocksdb::Status status = db_->Put(unlogged, db_->DefaultColumnFamily(), "unflushed", "");
    if (status.ok()) status = db_->Write(options, batch);
    return status.ok() ? absl::OkStatus() : WriteError(status);
  }

  const StoreOptions options_;
  const std::shared_ptr<rocksdb::Cache> cache_;
  const std::shared_ptr<BackgroundListener> listener_;
  const std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // null: not there
  const RocksReader latest_;
  const bool wal_tail_dropped_;
};

// The families that are to be opened: those of a store that is there, all of a new one.
std::vector<Family> FamiliesIn(const StoreOptions& options, const rocksdb::DBOptions& db_options) {
  std::vector<std::string> present;
  const bool there = rocksdb::DB::ListColumnFamilies(db_options, options.dir, &present).ok();
  std::vector<Family> families;
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    if (there && std::find(present.begin(), present.end(), kFamilyNames[i]) == present.end()) {
      continue;
    }
    families.push_back(static_cast<Family>(i));
  }
  return families;
}

rocksdb::Status OpenOnce(const StoreOptions& options, rocksdb::WALRecoveryMode mode,
                         Opened* opened) {
  opened->cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  const rocksdb::DBOptions db_options = DatabaseOptions(options, mode, opened->listener);
  const std::vector<Family> found = FamiliesIn(options, db_options);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  // RocksDB insists on this one, and nothing that counts is in it. After a full disk RocksDB
  // resumes once as much is free as the largest write buffer takes, this one's included.
  rocksdb::ColumnFamilyOptions unused;
  unused.write_buffer_size = options.write_buffer_bytes;
  // It has a table, of a row, for each flush of all others, which wait to be compacted behind large
  // ones. Nobody reads them, so no write has to wait for that.
  unused.level0_slowdown_writes_trigger = std::numeric_limits<int>::max();
  unused.level0_stop_writes_trigger = std::numeric_limits<int>::max();
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, unused);
  for (const Family family : found) {
    families.emplace_back(kFamilyNames[static_cast<size_t>(family)],
                          FamilyOptions(family, options, opened->cache));
  }
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options, options.dir, families, &handles, &db);
  if (!status.ok()) return status;
  db->DestroyColumnFamilyHandle(handles.front());
  opened->db.reset(db);
  opened->handles.assign(kFamilyNames.size(), nullptr);
  for (size_t i = 0; i < found.size(); ++i) {
    opened->handles[static_cast<size_t>(found[i])] = handles[i + 1];
  }
  return status;
}

absl::Status OpenError(const rocksdb::Status& status, const std::string& dir) {
  const std::string message = absl::StrCat("opening the store in ", dir, ": ", status.ToString());
  if (status.IsCorruption()) {
    return absl::DataLossError(
        absl::StrCat(message, "; the files are damaged: restore the directory from a backup"));
  }
  if (status.IsIOError() && absl::StrContains(status.ToString(), "lock")) {
    return absl::FailedPreconditionError(
        absl::StrCat(message,
                     "; another process uses it: stop that one or choose another "
                     "directory"));
  }
  return absl::UnavailableError(
      absl::StrCat(message, "; check that the directory exists and may be written"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  Opened opened;
  bool tail_dropped = false;
  std::error_code not_created;  // RocksDB says why
  std::filesystem::create_directories(options.dir, not_created);
  // First as if nothing had been torn, so that a torn tail is noticed, not passed over.
  rocksdb::Status status =
      OpenOnce(options, rocksdb::WALRecoveryMode::kAbsoluteConsistency, &opened);
  if (status.IsCorruption()) {
    spdlog::warn(
        "the write-ahead log does not end cleanly ({}); opening without its last, "
        "incomplete record",
        status.ToString());
    status = OpenOnce(options, rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords, &opened);
    tail_dropped = true;
  }
  if (!status.ok()) return OpenError(status, options.dir);
  return std::make_unique<RocksStore>(options, std::move(opened), tail_dropped);
}

}  // namespace dnc
