// Which response answers which request. Declarations only: for decltype.
#ifndef DNC_TESTS_INTEGRATION_RPC_TYPES_H_
#define DNC_TESTS_INTEGRATION_RPC_TYPES_H_

#include <utility>

#include "dnc/v1/action.pb.h"
#include "dnc/v1/check.pb.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/organization.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/system.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc {

v1::CheckContactResponse Answers(const v1::CheckContactRequest&);
v1::BatchCheckContactsResponse Answers(const v1::BatchCheckContactsRequest&);
v1::FilterContactsResponse Answers(const v1::FilterContactsRequest&);
v1::ApplyActionResponse Answers(const v1::ApplyActionRequest&);
v1::CopyActionsResponse Answers(const v1::CopyActionsRequest&);
v1::UpsertLeadResponse Answers(const v1::UpsertLeadRequest&);
v1::GetLeadResponse Answers(const v1::GetLeadRequest&);
v1::ListLeadsResponse Answers(const v1::ListLeadsRequest&);
v1::BatchUpsertLeadsResponse Answers(const v1::BatchUpsertLeadsRequest&);
v1::CreateOrganizationResponse Answers(const v1::CreateOrganizationRequest&);
v1::GetOrganizationResponse Answers(const v1::GetOrganizationRequest&);
v1::ListOrganizationsResponse Answers(const v1::ListOrganizationsRequest&);
v1::CreateListResponse Answers(const v1::CreateListRequest&);
v1::GetListResponse Answers(const v1::GetListRequest&);
v1::ListListsResponse Answers(const v1::ListListsRequest&);
v1::AddEntryResponse Answers(const v1::AddEntryRequest&);
v1::GetEntryResponse Answers(const v1::GetEntryRequest&);
v1::ListEntriesResponse Answers(const v1::ListEntriesRequest&);
v1::RevokeEntryResponse Answers(const v1::RevokeEntryRequest&);
v1::ImportListResponse Answers(const v1::ImportListRequest&);
v1::GetSystemStatusResponse Answers(const v1::GetSystemStatusRequest&);
v1::CreateWorkflowResponse Answers(const v1::CreateWorkflowRequest&);
v1::GetWorkflowResponse Answers(const v1::GetWorkflowRequest&);
v1::ListWorkflowsResponse Answers(const v1::ListWorkflowsRequest&);
v1::ApplyWorkflowResponse Answers(const v1::ApplyWorkflowRequest&);
v1::CreateStatusResponse Answers(const v1::CreateStatusRequest&);
v1::GetStatusResponse Answers(const v1::GetStatusRequest&);
v1::ListStatusesResponse Answers(const v1::ListStatusesRequest&);
v1::UpdateStatusResponse Answers(const v1::UpdateStatusRequest&);
v1::CreateActionResponse Answers(const v1::CreateActionRequest&);
v1::GetActionResponse Answers(const v1::GetActionRequest&);
v1::ListActionsResponse Answers(const v1::ListActionsRequest&);
v1::UpdateActionResponse Answers(const v1::UpdateActionRequest&);
v1::DeleteActionResponse Answers(const v1::DeleteActionRequest&);

template <typename Request>
using ResponseOf = decltype(Answers(std::declval<const Request&>()));

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_RPC_TYPES_H_
