// What a caller needs beside the permission of the method: judged from the request's content before
// it is handled, and from the answer where only that tells what it is about.
#ifndef DNC_SERVER_RPC_CALLER_RULES_H_
#define DNC_SERVER_RPC_CALLER_RULES_H_

#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "dnc/storage/v1/mutation.pb.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/template.pb.h"
#include "dnc/v1/workflow.pb.h"
#include "server/auth/authenticator.h"
#include "server/auth/permissions.h"

namespace dnc {

struct Services;

namespace internal {

// PERMISSION_DENIED unless the actor is the caller itself, or it may name others.
absl::Status JudgeActor(const Services& services, const Principal& caller, const std::string& actor,
                        Resources resources);
// STATUS_NOT_FOUND, see CheckVisible.
absl::Status JudgeVisible(const Services& services, const Principal& caller,
                          const std::string& name);
absl::Status JudgeVisible(const Services& services, const Principal& caller,
                          const google::protobuf::RepeatedPtrField<std::string>& names);
absl::Status JudgeVisible(const Services& services, const Principal& caller,
                          const v1::Workflow& workflow);
absl::Status JudgeLists(const Services& services, const Principal& caller, Resources resources);
// PERMISSION_DENIED unless the caller may end restrictions.
absl::Status JudgeLifting(const Services& services, const Principal& caller, Resources resources);

}  // namespace internal

// PERMISSION_DENIED, STATUS_NOT_FOUND.
template <typename Request>
absl::Status JudgeRequest(const Services& services, const Principal& caller, Resources resources,
                          const Request& request) {
  absl::Status judged;
  if (caller.administrator) return judged;
  if constexpr (requires { request.actor().id(); }) {
    judged.Update(internal::JudgeActor(services, caller, request.actor().id(), resources));
  } else if constexpr (requires { request.config().actor().id(); }) {
    judged.Update(internal::JudgeActor(services, caller, request.config().actor().id(), resources));
  }
  if constexpr (requires { request.allow_lifting_restriction(); }) {
    if (request.allow_lifting_restriction()) {
      judged.Update(internal::JudgeLifting(services, caller, resources));
    }
  }
  if constexpr (std::is_same_v<Request, v1::ApplyWorkflowRequest>) {
    if (!request.lists().empty()) {
      judged.Update(internal::JudgeLists(services, caller, resources));
    }
  }
  if constexpr (std::is_same_v<Request, v1::GetStatusRequest> ||
                std::is_same_v<Request, v1::GetActionRequest> ||
                std::is_same_v<Request, v1::DeleteActionRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.name()));
  } else if constexpr (std::is_same_v<Request, v1::ListActionsRequest> ||
                       std::is_same_v<Request, v1::CreateActionRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.parent()));
  } else if constexpr (std::is_same_v<Request, v1::UpdateActionRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.action().name()));
  } else if constexpr (std::is_same_v<Request, v1::UpdateStatusRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.status().name()));
  } else if constexpr (std::is_same_v<Request, v1::ApplyWorkflowRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.workflow()));
  } else if constexpr (std::is_same_v<Request, v1::CopyActionsRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.source()));
    judged.Update(internal::JudgeVisible(services, caller, request.targets()));
  } else if constexpr (std::is_same_v<Request, v1::ApplyTemplateRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.targets()));
  } else if constexpr (std::is_same_v<Request, v1::ListLeadsRequest>) {
    judged.Update(internal::JudgeVisible(services, caller, request.status()));
  }
  return judged;
}

// The caller does what the request does not ascribe to anybody.
template <typename Request>
void NameActor(const Principal& caller, Request* request) {
  if constexpr (requires { request->mutable_actor()->mutable_id(); }) {
    if (caller.named && request->actor().id().empty()) {
      request->mutable_actor()->set_id(caller.id);
    }
  } else if constexpr (requires { request->mutable_config()->mutable_actor(); }) {
    if (caller.named && request->has_config() && request->config().actor().id().empty()) {
      request->mutable_config()->mutable_actor()->set_id(caller.id);
    }
  }
}

// Whether the caller may save and apply actions that remove restrictions; Apply judges by it.
bool MayReconsent(const Services& services, const Principal& caller, Resources resources);
template <typename Request>
void AllowReconsent(const Services& services, const Principal& caller, Resources resources,
                    const Request&, storage::v1::Mutation* mutation) {
  constexpr bool kTakesActions = std::is_same_v<Request, v1::ApplyActionRequest> ||
                                 std::is_same_v<Request, v1::CopyActionsRequest> ||
                                 std::is_same_v<Request, v1::CreateActionRequest> ||
                                 std::is_same_v<Request, v1::UpdateActionRequest> ||
                                 std::is_same_v<Request, v1::CreateStatusRequest> ||
                                 std::is_same_v<Request, v1::UpdateStatusRequest> ||
                                 std::is_same_v<Request, v1::CreateWorkflowRequest> ||
                                 std::is_same_v<Request, v1::ApplyWorkflowRequest> ||
                                 requires(const Request& request) {
    request.template_();
  };
  if constexpr (kTakesActions) {
    mutation->set_allow_reconsent(MayReconsent(services, caller, resources));
  }
}

// Judges an answer, and takes out of it what the caller does not see.
template <typename Response>
absl::Status JudgeAnswer(const Services&, const Principal&, Response*) {
  return absl::OkStatus();
}
absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::GetLeadResponse* response);
absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::GetWorkflowResponse* response);
absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListStatusesResponse* response);
absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListNamingViolationsResponse* response);
absl::Status JudgeAnswer(const Services& services, const Principal& caller,
                         v1::ListTemplateCopiesResponse* response);

namespace internal {

void ConcealStatuses(const Services& services, const Principal& caller, v1::Workflow* workflow);
void ConcealActions(const Services& services, const Principal& caller, v1::Affected* affected);

}  // namespace internal

// Whether there is anything in a write's answer that a caller may not see.
template <typename Response>
inline constexpr bool kConceals = requires(Response response) {
  response.mutable_workflow()->mutable_statuses();
}
|| requires(Response response) { response.mutable_affected()->mutable_actions(); };

// Takes out of a write's answer what the caller does not see.
template <typename Response>
void ConcealIn(const Services& services, const Principal& caller, Response* response) {
  if constexpr (requires { response->mutable_workflow()->mutable_statuses(); }) {
    internal::ConcealStatuses(services, caller, response->mutable_workflow());
  }
  if constexpr (requires { response->mutable_affected()->mutable_actions(); }) {
    if (response->has_affected()) {
      internal::ConcealActions(services, caller, response->mutable_affected());
    }
  }
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_CALLER_RULES_H_
