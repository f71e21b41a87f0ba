// CRoaring's compressed bitmaps. Its 32-bit ones, which are several times as fast as its 64-bit
// map: the NANP takes two.
#ifndef DNC_BENCH_MICRO_INDEX_ALTERNATIVES_ROARING_SET_H_
#define DNC_BENCH_MICRO_INDEX_ALTERNATIVES_ROARING_SET_H_

#include <roaring/roaring.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace dnc::bench {

// NANP numbers only, added in ascending order.
class RoaringSet {
 public:
  RoaringSet() {
    for (roaring_bitmap_t*& half : halves_) half = roaring_bitmap_create();
  }
  ~RoaringSet() {
    for (roaring_bitmap_t* half : halves_) roaring_bitmap_free(half);
  }
  RoaringSet(const RoaringSet&) = delete;
  RoaringSet& operator=(const RoaringSet&) = delete;

  void Add(uint64_t number) {
    const uint64_t value = number - kFirst;
    if (pending_.size() == kPending || value / kHalf != half_) Flush();
    half_ = value / kHalf;
    pending_.push_back(static_cast<uint32_t>(value % kHalf));
  }
  void Finish() {
    Flush();
    for (roaring_bitmap_t* half : halves_) {
      roaring_bitmap_run_optimize(half);
      roaring_bitmap_shrink_to_fit(half);
    }
  }

  bool Contains(uint64_t number) const {
    const uint64_t value = number - kFirst;
    return roaring_bitmap_contains(halves_[value / kHalf], static_cast<uint32_t>(value % kHalf));
  }
  void Prefetch(uint64_t) const {}  // it has no way to
  size_t memory_bytes() const {
    size_t bytes = 0;
    for (const roaring_bitmap_t* half : halves_)
      bytes += roaring_bitmap_portable_size_in_bytes(half);
    return bytes;
  }

 private:
  static constexpr uint64_t kFirst = 12'000'000'000;
  static constexpr uint64_t kHalf = 4'000'000'000;
  static constexpr size_t kPending = 1 << 16;

  void Flush() {
    roaring_bitmap_add_many(halves_[half_], pending_.size(), pending_.data());
    pending_.clear();
  }

  roaring_bitmap_t* halves_[2];
  uint64_t half_ = 0;
  std::vector<uint32_t> pending_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_INDEX_ALTERNATIVES_ROARING_SET_H_
