// Ranges of whole cache lines on huge pages, of any size, cut out of few large pieces of memory:
// for tables that are many, middle-sized and read at random.
#ifndef DNC_STORAGE_BASE_HUGE_ARENA_H_
#define DNC_STORAGE_BASE_HUGE_ARENA_H_

#include <cstddef>
#include <map>
#include <vector>

#include "storage/base/huge_memory.h"

namespace dnc {

// First fit by address; what is given back joins its neighbours. One thread.
class HugeArena {
 public:
  static constexpr size_t kLineBytes = 64;

  HugeArena() = default;
  HugeArena(const HugeArena&) = delete;
  HugeArena& operator=(const HugeArena&) = delete;

  // `lines` × 64 bytes with no particular content, aligned to 64. Throws std::bad_alloc.
  char* Allocate(size_t lines);
  // What Allocate gave with that many lines.
  void Free(char* range, size_t lines);

  size_t used_bytes() const { return used_; }
  // Taken from the system. What was never used of it costs no memory.
  size_t mapped_bytes() const { return mapped_; }

 private:
  std::map<char*, size_t> free_;  // bytes by address; no two of one piece touch
  std::map<char*, HugeMemory> pieces_;
  size_t used_ = 0;
  size_t mapped_ = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_HUGE_ARENA_H_
