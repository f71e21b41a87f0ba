#ifndef DNC_CLIENT_INTERNAL_BED_H_
#define DNC_CLIENT_INTERNAL_BED_H_

#include <atomic>
#include <cstdint>

namespace dnc {

// Where threads sleep until something has happened, all woken by one call of the system. (The
// standard library's atomics spin and yield first, which costs each of many threads several
// switches of context.) Thread-safe.
class Bed {
 public:
  Bed() = default;
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;

  // How often all were woken so far; to be asked before one looks whether to sleep.
  uint32_t wakes() const { return wakes_.load(std::memory_order_acquire); }
  // Until they are woken once more than `wakes` times; may return before that.
  void Sleep(uint32_t wakes);
  void WakeAll();

 private:
  std::atomic<uint32_t> wakes_{0};
};

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_BED_H_
