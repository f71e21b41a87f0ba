// SipHash-2-4 with 64 bits of result (Aumasson and Bernstein, https://www.aumasson.jp/siphash): a
// keyed pseudorandom function that takes some twenty nanoseconds for what a record needs hashed.
#ifndef DNC_STORAGE_RECORDING_SIP_HASH_H_
#define DNC_STORAGE_RECORDING_SIP_HASH_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace dnc {

using SipKey = std::array<uint64_t, 2>;

namespace sip_internal {

struct State {
  uint64_t v0, v1, v2, v3;

  void Rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1, v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1, v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }
  void Take(uint64_t word) {
    v3 ^= word;
    Rounds(2);
    v0 ^= word;
  }
};

// Of a little-endian machine, as everything that runs this.
inline uint64_t Word(const char* bytes, size_t count) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

inline State Start(const SipKey& key) {
  return {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
          key[1] ^ 0x7465646279746573};
}

// Takes the last word, which has the length, and ends the hash.
inline uint64_t End(State state, uint64_t last) {
  state.Take(last);
  state.v2 ^= 0xff;
  state.Rounds(4);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace sip_internal

static_assert(std::endian::native == std::endian::little);

inline uint64_t SipHash(const SipKey& key, absl::string_view bytes) {
  sip_internal::State state = sip_internal::Start(key);
  const uint64_t length = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) state.Take(sip_internal::Word(bytes.data(), 8));
  const uint64_t rest = bytes.empty() ? 0 : sip_internal::Word(bytes.data(), bytes.size());
  return sip_internal::End(state, length << 56 | rest);
}

// Hashes strings that have their first eight bytes in common, and 8 to 15 bytes.
class SipHashOfTails {
 public:
  SipHashOfTails(const SipKey& key, absl::string_view first_eight)
      : state_(sip_internal::Start(key)) {
    state_.Take(sip_internal::Word(first_eight.data(), 8));
  }
  // `tail`: the bytes behind the first eight, the first of them lowest, and zeroes.
  uint64_t Hash(uint64_t tail, size_t tail_bytes) const {
    return sip_internal::End(state_, uint64_t{8 + tail_bytes} << 56 | tail);
  }

 private:
  sip_internal::State state_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_SIP_HASH_H_
