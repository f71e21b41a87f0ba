#include "storage/registry/number_set.h"

#include <linux/mman.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kLanes = 64;  // look-ups in flight; one word of hits
constexpr size_t kOffsetUnit = sizeof(uint16_t);
constexpr size_t kMaxArenaBytes = kOffsetUnit << 32;
constexpr size_t kMinArenaBytes = 2 * kBitmapBytes;
constexpr size_t kHugePageBytes = 2 << 20;
// A page takes 8,000 bytes; hashed, that many blocks take 2,700 to 5,500.
constexpr size_t kPageMinBlocks = 128;
// 2^64 divided by the golden ratio: spreads neighbouring blocks over the table.
constexpr uint64_t kHashFactor = 0x9E3779B97F4A7C15;

// Suffixes of a list are close to evenly spread, so a search looks first at the window around where
// an even spread would have the suffix. Windows may reach past the end of a list, not of the arena.
constexpr uint32_t kWindow = 32;
constexpr size_t kArenaPaddingBytes = kWindow * sizeof(uint16_t);

uint32_t WindowStart(uint32_t count, uint32_t suffix) {
  const uint32_t guess = count * suffix / kNumbersPerBlock;
  return guess - std::min(guess, kWindow / 2);
}

// Whether `suffix` is among the first `valid` of the window; no branches, so that the compiler uses
// vector instructions.
bool WindowContains(const uint16_t* window, uint16_t valid, uint16_t suffix) {
  uint16_t found = 0;
  for (uint16_t i = 0; i < kWindow; ++i) {
    found = static_cast<uint16_t>(found | ((window[i] == suffix) & (i < valid)));
  }
  return found != 0;
}

// Random look-ups over hundreds of megabytes miss the TLB on small pages. Advice only: a kernel
// that knows none of it leaves the pages as they are.
void AdviseHugePages(void* arena, size_t bytes) {
  const uintptr_t begin = reinterpret_cast<uintptr_t>(arena);
  const uintptr_t first = (begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  const uintptr_t past = (begin + bytes) / kHugePageBytes * kHugePageBytes;
  if (first >= past) return;
  madvise(reinterpret_cast<void*>(first), past - first, MADV_HUGEPAGE);
  madvise(reinterpret_cast<void*>(first), past - first, MADV_COLLAPSE);
}

bool ListContains(const uint16_t* list, uint32_t count, uint32_t suffix) {
  const uint32_t first = WindowStart(count, suffix);
  const uint32_t past = std::min(first + kWindow, count);
  if (WindowContains(list + first, static_cast<uint16_t>(past - first),
                     static_cast<uint16_t>(suffix))) {
    return true;
  }
  if (first > 0 && list[first] > suffix) return std::binary_search(list, list + first, suffix);
  if (past < count && list[past - 1] < suffix) {
    return std::binary_search(list + past, list + count, suffix);
  }
  return false;
}

}  // namespace

const NumberSet::Descriptor* NumberSet::PagedDescriptor(uint64_t block) const {
  const uint64_t index = block - kFirstNanpBlock;
  if (index >= uint64_t{kAreaCodes} * kExchanges) return nullptr;
  const uint64_t area = index / kExchanges;
  const uint32_t page = page_of_area_[area];
  if (page == 0) return nullptr;
  return &pages_[(page - 1) * kExchanges + (index - area * kExchanges)];
}

size_t NumberSet::SlotIndex(uint64_t block) const {
  return static_cast<size_t>((block * kHashFactor) >> slot_shift_);
}

