// What a mutation changed, before and after, for its audit record.
#ifndef DNC_SERVER_STATE_AUDIT_CAPTURE_H_
#define DNC_SERVER_STATE_AUDIT_CAPTURE_H_

#include "absl/status/status.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/catalog/catalog.h"
#include "server/state/overlay.h"
#include "storage/schema/keys.h"

namespace dnc {

// Of more entries that one mutation adds none is in its record: they are in the store under its
// revision, and in its request.
inline constexpr int64_t kMostEntriesAudited = 100;

// Fills in `record`, whose revision and mutation are set, the objects that `changes` changes, by
// their keys; what was before is read from `before`, names are those of `after`. CORRUPT_RECORD and
// the store's errors: what was there cannot be read.
absl::Status CaptureObjects(const Overlay& changes, const Overlay& before, const Catalog& after,
                            storage::v1::AuditRecord* record);

// Index rows by which the record is found for each object that it changed, and for those that the
// object is a part of.
void IndexObjects(const storage::v1::AuditRecord& record, uint32_t organization, Overlay* batch);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_AUDIT_CAPTURE_H_
