#include "absl/strings/str_cat.h"
#include "server/state/apply.h"
#include "server/state/record_bytes.h"

namespace dnc {
namespace {

using storage::v1::Mutation;

template <typename Response, typename Request>
absl::StatusOr<std::string> Run(const Request& request, Txn& txn) {
  Response response;
  DNC_RETURN_IF_ERROR(Apply(request, txn, &response));
  return RecordBytes(response);
}

}  // namespace

absl::StatusOr<std::string> ApplyMutation(Txn& txn) {
  const Mutation& m = txn.mutation();
  switch (m.body_case()) {
    case Mutation::kCreateOrganization:
      return Run<v1::CreateOrganizationResponse>(m.create_organization(), txn);
    case Mutation::kUpdateOrganization:
      return Run<v1::UpdateOrganizationResponse>(m.update_organization(), txn);
    case Mutation::kCreateWorkflow:
      return Run<v1::CreateWorkflowResponse>(m.create_workflow(), txn);
    case Mutation::kUpdateWorkflow:
      return Run<v1::UpdateWorkflowResponse>(m.update_workflow(), txn);
    case Mutation::kApplyWorkflow:
      return Run<v1::ApplyWorkflowResponse>(m.apply_workflow(), txn);
    case Mutation::kCreateStatus:
      return Run<v1::CreateStatusResponse>(m.create_status(), txn);
    case Mutation::kUpdateStatus:
      return Run<v1::UpdateStatusResponse>(m.update_status(), txn);
    case Mutation::kCreateAction:
      return Run<v1::CreateActionResponse>(m.create_action(), txn);
    case Mutation::kUpdateAction:
      return Run<v1::UpdateActionResponse>(m.update_action(), txn);
    case Mutation::kDeleteAction:
      return Run<v1::DeleteActionResponse>(m.delete_action(), txn);
    case Mutation::kApplyAction:
      return Run<v1::ApplyActionResponse>(m.apply_action(), txn);
    case Mutation::kCopyActions:
      return Run<v1::CopyActionsResponse>(m.copy_actions(), txn);
    case Mutation::kUpsertLead:
      return Run<v1::UpsertLeadResponse>(m.upsert_lead(), txn);
    case Mutation::kBatchUpsertLeads:
      return Run<v1::BatchUpsertLeadsResponse>(m.batch_upsert_leads(), txn);
    case Mutation::kDeleteLead:
      return Run<v1::DeleteLeadResponse>(m.delete_lead(), txn);
    case Mutation::kMergeLeads:
      return Run<v1::MergeLeadsResponse>(m.merge_leads(), txn);
    case Mutation::kCreateList:
      return Run<v1::CreateListResponse>(m.create_list(), txn);
    case Mutation::kUpdateList:
      return Run<v1::UpdateListResponse>(m.update_list(), txn);
    case Mutation::kAddEntry:
      return Run<v1::AddEntryResponse>(m.add_entry(), txn);
    case Mutation::kRevokeEntry:
      return Run<v1::RevokeEntryResponse>(m.revoke_entry(), txn);
    case Mutation::kCreateRole:
      return Run<v1::CreateRoleResponse>(m.create_role(), txn);
    case Mutation::kUpdateRole:
      return Run<v1::UpdateRoleResponse>(m.update_role(), txn);
    case Mutation::kDeleteRole:
      return Run<v1::DeleteRoleResponse>(m.delete_role(), txn);
    case Mutation::kCreateRoleBinding:
      return Run<v1::CreateRoleBindingResponse>(m.create_role_binding(), txn);
    case Mutation::kDeleteRoleBinding:
      return Run<v1::DeleteRoleBindingResponse>(m.delete_role_binding(), txn);
    case Mutation::kCreateGroup:
      return Run<v1::CreateGroupResponse>(m.create_group(), txn);
    case Mutation::kUpdateGroup:
      return Run<v1::UpdateGroupResponse>(m.update_group(), txn);
    case Mutation::kDeleteGroup:
      return Run<v1::DeleteGroupResponse>(m.delete_group(), txn);
    case Mutation::kSyncGroup:
      return Run<v1::SyncGroupResponse>(m.sync_group(), txn);
    case Mutation::kImportEntries:
      return Run<storage::v1::ImportEntriesResult>(m.import_entries(), txn);
    case Mutation::kActivateVersion:
      return Run<v1::DncList>(m.activate_version(), txn);
    case Mutation::kRecordOptOut:
      return Run<v1::RecordOptOutResponse>(m.record_opt_out(), txn);
    case Mutation::kCreateTemplate:
      return Run<v1::CreateTemplateResponse>(m.create_template(), txn);
    case Mutation::kUpdateTemplate:
      return Run<v1::UpdateTemplateResponse>(m.update_template(), txn);
    case Mutation::kDeleteTemplate:
      return Run<v1::DeleteTemplateResponse>(m.delete_template(), txn);
    case Mutation::kApplyTemplate:
      return Run<v1::ApplyTemplateResponse>(m.apply_template(), txn);
    case Mutation::kResolveReview:
      return Run<v1::ResolveReviewResponse>(m.resolve_review(), txn);
    case Mutation::BODY_NOT_SET:
      break;
  }
  return absl::InternalError(absl::StrCat("the mutation at revision ", txn.revision(),
                                          " is of a kind that this program does not know"));
}

}  // namespace dnc
