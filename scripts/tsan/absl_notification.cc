// Makes absl::Notification and absl::BlockingCounter known to ThreadSanitizer; see absl_mutex.cc.

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "scripts/tsan/tsan.h"

using dnc::tsan::Acquire;
using dnc::tsan::Library;
using dnc::tsan::Release;

namespace absl {
ABSL_NAMESPACE_BEGIN

void Notification::Notify() {
  static auto* const library =
      Library<void(Notification*)>("_ZN4absl7debian312Notification6NotifyEv");
  Release(this);
  library(this);
}

void Notification::WaitForNotification() const {
  static auto* const library =
      Library<void(const Notification*)>("_ZNK4absl7debian312Notification19WaitForNotificationEv");
  library(this);
  Acquire(this);
}

bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  static auto* const library = Library<bool(const Notification*, Duration)>(
      "_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
  const bool notified = library(this, timeout);
  if (notified) Acquire(this);
  return notified;
}

bool Notification::WaitForNotificationWithDeadline(Time deadline) const {
  static auto* const library = Library<bool(const Notification*, Time)>(
      "_ZNK4absl7debian312Notification31WaitForNotificationWithDeadlineENS0_4TimeE");
  const bool notified = library(this, deadline);
  if (notified) Acquire(this);
  return notified;
}

bool BlockingCounter::DecrementCount() {
  static auto* const library =
      Library<bool(BlockingCounter*)>("_ZN4absl7debian315BlockingCounter14DecrementCountEv");
  Release(this);
  return library(this);
}

void BlockingCounter::Wait() {
  static auto* const library =
      Library<void(BlockingCounter*)>("_ZN4absl7debian315BlockingCounter4WaitEv");
  library(this);
  Acquire(this);
}

ABSL_NAMESPACE_END
}  // namespace absl
