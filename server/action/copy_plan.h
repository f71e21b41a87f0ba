// What copying actions of one status to another would do there. Pure; the state machine carries the
// plan out and validate_only shows it.
#ifndef DNC_SERVER_ACTION_COPY_PLAN_H_
#define DNC_SERVER_ACTION_COPY_PLAN_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "dnc/v1/action.pb.h"
#include "server/action/target_plan.h"
#include "server/catalog/catalog.h"

namespace dnc {

using TargetPlan = TargetPlanOf<v1::CopyTargetResult>;

// The source's actions that `ids` name, or all; in the source's order. ACTION_NOT_FOUND.
absl::StatusOr<std::vector<const v1::Action*>> SelectActions(
    const CatalogStatus& source, const google::protobuf::RepeatedPtrField<std::string>& ids);

// The plan for one target, given by its name, which the request has in `field`. `etag` marks what
// changes. Refusals instead of a plan: another organization, a missing, disabled or archived
// target, its record type, the source itself, a conflict that `policy` does not settle, or one that
// it would settle by leaving the target without the add-to-DNC operation, more actions than a
// status takes, a copy that `check_saved` refuses.
TargetPlan PlanCopy(const CatalogOrganization& organization, const CatalogStatus& source,
                    const std::vector<const v1::Action*>& actions, const std::string& target,
                    absl::string_view field, v1::ConflictPolicy policy, const std::string& etag,
                    absl::FunctionRef<absl::Status(const v1::Action&)> check_saved);

}  // namespace dnc

#endif  // DNC_SERVER_ACTION_COPY_PLAN_H_
