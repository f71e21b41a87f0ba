// Which response answers which request. Declarations only: for decltype.
#ifndef DNC_TESTS_INTEGRATION_RPC_TYPES_H_
#define DNC_TESTS_INTEGRATION_RPC_TYPES_H_

#include <utility>

#include "dnc/v1/access.pb.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/audit.pb.h"
#include "dnc/v1/check.pb.h"
#include "dnc/v1/contact_report.pb.h"
#include "dnc/v1/decision.pb.h"
#include "dnc/v1/diagnose.pb.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/opt_out.pb.h"
#include "dnc/v1/organization.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/system.pb.h"
#include "dnc/v1/template.pb.h"
#include "dnc/v1/watch.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc {

v1::CheckContactResponse Answers(const v1::CheckContactRequest&);
v1::BatchCheckContactsResponse Answers(const v1::BatchCheckContactsRequest&);
v1::FilterContactsResponse Answers(const v1::FilterContactsRequest&);
v1::StreamChecksResponse Answers(const v1::StreamChecksRequest&);
v1::ListAuditRecordsResponse Answers(const v1::ListAuditRecordsRequest&);
v1::GetAuditRecordResponse Answers(const v1::GetAuditRecordRequest&);
v1::GetAuditHeadResponse Answers(const v1::GetAuditHeadRequest&);
v1::ExportAuditResponse Answers(const v1::ExportAuditRequest&);
v1::VerifyAuditResponse Answers(const v1::VerifyAuditRequest&);
v1::DiagnoseMissingActionResponse Answers(const v1::DiagnoseMissingActionRequest&);
v1::DiagnoseCopyResponse Answers(const v1::DiagnoseCopyRequest&);
v1::DiagnoseMissingOptionsResponse Answers(const v1::DiagnoseMissingOptionsRequest&);
v1::DiagnoseContactedLeadResponse Answers(const v1::DiagnoseContactedLeadRequest&);
v1::WatchChangesResponse Answers(const v1::WatchChangesRequest&);
v1::CreateRoleResponse Answers(const v1::CreateRoleRequest&);
v1::UpdateRoleResponse Answers(const v1::UpdateRoleRequest&);
v1::DeleteRoleResponse Answers(const v1::DeleteRoleRequest&);
v1::GetRoleResponse Answers(const v1::GetRoleRequest&);
v1::ListRolesResponse Answers(const v1::ListRolesRequest&);
v1::CreateRoleBindingResponse Answers(const v1::CreateRoleBindingRequest&);
v1::DeleteRoleBindingResponse Answers(const v1::DeleteRoleBindingRequest&);
v1::GetRoleBindingResponse Answers(const v1::GetRoleBindingRequest&);
v1::ListRoleBindingsResponse Answers(const v1::ListRoleBindingsRequest&);
v1::ListPermissionsResponse Answers(const v1::ListPermissionsRequest&);
v1::TestPermissionsResponse Answers(const v1::TestPermissionsRequest&);
v1::CreateGroupResponse Answers(const v1::CreateGroupRequest&);
v1::UpdateGroupResponse Answers(const v1::UpdateGroupRequest&);
v1::DeleteGroupResponse Answers(const v1::DeleteGroupRequest&);
v1::GetGroupResponse Answers(const v1::GetGroupRequest&);
v1::ListGroupsResponse Answers(const v1::ListGroupsRequest&);
v1::SyncGroupResponse Answers(const v1::SyncGroupRequest&);
v1::ListAvailableActionsResponse Answers(const v1::ListAvailableActionsRequest&);
v1::GetDecisionResponse Answers(const v1::GetDecisionRequest&);
v1::ListDecisionsResponse Answers(const v1::ListDecisionsRequest&);
v1::ReportContactResponse Answers(const v1::ReportContactRequest&);
v1::ReportContactsResponse Answers(const v1::ReportContactsRequest&);
v1::ListContactsResponse Answers(const v1::ListContactsRequest&);
v1::ListContactViolationsResponse Answers(const v1::ListContactViolationsRequest&);
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
v1::UpdateWorkflowResponse Answers(const v1::UpdateWorkflowRequest&);
v1::ListNamingViolationsResponse Answers(const v1::ListNamingViolationsRequest&);
v1::UpdateOrganizationResponse Answers(const v1::UpdateOrganizationRequest&);
v1::UpdateListResponse Answers(const v1::UpdateListRequest&);
v1::DeleteLeadResponse Answers(const v1::DeleteLeadRequest&);
v1::MergeLeadsResponse Answers(const v1::MergeLeadsRequest&);
v1::CreateActionResponse Answers(const v1::CreateActionRequest&);
v1::GetActionResponse Answers(const v1::GetActionRequest&);
v1::ListActionsResponse Answers(const v1::ListActionsRequest&);
v1::UpdateActionResponse Answers(const v1::UpdateActionRequest&);
v1::DeleteActionResponse Answers(const v1::DeleteActionRequest&);
v1::RecordOptOutResponse Answers(const v1::RecordOptOutRequest&);
v1::ListOptOutsResponse Answers(const v1::ListOptOutsRequest&);
v1::ListOptOutKeywordsResponse Answers(const v1::ListOptOutKeywordsRequest&);
v1::GetReviewResponse Answers(const v1::GetReviewRequest&);
v1::ListReviewsResponse Answers(const v1::ListReviewsRequest&);
v1::ResolveReviewResponse Answers(const v1::ResolveReviewRequest&);
v1::CreateTemplateResponse Answers(const v1::CreateTemplateRequest&);
v1::UpdateTemplateResponse Answers(const v1::UpdateTemplateRequest&);
v1::GetTemplateResponse Answers(const v1::GetTemplateRequest&);
v1::ListTemplatesResponse Answers(const v1::ListTemplatesRequest&);
v1::DeleteTemplateResponse Answers(const v1::DeleteTemplateRequest&);
v1::ApplyTemplateResponse Answers(const v1::ApplyTemplateRequest&);
v1::ListTemplateCopiesResponse Answers(const v1::ListTemplateCopiesRequest&);

template <typename Request>
using ResponseOf = decltype(Answers(std::declval<const Request&>()));

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_RPC_TYPES_H_
