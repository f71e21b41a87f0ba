// The shape of North American numbers, inline: what is asked of every phone of a send list.
#ifndef DNC_SERVER_CONTACT_NANP_H_
#define DNC_SERVER_CONTACT_NANP_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace dnc {

// Country code 1, area code and exchange that both begin with 2 to 9, line.
inline bool HasNanpShape(uint64_t digits) {
  constexpr uint64_t kLow = 1'200'000'0000, kHigh = 1'999'999'9999;
  // Both sides always, so that a compiler may judge several numbers at once.
  const auto in_range = static_cast<unsigned>(digits - kLow <= kHigh - kLow);
  const auto exchange = static_cast<unsigned>(digits / 1'000'000 % 10 >= 2);
  return (in_range & exchange) != 0;
}

// The same of at most 64 numbers: bit i for number i.
inline uint64_t NanpShapes(absl::Span<const uint64_t> numbers) {
  uint64_t shapes = 0;
  for (size_t i = 0; i < numbers.size(); ++i) shapes |= uint64_t{HasNanpShape(numbers[i])} << i;
  return shapes;
}

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_NANP_H_
