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
// Slots of fewer bytes are left on small pages.
constexpr size_t kHugeMinBytes = 256 << 10;
// The system gives what is touched, so the rest of the last segment costs nothing.
constexpr size_t kMaxSegmentBytes = 64 << 20;
// A page takes 8,000 bytes; hashed, that many blocks take 2,700 to 5,500.
constexpr size_t kPageMinBlocks = 128;
// 2^64 divided by the golden ratio: spreads neighbouring blocks over the table.
constexpr uint64_t kHashFactor = 0x9E3779B97F4A7C15;
// The slot of blocks without numbers.
constexpr uint8_t kNoNumbers[kBitmapBytes] = {};

// Suffixes of a list are close to evenly spread, so a search looks first at the window around where
// an even spread would have the suffix. Windows may reach past the end of a list, not of the arena.
constexpr uint32_t kWindow = 32;
constexpr size_t kArenaPaddingBytes = kWindow * sizeof(uint16_t);

uint32_t WindowStart(uint32_t count, uint32_t suffix) {
  const uint32_t guess = count * suffix / kNumbersPerBlock;
  return guess - std::min(guess, kWindow / 2);
}

// Whether `suffix` is among the `valid` numbers from `window` on; no branches.
bool WindowContains(const uint16_t* window, uint32_t valid, uint16_t suffix) {
  using Eight = uint16_t __attribute__((vector_size(16)));
  static constexpr Eight kFirst = {0, 1, 2, 3, 4, 5, 6, 7};
  const Eight wanted = Eight{} + suffix;
  const Eight limit = Eight{} + static_cast<uint16_t>(valid);
  Eight found = {};
  for (uint16_t at = 0; at < kWindow; at = static_cast<uint16_t>(at + 8)) {
    Eight eight;
    std::memcpy(&eight, window + at, sizeof(eight));
    found |= (eight == wanted) & (kFirst + at < limit);
  }
  uint64_t halves[2];
  std::memcpy(halves, &found, sizeof(halves));
  return (halves[0] | halves[1]) != 0;
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
  if (WindowContains(list + first, past - first, static_cast<uint16_t>(suffix))) return true;
  if (first > 0 && list[first] > suffix) return std::binary_search(list, list + first, suffix);
  if (past < count && list[past - 1] < suffix) {
    return std::binary_search(list + past, list + count, suffix);
  }
  return false;
}

void WriteBitmap(const BlockPayload& payload, uint8_t* bitmap) {
  if (EncodingFor(payload.count) == BlockEncoding::kBitmap) {
    std::memcpy(bitmap, payload.bytes.data(), kBitmapBytes);
    return;
  }
  ForEachSuffix(payload, [bitmap](uint32_t suffix) {
    uint8_t& byte = bitmap[suffix / 8];
    byte = static_cast<uint8_t>(byte | (1 << (suffix % 8)));
  });
}

}  // namespace

// Up to 64 look-ups whose targets are on their way into the cache.
struct NumberSet::Group {
  absl::Span<const uint64_t> numbers;
  const uint8_t* bytes[kLanes];
  uint8_t bits[kLanes];
  uint64_t elsewhere = 0;  // by lane
};

// Without a branch: what is no NANP number has the last area, and what an area does not have, slot
// 0.
inline NumberSet::Target NumberSet::Aim(uint64_t number) const {
  constexpr uint64_t kNumbersPerArea = kBlocksPerArea * kNumbersPerBlock;
  const uint64_t area_of_number = number / kNumbersPerArea;
  const auto rest = static_cast<uint32_t>(number - area_of_number * kNumbersPerArea);
  const uint32_t exchange = rest / kNumbersPerBlock;
  const uint32_t suffix = rest - exchange * kNumbersPerBlock;
  const Area& area = areas_[std::min(area_of_number - kFirstNanpArea, kAreaCodes)];
  const size_t slot = slot_pages_[area.page * kBlocksPerArea + exchange];
  return {area.bitmaps + slot * kBitmapBytes + suffix / 8, suffix % 8, area.elsewhere};
}

inline void NumberSet::AimGroup(absl::Span<const uint64_t> numbers, Group* group) const {
  group->numbers = numbers;
  uint64_t elsewhere = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const Target target = Aim(numbers[i]);
    __builtin_prefetch(target.byte);
    group->bytes[i] = target.byte;
    group->bits[i] = static_cast<uint8_t>(target.bit);
    elsewhere |= uint64_t{target.elsewhere} << i;
  }
  group->elsewhere = elsewhere;
}

inline uint64_t NumberSet::ReadGroup(const Group& group) const {
  uint64_t hits = 0;
  for (size_t i = 0; i < group.numbers.size(); ++i) {
    hits |= uint64_t{(*group.bytes[i] >> group.bits[i] & 1) != 0} << i;
  }
  if (group.elsewhere != 0) hits |= ContainsElsewhere(group.numbers, group.elsewhere);
  return hits;
}

