// The ordered log of mutations: the seam between proposing a change and applying it. The contract
// below is what tests/contract/mutation_log_contract.h checks for every implementation.
#ifndef DNC_STORAGE_LOG_MUTATION_LOG_H_
#define DNC_STORAGE_LOG_MUTATION_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/storage/v1/mutation.pb.h"

namespace dnc {

using storage::v1::Mutation;
using storage::v1::Outcome;

// One place in the log.
struct LogEntry {
  int64_t revision = 0;
  Mutation mutation;
};

// Mutations that are judged and commit as one. Made by a sink, which derives what it needs.
struct JudgedBatch {
  explicit JudgedBatch(int64_t below) : revision(below) {}
  virtual ~JudgedBatch() = default;
  JudgedBatch(const JudgedBatch&) = delete;
  JudgedBatch& operator=(const JudgedBatch&) = delete;

  int64_t revision;               // of its last mutation; without any: of what it stands upon
  std::vector<Outcome> outcomes;  // one for each mutation
};

// What the log feeds: the state machine. While one batch is committed, the next is judged upon it.
// One thread at a time calls Begin and Judge, and one at a time, perhaps another, calls Commit.
class MutationSink {
 public:
  virtual ~MutationSink() = default;

  // The last revision whose effect is durable and visible.
  virtual int64_t applied_revision() const = 0;

  // A batch upon all that were begun before; of those only the last may still be judged, and that
  // ends here.
  virtual std::unique_ptr<JudgedBatch> Begin() = 0;

  // Judges entries upon the batch, whose revisions follow batch->revision without a gap. Nothing of
  // them is visible or durable yet. Where something fails, Commit will say so.
  virtual void Judge(std::vector<LogEntry> entries, JudgedBatch* batch) = 0;

  // Commits a batch; each once, in the order of their Begin, whatever became of those before. OK:
  // all of it is durable and visible to reads. Otherwise nothing of it is visible, whether a
  // restart finds it is not known, and all batches fail that were begun upon it.
  virtual absl::Status Commit(JudgedBatch* batch) = 0;

  // Nothing can be acknowledged now, although it is applied: take no more until that is mended.
  virtual void StopWriting(const std::string& problem) = 0;
};

// Thread-safe.
class MutationLog {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<Outcome>) &&>;

  virtual ~MutationLog() = default;

  // Puts a mutation into the log. `done` is called exactly once, on a thread of the log's (or on
  // the caller's where it is refused at once), and must not block:
  //   an Outcome           it has its place in the log (outcome.revision), is durable and visible
  //   to
  //                        every read that starts from now on; the outcome may be a refusal;
  //   RESOURCE_EXHAUSTED   too many wait; it will never be applied;
  //   UNAVAILABLE          it was not acknowledged; whether reads see it, now or after a later
  //                        start, is not known; repeating it with the same request id is safe.
  // Mutations get dense, ascending revisions; one proposed after another's `done` comes after it.
  virtual void Propose(Mutation mutation, Done done) = 0;

  // Finishes what was proposed before, then refuses everything. Idempotent.
  virtual void Stop() = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_LOG_MUTATION_LOG_H_
