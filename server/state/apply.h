// One function per kind of mutation. Each judges its rules against the state that `txn` shows and
// writes its changes into it. On an error the caller throws the changes away: a mutation takes
// effect whole or not at all. No clock, no randomness, no settings, no I/O but through `txn`.
#ifndef DNC_SERVER_STATE_APPLY_H_
#define DNC_SERVER_STATE_APPLY_H_

#include "absl/status/status.h"
#include "dnc/storage/v1/mutation.pb.h"
#include "server/state/txn.h"

namespace dnc {

absl::Status Apply(const v1::CreateOrganizationRequest& request, Txn& txn,
                   v1::CreateOrganizationResponse* response);
absl::Status Apply(const v1::UpdateOrganizationRequest& request, Txn& txn,
                   v1::UpdateOrganizationResponse* response);
absl::Status Apply(const v1::CreateWorkflowRequest& request, Txn& txn,
                   v1::CreateWorkflowResponse* response);
absl::Status Apply(const v1::UpdateWorkflowRequest& request, Txn& txn,
                   v1::UpdateWorkflowResponse* response);
absl::Status Apply(const v1::ApplyWorkflowRequest& request, Txn& txn,
                   v1::ApplyWorkflowResponse* response);
absl::Status Apply(const v1::CreateStatusRequest& request, Txn& txn,
                   v1::CreateStatusResponse* response);
absl::Status Apply(const v1::UpdateStatusRequest& request, Txn& txn,
                   v1::UpdateStatusResponse* response);
absl::Status Apply(const v1::CreateActionRequest& request, Txn& txn,
                   v1::CreateActionResponse* response);
absl::Status Apply(const v1::UpdateActionRequest& request, Txn& txn,
                   v1::UpdateActionResponse* response);
absl::Status Apply(const v1::DeleteActionRequest& request, Txn& txn,
                   v1::DeleteActionResponse* response);
absl::Status Apply(const v1::ApplyActionRequest& request, Txn& txn,
                   v1::ApplyActionResponse* response);
absl::Status Apply(const v1::CopyActionsRequest& request, Txn& txn,
                   v1::CopyActionsResponse* response);
absl::Status Apply(const v1::UpsertLeadRequest& request, Txn& txn,
                   v1::UpsertLeadResponse* response);
absl::Status Apply(const v1::BatchUpsertLeadsRequest& request, Txn& txn,
                   v1::BatchUpsertLeadsResponse* response);
absl::Status Apply(const v1::DeleteLeadRequest& request, Txn& txn,
                   v1::DeleteLeadResponse* response);
absl::Status Apply(const v1::MergeLeadsRequest& request, Txn& txn,
                   v1::MergeLeadsResponse* response);
absl::Status Apply(const v1::CreateListRequest& request, Txn& txn,
                   v1::CreateListResponse* response);
absl::Status Apply(const v1::UpdateListRequest& request, Txn& txn,
                   v1::UpdateListResponse* response);
absl::Status Apply(const v1::AddEntryRequest& request, Txn& txn, v1::AddEntryResponse* response);
absl::Status Apply(const v1::RevokeEntryRequest& request, Txn& txn,
                   v1::RevokeEntryResponse* response);
absl::Status Apply(const v1::RecordOptOutRequest& request, Txn& txn,
                   v1::RecordOptOutResponse* response);
absl::Status Apply(const v1::ResolveReviewRequest& request, Txn& txn,
                   v1::ResolveReviewResponse* response);
absl::Status Apply(const v1::CreateTemplateRequest& request, Txn& txn,
                   v1::CreateTemplateResponse* response);
absl::Status Apply(const v1::UpdateTemplateRequest& request, Txn& txn,
                   v1::UpdateTemplateResponse* response);
absl::Status Apply(const v1::DeleteTemplateRequest& request, Txn& txn,
                   v1::DeleteTemplateResponse* response);
absl::Status Apply(const v1::ApplyTemplateRequest& request, Txn& txn,
                   v1::ApplyTemplateResponse* response);
absl::Status Apply(const v1::CreateRoleRequest& request, Txn& txn,
                   v1::CreateRoleResponse* response);
absl::Status Apply(const v1::UpdateRoleRequest& request, Txn& txn,
                   v1::UpdateRoleResponse* response);
absl::Status Apply(const v1::DeleteRoleRequest& request, Txn& txn,
                   v1::DeleteRoleResponse* response);
absl::Status Apply(const v1::CreateRoleBindingRequest& request, Txn& txn,
                   v1::CreateRoleBindingResponse* response);
absl::Status Apply(const v1::DeleteRoleBindingRequest& request, Txn& txn,
                   v1::DeleteRoleBindingResponse* response);
absl::Status Apply(const v1::CreateGroupRequest& request, Txn& txn,
                   v1::CreateGroupResponse* response);
absl::Status Apply(const v1::UpdateGroupRequest& request, Txn& txn,
                   v1::UpdateGroupResponse* response);
absl::Status Apply(const v1::DeleteGroupRequest& request, Txn& txn,
                   v1::DeleteGroupResponse* response);
absl::Status Apply(const v1::SyncGroupRequest& request, Txn& txn, v1::SyncGroupResponse* response);
absl::Status Apply(const storage::v1::ImportEntries& request, Txn& txn,
                   storage::v1::ImportEntriesResult* response);
absl::Status Apply(const storage::v1::ActivateVersion& request, Txn& txn, v1::DncList* response);

// Applies whatever the mutation carries: the serialised response, or a refusal.
absl::StatusOr<std::string> ApplyMutation(Txn& txn);

// The organization `global` and everything that a new store has.
void ApplyBootstrap(Txn& txn);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_APPLY_H_
