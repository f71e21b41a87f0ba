#include "client/filter.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/internal/valid_for.h"

namespace dnc {
namespace {

constexpr size_t kVerdictsPerByte = 4;
// The lower bit of each of 32 verdicts; ALLOW is 01.
constexpr uint64_t kLowerBits = 0x5555'5555'5555'5555;

bool IsPackedWell(const std::string& packed, size_t count) {
  if (packed.size() != (count + kVerdictsPerByte - 1) / kVerdictsPerByte) return false;
  const size_t used = count % kVerdictsPerByte;
  return used == 0 || (static_cast<uint8_t>(packed.back()) >> (2 * used)) == 0;
}

// Whether every reason is one of the rules, and there is one for each that is not allowed.
bool HasGoodReasons(const v1::FilterContactsResponse& response, size_t not_allowed) {
  const auto& reasons = response.reasons();
  if (reasons.empty()) return true;
  if (static_cast<size_t>(reasons.size()) != not_allowed) return false;
  const uint32_t highest = *std::max_element(reasons.begin(), reasons.end());
  return highest < static_cast<uint32_t>(response.rules_size());
}

FilterAnswer Malformed(const v1::FilterContactsResponse& response, size_t count) {
  return UnansweredBlock(
      count, absl::InternalError(absl::StrCat("the gateway's answer to a block of ", count,
                                              " contact points is malformed: it speaks of ",
                                              response.count(), " in ", response.verdicts().size(),
                                              " bytes, with ", response.reasons_size(),
                                              " reasons of ", response.rules_size(), " rules")));
}

}  // namespace

PackedVerdicts PackedVerdicts::OfWire(std::string bytes, size_t count) {
  PackedVerdicts verdicts;
  verdicts.bytes_ = std::move(bytes);
  verdicts.count_ = count;
  return verdicts;
}

PackedVerdicts PackedVerdicts::Unknown(size_t count) {
  return OfWire(std::string((count + kPerByte - 1) / kPerByte, '\0'), count);
}

PackedVerdicts PackedVerdicts::Of(absl::Span<const Verdict> verdicts) {
  PackedVerdicts packed = Unknown(verdicts.size());
  for (size_t i = 0; i < verdicts.size(); ++i) {
    const int wire = verdicts[i] == Verdict::kAllow  ? v1::VERDICT_ALLOW
                     : verdicts[i] == Verdict::kDeny ? v1::VERDICT_DENY
                                                     : v1::VERDICT_UNKNOWN;
    char& byte = packed.bytes_[i / kPerByte];
    byte = static_cast<char>(static_cast<uint8_t>(byte) | wire << 2 * (i % kPerByte));
  }
  return packed;
}

uint64_t PackedVerdicts::NotAllowed(size_t first) const {
  const size_t bytes = std::min(bytes_.size() - first / kPerByte, sizeof(uint64_t));
  const size_t count = std::min(count_ - first, kPerWord);
  uint64_t word = 0;
  std::memcpy(&word, bytes_.data() + first / kPerByte, bytes);
  const uint64_t asked = kLowerBits >> 2 * (kPerWord - count);
  return ~(word & ~(word >> 1)) & asked;
}

size_t PackedVerdicts::CountAllowed() const {
  size_t denied = 0;
  for (size_t first = 0; first < count_; first += kPerWord) {
    denied += static_cast<size_t>(std::popcount(NotAllowed(first)));
  }
  return count_ - denied;
}

FilterAnswer UnansweredBlock(size_t count, absl::Status status) {
  FilterAnswer answer;
  answer.status = std::move(status);
  answer.verdicts = PackedVerdicts::Unknown(count);
  return answer;
}

bool FilterAnswer::may_contact(size_t index) const {
  if (!status.ok() || verdicts[index] != Verdict::kAllow) return false;
  return time != nullptr && time->Now() < allowed_until;
}

FilterAnswer ReadFilterAnswer(const v1::FilterContactsResponse& response, size_t count,
                              absl::Duration sent, std::shared_ptr<const SteadyTime> time) {
  if (response.count() != count || !IsPackedWell(response.verdicts(), count)) {
    return Malformed(response, count);
  }
  FilterAnswer answer;
  answer.verdicts = PackedVerdicts::OfWire(response.verdicts(), count);
  if (!HasGoodReasons(response, count - answer.verdicts.CountAllowed())) {
    return Malformed(response, count);
  }
  answer.rules.assign(response.rules().begin(), response.rules().end());
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
