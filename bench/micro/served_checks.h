// Checks as they are served, without gRPC: authorised by a role binding, judged beside a registry,
// and recorded.
#ifndef DNC_BENCH_MICRO_SERVED_CHECKS_H_
#define DNC_BENCH_MICRO_SERVED_CHECKS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bench/micro/check_fixture.h"
#include "server/auth/authenticator.h"
#include "server/handler/bound_authorizer.h"
#include "server/handler/check_handler.h"
#include "server/recording/decision_recorder.h"
#include "storage/base/clock.h"
#include "storage/base/wire.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/secret.h"
#include "storage/rocksdb/recording_store.h"

namespace dnc::bench {

class ServedChecks {
 public:
  // Gives `gateway`, which must outlive it, a registry that lists PhoneOf(kFirstListed) and the
  // numbers that follow it, and a principal who may check.
  explicit ServedChecks(CheckFixture* gateway);
  ServedChecks(const ServedChecks&) = delete;
  ServedChecks& operator=(const ServedChecks&) = delete;
  ~ServedChecks();

  static constexpr uint64_t kFirstListed = 4'000'000;
  static constexpr uint64_t kListed = 10'000;

  // A CheckContactRequest by that principal, as it travels, and its answer. Every check is made at
  // the same time.
  absl::Status Check(absl::string_view request, WireWriter* answer) const;
  // How many of them are on record, once they are written.
  int64_t Recorded() const;

 private:
  const std::string dir_;
  const ManualClock clock_;
  const Secret secret_;
  const BoundAuthorizer authorizer_;
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<DecisionStore> decisions_;
  std::unique_ptr<DecisionRecorder> recorder_;
  std::unique_ptr<CheckHandler> checks_;
  const Principal caller_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_SERVED_CHECKS_H_
