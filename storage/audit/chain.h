// The chain over the audit trail: each record is bound to all that came before it, so that none can
// be altered, removed or inserted without every later hash changing. docs/audit.md tells outsiders
// how to recompute it. Persisted: never changed.
//
// clang-format off
//   stored  := content 0x7a 0x20 hash    a serialised AuditRecord; 0x7a 0x20 is field 15's tag
//   content := every field but `hash`    serialised once, when the record was made
//   digest  := SHA-256( content )
//   key     := HMAC-SHA256( secret, organization )    the id of the record's organization
//   tag     := HMAC-SHA256( key, revision:u64be )
//   hash    := SHA-256( "dnc-audit-1" 0x00 previous:32 revision:u64be tag:32 digest:32 )
// clang-format on
//
// `previous` is the hash of the record before; the first one follows 32 zero bytes. Records of
// before there was a chain are stored as their content only; the hash that the last of them would
// have is the anchor, which the first chained record follows.
//
// A digest tells nothing of the content to those who do not have it: it has random bytes in it
// (Mutation.salt). Who has an organization's key knows of every record whether it is that
// organization's, and can prove it of each by its tag and the chain; they learn nothing of whose
// the others are. The secret is the store's (AuditChain.secret) and is never shown. It is made from
// Mutation.audit_secret of the first mutation, which is in no record, and where records are older
// than the chain from all of them:
//
// clang-format off
//   secret := SHA-256( "dnc-audit-secret" 0x00 previous:32 bytes ) for these bytes, or for each old
//             record's content in turn; the first follows 32 zero bytes
// clang-format on
#ifndef DNC_STORAGE_AUDIT_CHAIN_H_
#define DNC_STORAGE_AUDIT_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace dnc {

inline constexpr size_t kAuditHashBytes = 32;

// What the first record of all follows.
std::string FirstAuditHash();

std::string AuditDigest(absl::string_view content);
// `previous`, `tag` and `digest` have 32 bytes.
std::string AuditHash(absl::string_view previous, int64_t revision, absl::string_view tag,
                      absl::string_view digest);

// What a store's secret begins as, and the next step of the fold that makes it.
std::string FirstAuditSecret();
std::string NextAuditSecret(absl::string_view previous, absl::string_view bytes);
// The key of an organization, by its id, and the tag of one of its records.
std::string AuditKey(absl::string_view secret, absl::string_view organization);
std::string AuditTag(absl::string_view key, int64_t revision);

// The organization's id in a record's content, without reading the rest.
absl::string_view OrganizationOfAudit(absl::string_view content);

// Makes a stored record of its content.
void AppendAuditHash(absl::string_view hash, std::string* content);

// A stored record's parts, as views into it.
struct StoredAudit {
  absl::string_view content;
  absl::string_view hash;  // empty: it has none
};
// `chained`: it was stored since there is a chain.
StoredAudit SplitStoredAudit(absl::string_view stored, bool chained);

// Lower-case hexadecimal, and back.
std::string AuditHashText(absl::string_view hash);
std::optional<std::string> ParseAuditHash(absl::string_view text);

}  // namespace dnc

#endif  // DNC_STORAGE_AUDIT_CHAIN_H_
