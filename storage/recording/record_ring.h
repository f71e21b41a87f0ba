// A queue of records between the threads that answer checks and the one that writes records.
#ifndef DNC_STORAGE_RECORDING_RECORD_RING_H_
#define DNC_STORAGE_RECORDING_RECORD_RING_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace dnc {

// A bounded ring of slots of one size; a record takes as many slots in a row as it needs. Any
// number of threads push, one pops. Neither takes a lock, allocates, or calls the system. Pop needs
// each pusher that has begun to end before it passes its record by.
class RecordRing {
 public:
  static constexpr size_t kSlotBytes = 256;
  static constexpr size_t kSlotPayload = kSlotBytes - sizeof(uint32_t);
  static constexpr size_t kMaxRecordSlots = 16;
  static constexpr size_t kMaxRecordBytes = kMaxRecordSlots * kSlotPayload;

  // Rounded up to a power of two, at least kMaxRecordSlots.
  explicit RecordRing(size_t slots);

  // False where there is no room. 1 to kMaxRecordBytes.
  bool TryPush(absl::string_view record);
  // The oldest record, in place of what `*record` held; false where there is none. One thread.
  bool Pop(std::string* record);

  // Where the next push goes, counted from the beginning of time. What was pushed before is popped
  // once popped() has reached it.
  uint64_t pushed() const { return tail_.load(std::memory_order_acquire); }
  uint64_t popped() const { return head_.load(std::memory_order_acquire); }
  size_t capacity() const { return mask_ + 1; }

 private:
  struct alignas(64) Slot {
    std::atomic<uint32_t> bytes{0};  // of the record that begins here; 0: none is complete
    std::array<char, kSlotPayload> payload;
  };

  Slot& slot(uint64_t position) { return slots_[position & mask_]; }

  const uint64_t mask_;
  const std::unique_ptr<Slot[]> slots_;
  alignas(64) std::atomic<uint64_t> tail_{0};
  alignas(64) std::atomic<uint64_t> head_{0};
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_RECORD_RING_H_
