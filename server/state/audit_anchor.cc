#include "server/state/audit_anchor.h"

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "storage/audit/chain.h"
#include "storage/base/status_macros.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

// Hands over the content of each revision from 1 to `last`. DATA_LOSS: one of them is missing.
absl::Status ForEachRecord(
    const StoreReader& reader, int64_t last,
    absl::FunctionRef<void(int64_t revision, absl::string_view content)> on_record) {
  int64_t next = 1;
  DNC_RETURN_IF_ERROR(
      reader.Scan(Family::kAudit, "", "", [&](absl::string_view key, absl::string_view value) {
        if (keys::RevisionOfAuditKey(key) != next || next > last) return false;
        on_record(next, value);
        ++next;
        return true;
      }));
  if (next == last + 1) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the audit record of revision ", next,
                   " is missing from the store; restore the directory from a backup"));
}

}  // namespace

storage::v1::AuditChain NewAuditChain() {
  storage::v1::AuditChain chain;
  chain.set_head(FirstAuditHash());
  chain.set_first_revision(1);
  chain.set_anchor(FirstAuditHash());
  return chain;
}

absl::Status AnchorAuditTrail(const StoreReader& reader, storage::v1::StoreRecord* record) {
  const int64_t last = record->applied_revision();
  storage::v1::AuditChain* chain = record->mutable_audit_chain();
  chain->clear_secret();
  if (last > 0) {
    std::string secret = FirstAuditSecret();
    DNC_RETURN_IF_ERROR(ForEachRecord(reader, last, [&](int64_t, absl::string_view content) {
      secret = NextAuditSecret(secret, content);
    }));
    chain->set_secret(secret);
  }
  std::string hash = FirstAuditHash();
  DNC_RETURN_IF_ERROR(ForEachRecord(reader, last, [&](int64_t revision, absl::string_view content) {
    const std::string key = AuditKey(chain->secret(), OrganizationOfAudit(content));
    hash = AuditHash(hash, revision, AuditTag(key, revision), AuditDigest(content));
  }));
  chain->set_head(hash);
  chain->set_first_revision(last + 1);
  chain->set_anchor(hash);
  return absl::OkStatus();
}

}  // namespace dnc
