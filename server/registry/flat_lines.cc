#include "server/registry/flat_lines.h"

#include <bit>
#include <cstring>

namespace dnc {
namespace {

static_assert(std::endian::native == std::endian::little,
              "digits are taken from a word in the order of their bytes");

// What one look at a line may touch; the longest line, with its CRLF, takes 13.
constexpr size_t kLook = 16;
constexpr uint64_t kCountryCode = 10'000'000'000;

uint64_t Load8(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }

// The decimal digits '0' to '9' are 0x30 to 0x39: the high half is 3, and adding 6 to the low half
// does not carry.
bool AreEightDigits(uint64_t word) {
  constexpr uint64_t kHigh = 0xF0F0F0F0F0F0F0F0, kThrees = 0x3030303030303030;
  return ((word & kHigh) | (((word + 0x0606060606060606) & kHigh) >> 4)) == 0x3333333333333333 &&
         (word & kHigh) == kThrees;
}

// The value of eight digits, the first in the lowest byte: pairs, then fours, then all of them.
uint64_t ValueOfEight(uint64_t word) {
  word -= 0x3030303030303030;
  word = word * 10 + (word >> 8);
  constexpr uint64_t kPair = 0x000000FF000000FF;
  return ((word & kPair) * (100 + (uint64_t{1'000'000} << 32)) +
          ((word >> 16) & kPair) * (1 + (uint64_t{10'000} << 32))) >>
         32;
}

// The bytes behind a line's digits that end it; 0: they do not.
size_t LineEnd(const char* at) {
  if (at[0] == '\n') return 1;
  return at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

// Reads the line at `at`, of which kLook bytes may be touched; its size, or 0.
size_t ReadFlatLine(const char* at, bool with_comma, uint64_t* number) {
  constexpr size_t kAreaDigits = 3;
  uint64_t first = Load8(at);
  const char* last = at + 8;  // the last two digits
  if (with_comma && at[kAreaDigits] == ',') {
    constexpr uint64_t kArea = 0xFFFFFF;
    first = (first & kArea) | (Load8(at + 1) & ~kArea);
    ++last;
  }
  const size_t end = LineEnd(last + 2);
  if (end == 0 || !AreEightDigits(first) || !IsDigit(last[0]) || !IsDigit(last[1])) return 0;
  // Of area code and exchange the first digits are 2 to 9.
  const auto digit = [first](size_t i) { return static_cast<char>(first >> (8 * i) & 0xFF); };
  if (digit(0) < '2' || digit(kAreaDigits) < '2') return 0;
  *number = kCountryCode + ValueOfEight(first) * 100 + static_cast<uint64_t>(last[0] - '0') * 10 +
            static_cast<uint64_t>(last[1] - '0');
  return static_cast<size_t>(last + 2 - at) + end;
}

}  // namespace

FlatLines ReadFlatLines(absl::string_view bytes, bool with_comma, absl::Span<uint64_t> numbers) {
  FlatLines read;
  while (read.lines < numbers.size() && bytes.size() - read.bytes >= kLook) {
    const size_t size = ReadFlatLine(bytes.data() + read.bytes, with_comma, &numbers[read.lines]);
    if (size == 0) break;
    ++read.lines;
    read.bytes += size;
  }
  return read;
}

}  // namespace dnc
