// Makes absl::Mutex known to ThreadSanitizer. Linked into every program of the preset tsan.
//
// Debian's Abseil is not built for ThreadSanitizer, which therefore does not see that a Mutex
// orders what two threads do, and takes everything that one guards for a race. These functions take
// the place of the library's for the whole process, gRPC included, say to ThreadSanitizer what the
// lock orders, and call the library's. Conditions are evaluated by whichever thread releases the
// lock, so Eval needs to know which lock that is.

#include "absl/synchronization/mutex.h"
#include "scripts/tsan/tsan.h"

using dnc::tsan::Acquire;
using dnc::tsan::Library;
using dnc::tsan::Release;

namespace {

// The mutex whose conditions this thread may be evaluating.
thread_local const void* evaluating_for = nullptr;

class EvaluatingFor {
 public:
  explicit EvaluatingFor(const void* mutex) : outer_(evaluating_for) { evaluating_for = mutex; }
  EvaluatingFor(const EvaluatingFor&) = delete;
  EvaluatingFor& operator=(const EvaluatingFor&) = delete;
  ~EvaluatingFor() { evaluating_for = outer_; }

 private:
  const void* const outer_;
};

}  // namespace

// Debian's name for Abseil's inline namespace is part of each symbol.
#define DNC_ABSL "_ZN4absl7debian3"
#define DNC_ABSL_CONST "_ZNK4absl7debian3"

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const library = Library<void(Mutex*)>(DNC_ABSL "5Mutex4LockEv");
  library(this);
  Acquire(this);
}

void Mutex::Unlock() {
  static auto* const library = Library<void(Mutex*)>(DNC_ABSL "5Mutex6UnlockEv");
  const EvaluatingFor scope(this);
  Release(this);
  library(this);
}

bool Mutex::TryLock() {
  static auto* const library = Library<bool(Mutex*)>(DNC_ABSL "5Mutex7TryLockEv");
  const bool locked = library(this);
  if (locked) Acquire(this);
  return locked;
}

void Mutex::ReaderLock() {
  static auto* const library = Library<void(Mutex*)>(DNC_ABSL "5Mutex10ReaderLockEv");
  library(this);
  Acquire(this);
}

void Mutex::ReaderUnlock() {
  static auto* const library = Library<void(Mutex*)>(DNC_ABSL "5Mutex12ReaderUnlockEv");
  const EvaluatingFor scope(this);
  Release(this);
  library(this);
}

bool Mutex::ReaderTryLock() {
  static auto* const library = Library<bool(Mutex*)>(DNC_ABSL "5Mutex13ReaderTryLockEv");
  const bool locked = library(this);
  if (locked) Acquire(this);
  return locked;
}

void Mutex::Await(const Condition& cond) {
  static auto* const library =
      Library<void(Mutex*, const Condition&)>(DNC_ABSL "5Mutex5AwaitERKNS0_9ConditionE");
  const EvaluatingFor scope(this);
  Release(this);
  library(this, cond);
  Acquire(this);
}

bool Mutex::AwaitWithTimeout(const Condition& cond, Duration timeout) {
  static auto* const library = Library<bool(Mutex*, const Condition&, Duration)>(
      DNC_ABSL "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  const EvaluatingFor scope(this);
  Release(this);
  const bool met = library(this, cond, timeout);
  Acquire(this);
  return met;
}

bool Mutex::AwaitWithDeadline(const Condition& cond, Time deadline) {
  static auto* const library = Library<bool(Mutex*, const Condition&, Time)>(
      DNC_ABSL "5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  const EvaluatingFor scope(this);
  Release(this);
  const bool met = library(this, cond, deadline);
  Acquire(this);
  return met;
}

void Mutex::LockWhen(const Condition& cond) {
  static auto* const library =
      Library<void(Mutex*, const Condition&)>(DNC_ABSL "5Mutex8LockWhenERKNS0_9ConditionE");
  const EvaluatingFor scope(this);
  Release(this);
  library(this, cond);
  Acquire(this);
}

bool Mutex::LockWhenWithTimeout(const Condition& cond, Duration timeout) {
  static auto* const library = Library<bool(Mutex*, const Condition&, Duration)>(
      DNC_ABSL "5Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  const EvaluatingFor scope(this);
  Release(this);
  const bool met = library(this, cond, timeout);
  Acquire(this);
  return met;
}

bool Mutex::LockWhenWithDeadline(const Condition& cond, Time deadline) {
  static auto* const library = Library<bool(Mutex*, const Condition&, Time)>(
      DNC_ABSL "5Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  const EvaluatingFor scope(this);
  Release(this);
  const bool met = library(this, cond, deadline);
  Acquire(this);
  return met;
}

void Mutex::ReaderLockWhen(const Condition& cond) {
  static auto* const library =
      Library<void(Mutex*, const Condition&)>(DNC_ABSL "5Mutex14ReaderLockWhenERKNS0_9ConditionE");
  const EvaluatingFor scope(this);
  Release(this);
  library(this, cond);
  Acquire(this);
}

bool Condition::Eval() const {
  static auto* const library = Library<bool(const Condition*)>(DNC_ABSL_CONST "9Condition4EvalEv");
  const void* const mutex = evaluating_for;
  if (mutex == nullptr) return library(this);
  Acquire(mutex);
  const bool met = library(this);
  Release(mutex);
  return met;
}

void CondVar::Wait(Mutex* mu) {
  static auto* const library =
      Library<void(CondVar*, Mutex*)>(DNC_ABSL "7CondVar4WaitEPNS0_5MutexE");
  const EvaluatingFor scope(mu);
  Release(mu);
  library(this, mu);
  Acquire(mu);
}

bool CondVar::WaitWithTimeout(Mutex* mu, Duration timeout) {
  static auto* const library = Library<bool(CondVar*, Mutex*, Duration)>(
      DNC_ABSL "7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  const EvaluatingFor scope(mu);
  Release(mu);
  const bool timed_out = library(this, mu, timeout);
  Acquire(mu);
  return timed_out;
}

bool CondVar::WaitWithDeadline(Mutex* mu, Time deadline) {
  static auto* const library = Library<bool(CondVar*, Mutex*, Time)>(
      DNC_ABSL "7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  const EvaluatingFor scope(mu);
  Release(mu);
  const bool timed_out = library(this, mu, deadline);
  Acquire(mu);
  return timed_out;
}

ABSL_NAMESPACE_END
}  // namespace absl
