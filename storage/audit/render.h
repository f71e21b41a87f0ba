// The audit trail as the API shows it. Pure: what a stored record says is told the same way by the
// server and by whoever verifies an export, who thereby sees that its readable part is true.
#ifndef DNC_STORAGE_AUDIT_RENDER_H_
#define DNC_STORAGE_AUDIT_RENDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/audit.pb.h"

namespace dnc {

// "ApplyAction"; empty for a mutation without a body.
std::string MutationKind(const storage::v1::Mutation& mutation);
// Every kind there is, sorted.
const std::vector<std::string>& MutationKinds();

// "lead", "entry" ….
std::string AuditedKindText(storage::v1::AuditedObject::Kind kind);

// The record, without its hash. DATA_LOSS: an object in it cannot be read.
absl::StatusOr<v1::AuditRecord> RenderAuditRecord(const storage::v1::AuditRecord& record);
// The same from the bytes that are hashed.
absl::StatusOr<v1::AuditRecord> RenderAuditContent(absl::string_view content);

}  // namespace dnc

#endif  // DNC_STORAGE_AUDIT_RENDER_H_
