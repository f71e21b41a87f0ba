// The shape of North American numbers, inline: what is asked of every phone of a send list.
#ifndef DNC_SERVER_CONTACT_NANP_H_
#define DNC_SERVER_CONTACT_NANP_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace dnc {

// Country code 1, area code and exchange that both begin with 2 to 9, line.
constexpr bool HasNanpShape(uint64_t digits) {
  constexpr uint64_t kLow = 1'200'000'0000, kHigh = 1'999'999'9999;
  const auto in_range = static_cast<unsigned>(digits - kLow <= kHigh - kLow);
  const auto exchange = static_cast<unsigned>(digits / 1'000'000 % 10 >= 2);
  return (in_range & exchange) != 0;
}

namespace nanp_internal {

// What is left of a number without its last six digits: the 1, the area code and the exchange's
// first digit. Bit i for kFirstPrefix + i; the word behind them is of what is no such number.
inline constexpr uint64_t kNumbersPerPrefix = 1'000'000;
inline constexpr uint64_t kFirstPrefix = 12'000;
inline constexpr uint64_t kPrefixes = 8'000;

inline constexpr auto kShapes = [] {
  std::array<uint64_t, kPrefixes / 64 + 1> shapes{};
  for (uint64_t i = 0; i < kPrefixes; ++i) {
    const bool has_shape = HasNanpShape((kFirstPrefix + i) * kNumbersPerPrefix);
    shapes[i / 64] |= uint64_t{has_shape} << i % 64;
  }
  return shapes;
}();

}  // namespace nanp_internal

// The same of at most 64 numbers: bit i for number i.
inline uint64_t NanpShapes(absl::Span<const uint64_t> numbers) {
  uint64_t shapes = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const uint64_t prefix =
        std::min(numbers[i] / nanp_internal::kNumbersPerPrefix - nanp_internal::kFirstPrefix,
                 nanp_internal::kPrefixes);
    shapes |= (nanp_internal::kShapes[prefix / 64] >> prefix % 64 & 1) << i;
  }
  return shapes;
}

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_NANP_H_
