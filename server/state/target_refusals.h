// What CopyActions and ApplyTemplate answer where some of their targets are refused.
#ifndef DNC_SERVER_STATE_TARGET_REFUSALS_H_
#define DNC_SERVER_STATE_TARGET_REFUSALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/workflow.pb.h"
#include "google/protobuf/repeated_field.h"

namespace dnc {

// Half of what clients take, so that the answer of what was carried out always arrives.
inline constexpr size_t kMaxTargetAnswerBytes = 32 << 20;

// LIMIT_EXCEEDED.
absl::Status TargetAnswerTooLarge(size_t bytes);

// "targets[3]".
std::string TargetField(size_t index);

// A target that is refused.
struct RefusedTarget {
  size_t index = 0;
  std::string target;
  const google::protobuf::RepeatedPtrField<v1::CopyRefusal>* refusals = nullptr;
  absl::Status first;
};

// The first refusal as the error of the whole call of so many `targets`, with all of them in its
// metadata; OK where there is none.
absl::Status RefusalError(const std::vector<RefusedTarget>& refused, size_t targets);

// Those of a request's plans, in the order of its targets.
template <typename Plan>
std::vector<RefusedTarget> RefusedOf(const std::vector<Plan>& plans) {
  std::vector<RefusedTarget> refused;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!plans[i].refused()) continue;
    refused.push_back(
        {i, plans[i].result.target(), &plans[i].result.refusals(), plans[i].first_refusal});
  }
  return refused;
}

// Adds the warnings of a target that was not refused to the answer, up to 100 in all.
void AddTargetWarnings(google::protobuf::RepeatedPtrField<v1::NamingViolation> warnings,
                       google::protobuf::RepeatedPtrField<v1::NamingViolation>* answer);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_TARGET_REFUSALS_H_
