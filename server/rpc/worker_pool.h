// Threads for calls that take longer than a check: blocks of send lists, batches, listings, dry
// runs. gRPC has few threads of its own, and a check must not wait behind such a call on one of
// them.
#ifndef DNC_SERVER_RPC_WORKER_POOL_H_
#define DNC_SERVER_RPC_WORKER_POOL_H_

#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace dnc {

// Thread-safe.
class WorkerPool {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  // As many threads, and as many tasks that may wait.
  WorkerPool(size_t threads, size_t max_waiting);
  // Runs what waits, then ends.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Tasks begin in the order in which they came. False: too many wait, and `task` never runs.
  bool TryRun(Task task);

 private:
  void Work();

  const size_t max_waiting_;
  absl::Mutex mu_;
  std::deque<Task> waiting_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_WORKER_POOL_H_
