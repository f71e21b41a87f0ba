// A clock at which threads can be held: every check and every write asks it for the time.
#ifndef DNC_TESTS_INTEGRATION_GATED_CLOCK_H_
#define DNC_TESTS_INTEGRATION_GATED_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/base/clock.h"

namespace dnc {

// Thread-safe.
class GatedClock : public Clock {
 public:
  explicit GatedClock(UnixMicros now) : now_(now) {}

  UnixMicros Now() const override {
    absl::MutexLock lock(&mu_);
    ++asked_;
    if (to_hold_ > 0) {
      --to_hold_;
      ++held_;
      mu_.Await(absl::Condition(&open_));
      --held_;
    }
    return now_;
  }

  // The next `threads` that ask are held until Open.
  void Hold(int threads) {
    absl::MutexLock lock(&mu_);
    open_ = false;
    to_hold_ = threads;
  }
  void AwaitHeld(int threads) {
    absl::MutexLock lock(&mu_);
    const auto held = [this, threads]()
                          ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return held_ == threads; };
    mu_.Await(absl::Condition(&held));
  }
  void Open() {
    absl::MutexLock lock(&mu_);
    open_ = true;
    to_hold_ = 0;
  }
  int asked() const {
    absl::MutexLock lock(&mu_);
    return asked_;
  }

 private:
  const UnixMicros now_;
  mutable absl::Mutex mu_;
  mutable int asked_ ABSL_GUARDED_BY(mu_) = 0;
  mutable int to_hold_ ABSL_GUARDED_BY(mu_) = 0;
  mutable int held_ ABSL_GUARDED_BY(mu_) = 0;
  bool open_ ABSL_GUARDED_BY(mu_) = true;
};

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_GATED_CLOCK_H_
