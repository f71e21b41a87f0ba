// NumberSet: the in-memory index of one bulk list version, asked on every check.
//
// Exact membership of phone numbers (storage/registry/block.h), one to three cache misses a
// look-up. A number leads to the descriptor of its block, and that to the block's payload in one
// arena:
//
//   NANP block (1 NPA NXX) of an area code with many blocks: page of 1,000 descriptors, by NXX
//   any other block: open-addressing hash table of descriptors, by block id
//
// so a national registry is found by direct index, and a list of ten numbers takes 2 KB. 250 M
// numbers over the assigned NANP exchanges take less than 400 MB.
#ifndef DNC_STORAGE_REGISTRY_NUMBER_SET_H_
#define DNC_STORAGE_REGISTRY_NUMBER_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/registry/block.h"

namespace dnc {

// Immutable; any number of threads may read at once, without locks.
class NumberSet {
 public:
  class Builder;

  NumberSet(const NumberSet&) = delete;
  NumberSet& operator=(const NumberSet&) = delete;

  // False for whatever is not in the set, any value outside 1..kMaxNumber included.
  bool Contains(uint64_t number) const;

  // Bit i % 64 (0 = lowest) of hit_words[i / 64] becomes Contains(numbers[i]); the spare bits of
  // the last word used become 0, words after it stay. Several times as fast as single look-ups on
  // large sets, because the cache misses of 64 numbers overlap. `hit_words` has at least
  // (numbers.size() + 63) / 64 words; the process aborts otherwise, since a part answered would
  // read as "not listed".
  void ContainsBatch(absl::Span<const uint64_t> numbers, absl::Span<uint64_t> hit_words) const;

  uint64_t size() const { return size_; }
  // Heap and object bytes held, without the allocator's own overhead.
  size_t memory_bytes() const;

 private:
  static constexpr uint64_t kFirstNanpBlock = 1'200'000;
  static constexpr uint32_t kAreaCodes = 800;  // 200..999
  static constexpr uint32_t kExchanges = 1'000;

  struct Descriptor {
    uint32_t count;   // 0: the block is empty
    uint32_t offset;  // of the payload in the arena, in units of 2 bytes
  };
  struct Slot {
    uint64_t block;
    Descriptor descriptor;
  };
  struct Free {
    void operator()(uint16_t* arena) const { std::free(arena); }
  };
  using Arena = std::unique_ptr<uint16_t[], Free>;

  NumberSet() = default;

  const Descriptor* PagedDescriptor(uint64_t block) const;
  size_t SlotIndex(uint64_t block) const;
  Descriptor HashedDescriptor(uint64_t block) const;
  void PrefetchPayload(Descriptor descriptor, uint32_t suffix) const;
  bool PayloadContains(Descriptor descriptor, uint32_t suffix) const;
  uint64_t ContainsUpTo64(absl::Span<const uint64_t> numbers) const;

  uint64_t size_ = 0;
  std::array<uint16_t, kAreaCodes> page_of_area_{};  // 1-based; 0: the area's blocks are hashed
  std::vector<Descriptor> pages_;
  std::vector<Slot> slots_;  // 2^n of them, at least a quarter empty
  int slot_shift_ = 0;       // 64 - n
  Arena arena_;
  size_t arena_bytes_ = 0;
};

// Builds a set from ascending input. Not thread-safe. After an error it is of no further use.
class NumberSet::Builder {
 public:
  Builder();

  // INVALID_ARGUMENT for a number outside 1..kMaxNumber, or not above all that came before;
  // RESOURCE_EXHAUSTED when the payloads exceed 8 GiB.
  absl::Status Add(uint64_t number);

  // Takes a whole block; errors as for Add, and as of ValidatePayload. May alternate with Add.
  absl::Status AddBlock(uint64_t block, const BlockPayload& payload);

  std::shared_ptr<const NumberSet> Build() &&;

 private:
  absl::Status AppendBlock(uint64_t block, const BlockPayload& payload);
  void StoreBlock(uint64_t block, const BlockPayload& payload);
  void ResizeArena(size_t bytes);
  void FlushArea();
  void BuildSlots();

  std::unique_ptr<NumberSet> set_;
  BlockAssembler assembler_;
  uint64_t floor_ = 0;         // the lowest number that a block yet to come may hold
  size_t arena_capacity_ = 0;  // bytes; set_->arena_bytes_ of them used
  uint64_t area_ = 0;          // block / kExchanges of what is in area_blocks_
  std::vector<Slot> area_blocks_;
  std::vector<Slot> hashed_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_NUMBER_SET_H_
