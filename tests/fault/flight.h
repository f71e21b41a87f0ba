// Writers and checkers in full flight against one gateway, until it dies under them.
#ifndef DNC_TESTS_FAULT_FLIGHT_H_
#define DNC_TESTS_FAULT_FLIGHT_H_

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/fault/ledger.h"

namespace dnc::testing {

// What went wrong in flight. Thread-safe.
class FlightLog {
 public:
  // A check answered ALLOW although the opt-out had been acknowledged before it started.
  void AddStale() { stale_.fetch_add(1); }
  int64_t stale() const { return stale_.load(); }
  void AddCheck() { checks_.fetch_add(1); }
  int64_t checks() const { return checks_.load(); }

  // A call ended as it must not, dying gateway or not.
  void AddUnexpected(const std::string& what) {
    absl::MutexLock lock(&mu_);
    unexpected_.push_back(what);
  }
  std::vector<std::string> unexpected() const {
    absl::MutexLock lock(&mu_);
    return unexpected_;
  }

 private:
  std::atomic<int64_t> stale_{0};
  std::atomic<int64_t> checks_{0};
  mutable absl::Mutex mu_;
  std::vector<std::string> unexpected_ ABSL_GUARDED_BY(mu_);
};

// Checks a phone or the lead of an opt-out that was acknowledged; false where the gateway is gone.
bool CheckAcknowledged(GatewayClient& client, const OptOut& opt_out, std::mt19937_64& random,
                       FlightLog* log);

class Flight {
 public:
  struct Options {
    int writers = 32;
    int checkers = 3;
    uint64_t seed = 0;
  };

  // Starts the threads; each ends at the first call that the gateway does not answer.
  Flight(GatewayClient* client, Ledger* ledger, FlightLog* log, const Options& options);
  // Waits for them: end the gateway first.
  ~Flight();
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  void Write(uint64_t seed);
  bool WriteOne(std::mt19937_64& random);
  void Check(uint64_t seed);

  GatewayClient* const client_;
  Ledger* const ledger_;
  FlightLog* const log_;
  std::atomic<int> writers_left_;
  std::vector<std::thread> threads_;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_FLIGHT_H_
