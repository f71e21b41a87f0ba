#include "server/rpc/caller_rules.h"

#include "server/handler/visibility.h"
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

absl::Status JudgeLists(const Services& services, const Principal& caller, Resources resources) {
  // Lists are the organization's, whatever workflow they are created with.
  const absl::string_view name = resources.front();
  const absl::string_view organization = name.substr(0, name.find('/', name.find('/') + 1));
  return services.authorizer->Require(caller, kListsWrite, absl::MakeConstSpan(&organization, 1));
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
  Conceal(*services.state->Read(), caller, response->mutable_workflow()->mutable_statuses());
  return absl::OkStatus();
}

absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListStatusesResponse* response) {
  Conceal(*services.state->Read(), caller, response->mutable_statuses());
  return absl::OkStatus();
}

}  // namespace dnc
