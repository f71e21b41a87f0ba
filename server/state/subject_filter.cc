#include "server/state/subject_filter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "absl/base/optimization.h"
#include "absl/numeric/bits.h"
#include "storage/base/logging.h"
#include "storage/schema/keys.h"

#if defined(__SANITIZE_THREAD__)
#define DNC_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DNC_THREAD_SANITIZER 1
#endif
#endif
#if defined(__SSE2__) && !defined(DNC_THREAD_SANITIZER)
#include <emmintrin.h>
#define DNC_FILTER_SSE2 1
#endif

namespace dnc {
namespace {

constexpr size_t kPhoneKeyBytes = 13;

// Levels up to this have 1, 2, 4 and 8 lines; from it on a level has a quarter more than the last.
constexpr uint32_t kFirstSpreadLevel = 4;
constexpr double kFirstSpreadLines = 16;
constexpr double kGrowth = 1.25;

// Of 100 fingerprints that a shard's lines can hold, how many they do at most.
constexpr size_t kMostFull = 85;

uint64_t BigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

uint64_t LowBits(size_t count) {
  return count == SubjectFilter::kBatch ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
}

}  // namespace

uint64_t SubjectFilter::Pack(const Lines& lines) {
  const auto address = reinterpret_cast<uintptr_t>(lines.first);
  const bool fits =
      address >> 48 == 0 && address % HugeArena::kLineBytes == 0 && lines.count < uint32_t{1} << 22;
  if (!fits) {
    spdlog::critical("the table of known contact points cannot grow to {} lines at {}", lines.count,
                     address);
    std::abort();
  }
  return address | lines.count % HugeArena::kLineBytes | uint64_t{lines.count} >> 6 << 48;
}

uint32_t SubjectFilter::LinesAt(uint32_t level, size_t shard) {
  if (level < kFirstSpreadLevel) return uint32_t{1} << level;
  const double step =
      static_cast<double>(level - kFirstSpreadLevel) + static_cast<double>(shard) / kShards;
  return static_cast<uint32_t>(std::lround(kFirstSpreadLines * std::pow(kGrowth, step)));
}

// A line changes while it is read, a fingerprint at a time: an aligned vector takes each as it is
// before or after, as the single loads do that a sanitizer wants to see.
inline bool SubjectFilter::LineHas(const Line& line, uint32_t print) {
#ifdef DNC_FILTER_SSE2
  const auto* const parts = reinterpret_cast<const __m128i*>(&line);
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(print));
  const __m128i low = _mm_or_si128(_mm_cmpeq_epi32(_mm_load_si128(parts), wanted),
                                   _mm_cmpeq_epi32(_mm_load_si128(parts + 1), wanted));
  const __m128i last =  // but for the word `passed`
      _mm_and_si128(_mm_cmpeq_epi32(_mm_load_si128(parts + 3), wanted),
                    _mm_set_epi32(0, -1, -1, -1));
  const __m128i high = _mm_or_si128(_mm_cmpeq_epi32(_mm_load_si128(parts + 2), wanted), last);
  return _mm_movemask_epi8(_mm_or_si128(low, high)) != 0;
#else
  return std::any_of(line.slots.begin(), line.slots.end(), [print](const auto& slot) {
    return slot.load(std::memory_order_relaxed) == print;
  });
#endif
}

bool SubjectFilter::Find(Place place, uint32_t print) {
  const bool here = LineHas(*place.line, print);
  if (here || ABSL_PREDICT_TRUE(!IsPassed(*place.line, print))) return here;
  return FindFurther(place, print);
}

// There is always a line that is not full, and so was never passed by.
bool SubjectFilter::FindFurther(Place place, uint32_t print) {
  const Line* const end = place.lines.first + place.lines.count;
  do {
    if (++place.line == end) place.line = place.lines.first;
    if (LineHas(*place.line, print)) return true;
  } while (IsPassed(*place.line, print));
  return false;
}

bool SubjectFilter::Put(const Lines& lines, uint32_t print) {
  for (size_t i = IndexOf(print, lines);; i = i + 1 == lines.count ? 0 : i + 1) {
    Line& line = lines.first[i];
    for (std::atomic<uint32_t>& slot : line.slots) {
      const uint32_t found = slot.load(std::memory_order_relaxed);
      if (found == print) return false;
      if (found != 0) continue;
      slot.store(print, std::memory_order_relaxed);
      return true;
    }
    line.passed.store(line.passed.load(std::memory_order_relaxed) | PassedBit(print),
                      std::memory_order_relaxed);
  }
}

SubjectFilter::SubjectFilter(bool complete) : complete_(complete), growth_(kShards) {
  static Line empty;  // of every shard that has nothing; never written
  const uint64_t word = Pack({&empty, 1});
  for (auto& shard : shards_) shard.store(word, std::memory_order_relaxed);
}

