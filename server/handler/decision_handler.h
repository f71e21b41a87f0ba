// Answers questions about the records of checks.
#ifndef DNC_SERVER_HANDLER_DECISION_HANDLER_H_
#define DNC_SERVER_HANDLER_DECISION_HANDLER_H_

#include "absl/status/status.h"
#include "dnc/v1/decision.pb.h"
#include "server/recording/decision_recorder.h"
#include "server/state/state_machine.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/secret.h"

namespace dnc {

// Where records of checks are; all of it outlives who has it.
struct DecisionSources {
  const DecisionStore* store = nullptr;
  DecisionRecorder* recorder = nullptr;
  const Secret* secret = nullptr;
};

// Thread-safe. Every method waits until the checks that were answered before have their records.
class DecisionHandler {
 public:
  DecisionHandler(const StateMachine* state, const DecisionSources& sources)
      : state_(state), sources_(sources) {}

  // DECISION_NOT_FOUND.
  absl::Status Get(const v1::GetDecisionRequest& request, v1::GetDecisionResponse* response) const;
  absl::Status List(const v1::ListDecisionsRequest& request,
                    v1::ListDecisionsResponse* response) const;

 private:
  const StateMachine* const state_;
  const DecisionSources sources_;
};

// "organizations/acme/decisions/…".
std::string DecisionName(absl::string_view organization, const DecisionId& id);

// [start, end) of a period, in microseconds; INVALID_FIELD where it is no period.
struct TimeRange {
  UnixMicros start = 0;
  UnixMicros end = 0;
};
absl::StatusOr<TimeRange> RangeOf(const v1::Period& period, absl::string_view field);

// A campaign or brand of a filter, as records spell it: in lower case. INVALID_FIELD.
absl::StatusOr<std::string> RecordedScope(absl::string_view scope, absl::string_view field);

// The id of a lead of that organization; empty where `name` is. INVALID_FIELD.
absl::StatusOr<std::string> LeadOf(const CatalogOrganization& organization, const std::string& name,
                                   absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_DECISION_HANDLER_H_
