// Redis, as a server of the benchmark's own and as its clients use it (hiredis, blocking, a
// connection a caller).
#ifndef DNC_BENCH_LOAD_REDIS_H_
#define DNC_BENCH_LOAD_REDIS_H_

#include <hiredis/hiredis.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "bench/load/blocking_load.h"
#include "bench/load/child_process.h"

namespace dnc::bench {

// How a server keeps what it is told.
enum class RedisDurability {
  kNone,    // in memory only
  kAlways,  // appendonly, appendfsync always: answers after the sync
};

// Starts the Debian package's server with a folder of its own in
// `scratch_dir`. NOT_FOUND where the package
// is not installed.
absl::StatusOr<ChildProcess> StartRedis(const std::string& log_dir, const std::string& scratch_dir,
                                        RedisDurability durability);

// A connection. Not thread-safe.
class RedisConnection {
 public:
  // To "127.0.0.1:PORT".
  static absl::StatusOr<RedisConnection> Connect(const std::string& address);

  // Queues a command; its words may hold any bytes.
  absl::Status Send(absl::Span<const absl::string_view> words);
  // The answer to the oldest command that has none yet; INTERNAL where it is an error.
  struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Reply = std::unique_ptr<redisReply, FreeReply>;
  absl::StatusOr<Reply> Receive();

  // For one thread that drives many connections. From StopWaiting on Send and Receive have no
  // meaning; Write sends a command as it travels, Poll answers null where the answer is not there
  // yet.
  absl::Status StopWaiting();
  int fd() const { return context_->fd; }
  absl::Status Write(const std::string& command);
  absl::StatusOr<Reply> Poll();

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  explicit RedisConnection(redisContext* context) : context_(context) {}

  std::unique_ptr<redisContext, FreeContext> context_;
};

// Adds numbers to the set "dnc", 1,000 a command, 16 commands under way. `numbers` calls its
// argument for each number.
using EachNumber = absl::FunctionRef<void(absl::FunctionRef<void(uint64_t)>)>;
absl::Status AddToRedisSet(RedisConnection& connection, EachNumber numbers);
// Sets the keys "dnc:NUMBER" to "1".
absl::Status SetRedisKeys(RedisConnection& connection, EachNumber numbers);

// GET of dnc:NUMBER for each of `numbers` in turn; whether there is such a key must be `listed`.
struct RedisCheck {
  std::string key;
  bool listed = false;
};
absl::StatusOr<std::unique_ptr<Caller>> MakeRedisGet(const std::string& address,
                                                     const std::vector<RedisCheck>* checks);

// Numbers and which of them are listed.
struct NumberBlock {
  std::vector<uint64_t> numbers;
  std::vector<bool> listed;
};
// SMISMEMBER of 1,000 of the block's numbers a command, all commands of a block in one pipeline. A
// call is a block, which must be answered right.
absl::StatusOr<std::unique_ptr<Caller>> MakeRedisFilter(const std::string& address,
                                                        const std::vector<NumberBlock>* blocks);

// An opt-out as a transaction (MULTI … EXEC): two contact points into the set, the lead's status, a
// record into a stream. A call is `depth` of them in one pipeline.
absl::StatusOr<std::unique_ptr<Caller>> MakeRedisOptOut(const std::string& address, size_t depth);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_REDIS_H_
