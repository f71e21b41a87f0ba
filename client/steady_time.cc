#include "client/steady_time.h"

#include <time.h>

#include "absl/time/clock.h"

namespace dnc {
namespace {

// The clock that goes on while the machine sleeps: an answer from before is old afterwards.
#ifdef CLOCK_BOOTTIME
constexpr clockid_t kClock = CLOCK_BOOTTIME;
#else
constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif

class MonotonicTime : public SteadyTime {
 public:
  absl::Duration Now() const override {
    timespec now = {};
    clock_gettime(kClock, &now);
    return absl::DurationFromTimespec(now);
  }
  void Sleep(absl::Duration duration) const override { absl::SleepFor(duration); }
};

}  // namespace

std::shared_ptr<const SteadyTime> MachineTime() { return std::make_shared<MonotonicTime>(); }

}  // namespace dnc