const NumberSet::Descriptor* NumberSet::PagedDescriptor(uint64_t block) const {
  const uint64_t index = block - kFirstNanpArea * kBlocksPerArea;
  if (index >= kAreaCodes * kBlocksPerArea) return nullptr;
  const uint64_t area = index / kBlocksPerArea;
  const uint32_t page = page_of_area_[area];
  if (page == 0) return nullptr;
  return &pages_[(page - 1) * kBlocksPerArea + (index - area * kBlocksPerArea)];
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

bool NumberSet::ContainsElsewhere(uint64_t number) const {
  const uint64_t block = number / kNumbersPerBlock;
  const Descriptor* const paged = PagedDescriptor(block);
  return PayloadContains(paged != nullptr ? *paged : HashedDescriptor(block),
                         static_cast<uint32_t>(number - block * kNumbersPerBlock));
}

bool NumberSet::Contains(uint64_t number) const {
  if (areas_.empty()) return ContainsElsewhere(number);
  const Target target = Aim(number);
  if (target.elsewhere != 0) return ContainsElsewhere(number);
  return (*target.byte >> target.bit & 1) != 0;
}

// Three passes over the same lanes: ask for the descriptors, then for the payloads, then look.
uint64_t NumberSet::ContainsElsewhere(absl::Span<const uint64_t> numbers, uint64_t lanes) const {
  uint64_t blocks[kLanes];
  const Descriptor* paged[kLanes];
  Descriptor descriptors[kLanes];
  uint8_t lane_of[kLanes];
  size_t count = 0;
  for (; lanes != 0; lanes &= lanes - 1) {
    lane_of[count++] = static_cast<uint8_t>(std::countr_zero(lanes));
  }
  for (size_t i = 0; i < count; ++i) {
    blocks[i] = numbers[lane_of[i]] / kNumbersPerBlock;
    paged[i] = PagedDescriptor(blocks[i]);
    const void* const wanted =
        paged[i] != nullptr ? static_cast<const void*>(paged[i]) : &slots_[SlotIndex(blocks[i])];
    __builtin_prefetch(wanted);
  }
  const auto suffix = [&](size_t i) {
    return static_cast<uint32_t>(numbers[lane_of[i]] - blocks[i] * kNumbersPerBlock);
  };
  for (size_t i = 0; i < count; ++i) {
    descriptors[i] = paged[i] != nullptr ? *paged[i] : HashedDescriptor(blocks[i]);
    PrefetchPayload(descriptors[i], suffix(i));
  }
  uint64_t hits = 0;
  for (size_t i = 0; i < count; ++i) {
    hits |= uint64_t{PayloadContains(descriptors[i], suffix(i))} << lane_of[i];
  }
  return hits;
}

// The targets of a group come into the cache while those of the group before are read.
void NumberSet::ContainsBatch(absl::Span<const uint64_t> numbers,
                              absl::Span<uint64_t> hit_words) const {
  const size_t words = (numbers.size() + kLanes - 1) / kLanes;
  if (hit_words.size() < words) std::abort();
  if (words == 0) return;
  if (areas_.empty()) {
    for (size_t word = 0; word < words; ++word) {
      const absl::Span<const uint64_t> lanes = numbers.subspan(word * kLanes, kLanes);
      hit_words[word] = ContainsElsewhere(lanes, ~uint64_t{0} >> (kLanes - lanes.size()));
    }
    return;
  }
  Group groups[2];
  AimGroup(numbers.subspan(0, kLanes), &groups[0]);
  for (size_t word = 1; word < words; ++word) {
    AimGroup(numbers.subspan(word * kLanes, kLanes), &groups[word % 2]);
    hit_words[word - 1] = ReadGroup(groups[(word - 1) % 2]);
  }
  hit_words[words - 1] = ReadGroup(groups[(words - 1) % 2]);
}

size_t NumberSet::memory_bytes() const {
  return sizeof(*this) + areas_.capacity() * sizeof(Area) +
         (slot_memory_.has_value() ? slot_memory_->bytes() : 0) + bitmap_bytes_ +
         pages_.capacity() * sizeof(Descriptor) + slots_.capacity() * sizeof(Slot) + arena_bytes_;
}

NumberSet::Builder::Builder()
    : set_(new NumberSet),
      areas_(kAreaCodes + 1, Area{kNoNumbers, 0, 0}),
      slot_pages_(kBlocksPerArea) {}

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
  return AddValidBlock(block, payload);
}

absl::Status NumberSet::Builder::AddValidBlock(uint64_t block, const BlockPayload& payload) {
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
  const size_t bytes = set_->arena_bytes_ + area_payloads_.size() + payload.bytes.size();
  if (bytes + kBitmapBytes > kMaxArenaBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a number list takes more than ", kMaxArenaBytes,
                     " bytes in memory; split it into several lists"));
  }
  StoreBlock(block, payload);
  return absl::OkStatus();
}

void NumberSet::Builder::StoreBlock(uint64_t block, const BlockPayload& payload) {
  if (block / kBlocksPerArea != area_) {
    FlushArea();
    area_ = block / kBlocksPerArea;
  }
  area_blocks_.push_back({block, payload.count, area_payloads_.size()});
  area_payloads_.append(payload.bytes.data(), payload.bytes.size());
  set_->size_ += payload.count;
  floor_ = (block + 1) * kNumbersPerBlock;
}

