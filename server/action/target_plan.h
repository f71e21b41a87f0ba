// What copying actions, or applying a template, would do at one target status. Pure.
#ifndef DNC_SERVER_ACTION_TARGET_PLAN_H_
#define DNC_SERVER_ACTION_TARGET_PLAN_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc {

// `why` as the answer tells it of an action of the target; of the target itself where that is
// empty.
v1::CopyRefusal RefusalOf(const absl::Status& why, const std::string& action);

// The status's action of that id; null where it has none.
v1::Action* FindActionIn(v1::Status* status, absl::string_view id);

// `id` with the first number behind it that no action of the status has.
std::string FreeActionId(v1::Status* status, const std::string& id);

// LIMIT_EXCEEDED where the status has more actions than it may; `field` names it in the request.
absl::Status CheckActionCount(const v1::Status& status, absl::string_view field);

// `Result` is what the answer has for a target.
template <typename Result>
struct TargetPlanOf {
  // What the answer says of the target: actions, or refusals.
  Result result;
  // The first refusal with its metadata; OK where there is none.
  absl::Status first_refusal;
  // The target's actions afterwards; meaningless where it is refused.
  v1::Status after;
  bool changed = false;

  bool refused() const { return !result.refusals().empty(); }

  void Refuse(const absl::Status& why, const std::string& action) {
    if (first_refusal.ok()) first_refusal = why;
    *result.add_refusals() = RefusalOf(why, action);
  }

  // Judges the target as it would be: how many actions it has, and each that would be saved, which
  // has the plan's etag. `source_id` tells the id that a refusal gives for it.
  void Finish(const std::string& etag, absl::string_view field,
              absl::FunctionRef<absl::Status(const v1::Action&)> check_saved,
              absl::FunctionRef<std::string(const v1::Action&)> source_id) {
    const absl::Status counted = CheckActionCount(after, field);
    if (!counted.ok()) Refuse(counted, "");
    for (const v1::Action& action : after.actions()) {
      if (action.etag() != etag || refused()) continue;
      const absl::Status saved = check_saved(action);
      if (!saved.ok()) Refuse(saved, source_id(action));
    }
    if (refused()) result.clear_actions();
    after.set_etag(etag);
  }
};

}  // namespace dnc

#endif  // DNC_SERVER_ACTION_TARGET_PLAN_H_
