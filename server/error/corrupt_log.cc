#include "server/error/corrupt_log.h"

#include <chrono>
#include <string>
#include <utility>

#include "storage/base/logging.h"

namespace dnc {

std::optional<int64_t> LogThrottle::Pass(absl::Duration now) {
  absl::MutexLock lock(&mu_);
  if (now < next_) {
    ++held_back_;
    return std::nullopt;
  }
  next_ = now + interval_;
  return std::exchange(held_back_, 0);
}

void LogIfCorrupt(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return;
  static auto* const throttle = new LogThrottle(absl::Seconds(1));
  const auto held_back =
      throttle->Pass(absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()));
  if (!held_back.has_value()) return;
  spdlog::error("corrupt record: {} held_back={}", std::string(status.message()), *held_back);
}

}  // namespace dnc
