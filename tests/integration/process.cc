#include "tests/integration/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

extern char** environ;

namespace dnc::e2e {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(5);
constexpr absl::Duration kStartTimeout = absl::Seconds(30);

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const std::vector<std::string>& more) {
  std::vector<std::string> all = more;  // the first of two of a name counts
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

// The new process's 0, 1 and 2; -1 for the null device.
struct Descriptors {
  std::array<int, 3> fds = {-1, -1, -1};
};

absl::StatusOr<pid_t> Spawn(std::vector<std::string> arguments,
                            const std::vector<std::string>& environment, Descriptors descriptors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i) {
    const int fd = descriptors.fds[static_cast<size_t>(i)];
    if (fd < 0) {
      posix_spawn_file_actions_addopen(&actions, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0);
    } else {
      posix_spawn_file_actions_adddup2(&actions, fd, i);
    }
  }
  std::vector<std::string> variables = Environment(environment);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, arguments[0].c_str(), &actions, nullptr,
                                Pointers(arguments).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  return absl::UnknownError(absl::StrCat("cannot run ", arguments[0], ": ", std::strerror(error)));
}

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// A pipe whose ends are closed one by one.
class Pipe {
 public:
  Pipe() {
    if (pipe2(fds_.data(), O_CLOEXEC) != 0) fds_ = {-1, -1};
  }
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  int read_end() const { return fds_[0]; }
  int write_end() const { return fds_[1]; }
  void CloseRead() { Close(fds_[0]); }
  void CloseWrite() { Close(fds_[1]); }

 private:
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  std::array<int, 2> fds_ = {-1, -1};
};

// Feeds and drains a process's pipes until it closes them or time runs out (false).
class Conversation {
 public:
  Conversation(Pipe& in, Pipe& out, Pipe& err, std::string input)
      : in_(in), out_(out), err_(err), input_(std::move(input)) {
    fcntl(in_.write_end(), F_SETFL, O_NONBLOCK);
  }

  bool Run(absl::Time deadline, ProcessResult* result) {
    if (input_.empty()) in_.CloseWrite();
    while (out_.read_end() >= 0 || err_.read_end() >= 0) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) return false;
      std::array<pollfd, 3> polls = {{{in_.write_end(), POLLOUT, 0},
                                      {out_.read_end(), POLLIN, 0},
                                      {err_.read_end(), POLLIN, 0}}};
      poll(polls.data(), polls.size(), static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
      if (polls[0].revents != 0) Feed();
      if (polls[1].revents != 0) Drain(out_, &result->out);
      if (polls[2].revents != 0) Drain(err_, &result->err);
    }
    return true;
  }

 private:
  void Feed() {
    const ssize_t written = write(in_.write_end(), input_.data() + fed_, input_.size() - fed_);
    if (written > 0) fed_ += static_cast<size_t>(written);
    const bool broken = written < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || fed_ == input_.size()) in_.CloseWrite();
  }
  static void Drain(Pipe& pipe, std::string* text) {
    std::array<char, 65536> buffer;
    const ssize_t got = read(pipe.read_end(), buffer.data(), buffer.size());
    if (got > 0) {
      text->append(buffer.data(), static_cast<size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      pipe.CloseRead();
    }
  }

  Pipe& in_;
  Pipe& out_;
  Pipe& err_;
  const std::string input_;
  size_t fed_ = 0;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const ProcessResult& result) {
  return out << "exit " << result.exit_code << "\nout: " << result.out << "\nerr: " << result.err;
}

ProcessResult RunProcess(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  signal(SIGPIPE, SIG_IGN);  // the program may end before it read its input
  const absl::Time deadline = absl::Now() + options.timeout;
  ProcessResult result;
  Pipe in;
  Pipe out;
  Pipe err;
  const absl::StatusOr<pid_t> pid =
      Spawn(arguments, options.environment, {{in.read_end(), out.write_end(), err.write_end()}});
  if (!pid.ok()) {
    result.err = std::string(pid.status().message());
    return result;
  }
  in.CloseRead();
  out.CloseWrite();
  err.CloseWrite();
  const bool in_time = Conversation(in, out, err, options.input).Run(deadline, &result);
  if (!in_time) kill(*pid, SIGKILL);
  int status = 0;
  while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = in_time ? ExitCode(status) : -1;
  return result;
}

absl::StatusOr<std::unique_ptr<BackgroundProcess>> BackgroundProcess::Start(
    const std::vector<std::string>& arguments, const std::string& log_file,
    const std::vector<std::string>& environment) {
  const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const absl::StatusOr<pid_t> pid = Spawn(arguments, environment, {{-1, log, log}});
  if (log >= 0) close(log);
  if (!pid.ok()) return pid.status();
  return std::unique_ptr<BackgroundProcess>(new BackgroundProcess(*pid));
}

BackgroundProcess::~BackgroundProcess() {
  if (!Running()) return;
  Signal(SIGKILL);
  Wait(absl::Seconds(30));
}

bool BackgroundProcess::Running() {
  if (ended_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = true;
  exit_code_ = ExitCode(status);
  return false;
}

void BackgroundProcess::Signal(int signal) const {
  if (!ended_) kill(pid_, signal);
}

int BackgroundProcess::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (Running() && absl::Now() < deadline) absl::SleepFor(kPoll);
  return exit_code_;
}

absl::StatusOr<std::unique_ptr<GatewayProcess>> GatewayProcess::Start(
    const std::string& dncd, const std::string& folder,
    const std::vector<std::string>& more_arguments, const std::vector<std::string>& environment) {
  const std::string port_file = absl::StrCat(folder, "/port");
  unlink(port_file.c_str());
  std::unique_ptr<GatewayProcess> gateway(new GatewayProcess());
  gateway->log_file_ = absl::StrCat(folder, "/dncd.log");
  std::vector<std::string> arguments = {dncd,
                                        "--listen",
                                        "127.0.0.1:0",
                                        "--port-file",
                                        port_file,
                                        "--data-dir",
                                        absl::StrCat(folder, "/data")};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  auto process = BackgroundProcess::Start(arguments, gateway->log_file_, environment);
  if (!process.ok()) return process.status();
  gateway->process_ = *std::move(process);
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (absl::Now() < deadline) {
    // A whole number and its line end: the file may be seen while it is being written.
    const std::string port = ReadFile(port_file);
    if (!port.empty() && port.back() == '\n') {
      gateway->address_ = absl::StrCat("127.0.0.1:", absl::StripAsciiWhitespace(port));
      return gateway;
    }
    if (!gateway->process_->Running()) {
      return absl::UnknownError(absl::StrCat("dncd ended: ", gateway->Log()));
    }
    absl::SleepFor(kPoll);
  }
  return absl::DeadlineExceededError(absl::StrCat("dncd does not serve: ", gateway->Log()));
}

std::string GatewayProcess::Log() const { return ReadFile(log_file_); }

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace dnc::e2e
