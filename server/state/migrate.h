// Brings stores of older schema versions forward.
#ifndef DNC_SERVER_STATE_MIGRATE_H_
#define DNC_SERVER_STATE_MIGRATE_H_

#include "absl/status/status.h"
#include "dnc/storage/v1/record.pb.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// Makes the store one of kSchemaVersion, in one synced commit, and `record` what its StoreRecord is
// then; nothing where it is one already. FAILED_PRECONDITION: the version is not known, and nothing
// is changed. DATA_LOSS: a record cannot be read, nothing is changed, and the release that wrote
// the store opens it as before.
//
//   1 → 2   the family `reviews` is created, the counts of leads by status are built, and the chain
//           over the audit trail begins
//   2 → 3   nothing: rows of the index that version 3 would not have written say nothing wrong
absl::Status Migrate(Store* store, storage::v1::StoreRecord* record);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_MIGRATE_H_
