// A report that is read over and over while something else is measured.
#ifndef DNC_BENCH_LOAD_REPORT_LOAD_H_
#define DNC_BENCH_LOAD_REPORT_LOAD_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "bench/load/child_process.h"

namespace dnc::bench {

// Reads ListActiveLeads in a thread of its own, one report after the other, until it is stopped.
class ReportReader {
 public:
  ReportReader(std::shared_ptr<grpc::Channel> channel, const ChildProcess& server);
  ~ReportReader();
  ReportReader(const ReportReader&) = delete;
  ReportReader& operator=(const ReportReader&) = delete;

  // Ends the report that is being read, and says what was wrong with one, if something was.
  absl::Status Stop();

  uint64_t leads() const { return leads_.load(); }
  // The most memory that the server had in use after a piece.
  int64_t most_bytes() const { return most_bytes_.load(); }

 private:
  void Run();

  const std::shared_ptr<grpc::Channel> channel_;
  const ChildProcess& server_;
  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> leads_{0};
  std::atomic<int64_t> most_bytes_{0};
  absl::Mutex mu_;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

// Reads one whole report; answers how many leads it listed. INTERNAL: it broke off, or its counts
// are less than `leads`.
absl::StatusOr<uint64_t> ReadActiveLeads(const std::shared_ptr<grpc::Channel>& channel,
                                         uint64_t leads);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_REPORT_LOAD_H_
