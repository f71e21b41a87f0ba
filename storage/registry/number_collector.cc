#include "storage/registry/number_collector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/base/optimization.h"
#include "storage/base/huge_memory.h"
#include "storage/base/status_macros.h"
#include "storage/registry/block.h"
#include "storage/registry/block_bits.h"
#include "storage/registry/op_blocks.h"

namespace dnc {
namespace {

// NANP numbers are 1 NPA NXX XXXX, the area codes from 200 on (storage/registry/number_set.h).
constexpr uint64_t kFirstExchange = 1'200'000;
constexpr uint64_t kExchanges = 800'000;
constexpr size_t kBitmapsPerSlab = (size_t{2} << 20) / (kBlockWords * sizeof(uint64_t));
constexpr size_t kSlabBytes = kBitmapsPerSlab * kBlockWords * sizeof(uint64_t);
// Numbers whose bitmaps are on their way into the cache.
constexpr size_t kCollectorLanes = 32;

}  // namespace

// One bitmap for each exchange that occurred.
class NumberCollector::Bitmaps {
 public:
  explicit Bitmaps(ImportMemory* memory) : memory_(memory), slots_(kExchanges, kUnseen) {}
  ~Bitmaps() {
    if (memory_ != nullptr) memory_->GiveBack(slabs_.size() * kSlabBytes);
  }
  Bitmaps(const Bitmaps&) = delete;
  Bitmaps& operator=(const Bitmaps&) = delete;

  // Takes up to kCollectorLanes numbers; those that it has no place for are put at `others`, of
  // which the end is returned.
  uint64_t* Add(absl::Span<const uint64_t> numbers, uint64_t* others) {
    std::array<uint64_t*, kCollectorLanes> words;
    for (size_t i = 0; i < numbers.size(); ++i) {
      words[i] = WordOf(numbers[i]);
      __builtin_prefetch(words[i], 1);
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (ABSL_PREDICT_FALSE(words[i] == nullptr)) {
        *others++ = numbers[i];
      } else {
        *words[i] |= uint64_t{1} << (numbers[i] % kNumbersPerBlock % 64);
      }
    }
    return others;
  }

  // Hands each bitmap whose block is in [*next, past) to `visit`, and moves *next to `past`.
  absl::Status VisitBelow(uint64_t past, uint64_t* next, Visit visit) {
    for (; *next < std::min(past, kFirstExchange + kExchanges); ++*next) {
      const uint32_t slot = slots_[*next - kFirstExchange];
      if (slot >= kRefused) continue;
      bits_.AssignWords(Bitmap(slot));
      DNC_RETURN_IF_ERROR(visit({*next, bits_.Payload(), {}}));
    }
    return absl::OkStatus();
  }

 private:
  static constexpr uint32_t kUnseen = UINT32_MAX;
  // There was no memory for it when its first number came, and it gets none later: all of its
  // numbers are in one place.
  static constexpr uint32_t kRefused = UINT32_MAX - 1;

  // Where the number's bit is; null: elsewhere.
  uint64_t* WordOf(uint64_t number) {
    const uint64_t block = number / kNumbersPerBlock;
    const uint64_t exchange = block - kFirstExchange;
    if (ABSL_PREDICT_FALSE(exchange >= kExchanges)) return nullptr;
    uint32_t slot = slots_[exchange];
    if (ABSL_PREDICT_FALSE(slot >= kRefused)) {
      if (slot == kUnseen) slot = slots_[exchange] = NewSlot();
      if (slot == kRefused) return nullptr;
    }
    return Bitmap(slot) + (number - block * kNumbersPerBlock) / 64;
  }

  uint32_t NewSlot() {
    if (used_ == slabs_.size() * kBitmapsPerSlab) {
      if (full_ || memory_ == nullptr || !memory_->TryTake(kSlabBytes)) {
        full_ = true;
        return kRefused;
      }
      slabs_.emplace_back(kSlabBytes);
    }
    return used_++;
  }

  uint64_t* Bitmap(uint32_t slot) {
    uint64_t* const slab = reinterpret_cast<uint64_t*>(slabs_[slot / kBitmapsPerSlab].data());
    return slab + slot % kBitmapsPerSlab * kBlockWords;
  }

  ImportMemory* const memory_;
  std::vector<uint32_t> slots_;  // by exchange
  std::vector<HugeMemory> slabs_;
  uint32_t used_ = 0;
  bool full_ = false;
  BlockBits bits_;
};

absl::StatusOr<std::unique_ptr<NumberCollector>> NumberCollector::Create(Options options) {
  ExternalSorter::Options sorter;
  sorter.dir = options.dir;
  sorter.room = options.room;
  sorter.memory_bytes = options.sorter_bytes;
  DNC_ASSIGN_OR_RETURN(ExternalSorter created, ExternalSorter::Create(std::move(sorter)));
  return std::unique_ptr<NumberCollector>(new NumberCollector(options, std::move(created)));
}

NumberCollector::NumberCollector(const Options& options, ExternalSorter sorter)
    : few_numbers_(options.few_numbers), memory_(options.memory), sorter_(std::move(sorter)) {}

NumberCollector::~NumberCollector() = default;

absl::Status NumberCollector::Add(absl::Span<const uint64_t> numbers) {
  if (bitmaps_ != nullptr) return Route(numbers);
  few_.insert(few_.end(), numbers.begin(), numbers.end());
  if (few_.size() < few_numbers_) return absl::OkStatus();
  bitmaps_ = std::make_unique<Bitmaps>(memory_);
  const std::vector<uint64_t> kept = std::exchange(few_, {});
  return Route(kept);
}

absl::Status NumberCollector::Route(absl::Span<const uint64_t> numbers) {
  std::array<uint64_t, kCollectorLanes> others;
  for (size_t at = 0; at < numbers.size(); at += kCollectorLanes) {
    const uint64_t* const past = bitmaps_->Add(numbers.subspan(at, kCollectorLanes), others.data());
    for (const uint64_t* other = others.data(); other != past; ++other) {
      DNC_RETURN_IF_ERROR(sorter_.Add(*other, /*is_delete=*/false));
    }
  }
  return absl::OkStatus();
}

absl::Status NumberCollector::Merge(Visit visit) {
  for (const uint64_t number : std::exchange(few_, {})) {
    DNC_RETURN_IF_ERROR(sorter_.Add(number, /*is_delete=*/false));
  }
  OpBlocks sorted(sorter_);
  if (bitmaps_ == nullptr) return sorted.Merge(visit);
  uint64_t next = kFirstExchange;
  DNC_RETURN_IF_ERROR(sorted.Merge([&](const BlockChange& change) {
    DNC_RETURN_IF_ERROR(bitmaps_->VisitBelow(change.block, &next, visit));
    return visit(change);
  }));
  return bitmaps_->VisitBelow(UINT64_MAX, &next, visit);
}

}  // namespace dnc
