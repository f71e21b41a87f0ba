// Filtering of whole send lists.
#ifndef DNC_CLIENT_FILTER_H_
#define DNC_CLIENT_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/decision.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// What all contacts of a list have in common.
struct FilterOptions {
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::MessageClass message_class = v1::MESSAGE_CLASS_MARKETING;
  std::string campaign = {};
  std::string brand = {};
  // Region of phone numbers in `raw` without a country code; empty: the organization's.
  std::string default_region = {};
  int64_t at_least_revision = 0;
  // Do not send reasons: faster.
  bool omit_reasons = false;
  // For the whole list.
  absl::Duration deadline = absl::Hours(1);
};

// Some contact points of the list; at most 131,072, of them 16,384 raw, and about 3 MB. They are
// numbered from zero: all of `phones`, then all of `raw`.
struct FilterBlock {
  // Canonical numbers as E.164 digits without the plus, e.g. 12125550123.
  std::vector<uint64_t> phones = {};
  // Anything else, as UTF-8 text.
  std::vector<std::string> raw = {};

  size_t size() const { return phones.size() + raw.size(); }
};

// The answer to one block.
struct FilterAnswer {
  // OK, or why the block has no answer; every verdict is kUnknown then.
  absl::Status status = {};
  // Exactly one for each contact point of the block.
  std::vector<Verdict> verdicts = {};
  // For contact points that are not allowed, ascending by index.
  std::vector<v1::FilterReason> reasons = {};
  // The state at which the block was judged.
  int64_t revision = 0;
};

// Gives the next block, an empty one at the end of the list, or an error, which ends the filtering
// and is passed on. Called from one other thread, while the sink is being called.
using FilterSource = std::function<absl::StatusOr<FilterBlock>()>;

// Takes the answers, exactly one for each block that the source gave, in their order; a block left
// without an answer arrives with every verdict kUnknown and a status that says why. An error of the
// sink ends the filtering and is passed on; the sink is not called again. Called from the thread
// that called Filter. Nobody needs to hold more than a few blocks at a time: the source is not
// asked for more than kFilterWindow blocks ahead of the sink.
using FilterSink = std::function<absl::Status(const FilterAnswer&)>;

inline constexpr size_t kFilterWindow = 4;

// The answer to a block of `count` contact points. An answer of another size, or one with bits set
// beyond its end, is malformed: a status of INTERNAL and all kUnknown. A value that is none of
// ALLOW and DENY is kUnknown.
FilterAnswer ReadFilterAnswer(const v1::FilterContactsResponse& response, size_t count);

// All kUnknown because of `status`.
FilterAnswer UnansweredBlock(size_t count, absl::Status status);

}  // namespace dnc

#endif  // DNC_CLIENT_FILTER_H_
