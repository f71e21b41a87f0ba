// Reports as their callers read them: made a slice at a time, so that whoever makes them can do
// something else in between, break off, or wait for a caller that reads slowly.
#ifndef DNC_SERVER_HANDLER_REPORT_H_
#define DNC_SERVER_HANDLER_REPORT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "dnc/v1/report.pb.h"
#include "google/protobuf/message.h"
#include "server/auth/authenticator.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"

namespace dnc {

class DecisionRecorder;
class DecisionStore;

// A report that is being made. It holds one state of the store, and at most a piece of rows and
// what its summary counts (docs/reports.md says how much). Not thread-safe.
class Report {
 public:
  enum class Step {
    kMore,   // there is nothing to send yet
    kPiece,  // send piece(), then go on
    kEnd,    // send piece(), the last one
  };

  virtual ~Report() = default;

  // Reads on, for some milliseconds. What the last piece had is gone.
  virtual absl::StatusOr<Step> Advance() = 0;
  virtual const google::protobuf::Message& piece() const = 0;
};

// What reports are made of; outlives them.
struct ReportContext {
  const StateMachine* state = nullptr;
  const Clock* clock = nullptr;
  const DecisionStore* decisions = nullptr;
  DecisionRecorder* recorder = nullptr;
};

// Begin a report on the newest state, for `caller`. The errors of the RPC (dnc/v1/report.proto).
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::CountDncActionsRequest& request,
                                                   const Principal& caller);
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::ListDncLeadsRequest& request,
                                                   const Principal& caller);
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::ListActiveLeadsRequest& request,
                                                   const Principal& caller);
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::GetCoverageRequest& request,
                                                   const Principal& caller);
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::MeasureEffectTimesRequest& request,
                                                   const Principal& caller);
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::CountBlockedChecksRequest& request,
                                                   const Principal& caller);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REPORT_H_
