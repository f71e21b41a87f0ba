// NumberSet: the in-memory index of one bulk list version, asked on every check.
//
// Exact membership of phone numbers (storage/registry/block.h), one to three cache misses a
// look-up. How a number is found depends on how many blocks its area (block / 1000; in the NANP, an
// area code) has:
//
//   NANP area of a national registry:  page of 1,000 slots, by exchange -> bitmap of the block
//   NANP area of fewer numbers:        page of 1,000 descriptors, by exchange -> payload
//   any other block:                   open-addressing hash table, by block id -> payload
//
// The first kind is the one that large sets consist of: its slots stay in the processor's cache, so
// a look-up is one miss, without a branch. Blocks that would be smaller as lists are bitmaps there
// as well, as long as that costs the area no more than half again. A list of ten numbers takes 2
// KB. docs/adr/0026-registry-index.md has what was measured and what was not taken.
#ifndef DNC_STORAGE_REGISTRY_NUMBER_SET_H_
#define DNC_STORAGE_REGISTRY_NUMBER_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/base/huge_memory.h"
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
  static constexpr uint64_t kFirstNanpArea = 1'200;
  static constexpr uint64_t kAreaCodes = 800;  // 200..999
  static constexpr uint64_t kBlocksPerArea = 1'000;

  // An area, as Aim needs it.
  struct Area {
    const uint8_t* bitmaps;  // slot s is the one at s * kBitmapBytes; slot 0 has no numbers
    uint32_t page;           // of the slots
    uint32_t elsewhere;      // 1: it has no bitmaps; look by descriptors
  };
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
  // Where a look-up ends if its area has bitmaps.
  struct Target {
    const uint8_t* byte;
    uint32_t bit;
    uint32_t elsewhere;
  };
  struct Group;

  NumberSet() = default;

  Target Aim(uint64_t number) const;
  void AimGroup(absl::Span<const uint64_t> numbers, Group* group) const;
  uint64_t ReadGroup(const Group& group) const;
  const Descriptor* PagedDescriptor(uint64_t block) const;
  size_t SlotIndex(uint64_t block) const;
  Descriptor HashedDescriptor(uint64_t block) const;
  void PrefetchPayload(Descriptor descriptor, uint32_t suffix) const;
  bool PayloadContains(Descriptor descriptor, uint32_t suffix) const;
  bool ContainsElsewhere(uint64_t number) const;
  uint64_t ContainsElsewhere(absl::Span<const uint64_t> numbers, uint64_t lanes) const;

  uint64_t size_ = 0;
  // By area code - 200; the last is of whatever is outside the NANP. Empty where none has bitmaps.
  std::vector<Area> areas_;
  std::optional<HugeMemory> slot_memory_;
  const uint16_t* slot_pages_ = nullptr;  // in slot_memory_; page 0: no bitmaps
  std::vector<HugeMemory> bitmaps_;
  size_t bitmap_bytes_ = 0;
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
  // RESOURCE_EXHAUSTED when payloads that are not in bitmap areas exceed 8 GiB.
  absl::Status Add(uint64_t number);

  // Takes a whole block; errors as for Add, and as of ValidatePayload. May alternate with Add.
  absl::Status AddBlock(uint64_t block, const BlockPayload& payload);

  // As AddBlock, for a payload that is known to be valid, as those are that DecodeChunk hands out.
  absl::Status AddValidBlock(uint64_t block, const BlockPayload& payload);

  std::shared_ptr<const NumberSet> Build() &&;

 private:
  // A block of the area in the making; its payload is in area_payloads_.
  struct Pending {
    uint64_t block;
    uint32_t count;
    size_t offset;
  };

  absl::Status AppendBlock(uint64_t block, const BlockPayload& payload);
  void StoreBlock(uint64_t block, const BlockPayload& payload);
  BlockPayload PayloadOf(const Pending& pending) const;
  bool WantsBitmaps() const;
  void FlushArea();
  void StoreBitmaps(Area* area);
  uint8_t* TakeBitmaps(size_t bytes);
  Descriptor StorePayload(const Pending& pending);
  void ResizeArena(size_t bytes);
  void BuildSlots();
  void PlaceAreas();

  std::unique_ptr<NumberSet> set_;
  BlockAssembler assembler_;
  uint64_t floor_ = 0;         // the lowest number that a block yet to come may hold
  size_t arena_capacity_ = 0;  // bytes; set_->arena_bytes_ of them used
  size_t bitmaps_free_ = 0;    // bytes at the end of set_->bitmaps_.back()
  uint64_t area_ = 0;          // block / kBlocksPerArea of what is in area_blocks_
  std::vector<Pending> area_blocks_;
  std::string area_payloads_;
  std::vector<Slot> hashed_;
  std::vector<Area> areas_;
  std::vector<uint16_t> slot_pages_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_NUMBER_SET_H_
