// A bit for each of the ten million numbers of every area code that has any.
#ifndef DNC_BENCH_MICRO_INDEX_ALTERNATIVES_DIRECT_BITMAP_H_
#define DNC_BENCH_MICRO_INDEX_ALTERNATIVES_DIRECT_BITMAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dnc::bench {

// NANP numbers only, added in ascending order.
class DirectBitmap {
 public:
  void Add(uint64_t number) {
    const uint64_t area = number / kPerArea - kFirstArea;
    if (base_of_area_[area] == 0) {
      base_of_area_[area] = static_cast<uint32_t>(bits_.size() / kBytesPerArea);
      bits_.resize(bits_.size() + kBytesPerArea);
    }
    const uint64_t rest = number % kPerArea;
    uint8_t& byte = bits_[base_of_area_[area] * kBytesPerArea + rest / 8];
    byte = static_cast<uint8_t>(byte | (1 << (rest % 8)));
  }
  void Finish() { bits_.shrink_to_fit(); }

  bool Contains(uint64_t number) const {
    return (*ByteOf(number) >> (number % kPerArea % 8) & 1) != 0;
  }
  void Prefetch(uint64_t number) const { __builtin_prefetch(ByteOf(number)); }
  size_t memory_bytes() const { return bits_.capacity() + sizeof(base_of_area_); }

 private:
  static constexpr uint64_t kPerArea = 10'000'000;
  static constexpr uint64_t kFirstArea = 1'200;
  static constexpr size_t kBytesPerArea = kPerArea / 8;

  const uint8_t* ByteOf(uint64_t number) const {
    const uint64_t area = number / kPerArea - kFirstArea;
    return &bits_[base_of_area_[area] * kBytesPerArea + number % kPerArea / 8];
  }

  std::array<uint32_t, 800> base_of_area_{};  // 0: the area has no numbers
  std::vector<uint8_t> bits_ = std::vector<uint8_t>(kBytesPerArea);
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_INDEX_ALTERNATIVES_DIRECT_BITMAP_H_
