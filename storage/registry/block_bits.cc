#include "storage/registry/block_bits.h"

#include <bit>
#include <cstring>

#include "absl/strings/string_view.h"

namespace dnc {

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
  int count = 0;
  for (const uint64_t word : words_) count += std::popcount(word);
  return static_cast<uint32_t>(count);
}

uint32_t BlockBits::CountWithout(const BlockBits& other) const {
  int count = 0;
  for (size_t i = 0; i < kBlockWords; ++i) count += std::popcount(words_[i] & ~other.words_[i]);
  return static_cast<uint32_t>(count);
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
