// The ordered log of mutations: the seam between proposing a change and applying it. The contract
// below is what tests/contract/mutation_log_contract.h checks for every implementation.
#ifndef DNC_STORAGE_LOG_MUTATION_LOG_H_
#define DNC_STORAGE_LOG_MUTATION_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dnc/storage/v1/mutation.pb.h"

namespace dnc {

using storage::v1::Mutation;
using storage::v1::Outcome;

// One place in the log.
struct LogEntry {
  int64_t revision = 0;
  Mutation mutation;
};

// What the log feeds: the state machine. Called by one thread at a time.
class MutationSink {
 public:
  virtual ~MutationSink() = default;

  // The last revision whose effect is durable.
  virtual int64_t applied_revision() const = 0;

  // Applies entries whose revisions follow applied_revision() without a gap. OK: all of them are
  // durable and visible to reads, and `outcomes` has one for each. Otherwise none is visible, and
  // whether a restart finds them is not known.
  virtual absl::Status Apply(absl::Span<const LogEntry> entries,
                             std::vector<Outcome>* outcomes) = 0;

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
