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

  // Time since an arbitrary fixed instant; never goes back, ignores changes of the wall clock, and
  // should go on while the machine is suspended: what was permitted before must not look fresh.
  virtual absl::Duration Now() const = 0;

  // Returns once `duration` has passed.
  virtual void Sleep(absl::Duration duration) const = 0;
};

// The machine's monotonic clock; on Linux the one that counts the time of suspension
// (CLOCK_BOOTTIME).
std::shared_ptr<const SteadyTime> MachineTime();

}  // namespace dnc

#endif  // DNC_CLIENT_STEADY_TIME_H_
