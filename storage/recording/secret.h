// The secret of a store, and the keyed hashes by which records find contact points again without
// having them.
#ifndef DNC_STORAGE_RECORDING_SECRET_H_
#define DNC_STORAGE_RECORDING_SECRET_H_

#include <array>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/recording.pb.h"
#include "storage/recording/sip_hash.h"

namespace dnc {

// By which the records of a contact point are found.
struct ContactHash {
  uint64_t code = 0;   // SipHash-2-4
  std::string digest;  // kContactHashBytes of HMAC-SHA256: of contacts, and of records of schema 1

  // Whether the record is one of the contact point.
  bool IsIn(const storage::v1::RecordedDecision& record) const;
};

// Thread-safe.
class Secret {
 public:
  // Reads the file, or where `may_create` is set and there is none, makes it, readable for its
  // owner only. DATA_LOSS where it is missing and must not be made, or has another shape;
  // UNAVAILABLE where the file system refuses.
  static absl::StatusOr<Secret> Open(const std::string& path, bool may_create);

  explicit Secret(absl::string_view key);

  // `subject`: a key of the family subjects.
  ContactHash Hash(absl::string_view subject) const { return {Code(subject), Digest(subject)}; }
  // Of ContactHash the one or the other.
  uint64_t Code(absl::string_view subject) const { return SipHash(sip_key_, subject); }
  // The codes of subjects whose first eight bytes are these.
  SipHashOfTails CodesOfTails(absl::string_view first_eight) const {
    return {sip_key_, first_eight};
  }
  std::string Digest(absl::string_view subject) const;

 private:
  static constexpr size_t kBlockBytes = 64;  // of SHA-256

  // The key, as HMAC puts it in front of what is hashed.
  std::array<unsigned char, kBlockBytes> inner_;
  std::array<unsigned char, kBlockBytes> outer_;
  SipKey sip_key_ = {};  // the beginning of the HMAC of kSipKeyName
};

// SHA-256 of `bytes`.
std::string Sha256(absl::string_view bytes);

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_SECRET_H_
