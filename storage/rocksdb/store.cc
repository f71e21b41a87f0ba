#include "storage/rocksdb/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/slice.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/base/thread_priority.h"
#include "storage/rocksdb/engine.h"

namespace dnc {
namespace {

constexpr uint64_t kBytesPerSync = 1u << 20;
// Tables of a family that wait in level 0 until they are compacted.
constexpr int kLevel0Tables = 12;

absl::Status ReadError(const rocksdb::Status& status, Family family) {
  const std::string message = absl::StrCat(
      "reading family ", kFamilyNames[static_cast<size_t>(family)], ": ", status.ToString());
  if (!status.IsCorruption()) return absl::UnavailableError(message);
  return absl::DataLossError(
      absl::StrCat(message, "; the files are damaged: restore the directory from a backup"));
}

absl::Status WriteError(const rocksdb::Status& status) {
  return absl::UnavailableError(
      absl::StrCat("the store cannot write: ", status.ToString(),
                   "; free disk space or mend the disk, then repeat with the same request_id"));
}

// Hears of what fails between writes, and makes those who flush and compact give way to checks.
// Thread-safe.
class BackgroundListener : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    if (status->severity() < rocksdb::Status::Severity::kHardError) return;  // writes go on
    absl::MutexLock lock(&mu_);
    error_ = WriteError(*status);
  }

  // Called on RocksDB's own threads. Were a flush late, writes would wait for it.
  void OnFlushBegin(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*job*/) override {
    LowerThreadPriority(ThreadPriority::kSoon);
  }
  void OnCompactionBegin(rocksdb::DB* /*db*/, const rocksdb::CompactionJobInfo& /*job*/) override {
    LowerThreadPriority(ThreadPriority::kPatient);
  }

  absl::Status error() const {
    absl::MutexLock lock(&mu_);
    return error_;
  }
  void Clear() {
    absl::MutexLock lock(&mu_);
    error_ = absl::OkStatus();
  }

 private:
  mutable absl::Mutex mu_;
  absl::Status error_ ABSL_GUARDED_BY(mu_);
};

using SharedSnapshot = std::shared_ptr<const rocksdb::Snapshot>;

// Reads at a snapshot, or at the newest state where `snapshot` is null.
class RocksReader : public StoreReader {
 public:
  enum class Cache { kFill, kLeave };

  RocksReader(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles,
              SharedSnapshot snapshot, Cache cache = Cache::kFill)
      : db_(db), handles_(handles), snapshot_(std::move(snapshot)), cache_(cache) {}
  RocksReader(const RocksReader&) = delete;
  RocksReader& operator=(const RocksReader&) = delete;

  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override {
    if (handle(family) == nullptr) return false;
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = db_->Get(Options(), handle(family), ToSlice(key), &value);
    if (status.IsNotFound()) return false;
    if (!status.ok()) return ReadError(status, family);
    DNC_RETURN_IF_ERROR(on_value(ToView(value)));
    return true;
  }

  absl::Status Scan(
      Family family, absl::string_view lower, absl::string_view upper,
      absl::FunctionRef<bool(absl::string_view, absl::string_view)> on_row) const override {
    if (handle(family) == nullptr) return absl::OkStatus();
    rocksdb::ReadOptions options = Options();
    const rocksdb::Slice bound = ToSlice(upper);
    if (!upper.empty()) options.iterate_upper_bound = &bound;
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, handle(family)));
    for (it->Seek(ToSlice(lower)); it->Valid(); it->Next()) {
      if (!on_row(ToView(it->key()), ToView(it->value()))) return absl::OkStatus();
    }
    return it->status().ok() ? absl::OkStatus() : ReadError(it->status(), family);
  }

  std::shared_ptr<const StoreReader> ForScans() const override {
    return std::make_shared<RocksReader>(db_, handles_, snapshot_, Cache::kLeave);
  }

 private:
  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_.get();
    options.fill_cache = cache_ == Cache::kFill;
    return options;
  }
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }

  rocksdb::DB* const db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& handles_;  // null: not there
  const SharedSnapshot snapshot_;
  const Cache cache_;
};

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

// Whether rows are read by keys that are often not there, so that memtables need filters. Entries
// and audit records are read by keys that are, indexes by ranges.
bool IsAskedForAbsent(Family family) {
  return family == Family::kLeads || family == Family::kSubjects || family == Family::kRequests ||
         family == Family::kReviews;
}

// Families of which checks and changes read single keys.
bool IsReadByKey(Family family) {
  return family == Family::kSubjects || family == Family::kLeads || family == Family::kRequests;
}

// Families of which nobody reads single keys, so that filters in tables would only cost.
bool IsReadByRange(Family family) { return family == Family::kIndex; }

// Deleted ranges make every read of their family dearer, so only this one has any.
bool IsDeletedByRange(Family family) { return family == Family::kChunks; }

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  // In the block cache and bounded by it, before blocks with records. In pieces of some kilobytes:
  // a cache that is too small for all of them reads a piece again, not a table's whole filter.
  table.cache_index_and_filter_blocks = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  // Those of level 0 are asked one after the other, so they are held and not looked up.
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  table.metadata_cache_options.partition_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  if (!IsReadByRange(family)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  }
  if (IsReadByKey(family)) {
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  }
  rocksdb::ColumnFamilyOptions family_options;
  family_options.write_buffer_size = options.write_buffer_bytes;
  // The first full buffer flushes all families, so most tables of level 0 are small beside level 1,
  // which is rewritten with them: the more of them at once, the less often. They are told apart by
  // filters in memory, and writes wait for compaction only far beyond. Chunks fill whole buffers.
  if (family != Family::kChunks) {
    family_options.level0_file_num_compaction_trigger = kLevel0Tables;
    family_options.level0_slowdown_writes_trigger = 4 * kLevel0Tables;
    family_options.level0_stop_writes_trigger = 6 * kLevel0Tables;
  }
  // Chunks carry their own compact coding.
  family_options.compression =
      family == Family::kChunks ? rocksdb::kNoCompression : rocksdb::kLZ4Compression;
  if (IsAskedForAbsent(family)) {
    family_options.memtable_whole_key_filtering = true;
    family_options.memtable_prefix_bloom_size_ratio = 0.02;
  }
  family_options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family_options;
}

rocksdb::DBOptions DatabaseOptions(const StoreOptions& options, rocksdb::WALRecoveryMode mode,
                                   const std::shared_ptr<BackgroundListener>& listener) {
  rocksdb::DBOptions db_options;
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  db_options.paranoid_checks = true;
  db_options.wal_recovery_mode = mode;
  // Each closed log's length is on record, so that one that was cut or lost is noticed: by itself
  // the mode tolerates a torn end of every log, not only of the newest. See docs/adr/0012.
  db_options.track_and_verify_wals_in_manifest = true;
  // All families or none, so that a kill during a recovery leaves no batch half applied. This
  // bounds the log as well; a limit of its own would add flushes for another reason to those that
  // wait, which RocksDB 7.8 asserts against.
  db_options.atomic_flush = true;
  // What never went to the log need not outlive the process.
  db_options.avoid_flush_during_shutdown = true;
  db_options.info_log = std::make_shared<EngineLogger>("rocksdb", spdlog::level::err);
  db_options.max_background_jobs = 2;
  // Written out steadily, so that no sync of a commit waits behind a heap of it.
  db_options.bytes_per_sync = kBytesPerSync;
  db_options.listeners.push_back(listener);
  if (options.env != nullptr) db_options.env = options.env;
  return db_options;
}

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
