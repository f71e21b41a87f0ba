// Where reports are made: on a thread of their own, which gives way to every other one, so that no
// check waits for a report, however long that is.
#ifndef DNC_SERVER_RPC_REPORT_RUNNER_H_
#define DNC_SERVER_RPC_REPORT_RUNNER_H_

#include <atomic>
#include <cstddef>
#include <utility>

#include "server/handler/report.h"
#include "server/rpc/worker_pool.h"

namespace dnc {

// Thread-safe. Reports take turns, a slice each.
class ReportRunner {
 public:
  // At most `most_open` reports are made at a time: each holds a snapshot of the store, and memory.
  ReportRunner(const ReportContext& context, size_t most_open)
      : context_(context), most_open_(most_open), pool_(0, {}, ThreadPriority::kPatient) {}

  // False: there are as many as there may be.
  bool TryOpen() {
    if (open_.fetch_add(1) < most_open_) return true;
    open_.fetch_sub(1);
    return false;
  }
  void Close() { open_.fetch_sub(1); }

  // For the slices of open reports, of which there is one each.
  void Run(WorkerPool::Task task) { pool_.Run(WorkerPool::Lane::kCall, std::move(task)); }

  const ReportContext& context() const { return context_; }

 private:
  const ReportContext context_;
  const size_t most_open_;
  std::atomic<size_t> open_{0};
  WorkerPool pool_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_REPORT_RUNNER_H_