NumberSet::Descriptor NumberSet::HashedDescriptor(uint64_t block) const {
  for (size_t i = SlotIndex(block);; i = (i + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[i];
    if (slot.block == block || slot.descriptor.count == 0) return slot.descriptor;
  }
}

void NumberSet::PrefetchPayload(Descriptor descriptor, uint32_t suffix) const {
  const uint16_t* const payload = arena_.get() + descriptor.offset;
  if (EncodingFor(descriptor.count) == BlockEncoding::kBitmap) {
    __builtin_prefetch(reinterpret_cast<const uint8_t*>(payload) + suffix / 8);
    return;
  }
  const uint16_t* const window = payload + WindowStart(descriptor.count, suffix);
  __builtin_prefetch(window);
  __builtin_prefetch(window + kWindow - 1);
}

bool NumberSet::PayloadContains(Descriptor descriptor, uint32_t suffix) const {
  const uint16_t* const payload = arena_.get() + descriptor.offset;
  if (EncodingFor(descriptor.count) == BlockEncoding::kList) {
    return descriptor.count != 0 && ListContains(payload, descriptor.count, suffix);
  }
  return (reinterpret_cast<const uint8_t*>(payload)[suffix / 8] >> (suffix % 8) & 1) != 0;
}

bool NumberSet::Contains(uint64_t number) const {
  const uint64_t block = number / kNumbersPerBlock;
  const Descriptor* const paged = PagedDescriptor(block);
  return PayloadContains(paged != nullptr ? *paged : HashedDescriptor(block),
                         static_cast<uint32_t>(number - block * kNumbersPerBlock));
}

// Three passes over the same lanes: ask for the descriptors, then for the payloads, then look.
uint64_t NumberSet::ContainsUpTo64(absl::Span<const uint64_t> numbers) const {
  uint64_t blocks[kLanes];
  const Descriptor* paged[kLanes];
  Descriptor descriptors[kLanes];
  for (size_t i = 0; i < numbers.size(); ++i) {
    blocks[i] = numbers[i] / kNumbersPerBlock;
    paged[i] = PagedDescriptor(blocks[i]);
    const void* const wanted =
        paged[i] != nullptr ? static_cast<const void*>(paged[i]) : &slots_[SlotIndex(blocks[i])];
    __builtin_prefetch(wanted);
  }
  const auto suffix = [&](size_t i) {
    return static_cast<uint32_t>(numbers[i] - blocks[i] * kNumbersPerBlock);
  };
  for (size_t i = 0; i < numbers.size(); ++i) {
    descriptors[i] = paged[i] != nullptr ? *paged[i] : HashedDescriptor(blocks[i]);
    PrefetchPayload(descriptors[i], suffix(i));
  }
  uint64_t hits = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    hits |= uint64_t{PayloadContains(descriptors[i], suffix(i))} << i;
  }
  return hits;
}

void NumberSet::ContainsBatch(absl::Span<const uint64_t> numbers,
                              absl::Span<uint64_t> hit_words) const {
  if (hit_words.size() < (numbers.size() + kLanes - 1) / kLanes) std::abort();
  for (size_t word = 0; word * kLanes < numbers.size(); ++word) {
    hit_words[word] = ContainsUpTo64(numbers.subspan(word * kLanes, kLanes));
  }
}

size_t NumberSet::memory_bytes() const {
  return sizeof(*this) + pages_.capacity() * sizeof(Descriptor) + slots_.capacity() * sizeof(Slot) +
         arena_bytes_;
}

NumberSet::Builder::Builder() : set_(new NumberSet) {}

absl::Status NumberSet::Builder::Add(uint64_t number) {
  if (number < floor_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "number ", MaskContact(absl::StrCat("+", number)),
        " of a number list lies in or below a block already added; add in ascending order"));
  }
  return assembler_.Add(number, [this](uint64_t block, const BlockPayload& payload) {
    return AppendBlock(block, payload);
  });
}

absl::Status NumberSet::Builder::AddBlock(uint64_t block, const BlockPayload& payload) {
  DNC_RETURN_IF_ERROR(ValidatePayload(block, payload));
  DNC_RETURN_IF_ERROR(assembler_.Flush(
      [this](uint64_t id, const BlockPayload& pending) { return AppendBlock(id, pending); }));
  return AppendBlock(block, payload);
}

