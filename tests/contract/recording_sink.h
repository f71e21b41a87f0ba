// A state machine for tests of mutation logs: remembers what it was given, can be held within a
// Commit, and fails when told to.
#ifndef DNC_TESTS_CONTRACT_RECORDING_SINK_H_
#define DNC_TESTS_CONTRACT_RECORDING_SINK_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/log/mutation_log.h"

namespace dnc::testing {

// Fails the test where the log breaks its side: gaps, two calls at once, or batches that commit in
// another order than they began. An outcome's message is the mutation's request id.
class RecordingSink : public MutationSink {
 public:
  int64_t applied_revision() const override {
    absl::MutexLock lock(&mu_);
    return revision_;
  }

  std::unique_ptr<JudgedBatch> Begin() override {
    absl::MutexLock lock(&mu_);
    auto batch = std::make_unique<Batch>(judged_, failed_);
    open_ = batch.get();
    begun_.push_back(batch.get());
    return batch;
  }

  void Judge(std::vector<LogEntry> entries, JudgedBatch* judged) override {
    absl::MutexLock lock(&mu_);
    auto* const batch = static_cast<Batch*>(judged);
    EXPECT_EQ(batch, open_) << "another batch has begun";
    EXPECT_FALSE(entries.empty());
    for (const LogEntry& entry : entries) {
      EXPECT_EQ(entry.revision, batch->revision + 1) << "a gap";
      batch->revision = entry.revision;
      batch->ids.push_back(entry.mutation.request_id());
      Outcome outcome;
      outcome.set_revision(entry.revision);
      outcome.set_message(entry.mutation.request_id());
      batch->outcomes.push_back(std::move(outcome));
    }
    judged_ids_.insert(batch->ids.begin(), batch->ids.end());
    if (batch->failed_before == failed_) judged_ = batch->revision;
  }

  absl::Status Commit(JudgedBatch* judged) override {
    absl::MutexLock lock(&mu_);
    EXPECT_FALSE(inside_) << "two batches at once";
    EXPECT_FALSE(begun_.empty());
    EXPECT_EQ(judged, begun_.front()) << "in another order";
    begun_.pop_front();
    const auto* const batch = static_cast<Batch*>(judged);
    EXPECT_FALSE(batch->ids.empty());
    inside_ = true;
    const auto released = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !held_; };
    mu_.Await(absl::Condition(&released));
    inside_ = false;
    batches_.push_back(batch->ids.size());
    if (batch->failed_before != failed_) return absl::UnavailableError("one before it failed");
    if (failures_ > 0 && !ignore_next_failure_) {
      --failures_;
      ++failed_;
      judged_ = revision_;
      return absl::UnavailableError("told to fail");
    }
    ignore_next_failure_ = false;
    for (const std::string& id : batch->ids) applied_[++revision_] = id;
    EXPECT_EQ(revision_, batch->revision);
    return absl::OkStatus();
  }

  // Of one batch.
  absl::Status Apply(const std::string& id) {
    const std::unique_ptr<JudgedBatch> batch = Begin();
    LogEntry entry{batch->revision + 1, Mutation()};
    entry.mutation.set_request_id(id);
    Judge({entry}, batch.get());
    return Commit(batch.get());
  }

  void StopWriting(const std::string& problem) override {
    absl::MutexLock lock(&mu_);
    problem_ = problem;
  }
  std::string Problem() const {
    absl::MutexLock lock(&mu_);
    return problem_;
  }

  // The next Commit stays inside until Release.
  void Hold() {
    absl::MutexLock lock(&mu_);
    held_ = true;
  }
  // Returns once a Commit is inside.
  void AwaitHeld() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&inside_));
  }
  void Release() {
    absl::MutexLock lock(&mu_);
    held_ = false;
  }

  // Returns once a mutation of that id is judged.
  void AwaitJudged(const std::string& id) {
    absl::MutexLock lock(&mu_);
    const auto judged = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return judged_ids_.count(id) != 0;
    };
    mu_.Await(absl::Condition(&judged));
  }

  // The next `count` batches fail, and with each those that were judged upon it.
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
    judged_ = revision;
  }

 private:
  struct Batch : JudgedBatch {
    Batch(int64_t below, int failed) : JudgedBatch(below), failed_before(failed) {}

    std::vector<std::string> ids;
    const int failed_before;
  };

  mutable absl::Mutex mu_;
  int64_t revision_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t judged_ ABSL_GUARDED_BY(mu_) = 0;
  int failed_ ABSL_GUARDED_BY(mu_) = 0;  // counts batches that were told to
  const JudgedBatch* open_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::deque<const JudgedBatch*> begun_ ABSL_GUARDED_BY(mu_);
  std::set<std::string> judged_ids_ ABSL_GUARDED_BY(mu_);
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
