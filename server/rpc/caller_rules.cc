#include "server/rpc/caller_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/rpc/unary.h"

namespace dnc {
namespace internal {

absl::Status JudgeActor(const Services& services, const Principal& caller, const std::string& actor,
                        Resources resources) {
  if (!caller.named || actor.empty() || actor == caller.id) return absl::OkStatus();
  return services.authorizer->Require(caller, kActorsName, resources);
}

absl::Status JudgeVisible(const Services& services, const Principal& caller,
                          const std::string& name) {
  return CheckVisible(*services.state->Read(), caller, name);
}

absl::Status JudgeVisible(const Services& services, const Principal& caller,
                          const google::protobuf::RepeatedPtrField<std::string>& names) {
  const StateMachine::ViewGuard view = services.state->Read();
  for (const std::string& name : names) DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, name));
  return absl::OkStatus();
}

absl::Status JudgeVisible(const Services& services, const Principal& caller,
                          const v1::Workflow& workflow) {
  const StateMachine::ViewGuard view = services.state->Read();
  for (const v1::Status& status : workflow.statuses()) {
    const std::string name = absl::StrCat(workflow.name(), "/statuses/", LastPart(status.name()));
    DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, name));
  }
  return absl::OkStatus();
}

absl::Status JudgeLists(const Services& services, const Principal& caller, Resources resources) {
  // Lists are the organization's, whatever workflow they are created with.
  const absl::string_view name = resources.front();
  const absl::string_view organization = name.substr(0, name.find('/', name.find('/') + 1));
  return services.authorizer->Require(caller, kListsWrite, absl::MakeConstSpan(&organization, 1));
}

absl::Status JudgeLifting(const Services& services, const Principal& caller, Resources resources) {
  return services.authorizer->Require(caller, kActionsReconsent, resources);
}

void ConcealStatuses(const Services& services, const Principal& caller, v1::Workflow* workflow) {
  Conceal(*services.state->Read(), caller, workflow->mutable_statuses());
}

void ConcealActions(const Services& services, const Principal& caller, v1::Affected* affected) {
  const StateMachine::ViewGuard view = services.state->Read();
  auto* actions = affected->mutable_actions();
  const auto end = std::remove_if(actions->begin(), actions->end(), [&](const std::string& action) {
    return !CheckVisible(*view, caller, action).ok();
  });
  actions->erase(end, actions->end());
}

}  // namespace internal

bool MayReconsent(const Services& services, const Principal& caller, Resources resources) {
  return services.authorizer->Require(caller, kActionsReconsent, resources).ok();
}

absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::GetLeadResponse* response) {
  const v1::Lead& lead = response->lead();
  const absl::string_view about = lead.status().empty() ? lead.name() : lead.status();
  return services.authorizer->Require(caller, kLeadsRead, absl::MakeConstSpan(&about, 1));
}

absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::GetWorkflowResponse* response) {
  internal::ConcealStatuses(services, caller, response->mutable_workflow());
  return absl::OkStatus();
}

absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListStatusesResponse* response) {
  Conceal(*services.state->Read(), caller, response->mutable_statuses());
  return absl::OkStatus();
}

absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListNamingViolationsResponse* response) {
  const StateMachine::ViewGuard view = services.state->Read();
  auto* violations = response->mutable_violations();
  const auto end =
      std::remove_if(violations->begin(), violations->end(), [&](const v1::NamingViolation& found) {
        return !CheckVisible(*view, caller, found.action()).ok();
      });
  violations->erase(end, violations->end());
  return absl::OkStatus();
}

}  // namespace dnc
