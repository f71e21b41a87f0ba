#include "storage/audit/chain.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

// Tag of the field `hash`, and its length.
constexpr absl::string_view kHashField("\x7a\x20", 2);
constexpr absl::string_view kDomain("dnc-audit-1\0", 12);

std::string Sha256(absl::string_view bytes) {
  static_assert(SHA256_DIGEST_LENGTH == kAuditHashBytes);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
  return std::string(hash.begin(), hash.end());
}

}  // namespace

std::string FirstAuditHash() { return std::string(kAuditHashBytes, '\0'); }

std::string AuditDigest(absl::string_view content) { return Sha256(content); }

std::string AuditHash(absl::string_view previous, int64_t revision, absl::string_view digest) {
  std::array<char, sizeof(revision)> place;
  for (size_t i = 0; i < place.size(); ++i) {
    place[i] = static_cast<char>(static_cast<uint64_t>(revision) >> (56 - 8 * i));
  }
  return Sha256(
      absl::StrCat(kDomain, previous, absl::string_view(place.data(), place.size()), digest));
}

void AppendAuditHash(absl::string_view hash, std::string* content) {
  absl::StrAppend(content, kHashField, hash);
}

StoredAudit SplitStoredAudit(absl::string_view stored, bool chained) {
  constexpr size_t kSuffix = kHashField.size() + kAuditHashBytes;
  if (!chained || stored.size() < kSuffix) return {stored, {}};
  const absl::string_view suffix = stored.substr(stored.size() - kSuffix);
  if (suffix.substr(0, kHashField.size()) != kHashField) return {stored, {}};
  return {stored.substr(0, stored.size() - kSuffix), suffix.substr(kHashField.size())};
}

std::string AuditHashText(absl::string_view hash) { return absl::BytesToHexString(hash); }

std::optional<std::string> ParseAuditHash(absl::string_view text) {
  const bool hexadecimal =
      text.size() == 2 * kAuditHashBytes && std::all_of(text.begin(), text.end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      });
  if (!hexadecimal) return std::nullopt;
  return absl::HexStringToBytes(text);
}

}  // namespace dnc
