// Rounds of: start, verify what the last round left, write in full flight, kill -9.
#ifndef DNC_TESTS_FAULT_TORTURE_RUN_H_
#define DNC_TESTS_FAULT_TORTURE_RUN_H_

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "tests/fault/flight.h"
#include "tests/fault/verifier.h"
#include "tests/integration/process.h"

namespace dnc::testing {

struct TortureOptions {
  int rounds = 50;
  uint64_t seed = 0;
  std::string dncd;  // the program
  std::string dir;   // a folder of its own; outlives the run
};

class TortureRun {
 public:
  explicit TortureRun(const TortureOptions& options) : options_(options), random_(options.seed) {}

  // All rounds, then a last start at which everything is verified. An error: the gateway did not
  // start, or did not take the scenario.
  absl::Status Run();
  // Has the verifier look for damage that is really there: a lost, a stale, a half applied and a
  // twice applied opt-out. An error names what it did not find.
  absl::Status SelfTest();

  void Report() const;
  // Nothing lost, stale, half applied or applied twice, no unexpected error, and something was
  // acknowledged.
  bool Clean() const;

 private:
  struct Planted {
    size_t lost = 0;
    size_t half_applied = 0;
    size_t repeated = 0;
  };

  absl::Status Start();
  void KillDuringStart();
  absl::Status Round(int round);
  void Verify(size_t first);
  absl::StatusOr<Planted> Plant();

  const TortureOptions options_;
  std::mt19937_64 random_;
  Ledger ledger_;
  FlightLog log_;
  Findings findings_;
  int rounds_ = 0;
  std::unique_ptr<e2e::GatewayProcess> gateway_;
  std::unique_ptr<GatewayClient> client_;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_TORTURE_RUN_H_
