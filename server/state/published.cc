#include "server/state/published.h"

#include <thread>

namespace dnc::internal {
namespace {

std::array<HazardSlot, kHazardSlots> g_slots;
// Slots at or above this index were never taken.
std::atomic<size_t> g_high_water{0};

HazardSlot* ClaimSlot() {
  for (;;) {
    for (size_t i = 0; i < kHazardSlots; ++i) {
      HazardSlot& slot = g_slots[i];
      if (slot.taken.load(std::memory_order_relaxed) || slot.taken.exchange(true)) continue;
      size_t seen = g_high_water.load();
      while (seen < i + 1 && !g_high_water.compare_exchange_weak(seen, i + 1)) {
      }
      return &slot;
    }
    std::this_thread::yield();
  }
}

// A thread keeps one slot for itself, so that a read claims nothing.
struct ThreadSlot {
  HazardSlot* slot = nullptr;
  bool in_use = false;
  ~ThreadSlot() {
    if (slot != nullptr) slot->taken.store(false);
  }
};
thread_local ThreadSlot t_slot;

}  // namespace

HazardSlot* TakeHazardSlot() {
  if (t_slot.in_use) return ClaimSlot();  // a nested read
  if (t_slot.slot == nullptr) t_slot.slot = ClaimSlot();
  t_slot.in_use = true;
  return t_slot.slot;
}

void ReturnHazardSlot(HazardSlot* slot) {
  if (slot == t_slot.slot) {
    t_slot.in_use = false;
  } else {
    slot->taken.store(false);
  }
}

bool IsAnnounced(const void* pointer) {
  const size_t end = g_high_water.load(std::memory_order_seq_cst);
  for (size_t i = 0; i < end; ++i) {
    if (g_slots[i].pointer.load(std::memory_order_seq_cst) == pointer) return true;
  }
  return false;
}

}  // namespace dnc::internal
