#include "server/state/audit_anchor.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/audit/chain.h"
#include "storage/base/status_macros.h"
#include "storage/schema/keys.h"

namespace dnc {

storage::v1::AuditChain NewAuditChain() {
  storage::v1::AuditChain chain;
  chain.set_head(FirstAuditHash());
  chain.set_first_revision(1);
  chain.set_anchor(FirstAuditHash());
  return chain;
}

absl::Status AnchorAuditTrail(const StoreReader& reader, storage::v1::StoreRecord* record) {
  const int64_t last = record->applied_revision();
  std::string hash = FirstAuditHash();
  int64_t next = 1;
  DNC_RETURN_IF_ERROR(
      reader.Scan(Family::kAudit, "", "", [&](absl::string_view key, absl::string_view value) {
        if (keys::RevisionOfAuditKey(key) != next || next > last) return false;
        hash = AuditHash(hash, next, AuditDigest(value));
        ++next;
        return true;
      }));
  if (next != last + 1) {
    return absl::DataLossError(
        absl::StrCat("the audit record of revision ", next,
                     " is missing from the store; restore the directory from a backup"));
  }
  storage::v1::AuditChain* chain = record->mutable_audit_chain();
  chain->set_head(hash);
  chain->set_first_revision(last + 1);
  chain->set_anchor(hash);
  return absl::OkStatus();
}

}  // namespace dnc
