#include "storage/audit/chain.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "dnc/storage/v1/record.pb.h"
#include "storage/audit/sha256.h"
#include "storage/base/wire.h"

namespace dnc {

static_assert(kAuditHashBytes == kSha256Bytes);

namespace {

// Tag of the field `hash`, and its length.
constexpr absl::string_view kHashField("\x7a\x20", 2);
constexpr absl::string_view kDomain("dnc-audit-1\0", 12);
constexpr absl::string_view kSecretDomain("dnc-audit-secret\0", 17);

std::string BigEndian(int64_t revision) {
  std::string place(sizeof(revision), '\0');
  for (size_t i = 0; i < place.size(); ++i) {
    place[i] = static_cast<char>(static_cast<uint64_t>(revision) >> (56 - 8 * i));
  }
  return place;
}

}  // namespace

std::string FirstAuditHash() { return std::string(kAuditHashBytes, '\0'); }

std::string AuditDigest(absl::string_view content) { return Sha256({content}); }

std::string AuditHash(absl::string_view previous, int64_t revision, absl::string_view tag,
                      absl::string_view digest) {
  return Sha256({kDomain, previous, BigEndian(revision), tag, digest});
}

std::string FirstAuditSecret() { return std::string(kAuditHashBytes, '\0'); }

std::string NextAuditSecret(absl::string_view previous, absl::string_view bytes) {
  return Sha256({kSecretDomain, previous, bytes});
}

std::string AuditKey(absl::string_view secret, absl::string_view organization) {
  return HmacSha256(secret, organization);
}

std::string AuditTag(absl::string_view key, int64_t revision) {
  return HmacSha256(key, BigEndian(revision));
}

absl::string_view OrganizationOfAudit(absl::string_view content) {
  using storage::v1::AuditRecord;
  using storage::v1::Mutation;
  WireReader record(content);
  while (record.Next()) {
    if (record.tag() != BytesTag(AuditRecord::kMutationFieldNumber)) continue;
    WireReader mutation(record.bytes());
    while (mutation.Next()) {
      if (mutation.tag() == BytesTag(Mutation::kOrganizationFieldNumber)) return mutation.bytes();
    }
    break;
  }
  return "";
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
