// How much the calling thread reads from the files of a store: for tests and benchmarks.
#ifndef DNC_STORAGE_ROCKSDB_BLOCK_READS_H_
#define DNC_STORAGE_ROCKSDB_BLOCK_READS_H_

#include <cstdint>

namespace dnc {

// Counts from its construction on, on one thread; one at a time on each.
class BlockReads {
 public:
  BlockReads();
  ~BlockReads();
  BlockReads(const BlockReads&) = delete;
  BlockReads& operator=(const BlockReads&) = delete;

  // Blocks that were not in the block cache: with records, and all of them, indexes and filters
  // included.
  uint64_t data() const;
  uint64_t all() const;
  // Blocks that were taken from the block cache.
  uint64_t cached() const;

 private:
  const int level_;  // of counting before
};

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_BLOCK_READS_H_
