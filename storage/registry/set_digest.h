// The identity of a set of numbers, whatever file, chunking or version it came through: two equal
// digests mean the same set, so importing a set twice can be recognised.
//
//   digest := lowercase hex of SHA-256( number:u64le{count} ), numbers strictly ascending
//
// SHA-256 rather than a faster hash because the digest also vouches for a set fetched from another
// node. OpenSSL uses the processor's SHA instructions where present.
#ifndef DNC_STORAGE_REGISTRY_SET_DIGEST_H_
#define DNC_STORAGE_REGISTRY_SET_DIGEST_H_

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace dnc {

// Not thread-safe.
class SetDigest {
 public:
  SetDigest();

  // Takes the next number; the caller sees to the order.
  void Add(uint64_t number) {
    buffer_[used_++] = number;
    if (used_ == buffer_.size()) Drain();
  }

  // The digest, 64 characters; call once, last. INTERNAL where OpenSSL refuses SHA-256.
  absl::StatusOr<std::string> Finish();

 private:
  struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };

  void Drain();

  std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
  bool ok_;
  size_t used_ = 0;
  std::array<uint64_t, 1024> buffer_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_SET_DIGEST_H_
