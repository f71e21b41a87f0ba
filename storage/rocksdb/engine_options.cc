#include "storage/rocksdb/engine_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "storage/base/logging.h"
#include "storage/rocksdb/engine.h"

namespace dnc {
namespace {

constexpr uint64_t kBytesPerSync = 1u << 20;

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

}  // namespace

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
                                   const std::shared_ptr<rocksdb::EventListener>& listener) {
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

}  // namespace dnc
