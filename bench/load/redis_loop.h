// Redis as quickly as its clients can be: many connections, one command in flight on each, driven
// by one thread that waits for all of them (as redis-benchmark does).
#ifndef DNC_BENCH_LOAD_REDIS_LOOP_H_
#define DNC_BENCH_LOAD_REDIS_LOOP_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/redis.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// GETs over `connections` connections, each followed by the next on the same connection as soon as
// its own answer is there.
class RedisLoop {
 public:
  // Connects to "127.0.0.1:PORT". `checks` must outlive it.
  static absl::StatusOr<std::unique_ptr<RedisLoop>> Connect(const std::string& address,
                                                            const std::vector<RedisCheck>* checks,
                                                            size_t connections);
  ~RedisLoop();
  RedisLoop(const RedisLoop&) = delete;
  RedisLoop& operator=(const RedisLoop&) = delete;

  // One round, with `in_flight` as many as there are connections. INTERNAL where an answer is
  // wrong.
  absl::StatusOr<LoadResult> Run(const LoadOptions& options);

 private:
  struct Connection;
  class Round;

  RedisLoop() = default;

  std::vector<std::string> commands_;  // as they are sent, one a check
  const std::vector<RedisCheck>* checks_ = nullptr;
  std::vector<std::unique_ptr<Connection>> connections_;
  int events_ = -1;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_REDIS_LOOP_H_
