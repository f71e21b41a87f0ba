// Blocks of memory for many small records, in whole cache lines on huge pages.
#ifndef DNC_SERVER_STATE_SLAB_H_
#define DNC_SERVER_STATE_SLAB_H_

#include <array>
#include <cstddef>
#include <vector>

#include "storage/base/huge_memory.h"

namespace dnc {

// Not thread-safe. What was freed is used again for blocks of the same size; memory goes back to
// the system only with the slab.
class Slab {
 public:
  static constexpr size_t kLine = 64;
  // Larger blocks come from the heap; all of them where AddressSanitizer watches it.
#ifdef __SANITIZE_ADDRESS__
  static constexpr size_t kLargest = 0;
#else
  static constexpr size_t kLargest = 1024;
#endif

  // What a block for `bytes` takes.
  static size_t BlockBytes(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

  void* Allocate(size_t bytes);
  // `bytes` as given to Allocate.
  void Free(void* block, size_t bytes);

 private:
  static constexpr size_t kChunkBytes = size_t{2} << 20;

  std::vector<HugeMemory> chunks_;
  size_t used_ = kChunkBytes;  // of the last chunk
  std::array<std::vector<void*>, kLargest / kLine + 1> free_;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_SLAB_H_
