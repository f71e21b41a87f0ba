// What the torture tool itself remembers: which opt-outs it asked for, and which were acknowledged.
#ifndef DNC_TESTS_FAULT_LEDGER_H_
#define DNC_TESTS_FAULT_LEDGER_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/fault/scenario.h"

namespace dnc::testing {

// One opt-out: in doubt where it was asked for and has no answer.
struct Asked {
  OptOut opt_out;
  bool begun = false;
  std::optional<Answer> answer;

  bool in_doubt() const { return begun && !answer.has_value(); }
};

// Thread-safe.
class Ledger {
 public:
  // A place for an opt-out with subjects of its own, before anything is asked.
  size_t Reserve(OptOutKind kind, int phones) {
    absl::MutexLock lock(&mu_);
    asked_.push_back({MakeOptOut(kind, static_cast<int64_t>(asked_.size()), phones), false, {}});
    return asked_.size() - 1;
  }
  // Before it is asked for: from now on it may be there.
  void Begin(size_t place) {
    absl::MutexLock lock(&mu_);
    asked_[place].begun = true;
  }
  // Once its acknowledgement has arrived: from now on it must be there.
  void Acknowledge(size_t place, Answer answer) {
    absl::MutexLock lock(&mu_);
    asked_[place].begun = true;
    if (!asked_[place].answer.has_value()) acknowledged_.push_back(place);
    asked_[place].answer = std::move(answer);
  }

  Asked Get(size_t place) const {
    absl::MutexLock lock(&mu_);
    return asked_[place];
  }
  size_t size() const {
    absl::MutexLock lock(&mu_);
    return asked_.size();
  }
  size_t acknowledged() const {
    absl::MutexLock lock(&mu_);
    return acknowledged_.size();
  }
  // The `nth` that was acknowledged, modulo their number; nothing where there is none.
  std::optional<OptOut> Acknowledged(uint64_t nth) const {
    absl::MutexLock lock(&mu_);
    if (acknowledged_.empty()) return std::nullopt;
    return asked_[acknowledged_[nth % acknowledged_.size()]].opt_out;
  }

  // Returns once `count` are acknowledged, or nothing more will be.
  void AwaitAcknowledged(size_t count) const {
    absl::MutexLock lock(&mu_);
    const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return acknowledged_.size() >= count || given_up_;
    };
    mu_.Await(absl::Condition(&enough));
  }
  void GiveUp() {
    absl::MutexLock lock(&mu_);
    given_up_ = true;
  }
  // A new round: more will be acknowledged.
  void Resume() {
    absl::MutexLock lock(&mu_);
    given_up_ = false;
  }

 private:
  mutable absl::Mutex mu_;
  std::vector<Asked> asked_ ABSL_GUARDED_BY(mu_);
  std::vector<size_t> acknowledged_ ABSL_GUARDED_BY(mu_);
  bool given_up_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_LEDGER_H_
