// Answers GetAuditRecord, ListAuditRecords and GetAuditHead.
#ifndef DNC_SERVER_HANDLER_AUDIT_READER_H_
#define DNC_SERVER_HANDLER_AUDIT_READER_H_

#include "absl/status/status.h"
#include "dnc/v1/audit.pb.h"
#include "server/state/state_machine.h"

namespace dnc {

// What one call of ListAuditRecords reads at the most.
struct AuditBudget {
  int records = 10'000;
  size_t bytes = size_t{16} << 20;
};

// Thread-safe. Reads the store: not for gRPC's own threads.
class AuditReader {
 public:
  explicit AuditReader(const StateMachine* state, AuditBudget budget = {})
      : state_(state), budget_(budget) {}

  absl::Status Get(const v1::GetAuditRecordRequest& request,
                   v1::GetAuditRecordResponse* response) const;
  absl::Status Get(const v1::GetAuditHeadRequest& request,
                   v1::GetAuditHeadResponse* response) const;
  absl::Status List(const v1::ListAuditRecordsRequest& request,
                    v1::ListAuditRecordsResponse* response) const;

 private:
  const StateMachine* const state_;
  const AuditBudget budget_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_AUDIT_READER_H_
