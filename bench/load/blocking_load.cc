#include "bench/load/blocking_load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace dnc::bench {
namespace {

using Clock = std::chrono::steady_clock;

// What the callers of a round share. Thread-safe.
class BlockingRound {
 public:
  explicit BlockingRound(const BlockingOptions& options)
      : options_(options),
        measure_from_(Clock::now() + absl::ToChronoNanoseconds(options.warm_up)),
        measure_to_(measure_from_ + absl::ToChronoNanoseconds(options.duration)),
        next_(options.first_call) {}

  // Calls until the round is over.
  void Run(Caller& caller) {
    Clock::time_point start = Clock::now();
    while (start < measure_to_ && !failed_.load(std::memory_order_relaxed)) {
      const uint64_t index = next_.fetch_add(1, std::memory_order_relaxed);
      if (index >= options_.end_call) return;
      const absl::Status status = caller.Call(index);
      const Clock::time_point end = Clock::now();
      if (!status.ok()) return Fail(status);
      if (end >= measure_from_ && end < measure_to_) Record(start, end);
      start = end;
    }
  }

  absl::StatusOr<LoadResult> Result() {
    absl::MutexLock lock(&mu_);
    if (!why_.ok()) return why_;
    LoadResult result;
    result.latency_ns = latency_.Collect();
    const uint64_t past = std::min(next_.load(), options_.end_call);
    result.calls_started = past - std::min(past, options_.first_call);
    const bool ran_out = next_.load() > options_.end_call;
    const Clock::time_point end = ran_out
                                      ? std::max(Clock::time_point(Clock::duration(last_.load())),
                                                 measure_from_ + Clock::duration(1))
                                      : measure_to_;
    const double seconds = std::chrono::duration<double>(end - measure_from_).count();
    result.calls_per_second = static_cast<double>(result.latency_ns.count()) *
                              static_cast<double>(options_.items_per_call) / seconds;
    return result;
  }

 private:
  void Record(Clock::time_point start, Clock::time_point end) {
    latency_.Record(static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count()));
    if (options_.end_call != UINT64_MAX) last_.store(end.time_since_epoch().count());
  }

  void Fail(const absl::Status& status) {
    absl::MutexLock lock(&mu_);
    why_.Update(status);
    failed_ = true;
  }

  const BlockingOptions& options_;
  const Clock::time_point measure_from_;
  const Clock::time_point measure_to_;
  std::atomic<uint64_t> next_;
  std::atomic<bool> failed_{false};
  std::atomic<Clock::rep> last_{0};
  SharedHistogram latency_;

  absl::Mutex mu_;
  absl::Status why_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

absl::StatusOr<LoadResult> RunBlockingLoad(const Callers& callers, const BlockingOptions& options) {
  BlockingRound round(options);
  std::vector<std::thread> threads;
  threads.reserve(callers.size());
  for (const auto& caller : callers) {
    threads.emplace_back([&round, &caller] { round.Run(*caller); });
  }
  for (std::thread& thread : threads) thread.join();
  return round.Result();
}

}  // namespace dnc::bench
