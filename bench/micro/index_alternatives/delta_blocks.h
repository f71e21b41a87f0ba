// Per exchange, the distances from each suffix to the next, one or two bytes each.
#ifndef DNC_BENCH_MICRO_INDEX_ALTERNATIVES_DELTA_BLOCKS_H_
#define DNC_BENCH_MICRO_INDEX_ALTERNATIVES_DELTA_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dnc::bench {

// NANP numbers only, added in ascending order.
class DeltaBlocks {
 public:
  void Add(uint64_t number) {
    const uint64_t block = number / kPerBlock - kFirstBlock;
    if (block != block_) {
      CloseBlocksBelow(block);
      block_ = block;
      next_ = 0;
    }
    const uint64_t suffix = number % kPerBlock;
    const uint64_t gap = suffix - next_;
    if (gap < 128) {
      bytes_.push_back(static_cast<uint8_t>(gap));
    } else {
      bytes_.push_back(static_cast<uint8_t>(gap >> 7 | 128));
      bytes_.push_back(static_cast<uint8_t>(gap & 127));
    }
    next_ = suffix + 1;
  }
  void Finish() {
    CloseBlocksBelow(kBlocks);
    bytes_.shrink_to_fit();
  }

  bool Contains(uint64_t number) const {
    const uint64_t block = number / kPerBlock - kFirstBlock;
    const uint64_t wanted = number % kPerBlock;
    uint64_t next = 0;
    for (uint64_t at = begin_[block]; at < begin_[block + 1] && next <= wanted; ++at) {
      uint64_t gap = bytes_[at];
      if (gap >= 128) gap = (gap & 127) << 7 | bytes_[++at];
      if (next + gap == wanted) return true;
      next += gap + 1;
    }
    return false;
  }
  void Prefetch(uint64_t number) const {
    __builtin_prefetch(&begin_[number / kPerBlock - kFirstBlock]);
  }
  size_t memory_bytes() const { return bytes_.capacity() + begin_.capacity() * sizeof(uint32_t); }

 private:
  static constexpr uint64_t kPerBlock = 10'000;
  static constexpr uint64_t kFirstBlock = 1'200'000;
  static constexpr uint64_t kBlocks = 800'000;

  // Up to and with the one in the making.
  void CloseBlocksBelow(uint64_t block) {
    while (closed_ < block) begin_[++closed_] = static_cast<uint32_t>(bytes_.size());
  }

  uint64_t block_ = 0;
  uint64_t next_ = 0;    // the lowest suffix that may follow
  uint64_t closed_ = 0;  // blocks whose end is known
  std::vector<uint32_t> begin_ = std::vector<uint32_t>(kBlocks + 1);
  std::vector<uint8_t> bytes_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_INDEX_ALTERNATIVES_DELTA_BLOCKS_H_
