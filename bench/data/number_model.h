// What a national registry looks like: which exchanges of the United States are in service and how
// many numbers of each are listed. The benchmarks' sets and files are drawn from it, so that all of
// them speak of the same registry.
//
// Area codes are the geographic ones of the fifty states, the District of Columbia and the
// territories; older ones have nearly all of their 792 assignable exchanges in service, overlays of
// the last years few. Of an exchange, all ten blocks of 1,000 numbers are in service or only some
// (numbers are pooled by thousands), and the share of them that is listed varies: few where
// businesses are, many where households are.
#ifndef DNC_BENCH_DATA_NUMBER_MODEL_H_
#define DNC_BENCH_DATA_NUMBER_MODEL_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dnc::bench {

// An exchange in service.
struct Exchange {
  uint64_t block;  // its numbers are block * 10000 … block * 10000 + 9999, country code 1 first
  uint32_t count;  // how many of them are listed
  uint16_t thousands;  // bit t: the numbers t000 … t999 are in service
};

// Flags of an exchange's 10,000 numbers; the spare bits are 0.
using ExchangeBits = std::array<uint64_t, 157>;

// Immutable; thread-safe.
class NumberModel {
 public:
  // `count` numbers, at most kMaxCount; the same seed and count give the same ones.
  explicit NumberModel(uint64_t count, uint64_t seed = 1);

  static constexpr uint64_t kMaxCount = 1'000'000'000;

  uint64_t count() const { return count_; }
  // Ascending by block.
  const std::vector<Exchange>& exchanges() const { return exchanges_; }
  // Which numbers of exchanges()[index] are listed.
  ExchangeBits Listed(size_t index) const;

  // log2 of how many sets of that many numbers the exchanges in service have, in bits a number:
  // what no exact representation of a set takes less than.
  double EntropyBits() const;

  // A number of an exchange in service, listed or not; `random` is 64 random bits.
  uint64_t InService(uint64_t random) const;

  // Calls fn(uint64_t number) for each number of exchanges()[first … past-1], ascending.
  template <typename Fn>
  void ForEach(size_t first, size_t past, Fn&& fn) const {
    for (size_t index = first; index < past; ++index) {
      const ExchangeBits bits = Listed(index);
      const uint64_t base = exchanges_[index].block * 10'000;
      for (size_t word = 0; word < bits.size(); ++word) {
        for (uint64_t rest = bits[word]; rest != 0; rest &= rest - 1) {
          fn(base + word * 64 + static_cast<uint64_t>(std::countr_zero(rest)));
        }
      }
    }
  }
  template <typename Fn>
  void ForEach(Fn&& fn) const {
    ForEach(0, exchanges_.size(), fn);
  }

 private:
  uint64_t count_;
  uint64_t seed_;
  std::vector<Exchange> exchanges_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_DATA_NUMBER_MODEL_H_
