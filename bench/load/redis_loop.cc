#include "bench/load/redis_loop.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace dnc::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::string GetCommand(const RedisCheck& check) {
  return absl::StrCat("*2\r\n$3\r\nGET\r\n$", check.key.size(), "\r\n", check.key, "\r\n");
}

}  // namespace

struct RedisLoop::Connection {
  explicit Connection(RedisConnection connected) : redis(std::move(connected)) {}

  RedisConnection redis;
  Clock::time_point start;  // of what is in flight
  const RedisCheck* check = nullptr;
};

class RedisLoop::Round {
 public:
  Round(RedisLoop* loop, const LoadOptions& options)
      : loop_(*loop),
        next_(options.first_call),
        measure_from_(Clock::now() + absl::ToChronoNanoseconds(options.warm_up)),
        measure_to_(measure_from_ + absl::ToChronoNanoseconds(options.duration)) {}

  absl::StatusOr<LoadResult> Run(const LoadOptions& options) {
    running_ = loop_.connections_.size();
    for (const auto& connection : loop_.connections_) Ask(*connection);
    while (running_ > 0 && why_.ok()) HandleEvents();
    if (!why_.ok()) return why_;
    LoadResult result;
    result.latency_ns = std::move(latency_);
    result.calls_started = next_ - options.first_call;
    result.calls_per_second =
        static_cast<double>(result.latency_ns.count()) / absl::ToDoubleSeconds(options.duration);
    return result;
  }

 private:
  void HandleEvents() {
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(loop_.events_, events.data(), static_cast<int>(events.size()), /*timeout=*/-1);
    if (count < 0 && errno != EINTR) why_.Update(absl::InternalError("epoll_wait"));
    for (int i = 0; i < count && why_.ok(); ++i) {
      Answered(*static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr));
    }
  }

  void Ask(Connection& connection) {
    connection.start = Clock::now();
    if (connection.start >= measure_to_) {
      --running_;
      return;
    }
    const size_t index = next_++ % loop_.commands_.size();
    connection.check = &(*loop_.checks_)[index];
    why_.Update(connection.redis.Write(loop_.commands_[index]));
  }

  void Answered(Connection& connection) {
    const auto reply = connection.redis.Poll();
    if (!reply.ok()) return why_.Update(reply.status());
    if (*reply == nullptr) return;
    const Clock::time_point end = Clock::now();
    if (((*reply)->type == REDIS_REPLY_STRING) != connection.check->listed) {
      const std::string& key = connection.check->key;
      return why_.Update(absl::InternalError(absl::StrCat("GET ", key, " was answered wrong")));
    }
    if (end >= measure_from_ && end < measure_to_) {
      const auto ns = std::chrono::nanoseconds(end - connection.start).count();
      latency_.Add(Histogram::BucketOf(static_cast<uint64_t>(ns)), 1);
    }
    Ask(connection);
  }

  RedisLoop& loop_;
  size_t next_;
  const Clock::time_point measure_from_;
  const Clock::time_point measure_to_;
  Histogram latency_;
  size_t running_ = 0;
  absl::Status why_;
};

absl::StatusOr<std::unique_ptr<RedisLoop>> RedisLoop::Connect(const std::string& address,
                                                              const std::vector<RedisCheck>* checks,
                                                              size_t connections) {
  std::unique_ptr<RedisLoop> loop(new RedisLoop());
  loop->checks_ = checks;
  for (const RedisCheck& check : *checks) loop->commands_.push_back(GetCommand(check));
  loop->events_ = epoll_create1(EPOLL_CLOEXEC);
  if (loop->events_ < 0) return absl::InternalError("epoll_create1");
  for (size_t i = 0; i < connections; ++i) {
    auto connected = RedisConnection::Connect(address);
    if (!connected.ok()) return connected.status();
    if (absl::Status status = connected->StopWaiting(); !status.ok()) return status;
    loop->connections_.push_back(std::make_unique<Connection>(*std::move(connected)));
    Connection* const connection = loop->connections_.back().get();
    epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection}};
    if (epoll_ctl(loop->events_, EPOLL_CTL_ADD, connection->redis.fd(), &event) != 0) {
      return absl::InternalError("epoll_ctl");
    }
  }
  return loop;
}

RedisLoop::~RedisLoop() {
  if (events_ >= 0) close(events_);
}

absl::StatusOr<LoadResult> RedisLoop::Run(const LoadOptions& options) {
  return Round(this, options).Run(options);
}

}  // namespace dnc::bench
