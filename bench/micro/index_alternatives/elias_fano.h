// Elias-Fano: the low bits of each number as they are, the high bits in unary. The smallest of the
// alternatives, and exact.
#ifndef DNC_BENCH_MICRO_INDEX_ALTERNATIVES_ELIAS_FANO_H_
#define DNC_BENCH_MICRO_INDEX_ALTERNATIVES_ELIAS_FANO_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dnc::bench {

// NANP numbers only, added in ascending order.
class EliasFano {
 public:
  // `count` numbers are to come.
  explicit EliasFano(uint64_t count) {
    while ((kUniverse >> (low_bits_ + 1)) > count) ++low_bits_;
    low_.resize(count * low_bits_ / 64 + 2);
    high_.resize((count + (kUniverse >> low_bits_)) / 64 + 2);
  }

  void Add(uint64_t number) {
    const uint64_t value = number - kFirst;
    const uint64_t at = added_ * low_bits_;
    const uint64_t low = value & ((uint64_t{1} << low_bits_) - 1);
    low_[at / 64] |= low << (at % 64);
    if (at % 64 + low_bits_ > 64) low_[at / 64 + 1] |= low >> (64 - at % 64);
    const uint64_t position = (value >> low_bits_) + added_;
    high_[position / 64] |= uint64_t{1} << (position % 64);
    ++added_;
  }

  // Notes where every kSample-th zero of the unary part is.
  void Finish() {
    uint64_t zeros = 0;
    for (uint64_t word = 0; word < high_.size(); ++word) {
      for (uint64_t rest = ~high_[word]; rest != 0; rest &= rest - 1, ++zeros) {
        if (zeros % kSample != 0) continue;
        zero_at_.push_back(word * 64 + static_cast<uint64_t>(std::countr_zero(rest)));
      }
    }
  }

  // The numbers with the same high bits are the ones between two zeros.
  bool Contains(uint64_t number) const {
    const uint64_t value = number - kFirst;
    const uint64_t high = value >> low_bits_;
    const uint64_t low = value & ((uint64_t{1} << low_bits_) - 1);
    uint64_t position = high == 0 ? 0 : Zero(high - 1) + 1;
    for (; (high_[position / 64] >> (position % 64) & 1) != 0; ++position) {
      const uint64_t found = Low(position - high);
      if (found >= low) return found == low;
    }
    return false;
  }
  void Prefetch(uint64_t number) const {
    __builtin_prefetch(&zero_at_[((number - kFirst) >> low_bits_) / kSample]);
  }
  size_t memory_bytes() const {
    return (low_.capacity() + high_.capacity() + zero_at_.capacity()) * sizeof(uint64_t);
  }

 private:
  static constexpr uint64_t kFirst = 12'000'000'000;
  static constexpr uint64_t kUniverse = 8'000'000'000;
  static constexpr uint64_t kSample = 256;

  uint64_t Low(uint64_t index) const {
    const uint64_t at = index * low_bits_;
    uint64_t low = low_[at / 64] >> (at % 64);
    if (at % 64 + low_bits_ > 64) low |= low_[at / 64 + 1] << (64 - at % 64);
    return low & ((uint64_t{1} << low_bits_) - 1);
  }

  // Where the zero of that rank is.
  uint64_t Zero(uint64_t rank) const {
    uint64_t at = zero_at_[rank / kSample];
    uint64_t left = rank % kSample;
    uint64_t word = at / 64;
    uint64_t rest = ~high_[word] & (~uint64_t{0} << (at % 64));
    for (uint64_t zeros; (zeros = static_cast<uint64_t>(std::popcount(rest))) <= left;) {
      left -= zeros;
      rest = ~high_[++word];
    }
    for (; left > 0; --left) rest &= rest - 1;
    return word * 64 + static_cast<uint64_t>(std::countr_zero(rest));
  }

  uint64_t low_bits_ = 0;
  uint64_t added_ = 0;
  std::vector<uint64_t> low_;
  std::vector<uint64_t> high_;
  std::vector<uint64_t> zero_at_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_INDEX_ALTERNATIVES_ELIAS_FANO_H_
