#include "server/rpc/caller_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/rpc/unary.h"

namespace dnc {
namespace {

// Takes out the rows whose action is in a status that the caller does not see.
template <typename Rows, typename ActionOf>
void TakeOutHidden(const Services& services, const Principal& caller, Rows* rows,
                   ActionOf action_of) {
  const StateMachine::ViewGuard view = services.state->Read();
  const auto end = std::remove_if(rows->begin(), rows->end(), [&](const auto& row) {
    return !CheckVisible(*view, caller, action_of(row)).ok();
  });
  rows->erase(end, rows->end());
}

}  // namespace

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
  TakeOutHidden(services, caller, affected->mutable_actions(),
                [](const std::string& action) { return action; });
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
  TakeOutHidden(services, caller, response->mutable_violations(),
                [](const v1::NamingViolation& violation) { return violation.action(); });
  return absl::OkStatus();
}

absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListTemplateCopiesResponse* response) {
  TakeOutHidden(services, caller, response->mutable_copies(),
                [](const v1::TemplateCopy& copy) { return copy.action(); });
  return absl::OkStatus();
}

}  // namespace dnc
