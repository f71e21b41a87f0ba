// Answers the methods of DiagnoseService that are not streams.
#ifndef DNC_SERVER_HANDLER_DIAGNOSE_HANDLER_H_
#define DNC_SERVER_HANDLER_DIAGNOSE_HANDLER_H_

#include "absl/status/status.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/auth/authenticator.h"
#include "server/handler/preparer.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"

namespace dnc {

class ContactHandler;
class DecisionHandler;

// What diagnoses are made from; all of it outlives them.
struct DiagnoseSources {
  StateMachine* state = nullptr;
  const Preparer* preparer = nullptr;
  const Clock* clock = nullptr;
  const DecisionHandler* decisions = nullptr;
  const ContactHandler* contacts = nullptr;
};

// Thread-safe. Reads the store: not for gRPC's own threads. The errors of the RPCs
// (dnc/v1/diagnose.proto).
class DiagnoseHandler {
 public:
  explicit DiagnoseHandler(const DiagnoseSources& sources) : sources_(sources) {}

  absl::Status Diagnose(const v1::DiagnoseMissingActionRequest& request, const Principal& caller,
                        v1::DiagnoseMissingActionResponse* response) const;
  absl::Status Diagnose(const v1::DiagnoseCopyRequest& request, const Principal& caller,
                        v1::DiagnoseCopyResponse* response) const;
  absl::Status Diagnose(const v1::DiagnoseMissingOptionsRequest& request, const Principal& caller,
                        v1::DiagnoseMissingOptionsResponse* response) const;
  absl::Status Diagnose(const v1::DiagnoseContactedLeadRequest& request, const Principal& caller,
                        v1::DiagnoseContactedLeadResponse* response) const;

 private:
  const DiagnoseSources sources_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_DIAGNOSE_HANDLER_H_
