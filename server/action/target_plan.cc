#include "server/action/target_plan.h"

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

constexpr int kMaxActionsOfStatus = 200;
constexpr size_t kMaxIdBytes = 63;

}  // namespace

v1::CopyRefusal RefusalOf(const absl::Status& why, const std::string& action) {
  v1::CopyRefusal refusal;
  const auto info = ErrorInfoOf(why);
  if (info.has_value()) refusal.set_reason(info->reason());
  refusal.set_action(action);
  refusal.set_message(std::string(why.message()));
  return refusal;
}

v1::Action* FindActionIn(v1::Status* status, absl::string_view id) {
  for (v1::Action& action : *status->mutable_actions()) {
    if (LastPart(action.name()) == id) return &action;
  }
  return nullptr;
}

std::string FreeActionId(v1::Status* status, const std::string& id) {
  for (int n = 2;; ++n) {
    const std::string suffix = absl::StrCat("-", n);
    std::string candidate = absl::StrCat(id.substr(0, kMaxIdBytes - suffix.size()), suffix);
    if (FindActionIn(status, candidate) == nullptr) return candidate;
  }
}

absl::Status CheckActionCount(const v1::Status& status, absl::string_view field) {
  if (status.actions_size() <= kMaxActionsOfStatus) return absl::OkStatus();
  return MakeError(
      v1::ERROR_REASON_LIMIT_EXCEEDED,
      absl::StrCat("the target would have ", status.actions_size(), " actions, at most ",
                   kMaxActionsOfStatus, " are taken; ask for fewer, or delete some of its own"),
      {{"field", std::string(field)},
       {"limit", absl::StrCat(kMaxActionsOfStatus)},
       {"actual", absl::StrCat(status.actions_size())}});
}

}  // namespace dnc
