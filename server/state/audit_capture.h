// What a mutation changed, before and after, for its audit record.
#ifndef DNC_SERVER_STATE_AUDIT_CAPTURE_H_
#define DNC_SERVER_STATE_AUDIT_CAPTURE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/catalog/catalog.h"
#include "server/state/overlay.h"
#include "storage/log/mutation_log.h"
#include "storage/schema/keys.h"

namespace dnc {

// Of more entries that one mutation adds none is in its record: they are in the store under its
// revision, and in its request.
inline constexpr int64_t kMostEntriesAudited = 100;

// Fills in `changed` the objects that `changes`, which the entry made, changes, by their keys, and
// how many entries it adds; what was before is read from `before`, names are those of `after`.
// CORRUPT_RECORD and the store's errors: what was there cannot be read.
absl::Status CaptureObjects(const LogEntry& entry, const Overlay& changes, const Overlay& before,
                            const Catalog& after, storage::v1::AuditRecord* changed);

// Index rows by which the entry's record is found for each object that it changed, and for those
// that the object is a part of.
void IndexObjects(const LogEntry& entry, const storage::v1::AuditRecord& changed,
                  uint32_t organization, Overlay* batch);

// The content of the entry's record (storage/audit/chain.h), as protobuf would write it. `changed`
// has its objects and entries_added only.
std::string AuditContent(const LogEntry& entry, storage::v1::AuditRecord::Disposition disposition,
                         absl::string_view outcome, const storage::v1::AuditRecord& changed);

// Writes the record after all that it tells of, and moves the chain's head on to it.
void PutAudit(const LogEntry& entry, absl::string_view content, storage::v1::AuditChain* chain,
              Overlay* batch);

// What a repeat of the request finds: a RequestRecord.
std::string RequestBytes(absl::string_view fingerprint, absl::string_view outcome);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_AUDIT_CAPTURE_H_
