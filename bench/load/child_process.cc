#include "bench/load/child_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace dnc::bench {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(120);
constexpr absl::Duration kStopTimeout = absl::Seconds(30);

// Becomes the program; runs in the child, where only async-signal-safe calls are permitted.
[[noreturn]] void Become(char* const* argv, int log_fd, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == parent) {
    dup2(log_fd, STDOUT_FILENO);
    dup2(log_fd, STDERR_FILENO);
    execv(argv[0], argv);
  }
  _exit(127);
}

// The process id of a new child that runs `argv`.
absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& argv, const std::string& log) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int log_fd = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (log_fd < 0) return absl::UnavailableError(absl::StrCat(log, ": ", std::strerror(errno)));
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(words.data(), log_fd, parent);
  close(log_fd);
  if (pid < 0) return absl::UnavailableError(absl::StrCat("fork: ", std::strerror(errno)));
  return pid;
}

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// The port that a port file names, or 0: the digits after the last colon, or all of the line.
int ReadPort(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line) || in.eof()) return 0;  // still being written
  int port = 0;
  return absl::SimpleAtoi(line.substr(line.rfind(':') + 1), &port) ? port : 0;
}

// Whether somebody listens on a port.
bool IsListening(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const sockaddr_in address = Loopback(port);
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return connected;
}

bool HasEnded(pid_t pid) { return waitpid(pid, nullptr, WNOHANG) == pid; }

}  // namespace

absl::StatusOr<int> FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool found =
      fd >= 0 && bind(fd, generic, length) == 0 && getsockname(fd, generic, &length) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!found) return absl::UnavailableError(absl::StrCat("no port: ", std::strerror(error)));
  return ntohs(address.sin_port);
}

absl::Status RunProgram(const std::string& name, const std::vector<std::string>& argv,
                        const std::string& dir) {
  const std::string log = absl::StrCat(dir, "/", name, ".log");
  const auto pid = Spawn(argv, log);
  if (!pid.ok()) return pid.status();
  int status = 0;
  if (waitpid(*pid, &status, 0) == *pid && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat(argv[0], " failed (", status, "); see ", log));
}

absl::StatusOr<int64_t> ChildProcess::PeakBytes() const {
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  constexpr absl::string_view kPeak = "VmHWM:";
  for (std::string line; std::getline(status, line);) {
    int64_t kib = 0;
    if (!absl::StartsWith(line, kPeak)) continue;
    const absl::string_view value = absl::StripSuffix(absl::string_view(line), " kB");
    if (absl::SimpleAtoi(absl::StripAsciiWhitespace(value.substr(kPeak.size())), &kib)) {
      return kib * 1024;
    }
  }
  return absl::UnavailableError(absl::StrCat("the memory of process ", pid_, " cannot be read"));
}

absl::StatusOr<int64_t> ChildProcess::ResidentBytes() const {
  std::ifstream statm(absl::StrCat("/proc/", pid_, "/statm"));
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  if (statm >> total_pages >> resident_pages) return resident_pages * sysconf(_SC_PAGESIZE);
  return absl::UnavailableError(absl::StrCat("the memory of process ", pid_, " cannot be read"));
}

absl::StatusOr<absl::Duration> ChildProcess::CpuTime() const {
  clockid_t clock = 0;
  timespec used = {};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    return absl::UnavailableError(
        absl::StrCat("the CPU time of process ", pid_, " cannot be read; its log may say why"));
  }
  return absl::DurationFromTimespec(used);
}

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::string& name,
                                                 std::vector<std::string> argv,
                                                 const std::string& dir) {
  const std::string log = absl::StrCat(dir, "/", name, ".log");
  const std::string port_file = absl::StrCat(dir, "/", name, ".port");
  std::filesystem::remove(port_file);
  for (const std::string& word : {std::string("--listen"), std::string("127.0.0.1:0"),
                                  std::string("--port-file"), port_file}) {
    argv.push_back(word);
  }
  const auto pid = Spawn(argv, log);
  if (!pid.ok()) return pid.status();
  ChildProcess child(*pid);
  const absl::Time give_up = absl::Now() + kStartTimeout;
  while (absl::Now() < give_up) {
    if (const int port = ReadPort(port_file); port > 0) {
      child.address_ = absl::StrCat("127.0.0.1:", port);
      return child;
    }
    if (HasEnded(child.pid_)) {
      child.pid_ = -1;
      return absl::UnavailableError(absl::StrCat(argv[0], " ended at once; see ", log));
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  return absl::UnavailableError(absl::StrCat(argv[0], " wrote no port file; see ", log));
}

absl::StatusOr<ChildProcess> ChildProcess::StartPeer(const PeerProgram& program,
                                                     const std::string& dir) {
  const std::string log = absl::StrCat(dir, "/", program.name, ".log");
  const auto pid = Spawn(program.argv, log);
  if (!pid.ok()) return pid.status();
  ChildProcess child(*pid, program.stop_signal);
  child.address_ = absl::StrCat("127.0.0.1:", program.port);
  const absl::Time give_up = absl::Now() + program.start_timeout;
  while (absl::Now() < give_up) {
    if (HasEnded(child.pid_)) {
      child.pid_ = -1;
      return absl::UnavailableError(absl::StrCat(program.name, " ended at once; see ", log));
    }
    if (IsListening(program.port)) return child;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::UnavailableError(absl::StrCat(program.name, " listens nowhere; see ", log));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      stop_signal_(other.stop_signal_),
      address_(std::move(other.address_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  Stop();
  pid_ = std::exchange(other.pid_, -1);
  stop_signal_ = other.stop_signal_;
  address_ = std::move(other.address_);
  return *this;
}

ChildProcess::~ChildProcess() { Stop(); }

void ChildProcess::Stop() {
  const pid_t pid = std::exchange(pid_, -1);
  if (pid <= 0) return;
  kill(pid, stop_signal_);
  const absl::Time give_up = absl::Now() + kStopTimeout;
  while (absl::Now() < give_up) {
    if (HasEnded(pid)) return;
    absl::SleepFor(absl::Milliseconds(10));
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

}  // namespace dnc::bench
