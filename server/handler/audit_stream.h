// The streams of the audit trail: its export, and its verification. Each hands out one message
// after the other, and reads no more of the store than that takes.
#ifndef DNC_SERVER_HANDLER_AUDIT_STREAM_H_
#define DNC_SERVER_HANDLER_AUDIT_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "dnc/v1/audit.pb.h"
#include "server/handler/audit_log.h"
#include "server/state/state_machine.h"
#include "storage/audit/chain_verifier.h"

namespace dnc {

// Not thread-safe.
class AuditExport {
 public:
  using Response = v1::ExportAuditResponse;

  // FUTURE_REVISION, INVALID_FIELD, ORGANIZATION_NOT_FOUND, CORRUPT_RECORD.
  static absl::StatusOr<std::unique_ptr<AuditExport>> Create(const StateMachine* state,
                                                             const v1::ExportAuditRequest& request);
  // Fills the next message, which is empty; false: there is none.
  absl::StatusOr<bool> Next(v1::ExportAuditResponse* response);

 private:
  AuditExport() = default;

  const StateMachine* state_ = nullptr;
  AuditScope scope_;
  std::optional<v1::AuditExportHeader> header_;  // until it is handed out
  int64_t next_ = 1;
  int64_t last_ = 0;
};

// Not thread-safe.
class AuditVerification {
 public:
  using Response = v1::VerifyAuditResponse;

  // FUTURE_REVISION, INVALID_FIELD, ORGANIZATION_NOT_FOUND, CORRUPT_RECORD.
  static absl::StatusOr<std::unique_ptr<AuditVerification>> Create(
      const StateMachine* state, const v1::VerifyAuditRequest& request);
  // Fills the next message, which is empty; false: there is none.
  absl::StatusOr<bool> Next(v1::VerifyAuditResponse* response);

 private:
  AuditVerification(const StateMachine* state, ChainRange range, std::string expected);

  // Reads on, until it is enough for one message. Answers whether the range is done.
  absl::StatusOr<bool> Advance();

  const StateMachine* const state_;
  const std::string expected_;
  const int64_t last_;
  ChainVerifier verifier_;
  v1::VerifyAuditResponse found_;  // problems not handed out yet
  int64_t problems_ = 0;
  int64_t next_;
  bool complete_ = false;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_AUDIT_STREAM_H_
