// Time that never jumps, and waiting: the seam by which tests choose both.
#ifndef DNC_CLIENT_STEADY_TIME_H_
#define DNC_CLIENT_STEADY_TIME_H_

#include <memory>

#include "absl/time/time.h"

namespace dnc {

// Thread-safe.
class SteadyTime {
 public:
  virtual ~SteadyTime() = default;

  // Time since an arbitrary fixed instant; never goes back and ignores changes of the wall clock.
  virtual absl::Duration Now() const = 0;

  // Returns once `duration` has passed.
  virtual void Sleep(absl::Duration duration) const = 0;
};

// The machine's monotonic clock.
std::shared_ptr<const SteadyTime> MachineTime();

}  // namespace dnc

#endif  // DNC_CLIENT_STEADY_TIME_H_
