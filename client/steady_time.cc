#include "client/steady_time.h"

#include <chrono>

#include "absl/time/clock.h"

namespace dnc {
namespace {

class MonotonicTime : public SteadyTime {
 public:
  absl::Duration Now() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
  void Sleep(absl::Duration duration) const override { absl::SleepFor(duration); }
};

}  // namespace

std::shared_ptr<const SteadyTime> MachineTime() { return std::make_shared<MonotonicTime>(); }

}  // namespace dnc
