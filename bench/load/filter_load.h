// Load of the FilterContacts stream.
#ifndef DNC_BENCH_LOAD_FILTER_LOAD_H_
#define DNC_BENCH_LOAD_FILTER_LOAD_H_

#include <grpcpp/channel.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dnc/v1/check.pb.h"

namespace dnc::bench {

// A block of phones and how many of them are blocked.
struct FilterBlock {
  v1::FilterContactsRequest request;
  size_t denied = 0;
};

// 32 blocks of 8,192 phones drawn at random: `percent_blocked` of them are on the internal list.
std::vector<FilterBlock> PrepareBlocks(int percent_blocked);

// Sends blocks, in turn, for `duration` and answers phones judged a second. INTERNAL where a block
// is not answered with as many ALLOW and DENY as it must be.
absl::StatusOr<double> RunFilterLoad(const std::shared_ptr<grpc::Channel>& channel,
                                     const std::vector<FilterBlock>& blocks,
                                     absl::Duration duration);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_FILTER_LOAD_H_
