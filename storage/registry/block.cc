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

absl::Status ValidateList(uint64_t block, const BlockPayload& payload) {
  int64_t previous = -1;
  bool ordered = true;
  ForEachSuffix(payload, [&](uint32_t suffix) {
    ordered &= int64_t{suffix} > previous && suffix < kNumbersPerBlock;
    previous = suffix;
  });
  return ordered ? absl::OkStatus()
                 : BadPayload(block, "suffixes are not strictly ascending within 0..9999");
}

absl::Status ValidateBitmap(uint64_t block, const BlockPayload& payload) {
  uint32_t bits = 0;
  size_t at = 0;
  for (uint64_t word; at + sizeof(word) <= kBitmapBytes; at += sizeof(word)) {
    std::memcpy(&word, payload.bytes.data() + at, sizeof(word));
    bits += static_cast<uint32_t>(std::popcount(word));
  }
  for (; at < kBitmapBytes; ++at) {
    bits += static_cast<uint32_t>(std::popcount(static_cast<uint8_t>(payload.bytes[at])));
  }
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
