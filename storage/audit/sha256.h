// SHA-256 (FIPS 180-4), and HMAC over it (RFC 2104). OpenSSL 3 looks an algorithm up by its name
// whenever one of its one-shot functions is called, which costs several times what hashing a key or
// a revision does; here it is looked up once.
#ifndef DNC_STORAGE_AUDIT_SHA256_H_
#define DNC_STORAGE_AUDIT_SHA256_H_

#include <cstddef>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace dnc {

inline constexpr size_t kSha256Bytes = 32;

// Of all pieces as one. Thread-safe.
std::string Sha256(std::initializer_list<absl::string_view> pieces);

// Thread-safe.
std::string HmacSha256(absl::string_view key, absl::string_view bytes);

}  // namespace dnc

#endif  // DNC_STORAGE_AUDIT_SHA256_H_
