// The memory that all imports together may take for the numbers they read.
#ifndef DNC_STORAGE_REGISTRY_IMPORT_MEMORY_H_
#define DNC_STORAGE_REGISTRY_IMPORT_MEMORY_H_

#include <atomic>
#include <cstddef>

namespace dnc {

// Thread-safe.
class ImportMemory {
 public:
  explicit ImportMemory(size_t bytes) : free_(bytes) {}

  // False: so much is not left. What was taken is given back.
  bool TryTake(size_t bytes) {
    size_t free = free_.load(std::memory_order_relaxed);
    do {
      if (free < bytes) return false;
    } while (!free_.compare_exchange_weak(free, free - bytes, std::memory_order_relaxed));
    return true;
  }
  void GiveBack(size_t bytes) { free_.fetch_add(bytes, std::memory_order_relaxed); }

 private:
  std::atomic<size_t> free_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_IMPORT_MEMORY_H_
