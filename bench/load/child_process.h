// A server under measurement, as a process of its own.
#ifndef DNC_BENCH_LOAD_CHILD_PROCESS_H_
#define DNC_BENCH_LOAD_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace dnc::bench {

// A running child that serves on a port of the loopback address. Ends with this object, and where
// the parent dies.
class ChildProcess {
 public:
  // Runs `argv` with "--listen 127.0.0.1:0 --port-file FILE" added, its output going to
  // `dir`/`name`.log, and waits until it has written its port. UNAVAILABLE where it ends before
  // that or takes longer than 30 s; the message names the log.
  static absl::StatusOr<ChildProcess> Start(const std::string& name, std::vector<std::string> argv,
                                            const std::string& dir);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // "127.0.0.1:PORT".
  const std::string& address() const { return address_; }
  // The CPU time that the child has used so far, of all its threads, in and for itself.
  absl::StatusOr<absl::Duration> CpuTime() const;
  // The memory that it has in use.
  absl::StatusOr<int64_t> ResidentBytes() const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  std::string address_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_CHILD_PROCESS_H_
