// What applying a template to a status would do there. Pure; the state machine carries the plan out
// and validate_only shows it.
#ifndef DNC_SERVER_TEMPLATE_TEMPLATE_PLAN_H_
#define DNC_SERVER_TEMPLATE_TEMPLATE_PLAN_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "dnc/v1/template.pb.h"
#include "server/action/target_plan.h"
#include "server/catalog/catalog.h"

namespace dnc {

using TemplatePlan = TargetPlanOf<v1::TemplateTargetResult>;

// How a request wants it applied.
struct TemplateUse {
  v1::ConflictPolicy conflict_policy = v1::CONFLICT_POLICY_FAIL;
  v1::AdjustmentPolicy adjustments = v1::ADJUSTMENT_POLICY_KEEP;
  bool allow_dropping_dnc = false;
};

// The template's actions that `ids` name, or all; in the template's order. ACTION_NOT_FOUND.
absl::StatusOr<std::vector<const v1::Action*>> SelectTemplateActions(
    const v1::Template& from, const google::protobuf::RepeatedPtrField<std::string>& ids);

// The plan for one target, given by its name, which the request has in `field`. `etag` marks what
// changes. Refusals instead of a plan: as PlanCopy's (server/action/copy_plan.h), and an action
// that would lose what it does to DNC lists.
TemplatePlan PlanTemplate(const CatalogOrganization& organization, const v1::Template& from,
                          const std::vector<const v1::Action*>& actions, const std::string& target,
                          absl::string_view field, const TemplateUse& use, const std::string& etag,
                          absl::FunctionRef<absl::Status(const v1::Action&)> check_saved);

}  // namespace dnc

#endif  // DNC_SERVER_TEMPLATE_TEMPLATE_PLAN_H_
