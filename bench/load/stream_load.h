// Closed-loop load of single checks through the client library, by callbacks: so many in flight,
// each followed by the next as soon as its own answer is there.
#ifndef DNC_BENCH_LOAD_STREAM_LOAD_H_
#define DNC_BENCH_LOAD_STREAM_LOAD_H_

#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/unary_load.h"
#include "client/client.h"

namespace dnc::bench {

// A check, and its right answer.
struct JudgedCheck {
  CheckRequest request;
  Verdict verdict = Verdict::kUnknown;
};

// Runs one round over the checks, again and again. INTERNAL where one is not answered as it must
// be.
absl::StatusOr<LoadResult> RunCallbackChecks(Client& client, const std::vector<JudgedCheck>& checks,
                                             const LoadOptions& options);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_STREAM_LOAD_H_
