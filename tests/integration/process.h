// Runs the built programs, for tests that treat them as users do.
#ifndef DNC_TESTS_INTEGRATION_PROCESS_H_
#define DNC_TESTS_INTEGRATION_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace dnc::e2e {

// How a program ended, and what it said.
struct ProcessResult {
  int exit_code = -1;  // 128 + the signal's number where one ended it; -1 where time ran out
  std::string out;
  std::string err;
};
// For the messages of failed expectations.
std::ostream& operator<<(std::ostream& out, const ProcessResult& result);

struct ProcessOptions {
  std::string input;                     // standard input
  std::vector<std::string> environment;  // "NAME=value", beside what the test has
  absl::Duration timeout = absl::Seconds(60);
};

// Runs `arguments[0]` to its end. Never blocks for longer than the timeout; then it is killed.
ProcessResult RunProcess(const std::vector<std::string>& arguments,
                         const ProcessOptions& options = {});

// A program that runs in the background; killed when this is destroyed. Its standard output and
// error go to a file. Not thread-safe.
class BackgroundProcess {
 public:
  // UNKNOWN where it cannot be started.
  static absl::StatusOr<std::unique_ptr<BackgroundProcess>> Start(
      const std::vector<std::string>& arguments, const std::string& log_file,
      const std::vector<std::string>& environment = {});
  ~BackgroundProcess();

  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  pid_t pid() const { return pid_; }
  // False once it has ended by itself.
  bool Running();
  void Signal(int signal) const;
  // Waits for its end; the exit code as in ProcessResult.
  int Wait(absl::Duration timeout);

 private:
  explicit BackgroundProcess(pid_t pid) : pid_(pid) {}

  const pid_t pid_;
  bool ended_ = false;
  int exit_code_ = -1;
};

// A dncd on a free port of this machine, on a data folder that outlives it.
class GatewayProcess {
 public:
  // Returns once it serves. DEADLINE_EXCEEDED or UNKNOWN with its log where it does not.
  static absl::StatusOr<std::unique_ptr<GatewayProcess>> Start(
      const std::string& dncd, const std::string& folder,
      const std::vector<std::string>& more_arguments = {},
      const std::vector<std::string>& environment = {});

  const std::string& address() const { return address_; }  // "127.0.0.1:12345"
  BackgroundProcess& process() { return *process_; }
  std::string Log() const;

 private:
  GatewayProcess() = default;

  std::unique_ptr<BackgroundProcess> process_;
  std::string address_;
  std::string log_file_;
};

// The whole content of a file; empty where there is none.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& text);

}  // namespace dnc::e2e

#endif  // DNC_TESTS_INTEGRATION_PROCESS_H_
