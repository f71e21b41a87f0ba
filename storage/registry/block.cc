#include "storage/registry/block.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

absl::Status BadPayload(uint64_t block, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("block ", block, " of a number list: ", what,
                                                 "; rebuild the list from its source file"));
}

using Eight = uint16_t __attribute__((vector_size(16)));

Eight LoadEight(const char* bytes) {
  Eight eight;
  std::memcpy(&eight, bytes, sizeof(eight));
  return eight;
}

uint16_t LoadSuffix(const char* bytes) {
  uint16_t suffix;
  std::memcpy(&suffix, bytes, sizeof(suffix));
  return suffix;
}

// Eight at a time: a start validates every list there is.
bool Ascends(const char* list, uint32_t count) {
  constexpr size_t kSize = sizeof(uint16_t);
  Eight disorder = {};
  uint32_t i = 1;
  for (; i + 8 <= count; i += 8) {
    disorder |= LoadEight(list + i * kSize) <= LoadEight(list + (i - 1) * kSize);
  }
  uint64_t halves[2];
  std::memcpy(halves, &disorder, sizeof(halves));
  bool ascends = (halves[0] | halves[1]) == 0;
  for (; i < count; ++i) {
    ascends &= LoadSuffix(list + i * kSize) > LoadSuffix(list + (i - 1) * kSize);
  }
  return ascends;
}

absl::Status ValidateList(uint64_t block, const BlockPayload& payload) {
  const char* const list = payload.bytes.data();
  const char* const last = list + payload.bytes.size() - sizeof(uint16_t);
  return Ascends(list, payload.count) && LoadSuffix(last) < kNumbersPerBlock
             ? absl::OkStatus()
             : BadPayload(block, "suffixes are not strictly ascending within 0..9999");
}

__attribute__((always_inline)) inline uint32_t CountBits(const char* bitmap) {
  uint32_t bits = 0;
  size_t at = 0;
  for (uint64_t word; at + sizeof(word) <= kBitmapBytes; at += sizeof(word)) {
    std::memcpy(&word, bitmap + at, sizeof(word));
    bits += static_cast<uint32_t>(std::popcount(word));
  }
  for (; at < kBitmapBytes; ++at) {
    bits += static_cast<uint32_t>(std::popcount(static_cast<uint8_t>(bitmap[at])));
  }
  return bits;
}

uint32_t CountBitsPortable(const char* bitmap) { return CountBits(bitmap); }

#if defined(__x86_64__)
__attribute__((target("popcnt"))) uint32_t CountBitsPopcnt(const char* bitmap) {
  return CountBits(bitmap);
}
#endif

uint32_t CountBitsOfBitmap(const char* bitmap) {
#if defined(__x86_64__)
  static const bool has_popcnt = __builtin_cpu_supports("popcnt") != 0;
  if (has_popcnt) return CountBitsPopcnt(bitmap);
#endif
  return CountBitsPortable(bitmap);
}

absl::Status ValidateBitmap(uint64_t block, const BlockPayload& payload) {
  const uint32_t bits = CountBitsOfBitmap(payload.bytes.data());
  if (bits == payload.count) return absl::OkStatus();
  return BadPayload(block, absl::StrCat("its bitmap has ", bits, " numbers where its count says ",
                                        payload.count));
}

bool HasSuffixZero(const BlockPayload& payload) {
  if (EncodingFor(payload.count) == BlockEncoding::kBitmap) return (payload.bytes[0] & 1) != 0;
  return payload.bytes[0] == 0 && payload.bytes[1] == 0;
}

}  // namespace

absl::Status ValidatePayload(uint64_t block, const BlockPayload& payload) {
  if (block > kMaxBlock) {
    return BadPayload(block, absl::StrCat("the id is above ", kMaxBlock, ", past 15 digits"));
  }
  if (payload.count == 0 || payload.count > kNumbersPerBlock) {
    return BadPayload(block, absl::StrCat("count ", payload.count, " is not within 1..10000"));
  }
  if (payload.bytes.size() != PayloadBytes(payload.count)) {
    return BadPayload(block, absl::StrCat(payload.bytes.size(), " payload bytes where a count of ",
                                          payload.count, " takes ", PayloadBytes(payload.count)));
  }
  if (block == 0 && HasSuffixZero(payload)) {
    return BadPayload(block, "it contains 0, which is no phone number");
  }
  return EncodingFor(payload.count) == BlockEncoding::kList ? ValidateList(block, payload)
                                                            : ValidateBitmap(block, payload);
}

absl::Status BlockAssembler::Flush(Emit emit) {
  if (suffixes_.empty()) return absl::OkStatus();
  BlockPayload payload;
  payload.count = static_cast<uint32_t>(suffixes_.size());
  std::array<char, kBitmapBytes> bitmap;
  if (EncodingFor(payload.count) == BlockEncoding::kList) {
    payload.bytes = absl::string_view(reinterpret_cast<const char*>(suffixes_.data()),
                                      PayloadBytes(payload.count));
  } else {
    bitmap.fill(0);
    for (const uint16_t suffix : suffixes_) {
      char& byte = bitmap[suffix / 8];
      byte = static_cast<char>(byte | (1 << (suffix % 8)));
    }
    payload.bytes = absl::string_view(bitmap.data(), bitmap.size());
  }
  absl::Status status = emit(block_, payload);
  suffixes_.clear();
  return status;
}

absl::Status BlockAssembler::RefuseNumber(uint64_t number) const {
  const std::string shown = MaskContact(absl::StrCat("+", number));
  if (number == 0 || number > kMaxNumber) {
    return absl::InvalidArgumentError(
        absl::StrCat("number ", shown,
                     " of a number list is not 1 to 15 digits without a leading 0; give E.164 "
                     "numbers"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("number ", shown, " of a number list is not above the one before it, ",
                   MaskContact(absl::StrCat("+", last_)), "; sort the numbers and drop repeats"));
}

}  // namespace dnc
