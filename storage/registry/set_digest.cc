#include "storage/registry/set_digest.h"

#include <bit>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace dnc {

static_assert(std::endian::native == std::endian::little,
              "numbers are hashed as they lie in memory: little-endian");

SetDigest::SetDigest() : context_(EVP_MD_CTX_new()) {
  ok_ = context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
}

void SetDigest::Drain() {
  ok_ = ok_ && EVP_DigestUpdate(context_.get(), buffer_.data(), used_ * sizeof(buffer_[0])) == 1;
  used_ = 0;
}

absl::StatusOr<std::string> SetDigest::Finish() {
  Drain();
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned int size = 0;
  if (!ok_ || EVP_DigestFinal_ex(context_.get(), hash.data(), &size) != 1) {
    return absl::InternalError(
        "OpenSSL could not compute SHA-256 over a number list; check its configuration (openssl "
        "dgst -sha256 must work for this user)");
  }
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), size));
}

}  // namespace dnc
