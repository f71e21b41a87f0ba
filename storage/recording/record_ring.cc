#include "storage/recording/record_ring.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace dnc {
namespace {

uint64_t SlotsFor(size_t bytes) {
  return (bytes + RecordRing::kSlotPayload - 1) / RecordRing::kSlotPayload;
}

}  // namespace

RecordRing::RecordRing(size_t slots)
    : mask_(std::bit_ceil(std::max(slots, kMaxRecordSlots)) - 1),
      slots_(std::make_unique<Slot[]>(mask_ + 1)) {}

bool RecordRing::TryPush(absl::string_view record) {
  const uint64_t count = SlotsFor(record.size());
  uint64_t position = tail_.load(std::memory_order_relaxed);
  do {
    // Reads head after tail: it can only be further on than it was, which is on the safe side.
    const uint64_t head = head_.load(std::memory_order_acquire);
    if (position + count > head + capacity()) return false;
  } while (!tail_.compare_exchange_weak(position, position + count, std::memory_order_acq_rel,
                                        std::memory_order_relaxed));
  for (uint64_t i = 0; i < count; ++i) {
    const absl::string_view piece = record.substr(i * kSlotPayload, kSlotPayload);
    std::memcpy(slot(position + i).payload.data(), piece.data(), piece.size());
  }
  slot(position).bytes.store(static_cast<uint32_t>(record.size()), std::memory_order_release);
  return true;
}

bool RecordRing::Pop(std::string* record) {
  const uint64_t position = head_.load(std::memory_order_relaxed);
  Slot& first = slot(position);
  const size_t bytes = first.bytes.load(std::memory_order_acquire);
  if (bytes == 0) return false;
  record->clear();
  for (uint64_t i = 0; record->size() < bytes; ++i) {
    record->append(slot(position + i).payload.data(),
                   std::min(kSlotPayload, bytes - record->size()));
  }
  first.bytes.store(0, std::memory_order_relaxed);
  head_.store(position + SlotsFor(bytes), std::memory_order_release);
  return true;
}

}  // namespace dnc
