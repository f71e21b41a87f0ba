// An export of the audit trail as a file: JSON, an object a line; docs/audit.md describes it.
#ifndef DNC_CLIENT_CLI_AUDIT_FILE_H_
#define DNC_CLIENT_CLI_AUDIT_FILE_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/audit_check.h"
#include "client/cli/input.h"
#include "dnc/v1/audit.pb.h"

namespace dnc::cli {

// The lines of an export, each with its newline. DATA_LOSS: the record cannot be shown by this
// release.
std::string AuditHeaderLine(const v1::AuditExportHeader& header);
absl::StatusOr<std::string> AuditRecordLine(const v1::ExportedAuditRecord& record);
std::string AuditEndLine();

// Verifies a file. INVALID_ARGUMENT where it is no export at all; whatever else is wrong with it is
// in the check's result.
absl::StatusOr<std::unique_ptr<AuditCheck>> CheckAuditFile(Input& input,
                                                           std::optional<NotedHead> noted);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_AUDIT_FILE_H_
