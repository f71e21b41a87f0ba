// Blocks: how the phone numbers of a bulk list are grouped, in memory and on disk.
//
// A number is the decimal value of an E.164 number without its plus sign: 1 to 15 digits, so
// 1 … 999,999,999,999,999. A block holds the 10,000 numbers that share number / 10000 (for a NANP
// number: one exchange); a number's suffix is number % 10000. A block's payload has one canonical
// form, which follows from its count alone:
//
//   payload := list      when 1 ≤ count < 625
//            | bitmap    when 625 ≤ count ≤ 10000
//   list    := suffix:u16le{count}      strictly ascending, each 0..9999
//   bitmap  := byte{1250}               suffix s is bit s % 8 (0 = lowest) of byte s / 8
//
// so a payload never takes more than 1,250 bytes. Functions here are thread-safe; objects are not.
#ifndef DNC_STORAGE_REGISTRY_BLOCK_H_
#define DNC_STORAGE_REGISTRY_BLOCK_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/base/optimization.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/base/status_macros.h"

namespace dnc {

static_assert(std::endian::native == std::endian::little,
              "block payloads are used in memory as they are on disk: little-endian");

inline constexpr uint64_t kMaxNumber = 999'999'999'999'999;
inline constexpr uint32_t kNumbersPerBlock = 10'000;
inline constexpr uint64_t kMaxBlock = kMaxNumber / kNumbersPerBlock;
inline constexpr size_t kBitmapBytes = kNumbersPerBlock / 8;
// The count from which a bitmap is no larger than a list.
inline constexpr uint32_t kBitmapMinCount = kBitmapBytes / sizeof(uint16_t);

enum class BlockEncoding : uint8_t { kList = 0, kBitmap = 1 };

constexpr BlockEncoding EncodingFor(uint32_t count) {
  return count < kBitmapMinCount ? BlockEncoding::kList : BlockEncoding::kBitmap;
}

constexpr size_t PayloadBytes(uint32_t count) {
  return count < kBitmapMinCount ? count * sizeof(uint16_t) : kBitmapBytes;
}

// A view of one block's payload; it lives no longer than what it was taken from.
struct BlockPayload {
  uint32_t count = 0;       // numbers in the block, 1..10000
  absl::string_view bytes;  // the grammar above; any alignment
};

// INVALID_ARGUMENT unless `block` ≤ kMaxBlock and `payload` is canonical for its count and names no
// number outside 1..kMaxNumber.
absl::Status ValidatePayload(uint64_t block, const BlockPayload& payload);

// Calls fn(uint32_t suffix) for each number of a valid payload, ascending.
template <typename Fn>
void ForEachSuffix(const BlockPayload& payload, Fn&& fn) {
  const char* const bytes = payload.bytes.data();
  if (EncodingFor(payload.count) == BlockEncoding::kList) {
    for (uint32_t i = 0; i < payload.count; ++i) {
      uint16_t suffix;
      std::memcpy(&suffix, bytes + i * sizeof(suffix), sizeof(suffix));
      fn(uint32_t{suffix});
    }
    return;
  }
  for (uint32_t base = 0; base < kNumbersPerBlock; base += 16) {
    uint16_t bits;
    std::memcpy(&bits, bytes + base / 8, sizeof(bits));
    for (; bits != 0; bits = static_cast<uint16_t>(bits & (bits - 1))) {
      fn(base + static_cast<uint32_t>(std::countr_zero(bits)));
    }
  }
}

// Assembles ascending numbers into blocks. Not thread-safe.
class BlockAssembler {
 public:
  // Receives a finished block; the payload is valid during the call only.
  using Emit = absl::FunctionRef<absl::Status(uint64_t block, const BlockPayload& payload)>;

  BlockAssembler() { suffixes_.reserve(kBitmapMinCount); }

  // Takes the next number, after handing the block before it to `emit` when this one opens another.
  // INVALID_ARGUMENT for a number outside 1..kMaxNumber or not above the one before; errors of
  // `emit` are returned as they are. After an error the object is of no further use.
  absl::Status Add(uint64_t number, Emit emit) {
    if (ABSL_PREDICT_FALSE(number <= last_ || number > kMaxNumber)) return RefuseNumber(number);
    const uint64_t block = number / kNumbersPerBlock;
    if (block != block_) {
      DNC_RETURN_IF_ERROR(Flush(emit));
      block_ = block;
    }
    last_ = number;
    suffixes_.push_back(static_cast<uint16_t>(number - block * kNumbersPerBlock));
    return absl::OkStatus();
  }

  // Hands the unfinished block, if any, to `emit`.
  absl::Status Flush(Emit emit);

 private:
  absl::Status RefuseNumber(uint64_t number) const;

  uint64_t last_ = 0;
  uint64_t block_ = 0;
  std::vector<uint16_t> suffixes_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_BLOCK_H_
