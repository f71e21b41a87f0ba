#include "client/internal/bed.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace dnc {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a futex is its word");

void Bed::Sleep(uint32_t wakes) {
  syscall(SYS_futex, &wakes_, FUTEX_WAIT_PRIVATE, wakes, nullptr, nullptr, 0);
}

void Bed::WakeAll() {
  wakes_.fetch_add(1, std::memory_order_release);
  syscall(SYS_futex, &wakes_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace dnc
