// One block (storage/registry/block.h) as bits, for set operations on whole blocks.
#ifndef DNC_STORAGE_REGISTRY_BLOCK_BITS_H_
#define DNC_STORAGE_REGISTRY_BLOCK_BITS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/registry/block.h"

namespace dnc {

inline constexpr size_t kBlockWords = (kNumbersPerBlock + 63) / 64;

// Suffix s is bit s % 64 (0 = lowest) of word s / 64; spare bits are 0. Not thread-safe.
class BlockBits {
 public:
  void Clear() { words_.fill(0); }
  void Assign(const BlockPayload& payload);  // valid, or of count 0
  // `words` has kBlockWords.
  void AssignWords(const uint64_t* words);

  void Set(uint32_t suffix) { words_[suffix / 64] |= uint64_t{1} << (suffix % 64); }
  void Add(const BlockBits& other);
  void Remove(const BlockBits& other);

  uint32_t Count() const;
  // How many of these `other` has not.
  uint32_t CountWithout(const BlockBits& other) const;

  // The canonical payload, of count 0 where the block is empty; valid until the bits change or this
  // is called again.
  BlockPayload Payload();

 private:
  std::array<uint64_t, kBlockWords> words_{};
  std::array<uint16_t, kBitmapMinCount> list_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_BLOCK_BITS_H_
