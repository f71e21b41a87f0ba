// The mutation log of a single node: the write-ahead log of the local store is the log. Proposals
// queue up. A few threads do the same in turn: judge what waits, commit it with one sync, answer.
// One of them judges and one commits at a time, so a batch is judged, and grows, for as long as the
// one before it takes to commit, and then the two thousand opt-outs that came meanwhile share one
// sync. See docs/adr/0029.
#ifndef DNC_STORAGE_LOG_EMBEDDED_MUTATION_LOG_H_
#define DNC_STORAGE_LOG_EMBEDDED_MUTATION_LOG_H_

#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/log/commit_marker.h"
#include "storage/log/mutation_log.h"

namespace dnc {

struct EmbeddedMutationLogOptions {
  size_t max_batch = 1024;              // mutations in one commit
  size_t max_batch_bytes = 4u << 20;    // of mutations in one commit, beyond its first
  size_t max_queue = 65536;             // mutations that may wait; more are refused
  size_t max_queue_bytes = 256u << 20;  // bytes that may wait; more are refused
  // Begin a new marker where the sink has mutations and `marker` is missing or empty.
  bool accept_missing_marker = false;
};

class EmbeddedMutationLog : public MutationLog {
 public:
  // Continues after what `sink` has applied. DATA_LOSS: `marker` says that more was acknowledged
  // than the sink has. FAILED_PRECONDITION: it says nothing although the sink has something, and
  // `options` do not accept that. `sink` must outlive the log.
  static absl::StatusOr<std::unique_ptr<EmbeddedMutationLog>> Create(
      MutationSink* sink, std::unique_ptr<CommitMarker> marker,
      const EmbeddedMutationLogOptions& options);
  ~EmbeddedMutationLog() override;

  void Propose(Mutation mutation, Done done) override;
  void Stop() override;

 private:
  struct Pending {
    Mutation mutation;
    Done done;
    size_t bytes;
  };
  // Mutations on their way to one commit.
  struct Batch {
    std::unique_ptr<JudgedBatch> judged;
    std::vector<Done> done;  // one for each mutation
    size_t bytes = 0;
    bool closed = false;  // takes no more, and commits next
  };

  // One judges, one commits, one answers.
  static constexpr size_t kAppliers = 3;

  EmbeddedMutationLog(MutationSink* sink, std::unique_ptr<CommitMarker> marker,
                      const EmbeddedMutationLogOptions& options);
  void RunApplier();
  // RESOURCE_EXHAUSTED, or UNAVAILABLE once it stops.
  absl::Status Admit(size_t bytes) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  bool Fits(const Batch& batch) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  // Judges what waits until nothing else commits. An empty batch: it stops, and nothing waits.
  Batch JudgeBatch();
  // More for the batch; waits for it, or until the batch is closed or it stops.
  std::vector<Mutation> TakeMore(Batch* batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(judging_mu_);
  absl::Status CommitBatch(Batch* batch);
  static void Answer(Batch batch, const absl::Status& status);

  MutationSink* const sink_;
  const std::unique_ptr<CommitMarker> marker_;  // of whoever commits
  const EmbeddedMutationLogOptions options_;

  absl::Mutex judging_mu_ ABSL_ACQUIRED_BEFORE(mu_);  // held by whoever judges

  absl::Mutex mu_;
  std::deque<Pending> queue_ ABSL_GUARDED_BY(mu_);
  // In the queue and in the batch that is not closed yet.
  size_t waiting_ ABSL_GUARDED_BY(mu_) = 0;
  size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool committing_ ABSL_GUARDED_BY(mu_) = false;  // a closed batch is not committed yet
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  absl::Mutex join_mu_;  // lets Stop be called twice
  std::vector<std::thread> appliers_ ABSL_GUARDED_BY(join_mu_);
};

}  // namespace dnc

#endif  // DNC_STORAGE_LOG_EMBEDDED_MUTATION_LOG_H_
