// The phones of a block that registries alone refuse, in the columns in which they are recorded.
#ifndef DNC_SERVER_HANDLER_REFUSED_PHONES_H_
#define DNC_SERVER_HANDLER_REFUSED_PHONES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "server/recording/block_event.h"

namespace dnc {

// One block after the other, in the same memory. Not thread-safe.
class RefusedPhones {
 public:
  void Begin() {
    size_ = 0;
    rules_.clear();
    places_.clear();
  }

  // Adds those of the phones, of which the first is number `index` of the block, whose bits are
  // set. `place` names the rule among those of the block's answer. False: there are too many rules.
  bool Add(const MatchedRule& rule, v1::Verdict verdict, uint32_t place, size_t index,
           absl::Span<const uint64_t> phones, uint64_t which) {
    const size_t number = NumberOf(rule, verdict, place);
    if (number > std::numeric_limits<uint8_t>::max()) return false;
    const size_t end = size_ + static_cast<size_t>(std::popcount(which));
    if (indexes_.size() < end) Grow(end);
    for (; which != 0; which &= which - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(which));
      indexes_[size_] = static_cast<uint32_t>(index + i);
      phones_[size_] = phones[i];
      numbers_[size_] = static_cast<uint8_t>(number);
      ++size_;
    }
    return true;
  }

  // Good until the next Add or Begin.
  DeniedPhones columns() const {
    return {rules_, absl::MakeConstSpan(indexes_.data(), size_),
            absl::MakeConstSpan(phones_.data(), size_),
            absl::MakeConstSpan(numbers_.data(), size_)};
  }

 private:
  // Most blocks have one or two rules.
  size_t NumberOf(const MatchedRule& rule, v1::Verdict verdict, uint32_t place) {
    for (size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] == place) return i;
    }
    if (places_.size() <= std::numeric_limits<uint8_t>::max()) {
      places_.push_back(place);
      rules_.push_back({rule, verdict});
      return places_.size() - 1;
    }
    return places_.size();
  }
  void Grow(size_t size) {
    constexpr size_t kWord = 64;
    const size_t larger = 2 * size + kWord;
    indexes_.resize(larger);
    phones_.resize(larger);
    numbers_.resize(larger);
  }

  std::vector<BlockRule> rules_;
  std::vector<uint32_t> places_;  // of each of them in the answer
  // Perhaps longer than what was added.
  std::vector<uint32_t> indexes_;
  std::vector<uint64_t> phones_;
  std::vector<uint8_t> numbers_;
  size_t size_ = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REFUSED_PHONES_H_
