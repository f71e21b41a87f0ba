// Does things later.
#ifndef DNC_CLIENT_INTERNAL_DELAYED_CALLS_H_
#define DNC_CLIENT_INTERNAL_DELAYED_CALLS_H_

#include <chrono>
#include <map>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace dnc {

// Thread-safe. One thread, which begins with the first call.
class DelayedCalls {
 public:
  using Call = absl::AnyInvocable<void() &&>;

  DelayedCalls() = default;
  // Stops.
  ~DelayedCalls();
  DelayedCalls(const DelayedCalls&) = delete;
  DelayedCalls& operator=(const DelayedCalls&) = delete;

  // Runs `call` once `pause` has passed; at once, on this thread, after Stop.
  void After(absl::Duration pause, Call call);
  // Runs all that wait, now. Returns when they have ended.
  void Stop();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void Run();

  absl::Mutex mutex_;
  std::multimap<Time, Call> calls_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar changed_;
  std::thread thread_;  // begun under the mutex
};

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_DELAYED_CALLS_H_
