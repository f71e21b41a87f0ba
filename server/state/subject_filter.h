// Which contact points have a record at all: a set of fingerprints in memory, so that a check of a
// clean contact point reads nothing from the store. May claim a record that is not there (once in
// 2^42 over the number of records), never the reverse.
//
// 1,024 shards by the low bits of a hash, each a table of cache lines with fifteen fingerprints of
// 32 bits, at most 85 in 100 of them taken: 5.0 to 6.3 bytes a contact point. A fingerprint stands
// in the line that it names itself, or where that is full in the next one that is not; of those
// that had to pass it by, a line keeps a bit each in its last word. So a look-up costs one cache
// line, seldom two. A shard grows out of itself by a quarter, alone, in a fraction of a
// millisecond, and each has sizes of its own, so that not all of them grow at the same time.
#ifndef DNC_SERVER_STATE_SUBJECT_FILTER_H_
#define DNC_SERVER_STATE_SUBJECT_FILTER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "storage/base/huge_arena.h"

namespace dnc {

// Any number of threads ask without a lock while others insert.
class SubjectFilter {
 public:
  // How many hashes MayContainBatch takes.
  static constexpr size_t kBatch = 64;

  // `complete`: false where its first content is still to be filled in: see Complete.
  explicit SubjectFilter(bool complete = true);
  SubjectFilter(const SubjectFilter&) = delete;
  SubjectFilter& operator=(const SubjectFilter&) = delete;

  // Whether a contact point with that hash may have a record: true for each that was inserted
  // before the view was published that the caller holds, and for everything until Complete.
  bool MayContain(uint64_t hash) const;
  // The same for up to kBatch hashes: bit i answers for hashes[i].
  uint64_t MayContainBatch(absl::Span<const uint64_t> hashes) const;
  // Starts to fetch what MayContain reads.
  void Prefetch(uint64_t hash) const { __builtin_prefetch(FirstLine(hash).line); }

  // Inserts on behalf of the commit of `revision`. What it replaces is kept for those who read
  // older views until Reclaim.
  void Insert(uint64_t hash, int64_t revision);
  // Frees what was replaced at revisions up to `oldest`, the oldest that anybody still reads.
  void Reclaim(int64_t oldest);

  // The first content, from the thread that fills it in, beside Insert.
  void Fill(absl::Span<const uint64_t> hashes);
  // Everything was filled in: from now on the filter tells what is not there.
  void Complete();
  bool complete() const { return complete_.load(std::memory_order_acquire); }

  uint64_t size() const { return size_.load(std::memory_order_relaxed); }
  // With what waits for Reclaim.
  size_t memory_bytes() const;

  // The hash of a key of the family subjects.
  static uint64_t Hash(absl::string_view subject_key);
  // Whether it is a key of the organization `global`.
  static bool IsGlobal(absl::string_view subject_key);
  // The same for the key of a phone number.
  static uint64_t HashPhone(uint32_t organization, uint64_t digits) {
    return Mix(digits ^ Mix(organization + kSalt));
  }

 private:
  static constexpr size_t kShards = 1024;
  static constexpr size_t kSlots = 15;
  static constexpr uint64_t kSalt = 0x9e3779b97f4a7c15u;

  struct alignas(HugeArena::kLineBytes) Line {
    std::array<std::atomic<uint32_t>, kSlots> slots{};  // taken from the front; 0: free
    std::atomic<uint32_t> passed{0};                    // PassedBit of each that found it full
  };
  // A shard's lines. Packed into one word, so that readers take both at once: the address in bits 6
  // to 47, the number in the others.
  struct Lines {
    Line* first;
    uint32_t count;
  };
  struct Place {
    const Line* line;
    Lines lines;
  };
  // What only writers need of a shard.
  struct Growth {
    uint32_t size = 0;  // fingerprints in it
    uint32_t most = 0;  // and how many it may have
    uint32_t level = 0;
  };
  struct Replaced {
    int64_t revision;
    Lines lines;
  };

  // The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output
  // bit.
  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  static uint32_t PrintOf(uint64_t hash) {
    const auto print = static_cast<uint32_t>(hash >> 32);
    return print == 0 ? 1 : print;
  }
  static size_t ShardOf(uint64_t hash) { return hash % kShards; }
  static size_t IndexOf(uint32_t print, const Lines& lines) {
    return uint64_t{print} * lines.count >> 32;
  }
  static Lines Unpack(uint64_t word) {
    constexpr uint64_t kAddress = (uint64_t{1} << 48) - HugeArena::kLineBytes;
    return {reinterpret_cast<Line*>(word & kAddress),
            static_cast<uint32_t>(word >> 48 << 6 | word % HugeArena::kLineBytes)};
  }
  static uint64_t Pack(const Lines& lines);
  static bool LineHas(const Line& line, uint32_t print);
  static uint32_t PassedBit(uint32_t print) { return uint32_t{1} << print % 32; }
  static bool IsPassed(const Line& line, uint32_t print) {
    return (line.passed.load(std::memory_order_relaxed) & PassedBit(print)) != 0;
  }
  static bool Find(Place place, uint32_t print);
  // In the lines after the first.
  static bool FindFurther(Place place, uint32_t print);
  // False: it was there.
  static bool Put(const Lines& lines, uint32_t print);
  static uint32_t LinesAt(uint32_t level, size_t shard);

  Place FirstLine(uint64_t hash) const {
    const Lines lines = Unpack(shards_[ShardOf(hash)].load(std::memory_order_acquire));
    return {lines.first + IndexOf(PrintOf(hash), lines), lines};
  }
  void InsertLocked(uint64_t hash, int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Grow(size_t shard, int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FreeLines(const Lines& lines) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  std::array<std::atomic<uint64_t>, kShards> shards_{};
  std::atomic<bool> complete_;
  std::atomic<uint64_t> size_{0};

  mutable absl::Mutex mu_;  // of those who insert
  std::vector<Growth> growth_ ABSL_GUARDED_BY(mu_);
  std::vector<Replaced> replaced_ ABSL_GUARDED_BY(mu_);  // ascending
  HugeArena arena_ ABSL_GUARDED_BY(mu_);
};

// The two that a gateway has.
struct SubjectFilters {
  SubjectFilter* own = nullptr;  // of every organization but `global`
  SubjectFilter* global = nullptr;

  SubjectFilter* Of(absl::string_view subject_key) const {
    return SubjectFilter::IsGlobal(subject_key) ? global : own;
  }
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_SUBJECT_FILTER_H_
