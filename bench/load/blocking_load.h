// Closed-loop load by threads, each of which waits for its own answers: how most callers of a
// client library, of Redis and of a database work.
#ifndef DNC_BENCH_LOAD_BLOCKING_LOAD_H_
#define DNC_BENCH_LOAD_BLOCKING_LOAD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// One of them. Used by one thread at a time.
class Caller {
 public:
  virtual ~Caller() = default;

  // Makes call `index` and waits for the answer. `index` counts the calls of all callers of a load
  // and of all its rounds. INTERNAL where the answer is not the right one.
  virtual absl::Status Call(uint64_t index) = 0;
};

using Callers = std::vector<std::unique_ptr<Caller>>;

// `count` callers, each made by `make`, which answers absl::StatusOr<std::unique_ptr<T>>.
template <typename Make>
absl::StatusOr<Callers> MakeCallers(size_t count, const Make& make) {
  Callers callers;
  callers.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    auto caller = make();
    if (!caller.ok()) return caller.status();
    callers.push_back(*std::move(caller));
  }
  return callers;
}

struct BlockingOptions {
  absl::Duration warm_up = absl::Milliseconds(300);  // not measured
  absl::Duration duration = absl::Seconds(3);
  uint64_t first_call = 0;
  // Calls beyond this are not made; the round ends early then.
  uint64_t end_call = UINT64_MAX;
  // What one call counts for in the result, e.g. the phones of a block.
  uint64_t items_per_call = 1;
};

// Runs one round, a thread a caller. calls_per_second counts items; latencies are those of calls.
absl::StatusOr<LoadResult> RunBlockingLoad(const Callers& callers, const BlockingOptions& options);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_BLOCKING_LOAD_H_
