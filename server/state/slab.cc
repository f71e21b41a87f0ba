#include "server/state/slab.h"

#include <new>

namespace dnc {

void* Slab::Allocate(size_t bytes) {
  const size_t block_bytes = BlockBytes(bytes);
  if (block_bytes > kLargest) return ::operator new (block_bytes, std::align_val_t{kLine});
  std::vector<void*>& free = free_[block_bytes / kLine];
  if (!free.empty()) {
    void* block = free.back();
    free.pop_back();
    return block;
  }
  if (used_ + block_bytes > kChunkBytes) {
    chunks_.emplace_back(kChunkBytes);
    used_ = 0;
  }
  void* block = chunks_.back().data() + used_;
  used_ += block_bytes;
  return block;
}

void Slab::Free(void* block, size_t bytes) {
  const size_t block_bytes = BlockBytes(bytes);
  if (block_bytes > kLargest) {
    ::operator delete (block, std::align_val_t{kLine});
  } else {
    free_[block_bytes / kLine].push_back(block);
  }
}

}  // namespace dnc
