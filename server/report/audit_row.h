// What reports need of the audit trail, out of the stored bytes: most records concern other
// organizations, other times or nothing that a report counts, and are passed over unread.
#ifndef DNC_SERVER_REPORT_AUDIT_ROW_H_
#define DNC_SERVER_REPORT_AUDIT_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/report.pb.h"
#include "storage/base/clock.h"

namespace dnc {

// A mutation that was carried out. The texts are views of the record.
struct AuditRow {
  int64_t revision = 0;
  UnixMicros time = 0;
  absl::string_view organization;
  absl::string_view user;     // Actor.id; the caller where the request names none
  int body = 0;               // the field number in storage.v1.Mutation
  absl::string_view request;  // the body
  absl::string_view response;
};

// Reads a serialised AuditRecord; nothing where its mutation changed nothing: it was refused, or a
// repeat. DATA_LOSS: malformed.
absl::StatusOr<std::optional<AuditRow>> ReadAuditRow(absl::string_view record);

// A DNC action that was performed.
struct PerformedDncAction {
  std::string action;  // its name
  std::string lead;
  std::optional<UnixMicros> request_time;
  bool already_blocked = false;  // it added no entry

  absl::string_view status() const;  // the part of the action's name
};

// Nothing where the row is no action that put its lead on a list. Told from what the action did: it
// may have been renamed, changed or deleted since. DATA_LOSS: malformed.
absl::StatusOr<std::optional<PerformedDncAction>> DncActionOf(const AuditRow& row);

// Requests not to be contacted that a row brought.
struct OptOutRequest {
  v1::OptOutPath path = v1::OPT_OUT_PATH_UNSPECIFIED;
  std::string subject;  // see v1.LateOptOut
  std::optional<UnixMicros> request_time;
  std::string action;     // the action by which it came
  bool is_email = false;  // it names an e-mail address
};

// None where the row brought none. DATA_LOSS: malformed.
absl::StatusOr<std::vector<OptOutRequest>> OptOutRequestsOf(const AuditRow& row);

}  // namespace dnc

#endif  // DNC_SERVER_REPORT_AUDIT_ROW_H_
