#include "client/internal/delayed_calls.h"

#include <utility>

namespace dnc {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

DelayedCalls::~DelayedCalls() { Stop(); }

void DelayedCalls::After(absl::Duration pause, Call call) {
  {
    absl::MutexLock lock(&mutex_);
    if (!stopped_) {
      calls_.emplace(Clock::now() + absl::ToChronoNanoseconds(pause), std::move(call));
      if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
      changed_.Signal();
      return;
    }
  }
  std::move(call)();
}

void DelayedCalls::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void DelayedCalls::Run() {
  absl::MutexLock lock(&mutex_);
  while (!stopped_ || !calls_.empty()) {
    if (calls_.empty()) {
      changed_.Wait(&mutex_);
      continue;
    }
    const auto first = calls_.begin();
    if (const auto left = first->first - Clock::now();
        !stopped_ && left > Clock::duration::zero()) {
      changed_.WaitWithTimeout(&mutex_, absl::FromChrono(left));
      continue;
    }
    Call call = std::move(first->second);
    calls_.erase(first);
    mutex_.Unlock();
    std::move(call)();
    call = nullptr;  // what it holds goes before the lock is taken
    mutex_.Lock();
  }
}

}  // namespace dnc
