#include "storage/rocksdb/block_reads.h"

#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

namespace dnc {

BlockReads::BlockReads() : level_(rocksdb::GetPerfLevel()) {
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kEnableCount);
  rocksdb::get_perf_context()->Reset();
}

BlockReads::~BlockReads() { rocksdb::SetPerfLevel(static_cast<rocksdb::PerfLevel>(level_)); }

uint64_t BlockReads::data() const {
  const rocksdb::PerfContext& counts = *rocksdb::get_perf_context();
  return counts.block_read_count - counts.index_block_read_count - counts.filter_block_read_count -
         counts.compression_dict_block_read_count;
}

uint64_t BlockReads::all() const { return rocksdb::get_perf_context()->block_read_count; }

uint64_t BlockReads::cached() const { return rocksdb::get_perf_context()->block_cache_hit_count; }

}  // namespace dnc
