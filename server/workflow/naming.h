// The naming rule of an organization: how the display names of actions that add to a DNC list look.
#ifndef DNC_SERVER_WORKFLOW_NAMING_H_
#define DNC_SERVER_WORKFLOW_NAMING_H_

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/workflow.pb.h"
#include "re2/re2.h"

namespace dnc {

using NamingViolations = google::protobuf::RepeatedPtrField<v1::NamingViolation>;

// A rule that is ready to judge by; compiled once, since one mutation may save thousands of
// actions.
class NamingRule {
 public:
  explicit NamingRule(const v1::DncActionNaming& naming);

  // What is wrong with the action's name; nothing where it matches, where the action does not add
  // to a DNC list, or where there is no rule.
  std::optional<v1::NamingViolation> Judge(const v1::Action& action) const;

  // Whether the action may be saved; `field` is where the request has it. NAMING_VIOLATION where
  // the rule is enforced; where it only warns, the violation is added to `warnings`.
  absl::Status CheckSaved(const v1::Action& action, absl::string_view field,
                          NamingViolations* warnings) const;

 private:
  const v1::DncActionNaming naming_;
  std::unique_ptr<const RE2> pattern_;  // null: no rule
};

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_NAMING_H_
