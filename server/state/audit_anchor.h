// Where the chain over the audit trail begins.
#ifndef DNC_SERVER_STATE_AUDIT_ANCHOR_H_
#define DNC_SERVER_STATE_AUDIT_ANCHOR_H_

#include "absl/status/status.h"
#include "dnc/storage/v1/record.pb.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// The chain of a new store.
storage::v1::AuditChain NewAuditChain();

// Begins a chain in a store that has none: the next revision follows the anchor, the hash over all
// records that are there. DATA_LOSS: one of them is missing or cannot be read.
absl::Status AnchorAuditTrail(const StoreReader& reader, storage::v1::StoreRecord* record);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_AUDIT_ANCHOR_H_
