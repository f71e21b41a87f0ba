// A server under measurement, as a process of its own.
#ifndef DNC_BENCH_LOAD_CHILD_PROCESS_H_
#define DNC_BENCH_LOAD_CHILD_PROCESS_H_

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace dnc::bench {

// A program that is told its port.
struct PeerProgram {
  std::string name;               // for its log
  std::vector<std::string> argv;  // with the port in it
  int port = 0;
  int stop_signal = SIGTERM;  // ends it in order
  absl::Duration start_timeout = absl::Seconds(60);
};

// A port of the loopback address that nobody listens on; somebody else may take it meanwhile.
absl::StatusOr<int> FreePort();

// Runs a program to its end, its output going to `dir`/`name`.log. INTERNAL where it fails, or is
// missing; the message names the log.
absl::Status RunProgram(const std::string& name, const std::vector<std::string>& argv,
                        const std::string& dir);

// A running child that serves on a port of the loopback address. Ends with this object, and where
// the parent dies.
class ChildProcess {
 public:
  // Runs `argv` with "--listen 127.0.0.1:0 --port-file FILE" added, its output going to
  // `dir`/`name`.log, and waits until it has written its port. UNAVAILABLE where it ends before
  // that or takes longer than two minutes; the message names the log.
  static absl::StatusOr<ChildProcess> Start(const std::string& name, std::vector<std::string> argv,
                                            const std::string& dir);

  // Runs `program`, its output going to `dir`/NAME.log, and waits until somebody listens on its
  // port.
  static absl::StatusOr<ChildProcess> StartPeer(const PeerProgram& program, const std::string& dir);

  ChildProcess(ChildProcess&& other) noexcept;
  // Ends the child that there was.
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  // Asks it to end and waits until it has, half a minute at most; then kills it. Of no effect where
  // it ended before.
  void Stop();

  // "127.0.0.1:PORT".
  const std::string& address() const { return address_; }
  // The CPU time that the child has used so far, of all its threads, in and for itself.
  absl::StatusOr<absl::Duration> CpuTime() const;
  // The memory that it has in use, and the most that it ever had.
  absl::StatusOr<int64_t> ResidentBytes() const;
  absl::StatusOr<int64_t> PeakBytes() const;

 private:
  explicit ChildProcess(pid_t pid, int stop_signal = SIGTERM)
      : pid_(pid), stop_signal_(stop_signal) {}

  pid_t pid_;
  int stop_signal_;
  std::string address_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_CHILD_PROCESS_H_