BlockPayload NumberSet::Builder::PayloadOf(const Pending& pending) const {
  return {pending.count,
          absl::string_view(area_payloads_).substr(pending.offset, PayloadBytes(pending.count))};
}

// Whether the area as bitmaps is at most half again as large as it would be with descriptors.
bool NumberSet::Builder::WantsBitmaps() const {
  const size_t bitmaps = (area_blocks_.size() + 1) * kBitmapBytes;
  const size_t otherwise = area_payloads_.size() + area_blocks_.size() * sizeof(Descriptor);
  return bitmaps <= otherwise + otherwise / 2;
}

void NumberSet::Builder::FlushArea() {
  const uint64_t code = std::min(area_ - kFirstNanpArea, kAreaCodes);
  Area* const area = &areas_[code];
  if (code < kAreaCodes && area_blocks_.size() >= kPageMinBlocks && WantsBitmaps()) {
    StoreBitmaps(area);
  } else if (code < kAreaCodes && area_blocks_.size() >= kPageMinBlocks) {
    std::vector<Descriptor>& pages = set_->pages_;
    const size_t page = pages.size();
    pages.resize(page + kBlocksPerArea);
    area->elsewhere = 1;
    set_->page_of_area_[code] = static_cast<uint16_t>(page / kBlocksPerArea + 1);
    for (const Pending& pending : area_blocks_) {
      pages[page + pending.block % kBlocksPerArea] = StorePayload(pending);
    }
  } else if (!area_blocks_.empty()) {
    area->elsewhere = 1;
    for (const Pending& pending : area_blocks_) {
      hashed_.push_back({pending.block, StorePayload(pending)});
    }
  }
  area_blocks_.clear();
  area_payloads_.clear();
}

void NumberSet::Builder::StoreBitmaps(Area* area) {
  const size_t page = slot_pages_.size();
  slot_pages_.resize(page + kBlocksPerArea);
  uint8_t* const bitmaps = TakeBitmaps((area_blocks_.size() + 1) * kBitmapBytes);
  uint16_t slot = 0;
  for (const Pending& pending : area_blocks_) {
    ++slot;
    slot_pages_[page + pending.block % kBlocksPerArea] = slot;
    WriteBitmap(PayloadOf(pending), bitmaps + slot * kBitmapBytes);
  }
  *area = {bitmaps, static_cast<uint32_t>(page / kBlocksPerArea), 0};
}

// Zeroed memory. Segments double, so that a small set takes little and a large one few.
uint8_t* NumberSet::Builder::TakeBitmaps(size_t bytes) {
  std::vector<HugeMemory>& segments = set_->bitmaps_;
  if (segments.empty() || bitmaps_free_ < bytes) {
    segments.emplace_back(std::max(bytes, std::min(set_->bitmap_bytes_, kMaxSegmentBytes)));
    bitmaps_free_ = segments.back().bytes();
  }
  const HugeMemory& segment = segments.back();
  char* const taken = segment.data() + (segment.bytes() - bitmaps_free_);
  bitmaps_free_ -= bytes;
  set_->bitmap_bytes_ += bytes;
  return reinterpret_cast<uint8_t*>(taken);
}

NumberSet::Descriptor NumberSet::Builder::StorePayload(const Pending& pending) {
  const BlockPayload payload = PayloadOf(pending);
  const size_t offset = set_->arena_bytes_;
  if (offset + payload.bytes.size() > arena_capacity_) {
    ResizeArena(std::max(arena_capacity_ * 2, kMinArenaBytes));
  }
  std::memcpy(set_->arena_.get() + offset / kOffsetUnit, payload.bytes.data(),
              payload.bytes.size());
  set_->arena_bytes_ += payload.bytes.size();
  return {payload.count, static_cast<uint32_t>(offset / kOffsetUnit)};
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

void NumberSet::Builder::PlaceAreas() {
  const size_t bytes = slot_pages_.size() * sizeof(uint16_t);
  set_->slot_memory_.emplace(bytes < kHugeMinBytes ? bytes : std::max(bytes, kHugePageBytes));
  std::memcpy(set_->slot_memory_->data(), slot_pages_.data(), bytes);
  set_->slot_pages_ = reinterpret_cast<const uint16_t*>(set_->slot_memory_->data());
  set_->areas_ = std::move(areas_);
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
  if (!set_->bitmaps_.empty()) PlaceAreas();
  set_->pages_.shrink_to_fit();
  const size_t used = set_->arena_bytes_;
  set_->arena_bytes_ += kArenaPaddingBytes;
  ResizeArena(set_->arena_bytes_);
  AdviseHugePages(set_->arena_.get(), set_->arena_bytes_);
  std::memset(set_->arena_.get() + used / kOffsetUnit, 0, kArenaPaddingBytes);
  return std::move(set_);
}

}  // namespace dnc
