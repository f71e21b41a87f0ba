// Compares what a restarted gateway shows with what the ledger says.
#ifndef DNC_TESTS_FAULT_VERIFIER_H_
#define DNC_TESTS_FAULT_VERIFIER_H_

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/fault/judge.h"
#include "tests/fault/ledger.h"

namespace dnc::testing {

// Places in the ledger, so that what is found twice counts once.
struct Findings {
  std::set<size_t> lost;          // acknowledged, and not DENY for every phone and the lead
  std::set<size_t> half_applied;  // partly there
  std::set<size_t> repeated;      // a repeat of its request id was another application
  int64_t in_doubt_kept = 0;      // not acknowledged, and there
  int64_t in_doubt_absent = 0;    // not acknowledged, and not there
  std::vector<std::string> errors;
};

// One gateway, one thread.
class Verifier {
 public:
  Verifier(GatewayClient* client, Ledger* ledger, Findings* findings)
      : client_(client), ledger_(ledger), findings_(findings) {}

  // Every acknowledged opt-out of the places [first, past) is DENY by phone and by lead.
  void CheckDenied(size_t first, size_t past);
  // Opt-outs of those places that are in doubt are there whole or not at all; a repeat of their
  // request ids applies them once, and acknowledges them.
  void SettleDoubts(size_t first, size_t past);
  // The chain over the audit trail is whole.
  void CheckAudit();
  // Takes `count` acknowledged ones at random: all their parts are there, and a repeat of the
  // request id gets the first answer.
  void Sample(size_t first, size_t past, size_t count, std::mt19937_64& random);

 private:
  struct Probe;
  void CheckBatch(const std::vector<Probe>& probes);
  absl::StatusOr<Observed> Observe(const OptOut& opt_out);
  absl::Status ObserveLead(const OptOut& opt_out, Observed* observed);
  absl::StatusOr<int> CountEntries(const v1::ListEntriesRequest& request);
  absl::Status SettleOne(size_t place, int64_t revision);
  absl::Status SampleOne(size_t place);
  absl::Status JudgeWhole(size_t place);
  bool Took(const absl::Status& status);

  GatewayClient* const client_;
  Ledger* const ledger_;
  Findings* const findings_;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_VERIFIER_H_
