#include "client/filter.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/internal/valid_for.h"

namespace dnc {
namespace {

constexpr size_t kVerdictsPerByte = 4;

bool WellFormed(const v1::FilterContactsResponse& response, size_t count) {
  const std::string& packed = response.verdicts();
  if (response.count() != count) return false;
  if (packed.size() != (count + kVerdictsPerByte - 1) / kVerdictsPerByte) return false;
  const size_t used = count % kVerdictsPerByte;
  return used == 0 || (static_cast<uint8_t>(packed.back()) >> (2 * used)) == 0;
}

}  // namespace

FilterAnswer UnansweredBlock(size_t count, absl::Status status) {
  FilterAnswer answer;
  answer.status = std::move(status);
  answer.verdicts.assign(count, Verdict::kUnknown);
  return answer;
}

bool FilterAnswer::may_contact(size_t index) const {
  if (!status.ok() || index >= verdicts.size() || verdicts[index] != Verdict::kAllow) return false;
  return time != nullptr && time->Now() < allowed_until;
}

FilterAnswer ReadFilterAnswer(const v1::FilterContactsResponse& response, size_t count,
                              absl::Duration sent, std::shared_ptr<const SteadyTime> time) {
  if (!WellFormed(response, count)) {
    return UnansweredBlock(
        count, absl::InternalError(absl::StrCat("the gateway's answer to a block of ", count,
                                                " contact points is malformed: it speaks of ",
                                                response.count(), " in ",
                                                response.verdicts().size(), " bytes")));
  }
  FilterAnswer answer;
  answer.verdicts.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const auto byte = static_cast<uint8_t>(response.verdicts()[i / kVerdictsPerByte]);
    answer.verdicts.push_back(VerdictFromProto((byte >> (2 * (i % kVerdictsPerByte))) & 3));
  }
  answer.reasons.assign(response.reasons().begin(), response.reasons().end());
  answer.revision = response.revision();
  if (response.has_evaluate_time()) {
    answer.evaluate_time = absl::FromUnixSeconds(response.evaluate_time().seconds()) +
                           absl::Nanoseconds(response.evaluate_time().nanos());
  }
  answer.valid_for = ReadValidFor(response.valid_for());
  answer.allowed_until = sent + answer.valid_for;
  answer.time = std::move(time);
  return answer;
}

}  // namespace dnc
