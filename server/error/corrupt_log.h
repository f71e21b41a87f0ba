// Records that cannot be read are told to whoever runs the server, not only to who asked.
#ifndef DNC_SERVER_ERROR_CORRUPT_LOG_H_
#define DNC_SERVER_ERROR_CORRUPT_LOG_H_

#include <cstdint>
#include <optional>

#include "absl/base/attributes.h"
#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace dnc {

// Lets one event of a kind through in every `interval`, and counts the others. Thread-safe.
class LogThrottle {
 public:
  explicit LogThrottle(absl::Duration interval) : interval_(interval) {}

  // How many events were held back since the last one that passed; none where this one is as well.
  // `now` is of a clock that never goes back.
  std::optional<int64_t> Pass(absl::Duration now);

 private:
  const absl::Duration interval_;
  absl::Mutex mu_;
  absl::Duration next_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  int64_t held_back_ ABSL_GUARDED_BY(mu_) = 0;
};

// Logs `status` where it is DATA_LOSS, at most once a second: a damaged record that a dialler asks
// for may be met a thousand times in one. Such messages name families and versions, and no contact
// data.
ABSL_ATTRIBUTE_COLD void LogIfCorrupt(const absl::Status& status);

}  // namespace dnc

#endif  // DNC_SERVER_ERROR_CORRUPT_LOG_H_
