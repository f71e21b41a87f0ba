// Records of checks that had no room: checks are answered without them, so figures of checks mean
// little without this one.
#ifndef DNC_BENCH_LOAD_LEFT_OUT_H_
#define DNC_BENCH_LOAD_LEFT_OUT_H_

#include <string>

#include "absl/status/statusor.h"

namespace dnc::bench {

// What a gateway says it has recorded, and left out, since its start.
struct Recorded {
  double written = 0;
  double left_out = 0;
};
absl::StatusOr<Recorded> ReadRecorded(const std::string& address);

// Of the records that were due between the two, in percent.
double LeftOut(const Recorded& before, const Recorded& after);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_LEFT_OUT_H_
