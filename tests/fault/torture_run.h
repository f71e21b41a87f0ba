// Rounds of: start, verify what the last round left, write in full flight, kill -9.
#ifndef DNC_TESTS_FAULT_TORTURE_RUN_H_
#define DNC_TESTS_FAULT_TORTURE_RUN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/fault/flight.h"
#include "tests/fault/power_cut.h"
#include "tests/fault/verifier.h"
#include "tests/integration/process.h"

namespace dnc::testing {

struct TortureOptions {
  int rounds = 50;
  uint64_t seed = 0;
  std::string dncd;  // the program
  std::string dir;   // a folder of its own; outlives the run
  // Where it is given, each end of the gateway is a power cut: what tests/fault/power_cut.h needs.
  std::string power_cut_shim;
};

// What the store did while it was written to: proof that the kills met more than one log.
struct StoreActivity {
  int rotations = 0;     // flights in which a new log began
  int several_logs = 0;  // kills that left more than one log
};

class TortureRun {
 public:
  explicit TortureRun(const TortureOptions& options);

  // All rounds, then a last start at which everything is verified. An error: the gateway did not
  // start, or did not take the scenario.
  absl::Status Run();
  // Has the verifier look for damage that is really there: a lost, a stale, a half applied and a
  // twice applied opt-out. An error names what it did not find.
  absl::Status SelfTest();

  void Report() const;
  // Nothing lost, stale, half applied or applied twice, no unexpected error, and something was
  // acknowledged; in a run of some length, logs rotated.
  bool Clean() const;

 private:
  struct Planted {
    size_t lost = 0;
    size_t half_applied = 0;
    size_t repeated = 0;
  };

  absl::Status Start();
  // Ends the gateway by a signal, and with it what a power cut would take.
  void End(int signal);
  void CutPower();
  std::vector<std::string> ServerArguments();
  std::vector<std::string> Environment() const {
    return power_cut_.has_value() ? power_cut_->Environment() : std::vector<std::string>();
  }
  void KillDuringStart();
  absl::Status Round(int round);
  void NoteActivity(uint64_t newest_log_before);
  void Verify(size_t first);
  absl::StatusOr<Planted> Plant();

  const TortureOptions options_;
  std::mt19937_64 random_;
  Ledger ledger_;
  FlightLog log_;
  Findings findings_;
  StoreActivity activity_;
  int rounds_ = 0;
  std::optional<PowerCut> power_cut_;
  std::string marker_at_start_;
  uint64_t lost_unsynced_ = 0;  // bytes that power cuts took
  std::unique_ptr<e2e::GatewayProcess> gateway_;
  std::unique_ptr<GatewayClient> client_;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_TORTURE_RUN_H_
