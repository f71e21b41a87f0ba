// Answers Get and List methods from the newest view.
#ifndef DNC_SERVER_HANDLER_READ_HANDLER_H_
#define DNC_SERVER_HANDLER_READ_HANDLER_H_

#include "absl/status/status.h"
#include "dnc/v1/access.pb.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/opt_out.pb.h"
#include "dnc/v1/organization.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/template.pb.h"
#include "dnc/v1/workflow.pb.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"

namespace dnc {

// Thread-safe. Errors: NOT_FOUND with the object's reason, INVALID_ARGUMENT with the field.
class ReadHandler {
 public:
  ReadHandler(const StateMachine* state, const Clock* clock) : state_(state), clock_(clock) {}

  absl::Status Get(const v1::GetOrganizationRequest& request,
                   v1::GetOrganizationResponse* response) const;
  absl::Status List(const v1::ListOrganizationsRequest& request,
                    v1::ListOrganizationsResponse* response) const;
  absl::Status Get(const v1::GetWorkflowRequest& request, v1::GetWorkflowResponse* response) const;
  absl::Status List(const v1::ListNamingViolationsRequest& request,
                    v1::ListNamingViolationsResponse* response) const;
  absl::Status List(const v1::ListWorkflowsRequest& request,
                    v1::ListWorkflowsResponse* response) const;
  absl::Status Get(const v1::GetStatusRequest& request, v1::GetStatusResponse* response) const;
  absl::Status List(const v1::ListStatusesRequest& request,
                    v1::ListStatusesResponse* response) const;
  absl::Status Get(const v1::GetActionRequest& request, v1::GetActionResponse* response) const;
  absl::Status List(const v1::ListActionsRequest& request, v1::ListActionsResponse* response) const;
  absl::Status Get(const v1::GetListRequest& request, v1::GetListResponse* response) const;
  absl::Status List(const v1::ListListsRequest& request, v1::ListListsResponse* response) const;
  absl::Status Get(const v1::GetLeadRequest& request, v1::GetLeadResponse* response) const;
  absl::Status List(const v1::ListLeadsRequest& request, v1::ListLeadsResponse* response) const;
  absl::Status Get(const v1::GetEntryRequest& request, v1::GetEntryResponse* response) const;
  absl::Status List(const v1::ListEntriesRequest& request, v1::ListEntriesResponse* response) const;
  absl::Status List(const v1::ListOptOutsRequest& request, v1::ListOptOutsResponse* response) const;
  absl::Status Get(const v1::ListOptOutKeywordsRequest& request,
                   v1::ListOptOutKeywordsResponse* response) const;
  absl::Status Get(const v1::GetReviewRequest& request, v1::GetReviewResponse* response) const;
  absl::Status List(const v1::ListReviewsRequest& request, v1::ListReviewsResponse* response) const;
  absl::Status Get(const v1::GetTemplateRequest& request, v1::GetTemplateResponse* response) const;
  absl::Status List(const v1::ListTemplatesRequest& request,
                    v1::ListTemplatesResponse* response) const;
  absl::Status List(const v1::ListTemplateCopiesRequest& request,
                    v1::ListTemplateCopiesResponse* response) const;
  absl::Status Get(const v1::GetRoleRequest& request, v1::GetRoleResponse* response) const;
  absl::Status List(const v1::ListRolesRequest& request, v1::ListRolesResponse* response) const;
  absl::Status Get(const v1::GetRoleBindingRequest& request,
                   v1::GetRoleBindingResponse* response) const;
  absl::Status List(const v1::ListRoleBindingsRequest& request,
                    v1::ListRoleBindingsResponse* response) const;
  absl::Status Get(const v1::ListPermissionsRequest& request,
                   v1::ListPermissionsResponse* response) const;
  absl::Status Get(const v1::GetGroupRequest& request, v1::GetGroupResponse* response) const;
  absl::Status List(const v1::ListGroupsRequest& request, v1::ListGroupsResponse* response) const;

 private:
  const StateMachine* const state_;
  const Clock* const clock_;
};

// An organization, or ORGANIZATION_NOT_FOUND.
absl::StatusOr<const CatalogOrganization*> FindOrganization(const View& view,
                                                            const std::string& id);

// A list as the API shows it, with its counts.
absl::StatusOr<v1::DncList> ListToProto(const View& view, const CatalogOrganization& organization,
                                        const CatalogList& list);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_READ_HANDLER_H_
