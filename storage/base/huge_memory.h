// Memory for large tables that are read at random. On huge pages, where the system offers them,
// such a read seldom misses the translation look-aside buffer as well as the cache.
#ifndef DNC_STORAGE_BASE_HUGE_MEMORY_H_
#define DNC_STORAGE_BASE_HUGE_MEMORY_H_

#include <cstddef>
#include <utility>

namespace dnc {

// `bytes` of zeroes from the system, aligned to 64 bytes at least, given back by the destructor.
// Throws std::bad_alloc where there is none.
class HugeMemory {
 public:
  explicit HugeMemory(size_t bytes);
  ~HugeMemory();
  HugeMemory(HugeMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  HugeMemory& operator=(HugeMemory&&) = delete;

  char* data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  char* data_;
  size_t bytes_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_HUGE_MEMORY_H_