absl::Status NumberSet::Builder::AppendBlock(uint64_t block, const BlockPayload& payload) {
  if (block * kNumbersPerBlock < floor_) {
    return absl::InvalidArgumentError(
        absl::StrCat("block ", block, " of a number list is not above the one before it, ",
                     floor_ / kNumbersPerBlock - 1, "; add blocks in ascending order"));
  }
  // Room is left for one more block, so that Build can always place the unfinished one.
  if (set_->arena_bytes_ + payload.bytes.size() + kBitmapBytes > kMaxArenaBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a number list takes more than ", kMaxArenaBytes,
                     " bytes in memory; split it into several lists"));
  }
  StoreBlock(block, payload);
  return absl::OkStatus();
}

void NumberSet::Builder::StoreBlock(uint64_t block, const BlockPayload& payload) {
  const size_t offset = set_->arena_bytes_;
  if (offset + payload.bytes.size() > arena_capacity_) {
    ResizeArena(std::max(arena_capacity_ * 2, kMinArenaBytes));
  }
  std::memcpy(set_->arena_.get() + offset / kOffsetUnit, payload.bytes.data(),
              payload.bytes.size());
  set_->arena_bytes_ += payload.bytes.size();
  set_->size_ += payload.count;
  floor_ = (block + 1) * kNumbersPerBlock;
  if (block / kExchanges != area_) {
    FlushArea();
    area_ = block / kExchanges;
  }
  area_blocks_.push_back({block, {payload.count, static_cast<uint32_t>(offset / kOffsetUnit)}});
}

// realloc remaps large areas instead of copying them, so memory that was never written costs
// nothing and there are never two copies.
void NumberSet::Builder::ResizeArena(size_t bytes) {
  void* const resized = std::realloc(set_->arena_.get(), bytes);
  if (resized == nullptr) throw std::bad_alloc();
  static_cast<void>(set_->arena_.release());
  set_->arena_.reset(static_cast<uint16_t*>(resized));
  arena_capacity_ = bytes;
}

// An area is what shares block / 1000: in the NANP, an area code.
void NumberSet::Builder::FlushArea() {
  const uint64_t area_code = area_ - kFirstNanpBlock / kExchanges;
  if (area_code >= kAreaCodes || area_blocks_.size() < kPageMinBlocks) {
    hashed_.insert(hashed_.end(), area_blocks_.begin(), area_blocks_.end());
  } else {
    std::vector<Descriptor>& pages = set_->pages_;
    const size_t page = pages.size();
    pages.resize(page + kExchanges);
    set_->page_of_area_[area_code] = static_cast<uint16_t>(page / kExchanges + 1);
    for (const Slot& slot : area_blocks_) pages[page + slot.block % kExchanges] = slot.descriptor;
  }
  area_blocks_.clear();
}

void NumberSet::Builder::BuildSlots() {
  const size_t slots = std::bit_ceil(std::max<size_t>(2, hashed_.size() + hashed_.size() / 3 + 1));
  set_->slots_.resize(slots);
  set_->slot_shift_ = 64 - std::countr_zero(slots);
  for (const Slot& slot : hashed_) {
    size_t i = set_->SlotIndex(slot.block);
    while (set_->slots_[i].descriptor.count != 0) i = (i + 1) & (slots - 1);
    set_->slots_[i] = slot;
  }
}

std::shared_ptr<const NumberSet> NumberSet::Builder::Build() && {
  assembler_
      .Flush([this](uint64_t block, const BlockPayload& payload) {
        StoreBlock(block, payload);
        return absl::OkStatus();
      })
      .IgnoreError();
  FlushArea();
  BuildSlots();
  set_->pages_.shrink_to_fit();
  const size_t used = set_->arena_bytes_;
  set_->arena_bytes_ += kArenaPaddingBytes;
  ResizeArena(set_->arena_bytes_);
  AdviseHugePages(set_->arena_.get(), set_->arena_bytes_);
  std::memset(set_->arena_.get() + used / kOffsetUnit, 0, kArenaPaddingBytes);
  return std::move(set_);
}

}  // namespace dnc
