// Closed-loop load of unary calls: so many in flight, each followed by the next as soon as it ends.
#ifndef DNC_BENCH_LOAD_UNARY_LOAD_H_
#define DNC_BENCH_LOAD_UNARY_LOAD_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/load/histogram.h"

namespace dnc::bench {

// A request as bytes, made before the clock starts, so that the client's cost is the same for every
// server: what differs between two measurements is the server.
struct PreparedCall {
  grpc::ByteBuffer request;
  std::string answer_prefix;  // how the right answer begins, on the wire
};

// Which calls go where.
struct Target {
  std::string method;  // "/dnc.v1.CheckService/CheckContact"
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  const std::vector<PreparedCall>* calls = nullptr;
};

struct LoadOptions {
  size_t in_flight = 1;
  absl::Duration warm_up = absl::Milliseconds(300);  // not measured
  absl::Duration duration = absl::Seconds(3);
  bool repeat_calls = true;  // false: each call once; the round ends early where they run out
  size_t first_call = 0;
};

struct LoadResult {
  double calls_per_second = 0;
  Histogram latency_ns;
  uint64_t calls_started = 0;  // warm-up included
};

// `count` connections of their own to `address`.
std::vector<std::shared_ptr<grpc::Channel>> MakeChannels(const std::string& address, size_t count);

// Runs one round. INTERNAL where a call fails or is not answered as it must be: a figure that
// counts wrong answers is none.
absl::StatusOr<LoadResult> RunUnaryLoad(const Target& target, const LoadOptions& options);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_UNARY_LOAD_H_
