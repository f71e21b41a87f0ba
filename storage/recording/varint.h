// Numbers in as few bytes as they need, as protobuf writes them.
#ifndef DNC_STORAGE_RECORDING_VARINT_H_
#define DNC_STORAGE_RECORDING_VARINT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace dnc {

inline constexpr size_t kLongestVarint = 10;

// Writes at `to`, which has room for kLongestVarint; the result is where it ends.
inline char* PutVarint(uint64_t value, char* to) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

inline void AppendVarint(uint64_t value, std::string* out) {
  std::array<char, kLongestVarint> bytes;
  out->append(bytes.data(), static_cast<size_t>(PutVarint(value, bytes.data()) - bytes.data()));
}

// Takes it off the beginning of `*bytes`. False where they end before it does.
inline bool TakeVarint(absl::string_view* bytes, uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < bytes->size() && i < kLongestVarint; ++i) {
    const auto byte = static_cast<unsigned char>((*bytes)[i]);
    *value |= uint64_t{byte & 0x7fu} << (7 * i);
    if (byte >= 0x80) continue;
    bytes->remove_prefix(i + 1);
    return true;
  }
  return false;
}

// Numbers with a sign: those near 0, on either side, become small ones.
inline uint64_t ZigZag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}

inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_VARINT_H_
