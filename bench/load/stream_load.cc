#include "bench/load/stream_load.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace dnc::bench {
namespace {

using CheckClock = std::chrono::steady_clock;

uint64_t NanosecondsOf(CheckClock::duration duration) {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

// The checks of a round. Thread-safe.
class CheckRound {
 public:
  CheckRound(Client& client, const std::vector<JudgedCheck>& checks, const LoadOptions& options)
      : client_(client), checks_(checks), options_(options), next_(options.first_call) {
    measure_from_ = CheckClock::now() + absl::ToChronoNanoseconds(options.warm_up);
    measure_to_ = measure_from_ + absl::ToChronoNanoseconds(options.duration);
  }

  absl::StatusOr<LoadResult> Run() {
    {
      absl::MutexLock lock(&mu_);
      running_ = options_.in_flight;
    }
    for (size_t i = 0; i < options_.in_flight; ++i) Ask();
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &CheckRound::IsOver));
    if (!why_.ok()) return why_;
    LoadResult result;
    result.latency_ns = latency_.Collect();
    result.calls_started = next_.load() - options_.first_call;
    result.calls_per_second =
        static_cast<double>(result.latency_ns.count()) / absl::ToDoubleSeconds(options_.duration);
    return result;
  }

 private:
  bool IsOver() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return running_ == 0; }

  void Ask() {
    const CheckClock::time_point start = CheckClock::now();
    if (start >= measure_to_ || failed_.load(std::memory_order_relaxed)) return End();
    const JudgedCheck& check = checks_[next_.fetch_add(1) % checks_.size()];
    client_.CheckAsync(check.request, [this, start, &check](Decision decision) {
      if (decision.verdict() == check.verdict) {
        Answered(start);
      } else {
        Fail(absl::InternalError(absl::StrCat("a check was answered ", decision.ToString())));
      }
      Ask();
    });
  }

  void Answered(CheckClock::time_point start) {
    const CheckClock::time_point end = CheckClock::now();
    if (end >= measure_from_ && end < measure_to_) latency_.Record(NanosecondsOf(end - start));
  }

  void Fail(const absl::Status& why) {
    absl::MutexLock lock(&mu_);
    why_.Update(why);
    failed_ = true;
  }

  void End() {
    absl::MutexLock lock(&mu_);
    --running_;
  }

  Client& client_;
  const std::vector<JudgedCheck>& checks_;
  const LoadOptions& options_;
  CheckClock::time_point measure_from_;
  CheckClock::time_point measure_to_;
  std::atomic<size_t> next_;
  std::atomic<bool> failed_{false};
  SharedHistogram latency_;

  absl::Mutex mu_;
  size_t running_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status why_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

absl::StatusOr<LoadResult> RunCallbackChecks(Client& client, const std::vector<JudgedCheck>& checks,
                                             const LoadOptions& options) {
  return CheckRound(client, checks, options).Run();
}

}  // namespace dnc::bench
