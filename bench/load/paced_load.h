// Open-loop load: calls start when their time has come, whether or not others have been answered,
// as those of many independent callers do. Latency counts from when a call was due: a server, or a
// machine, that stalls makes every call late that was due meanwhile.
#ifndef DNC_BENCH_LOAD_PACED_LOAD_H_
#define DNC_BENCH_LOAD_PACED_LOAD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// When calls are due: `per_second` of them, evenly spaced. Immutable.
class Schedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Schedule(Time start, double per_second) : start_(start), interval_ns_(1e9 / per_second) {}

  // When call `index` is due.
  Time Due(uint64_t index) const {
    return start_ + std::chrono::nanoseconds(
                        static_cast<int64_t>(interval_ns_ * static_cast<double>(index)));
  }

 private:
  Time start_;
  double interval_ns_;
};

struct PacedOptions {
  double per_second = 1'000;
  absl::Duration warm_up = absl::Milliseconds(300);  // not measured
  absl::Duration duration = absl::Seconds(3);
  bool repeat_calls = true;  // false: each call once; there must be enough of them
  size_t first_call = 0;
};

// Runs one round; returns when the last call has been answered. A call that is due while the
// warm-up lasts is not measured. calls_per_second is what was reached: where a server cannot keep
// up it is less than what was asked for, and latencies grow. INTERNAL where a call fails or is not
// answered as it must be, RESOURCE_EXHAUSTED where 100,000 calls wait at once.
absl::StatusOr<LoadResult> RunPacedLoad(const Target& target, const PacedOptions& options);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_PACED_LOAD_H_
