// A state machine for tests of mutation logs: remembers what it was given, can be held within an
// Apply, and fails when told to.
#ifndef DNC_TESTS_CONTRACT_RECORDING_SINK_H_
#define DNC_TESTS_CONTRACT_RECORDING_SINK_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/log/mutation_log.h"

namespace dnc::testing {

// Fails the test where the log breaks its side: gaps, or two calls at once. An outcome's message is
// the mutation's request id.
class RecordingSink : public MutationSink {
 public:
  int64_t applied_revision() const override {
    absl::MutexLock lock(&mu_);
    return revision_;
  }

  absl::Status Apply(absl::Span<const LogEntry> entries, std::vector<Outcome>* outcomes) override {
    absl::MutexLock lock(&mu_);
    EXPECT_FALSE(inside_) << "two batches at once";
    EXPECT_FALSE(entries.empty());
    inside_ = true;
    const auto released = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !held_; };
    mu_.Await(absl::Condition(&released));
    inside_ = false;
    batches_.push_back(entries.size());
    if (failures_ > 0 && !ignore_next_failure_) {
      --failures_;
      return absl::UnavailableError("told to fail");
    }
    ignore_next_failure_ = false;
    outcomes->clear();
    for (const LogEntry& entry : entries) {
      EXPECT_EQ(entry.revision, revision_ + 1) << "a gap";
      revision_ = entry.revision;
      applied_[entry.revision] = entry.mutation.request_id();
      Outcome outcome;
      outcome.set_revision(entry.revision);
      outcome.set_message(entry.mutation.request_id());
      outcomes->push_back(std::move(outcome));
    }
    return absl::OkStatus();
  }

  void StopWriting(const std::string& problem) override {
    absl::MutexLock lock(&mu_);
    problem_ = problem;
  }
  std::string Problem() const {
    absl::MutexLock lock(&mu_);
    return problem_;
  }

  // The next Apply stays inside until Release.
  void Hold() {
    absl::MutexLock lock(&mu_);
    held_ = true;
  }
  // Returns once an Apply is inside.
  void AwaitHeld() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&inside_));
  }
  void Release() {
    absl::MutexLock lock(&mu_);
    held_ = false;
  }

  // The next `count` batches fail.
  void FailNext(int count) {
    absl::MutexLock lock(&mu_);
    failures_ = count;
  }
  // The batch after the one that is held fails.
  void FailAfterHeld() {
    absl::MutexLock lock(&mu_);
    failures_ = 1;
    ignore_next_failure_ = true;
  }

  // What was applied, by revision.
  std::map<int64_t, std::string> Applied() const {
    absl::MutexLock lock(&mu_);
    return applied_;
  }
  bool Has(const std::string& id) const {
    for (const auto& [revision, applied] : Applied()) {
      if (applied == id) return true;
    }
    return false;
  }
  // The size of each batch, failed ones included.
  std::vector<size_t> Batches() const {
    absl::MutexLock lock(&mu_);
    return batches_;
  }
  // As a store that lost its end.
  void ForgetAfter(int64_t revision) {
    absl::MutexLock lock(&mu_);
    applied_.erase(applied_.upper_bound(revision), applied_.end());
    revision_ = revision;
  }

 private:
  mutable absl::Mutex mu_;
  int64_t revision_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<int64_t, std::string> applied_ ABSL_GUARDED_BY(mu_);
  std::vector<size_t> batches_ ABSL_GUARDED_BY(mu_);
  bool held_ ABSL_GUARDED_BY(mu_) = false;
  bool inside_ ABSL_GUARDED_BY(mu_) = false;
  int failures_ ABSL_GUARDED_BY(mu_) = 0;
  std::string problem_ ABSL_GUARDED_BY(mu_);
  bool ignore_next_failure_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_CONTRACT_RECORDING_SINK_H_
