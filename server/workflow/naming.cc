#include "server/workflow/naming.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/workflow/rules.h"

namespace dnc {

NamingRule::NamingRule(const v1::DncActionNaming& naming) : naming_(naming) {
  if (naming_.pattern().empty()) return;
  pattern_ = std::make_unique<const RE2>(naming_.pattern(), RE2::Quiet);
}

std::optional<v1::NamingViolation> NamingRule::Judge(const v1::Action& action) const {
  if (pattern_ == nullptr || !HasDncOperation(action)) return std::nullopt;
  // A pattern that this program cannot read is matched by nothing.
  if (pattern_->ok() && RE2::FullMatch(action.display_name(), *pattern_)) return std::nullopt;
  v1::NamingViolation violation;
  violation.set_action(action.name());
  violation.set_display_name(action.display_name());
  violation.set_pattern(naming_.pattern());
  violation.set_description(naming_.description());
  return violation;
}

absl::Status NamingRule::CheckSaved(const v1::Action& action, absl::string_view field,
                                    NamingViolations* warnings) const {
  const bool enforced = naming_.enforcement() == v1::DncActionNaming::ENFORCEMENT_ENFORCE;
  const bool warns = naming_.enforcement() == v1::DncActionNaming::ENFORCEMENT_WARN;
  if (!enforced && !warns) return absl::OkStatus();
  std::optional<v1::NamingViolation> violation = Judge(action);
  if (!violation.has_value()) return absl::OkStatus();
  if (warns) {
    *warnings->Add() = *std::move(violation);
    return absl::OkStatus();
  }
  const std::string name_field = absl::StrCat(field, ".display_name");
  const std::string rule = naming_.description().empty()
                               ? absl::StrCat("match ", naming_.pattern())
                               : absl::StrCat(naming_.description(), " (", naming_.pattern(), ")");
  return MakeError(v1::ERROR_REASON_NAMING_VIOLATION,
                   absl::StrCat(name_field, ": \"", action.display_name(),
                                "\" breaks the naming rule of actions that add to a DNC list: ",
                                rule, "; rename the action"),
                   {{"field", name_field},
                    {"action", action.name()},
                    {"display_name", action.display_name()},
                    {"pattern", naming_.pattern()},
                    {"description", naming_.description()}});
}

}  // namespace dnc
