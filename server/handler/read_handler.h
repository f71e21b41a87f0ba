// Answers Get and List methods from the newest view.
#ifndef DNC_SERVER_HANDLER_READ_HANDLER_H_
#define DNC_SERVER_HANDLER_READ_HANDLER_H_

#include "absl/status/status.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/organization.pb.h"
#include "dnc/v1/registry.pb.h"
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
