// The chain over the audit trail: each record is bound to all that came before it, so that none can
// be altered, removed or inserted without every later hash changing. docs/audit.md tells outsiders
// how to recompute it. Persisted: never changed.
//
//   stored  := content 0x7a 0x20 hash          a serialised AuditRecord; 0x7a 0x20 is field 15's
//   tag content := every field but `hash`          serialised once, when the record was made digest
//   := SHA-256( content ) hash    := SHA-256( "dnc-audit-1" 0x00 previous:32 revision:u64be
//   digest:32 )
//
// `previous` is the hash of the record before; the first one follows 32 zero bytes. Records of
// before there was a chain are stored as their content only; the hash that the last of them would
// have is the anchor, which the first chained record follows.
//
// A digest tells nothing of the content to those who do not have it: it has random bytes in it
// (Mutation.salt).
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
// `previous` and `digest` have 32 bytes.
std::string AuditHash(absl::string_view previous, int64_t revision, absl::string_view digest);

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