bool SubjectFilter::MayContain(uint64_t hash) const {
  return !complete() || Find(FirstLine(hash), PrintOf(hash));
}

uint64_t SubjectFilter::MayContainBatch(absl::Span<const uint64_t> hashes) const {
  const size_t count = std::min(hashes.size(), kBatch);
  if (!complete()) return LowBits(count);
  if (size() == 0) return 0;
  std::array<Place, kBatch> places;  // NOLINT: written before it is read
  for (size_t i = 0; i < count; ++i) {
    places[i] = FirstLine(hashes[i]);
    __builtin_prefetch(places[i].line);
  }
  uint64_t found = 0;
  uint64_t passed = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t print = PrintOf(hashes[i]);
    const Line& line = *places[i].line;
    found |= uint64_t{LineHas(line, print)} << i;
    passed |= uint64_t{IsPassed(line, print)} << i;
  }
  for (passed &= ~found; passed != 0; passed &= passed - 1) {
    const auto i = static_cast<size_t>(absl::countr_zero(passed));
    found |= uint64_t{FindFurther(places[i], PrintOf(hashes[i]))} << i;
  }
  return found;
}

void SubjectFilter::Insert(uint64_t hash, int64_t revision) {
  absl::MutexLock lock(&mu_);
  InsertLocked(hash, revision);
}

void SubjectFilter::Fill(absl::Span<const uint64_t> hashes) {
  absl::MutexLock lock(&mu_);
  for (const uint64_t hash : hashes) InsertLocked(hash, 0);
}

void SubjectFilter::InsertLocked(uint64_t hash, int64_t revision) {
  const size_t shard = ShardOf(hash);
  Growth& growth = growth_[shard];
  if (growth.size == growth.most) Grow(shard, revision);
  const Lines lines = Unpack(shards_[shard].load(std::memory_order_relaxed));
  if (!Put(lines, PrintOf(hash))) return;
  ++growth.size;
  size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void SubjectFilter::Grow(size_t shard, int64_t revision) {
  Growth& growth = growth_[shard];
  const Lines old = Unpack(shards_[shard].load(std::memory_order_relaxed));
  const uint32_t count = LinesAt(growth.level++, shard);
  char* const memory = arena_.Allocate(count);
  const Lines larger{reinterpret_cast<Line*>(memory), count};
  std::uninitialized_value_construct_n(larger.first, count);
  for (uint32_t i = 0; i < old.count; ++i) {
    for (const std::atomic<uint32_t>& slot : old.first[i].slots) {
      const uint32_t print = slot.load(std::memory_order_relaxed);
      if (print == 0) break;
      Put(larger, print);
    }
  }
  shards_[shard].store(Pack(larger), std::memory_order_release);
  const bool first = growth.most == 0;
  growth.most = static_cast<uint32_t>(size_t{count} * kSlots * kMostFull / 100);
  if (first) return;  // what it had is nobody's
  // Nobody looks at an incomplete one.
  if (complete()) {
    replaced_.push_back({revision, old});
  } else {
    FreeLines(old);
  }
}

void SubjectFilter::FreeLines(const Lines& lines) {
  arena_.Free(reinterpret_cast<char*>(lines.first), lines.count);
}

void SubjectFilter::Reclaim(int64_t oldest) {
  absl::MutexLock lock(&mu_);
  const auto end = std::find_if(replaced_.begin(), replaced_.end(),
                                [&](const Replaced& found) { return found.revision > oldest; });
  for (auto it = replaced_.begin(); it != end; ++it) FreeLines(it->lines);
  replaced_.erase(replaced_.begin(), end);
}

void SubjectFilter::Complete() {
  absl::MutexLock lock(&mu_);
  complete_.store(true, std::memory_order_release);
}

size_t SubjectFilter::memory_bytes() const {
  absl::MutexLock lock(&mu_);
  return sizeof(*this) + growth_.capacity() * sizeof(Growth) + arena_.used_bytes();
}

bool SubjectFilter::IsGlobal(absl::string_view subject_key) {
  return BigEndian(subject_key.substr(0, 4)) == 0;
}

uint64_t SubjectFilter::Hash(absl::string_view subject_key) {
  const auto organization = static_cast<uint32_t>(BigEndian(subject_key.substr(0, 4)));
  if (subject_key.size() == kPhoneKeyBytes && subject_key[4] == '\x01') {
    return HashPhone(organization, BigEndian(subject_key.substr(5)));
  }
  uint64_t hash = Mix(organization + kSalt);
  for (size_t i = 4; i < subject_key.size(); i += 8) {
    hash = Mix(hash ^ BigEndian(subject_key.substr(i, 8))) + i;
  }
  return Mix(hash);
}

}  // namespace dnc
