#include "storage/registry/block_bits.h"

#include <array>
#include <bit>
#include <cstring>

#include "absl/strings/string_view.h"

namespace dnc {
namespace {

using Words = std::array<uint64_t, kBlockWords>;

__attribute__((always_inline)) inline uint32_t CountOf(const Words& words, const Words& without) {
  int count = 0;
  for (size_t i = 0; i < kBlockWords; ++i) count += std::popcount(words[i] & ~without[i]);
  return static_cast<uint32_t>(count);
}

uint32_t CountPortable(const Words& words, const Words& without) { return CountOf(words, without); }

#if defined(__x86_64__)
// Without the instruction each word is a call of a function.
__attribute__((target("popcnt"))) uint32_t CountPopcnt(const Words& words, const Words& without) {
  return CountOf(words, without);
}
#endif

uint32_t CountBits(const Words& words, const Words& without) {
#if defined(__x86_64__)
  static const bool has_popcnt = __builtin_cpu_supports("popcnt") != 0;
  if (has_popcnt) return CountPopcnt(words, without);
#endif
  return CountPortable(words, without);
}

}  // namespace

void BlockBits::Assign(const BlockPayload& payload) {
  if (payload.count != 0 && EncodingFor(payload.count) == BlockEncoding::kBitmap) {
    words_.back() = 0;
    std::memcpy(words_.data(), payload.bytes.data(), kBitmapBytes);
    return;
  }
  Clear();
  ForEachSuffix(payload, [this](uint32_t suffix) { Set(suffix); });
}

void BlockBits::AssignWords(const uint64_t* words) {
  std::memcpy(words_.data(), words, sizeof(words_));
}

void BlockBits::Add(const BlockBits& other) {
  for (size_t i = 0; i < kBlockWords; ++i) words_[i] |= other.words_[i];
}

void BlockBits::Remove(const BlockBits& other) {
  for (size_t i = 0; i < kBlockWords; ++i) words_[i] &= ~other.words_[i];
}

uint32_t BlockBits::Count() const {
  static constexpr Words kNone{};
  return CountBits(words_, kNone);
}

uint32_t BlockBits::CountWithout(const BlockBits& other) const {
  return CountBits(words_, other.words_);
}

BlockPayload BlockBits::Payload() {
  BlockPayload payload;
  payload.count = Count();
  const char* bytes = reinterpret_cast<const char*>(words_.data());
  if (payload.count != 0 && EncodingFor(payload.count) == BlockEncoding::kList) {
    size_t used = 0;
    for (size_t i = 0; i < kBlockWords; ++i) {
      for (uint64_t bits = words_[i]; bits != 0; bits &= bits - 1) {
        list_[used++] = static_cast<uint16_t>(i * 64 + static_cast<size_t>(std::countr_zero(bits)));
      }
    }
    bytes = reinterpret_cast<const char*>(list_.data());
  }
  payload.bytes = absl::string_view(bytes, payload.count == 0 ? 0 : PayloadBytes(payload.count));
  return payload;
}

}  // namespace dnc
