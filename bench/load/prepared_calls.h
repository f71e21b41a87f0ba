// The calls that the scenarios repeat, as bytes.
#ifndef DNC_BENCH_LOAD_PREPARED_CALLS_H_
#define DNC_BENCH_LOAD_PREPARED_CALLS_H_

#include <grpcpp/channel.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/echo.pb.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// The same calls, once for the gateway and once for the echo: request i of both and their answers
// are equally long.
struct PairedCalls {
  std::vector<PreparedCall> gateway;
  std::vector<PreparedCall> echo;
};

// How long a check of a phone and its answer, ALLOW and DENY taken together, are on the wire.
struct CheckBytes {
  size_t request = 0;
  size_t response = 0;
};
absl::StatusOr<CheckBytes> PhoneCheckBytes(const std::shared_ptr<grpc::Channel>& channel);

// A call of the echo with messages of those lengths.
EchoRequest EchoOf(size_t request_bytes, size_t response_bytes);
PreparedCall EchoCall(size_t request_bytes, size_t response_bytes);

// 65,536 CheckContact calls on VOICE for marketing, over leads drawn at random, every second one of
// them blocked: of five calls two name the phone, one the lead and the phone, one the lead only,
// one a number of the registry, where there is one. The right verdict is part of each call. Asks
// `channel` for one answer of each kind to learn how long answers are.
absl::StatusOr<PairedCalls> PrepareChecks(const std::shared_ptr<grpc::Channel>& channel);

// ApplyAction of the opt-out action for the leads [begin, end), each with its request id. The
// echo's answers are as long as the one that `channel` gives for the lead `begin`, which is used
// up.
absl::StatusOr<PairedCalls> PrepareActions(const std::shared_ptr<grpc::Channel>& channel,
                                           uint64_t begin, uint64_t end);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_PREPARED_CALLS_H_
