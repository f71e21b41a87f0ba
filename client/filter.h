// Filtering of whole send lists.
#ifndef DNC_CLIENT_FILTER_H_
#define DNC_CLIENT_FILTER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/decision.h"
#include "client/steady_time.h"
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
  // Wakes a source that waits: called once, from the thread that called Filter, where the filtering
  // ends before the source gave the list's end. See FilterSource.
  std::function<void()> wake_source = {};
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

// Verdicts as they travel: two bits each, so that a million of them are 250 kB.
class PackedVerdicts {
 public:
  PackedVerdicts() = default;
  // So many that are all kUnknown.
  static PackedVerdicts Unknown(size_t count);
  static PackedVerdicts Of(absl::Span<const Verdict> verdicts);
  // FilterContactsResponse.verdicts of that many contact points.
  static PackedVerdicts OfWire(std::string bytes, size_t count);

  size_t size() const { return count_; }
  // kUnknown for a number that there is not.
  Verdict operator[](size_t index) const {
    return index < count_ ? VerdictFromProto(Wire(index)) : Verdict::kUnknown;
  }
  size_t CountAllowed() const;
  // Calls visit(index, verdict) for each that is not kAllow, ascending; allowed ones cost next to
  // nothing.
  template <typename Visit>
  void ForEachNotAllowed(Visit visit) const {
    for (size_t first = 0; first < count_; first += kPerWord) {
      for (uint64_t left = NotAllowed(first); left != 0; left &= left - 1) {
        const size_t index = first + static_cast<size_t>(std::countr_zero(left)) / 2;
        visit(index, (*this)[index]);
      }
    }
  }

 private:
  static constexpr size_t kPerByte = 4;
  static constexpr size_t kPerWord = 32;

  int Wire(size_t index) const {
    return static_cast<uint8_t>(bytes_[index / kPerByte]) >> 2 * (index % kPerByte) & 3;
  }
  // Of the 32 from `first` on: the lower bit of each that is not allowed.
  uint64_t NotAllowed(size_t first) const;

  std::string bytes_;
  size_t count_ = 0;
};

// The answer to one block.
//
// `verdicts` are what was true when the block was judged. Like a Decision, an ALLOW among them may
// be relied on for a while only: ask may_contact() right before a contact is made. A list that is
// kept (a file, a campaign) is no permission any more once that while is over; filter it again.
struct FilterAnswer {
  // OK, or why the block has no answer; every verdict is kUnknown then.
  absl::Status status = {};
  // Exactly one for each contact point of the block.
  PackedVerdicts verdicts = {};
  // The rules that decided about the block, each once.
  std::vector<v1::FilterRule> rules = {};
  // For each contact point that is not allowed, ascending: the place of its rule in `rules`. Empty
  // where reasons were omitted.
  std::vector<uint32_t> reasons = {};
  // The state at which the block was judged.
  int64_t revision = 0;
  // The instant at which it was judged, by the gateway's clock; InfinitePast where it was not.
  absl::Time evaluate_time = absl::InfinitePast();
  // How long the ALLOWs of the block may be relied on; zero where the gateway did not say, or said
  // what makes no sense: they may not be relied on at all then.
  absl::Duration valid_for = {};
  // Until when that is, on `time`: counted from before the block was sent. Null: never.
  absl::Duration allowed_until = {};
  std::shared_ptr<const SteadyTime> time = {};

  // Whether the contact point of that number may be contacted, now: an ALLOW, and not too old.
  // False for a number that the block does not have.
  bool may_contact(size_t index) const;

  // Calls visit(index, verdict, rule) for each contact point that is not allowed, ascending; `rule`
  // points into `rules`, null where the answer has no reasons.
  template <typename Visit>
  void ForEachNotAllowed(Visit visit) const {
    size_t reason = 0;
    verdicts.ForEachNotAllowed([&](size_t index, Verdict verdict) {
      visit(index, verdict, reason < reasons.size() ? &rules[reasons[reason]] : nullptr);
      ++reason;
    });
  }
};

// Gives the next block, an empty one at the end of the list, or an error, which ends the filtering
// and is passed on. Called from one other thread, while the sink is being called.
//
// Filter does not return before the source has: where the stream ends first (the deadline, a
// gateway that went away, an error of the sink), it waits for a call of the source that is under
// way, and makes no further one. So a source that may wait for long, on a pipe say, must be woken
// by FilterOptions::wake_source; what it answers then does not matter. One that only computes or
// reads files needs nothing.
using FilterSource = std::function<absl::StatusOr<FilterBlock>()>;

// Takes the answers, exactly one for each block that the source gave, in their order; a block left
// without an answer arrives with every verdict kUnknown and a status that says why. An error of the
// sink ends the filtering and is passed on; the sink is not called again. Called from the thread
// that called Filter. Nobody needs to hold more than a few blocks at a time: the source is not
// asked for more than kFilterWindow blocks ahead of the sink.
using FilterSink = std::function<absl::Status(const FilterAnswer&)>;

inline constexpr size_t kFilterWindow = 4;

// The answer to a block of `count` contact points whose sending began at `sent` on `time`. An
// answer of another size, one with bits set beyond its end, or one whose reasons are not one of its
// rules for each contact point that is not allowed, is malformed: a status of INTERNAL and all
// kUnknown. Without any reasons it is well-formed. A value that is none of ALLOW and DENY is
// kUnknown.
FilterAnswer ReadFilterAnswer(const v1::FilterContactsResponse& response, size_t count,
                              absl::Duration sent, std::shared_ptr<const SteadyTime> time);

// All kUnknown because of `status`.
FilterAnswer UnansweredBlock(size_t count, absl::Status status);

}  // namespace dnc

#endif  // DNC_CLIENT_FILTER_H_
