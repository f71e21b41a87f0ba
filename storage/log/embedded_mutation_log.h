// The mutation log of a single node: the write-ahead log of the local store is the log. Proposals
// queue up; one applier thread takes whatever waits as one batch, which the sink commits with one
// sync, so that a thousand concurrent opt-outs share it. A second thread answers, so that the next
// batch is applied meanwhile.
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
  // A batch whose fate is known.
  struct Decided {
    std::vector<Done> done;
    absl::Status status;
    std::vector<Outcome> outcomes;
  };

  EmbeddedMutationLog(MutationSink* sink, std::unique_ptr<CommitMarker> marker,
                      const EmbeddedMutationLogOptions& options);
  void RunApplier();
  void RunAnswerer();
  // RESOURCE_EXHAUSTED, or UNAVAILABLE once it stops.
  absl::Status Admit(size_t bytes) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  std::vector<Pending> TakeBatch();
  Decided ApplyBatch(std::vector<Pending> batch);

  MutationSink* const sink_;
  const std::unique_ptr<CommitMarker> marker_;
  const EmbeddedMutationLogOptions options_;

  absl::Mutex mu_;
  std::deque<Pending> queue_ ABSL_GUARDED_BY(mu_);
  size_t queue_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  absl::Mutex answers_mu_;
  std::deque<Decided> answers_ ABSL_GUARDED_BY(answers_mu_);
  bool applier_ended_ ABSL_GUARDED_BY(answers_mu_) = false;

  absl::Mutex join_mu_;  // lets Stop be called twice
  std::thread applier_ ABSL_GUARDED_BY(join_mu_);
  std::thread answerer_ ABSL_GUARDED_BY(join_mu_);
};

}  // namespace dnc

#endif  // DNC_STORAGE_LOG_EMBEDDED_MUTATION_LOG_H_
