// The secret of a store, and the keyed hashes by which records find contact points again without
// having them.
#ifndef DNC_STORAGE_RECORDING_SECRET_H_
#define DNC_STORAGE_RECORDING_SECRET_H_

#include <array>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// Thread-safe.
class Secret {
 public:
  // Reads the file, or where `may_create` is set and there is none, makes it, readable for its
  // owner only. DATA_LOSS where it is missing and must not be made, or has another shape;
  // UNAVAILABLE where the file system refuses.
  static absl::StatusOr<Secret> Open(const std::string& path, bool may_create);

  explicit Secret(absl::string_view key);

  // kContactHashBytes of HMAC-SHA256 over `subject`, a key of the family subjects.
  std::string Hash(absl::string_view subject) const;

 private:
  static constexpr size_t kBlockBytes = 64;  // of SHA-256

  // The key, as HMAC puts it in front of what is hashed.
  std::array<unsigned char, kBlockBytes> inner_;
  std::array<unsigned char, kBlockBytes> outer_;
};

// SHA-256 of `bytes`.
std::string Sha256(absl::string_view bytes);

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_SECRET_H_
