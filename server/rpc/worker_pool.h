// Threads for calls that take longer than a check: blocks of send lists, batches, listings, dry
// runs, large requests. gRPC has few threads of its own, and a check must not wait behind such a
// call on one of them.
#ifndef DNC_SERVER_RPC_WORKER_POOL_H_
#define DNC_SERVER_RPC_WORKER_POOL_H_

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "storage/base/thread_priority.h"

namespace dnc {

// Thread-safe. Tasks wait in two lanes. Those of one lane begin in the order in which they came.
// Calls go before blocks, of which there may be any number, but not for ever: where blocks wait,
// every fifth task that a thread takes is one. One thread never takes a block, so that a call waits
// for other calls only.
class WorkerPool {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  enum class Lane { kCall, kBlock };

  struct Limits {
    size_t tasks = 1024;               // that wait
    size_t bytes = size_t{256} << 20;  // of their requests; one alone may have more
  };

  // As many threads for blocks, and one more. Without `priority` they have that of their maker.
  WorkerPool(size_t block_threads, const Limits& limits,
             std::optional<ThreadPriority> priority = std::nullopt);
  // Runs what waits, then ends.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // `bytes`: what the task keeps in memory while it waits. False: too many wait, or too much, and
  // `task` never runs.
  bool TryRun(Lane lane, size_t bytes, Task task);
  // For what cannot be refused any more, and is bounded elsewhere.
  void Run(Lane lane, Task task);

 private:
  struct Waiting {
    Task task;
    size_t bytes;
  };

  static constexpr size_t kLanes = 2;
  static constexpr int kMostCallsInARow = 4;

  std::deque<Waiting>& queue(Lane lane) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return waiting_[static_cast<size_t>(lane)];
  }
  void Add(Lane lane, size_t bytes, Task task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool HasWork(bool takes_blocks) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Task Take(bool takes_blocks) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Work(bool takes_blocks);

  const Limits limits_;
  const std::optional<ThreadPriority> priority_;
  absl::Mutex mu_;
  std::array<std::deque<Waiting>, kLanes> waiting_ ABSL_GUARDED_BY(mu_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  int calls_in_a_row_ ABSL_GUARDED_BY(mu_) = 0;  // while blocks waited
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_WORKER_POOL_H_
