#include "storage/registry/chunk_digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"

namespace dnc {

void ChunkDigest::Add(absl::string_view chunk) {
  constexpr size_t kChecksumBytes = sizeof(uint32_t);
  // A chunk too short to have a checksum is none, and fails to be read.
  const size_t bytes = std::min(chunk.size(), kChecksumBytes);
  checksums_.append(chunk.data() + (chunk.size() - bytes), bytes);
}

absl::StatusOr<std::string> ChunkDigest::Finish() const {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(checksums_.data(), checksums_.size(),
                 reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(),
                 nullptr) != 1) {
    return absl::InternalError(
        "OpenSSL could not compute SHA-256 over the checksums of a number list; check its "
        "configuration (openssl dgst -sha256 must work for this user)");
  }
  digest.resize(size);
  return digest;
}

}  // namespace dnc
