// The identity of a version as it is stored: which chunks it has, in which order. Two versions of
// the same numbers may differ in it, if they are cut into chunks differently.
//
//   chunk digest := SHA-256( crc:u32le{chunks} ), the checksums at the chunks' ends, in order
//
// A chunk vouches for its own bytes; the digest says that it is the one that was activated, at its
// place. Both together cost a start what reading the chunks costs; hashing the numbers themselves
// (storage/registry/set_digest.h) would take as long again.
#ifndef DNC_STORAGE_REGISTRY_CHUNK_DIGEST_H_
#define DNC_STORAGE_REGISTRY_CHUNK_DIGEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// Not thread-safe.
class ChunkDigest {
 public:
  // Takes the next chunk; one whose checksum has been verified, or is about to be.
  void Add(absl::string_view chunk);

  // The digest, 32 bytes. INTERNAL where OpenSSL refuses SHA-256.
  absl::StatusOr<std::string> Finish() const;

 private:
  std::string checksums_;  // 4 bytes a chunk
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_CHUNK_DIGEST_H_
