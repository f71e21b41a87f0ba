// Waiting for what happens by itself, without waiting for ever.
#ifndef DNC_TESTS_UNIT_RECORDING_EVENTUALLY_H_
#define DNC_TESTS_UNIT_RECORDING_EVENTUALLY_H_

#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace dnc::testing {

// Repeats `holds` until it is true; false where it is not within far more time than it takes.
inline bool Eventually(absl::FunctionRef<bool()> holds) {
  const absl::Time limit = absl::Now() + absl::Minutes(2);
  while (!holds()) {
    if (absl::Now() > limit) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace dnc::testing

#endif  // DNC_TESTS_UNIT_RECORDING_EVENTUALLY_H_
