// The gateway's API for the commands, without gRPC's headers: one overload of Call an RPC.
#ifndef DNC_CLIENT_CLI_GATEWAY_H_
#define DNC_CLIENT_CLI_GATEWAY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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
#include "dnc/v1/report.pb.h"
#include "dnc/v1/system.pb.h"
#include "dnc/v1/template.pb.h"
#include "dnc/v1/watch.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc::cli {

// The next contacts to report, at most 1,000; none at the end.
using ContactSource = std::function<absl::StatusOr<std::vector<v1::ReportedContact>>()>;
// The next piece of a file, at most 1 MiB; empty at its end.
using ImportSource = std::function<absl::StatusOr<std::string>()>;
// Ends a call of the source that waits for more of the file; called from another thread.
using WakeImportSource = std::function<void()>;
// Takes progress and rejected rows while the file is still being sent.
using ImportListener = std::function<void(const v1::ImportListResponse&)>;

// Thread-safe. Calls that may fail by chance are repeated within the time given, so every write
// must carry a request_id. Errors carry the gateway's ErrorInfo (client/error.h).
class Gateway {
 public:
  template <typename Response>
  using Answer = absl::StatusOr<Response>;
  // Takes one piece of a streamed answer; an error breaks the stream off and is passed on.
  template <typename Response>
  using OnPiece = std::function<absl::Status(const Response&)>;

  virtual ~Gateway() = default;

  virtual Answer<v1::CreateRoleResponse> Call(const v1::CreateRoleRequest&) = 0;
  virtual Answer<v1::UpdateRoleResponse> Call(const v1::UpdateRoleRequest&) = 0;
  virtual Answer<v1::DeleteRoleResponse> Call(const v1::DeleteRoleRequest&) = 0;
  virtual Answer<v1::GetRoleResponse> Call(const v1::GetRoleRequest&) = 0;
  virtual Answer<v1::ListRolesResponse> Call(const v1::ListRolesRequest&) = 0;
  virtual Answer<v1::CreateRoleBindingResponse> Call(const v1::CreateRoleBindingRequest&) = 0;
  virtual Answer<v1::DeleteRoleBindingResponse> Call(const v1::DeleteRoleBindingRequest&) = 0;
  virtual Answer<v1::GetRoleBindingResponse> Call(const v1::GetRoleBindingRequest&) = 0;
  virtual Answer<v1::ListRoleBindingsResponse> Call(const v1::ListRoleBindingsRequest&) = 0;
  virtual Answer<v1::ListPermissionsResponse> Call(const v1::ListPermissionsRequest&) = 0;
  virtual Answer<v1::TestPermissionsResponse> Call(const v1::TestPermissionsRequest&) = 0;
  virtual Answer<v1::CreateGroupResponse> Call(const v1::CreateGroupRequest&) = 0;
  virtual Answer<v1::UpdateGroupResponse> Call(const v1::UpdateGroupRequest&) = 0;
  virtual Answer<v1::DeleteGroupResponse> Call(const v1::DeleteGroupRequest&) = 0;
  virtual Answer<v1::GetGroupResponse> Call(const v1::GetGroupRequest&) = 0;
  virtual Answer<v1::ListGroupsResponse> Call(const v1::ListGroupsRequest&) = 0;
  virtual Answer<v1::SyncGroupResponse> Call(const v1::SyncGroupRequest&) = 0;
  virtual Answer<v1::ListAvailableActionsResponse> Call(const v1::ListAvailableActionsRequest&) = 0;
  virtual Answer<v1::ApplyActionResponse> Call(const v1::ApplyActionRequest&) = 0;
  virtual Answer<v1::CopyActionsResponse> Call(const v1::CopyActionsRequest&) = 0;
  virtual Answer<v1::ListAuditRecordsResponse> Call(const v1::ListAuditRecordsRequest&) = 0;
  virtual Answer<v1::GetAuditRecordResponse> Call(const v1::GetAuditRecordRequest&) = 0;
  virtual Answer<v1::GetAuditHeadResponse> Call(const v1::GetAuditHeadRequest&) = 0;
  virtual Answer<v1::CheckContactResponse> Call(const v1::CheckContactRequest&) = 0;
  virtual Answer<v1::ReportContactResponse> Call(const v1::ReportContactRequest&) = 0;
  virtual Answer<v1::ListContactsResponse> Call(const v1::ListContactsRequest&) = 0;
  virtual Answer<v1::ListContactViolationsResponse> Call(
      const v1::ListContactViolationsRequest&) = 0;
  virtual Answer<v1::GetDecisionResponse> Call(const v1::GetDecisionRequest&) = 0;
  virtual Answer<v1::ListDecisionsResponse> Call(const v1::ListDecisionsRequest&) = 0;
  virtual Answer<v1::UpsertLeadResponse> Call(const v1::UpsertLeadRequest&) = 0;
  virtual Answer<v1::GetLeadResponse> Call(const v1::GetLeadRequest&) = 0;
  virtual Answer<v1::ListLeadsResponse> Call(const v1::ListLeadsRequest&) = 0;
  virtual Answer<v1::BatchUpsertLeadsResponse> Call(const v1::BatchUpsertLeadsRequest&) = 0;
  virtual Answer<v1::DeleteLeadResponse> Call(const v1::DeleteLeadRequest&) = 0;
  virtual Answer<v1::MergeLeadsResponse> Call(const v1::MergeLeadsRequest&) = 0;
  virtual Answer<v1::CreateOrganizationResponse> Call(const v1::CreateOrganizationRequest&) = 0;
  virtual Answer<v1::GetOrganizationResponse> Call(const v1::GetOrganizationRequest&) = 0;
  virtual Answer<v1::ListOrganizationsResponse> Call(const v1::ListOrganizationsRequest&) = 0;
  virtual Answer<v1::UpdateOrganizationResponse> Call(const v1::UpdateOrganizationRequest&) = 0;
  virtual Answer<v1::CreateListResponse> Call(const v1::CreateListRequest&) = 0;
  virtual Answer<v1::GetListResponse> Call(const v1::GetListRequest&) = 0;
  virtual Answer<v1::ListListsResponse> Call(const v1::ListListsRequest&) = 0;
  virtual Answer<v1::UpdateListResponse> Call(const v1::UpdateListRequest&) = 0;
  virtual Answer<v1::AddEntryResponse> Call(const v1::AddEntryRequest&) = 0;
  virtual Answer<v1::GetEntryResponse> Call(const v1::GetEntryRequest&) = 0;
  virtual Answer<v1::ListEntriesResponse> Call(const v1::ListEntriesRequest&) = 0;
  virtual Answer<v1::RevokeEntryResponse> Call(const v1::RevokeEntryRequest&) = 0;
  virtual Answer<v1::RecordOptOutResponse> Call(const v1::RecordOptOutRequest&) = 0;
  virtual Answer<v1::ListOptOutsResponse> Call(const v1::ListOptOutsRequest&) = 0;
  virtual Answer<v1::ListOptOutKeywordsResponse> Call(const v1::ListOptOutKeywordsRequest&) = 0;
  virtual Answer<v1::GetReviewResponse> Call(const v1::GetReviewRequest&) = 0;
  virtual Answer<v1::ListReviewsResponse> Call(const v1::ListReviewsRequest&) = 0;
  virtual Answer<v1::ResolveReviewResponse> Call(const v1::ResolveReviewRequest&) = 0;
  virtual Answer<v1::CreateTemplateResponse> Call(const v1::CreateTemplateRequest&) = 0;
  virtual Answer<v1::UpdateTemplateResponse> Call(const v1::UpdateTemplateRequest&) = 0;
  virtual Answer<v1::GetTemplateResponse> Call(const v1::GetTemplateRequest&) = 0;
  virtual Answer<v1::ListTemplatesResponse> Call(const v1::ListTemplatesRequest&) = 0;
  virtual Answer<v1::DeleteTemplateResponse> Call(const v1::DeleteTemplateRequest&) = 0;
  virtual Answer<v1::ApplyTemplateResponse> Call(const v1::ApplyTemplateRequest&) = 0;
  virtual Answer<v1::ListTemplateCopiesResponse> Call(const v1::ListTemplateCopiesRequest&) = 0;
  virtual Answer<v1::DiagnoseMissingActionResponse> Call(
      const v1::DiagnoseMissingActionRequest&) = 0;
  virtual Answer<v1::DiagnoseCopyResponse> Call(const v1::DiagnoseCopyRequest&) = 0;
  virtual Answer<v1::DiagnoseMissingOptionsResponse> Call(
      const v1::DiagnoseMissingOptionsRequest&) = 0;
  virtual Answer<v1::DiagnoseContactedLeadResponse> Call(
      const v1::DiagnoseContactedLeadRequest&) = 0;
  virtual Answer<v1::GetSystemStatusResponse> Call(const v1::GetSystemStatusRequest&) = 0;
  virtual Answer<v1::ApplyWorkflowResponse> Call(const v1::ApplyWorkflowRequest&) = 0;
  virtual Answer<v1::GetWorkflowResponse> Call(const v1::GetWorkflowRequest&) = 0;
  virtual Answer<v1::ListWorkflowsResponse> Call(const v1::ListWorkflowsRequest&) = 0;
  virtual Answer<v1::UpdateWorkflowResponse> Call(const v1::UpdateWorkflowRequest&) = 0;
  virtual Answer<v1::GetStatusResponse> Call(const v1::GetStatusRequest&) = 0;
  virtual Answer<v1::UpdateStatusResponse> Call(const v1::UpdateStatusRequest&) = 0;
  virtual Answer<v1::GetActionResponse> Call(const v1::GetActionRequest&) = 0;
  virtual Answer<v1::UpdateActionResponse> Call(const v1::UpdateActionRequest&) = 0;
  virtual Answer<v1::DeleteActionResponse> Call(const v1::DeleteActionRequest&) = 0;
  virtual Answer<v1::ListNamingViolationsResponse> Call(const v1::ListNamingViolationsRequest&) = 0;

  // Read a stream to its end, in the calling thread. They are not repeated.
  virtual absl::Status Read(const v1::ExportAuditRequest&,
                            const OnPiece<v1::ExportAuditResponse>&) = 0;
  virtual absl::Status Read(const v1::VerifyAuditRequest&,
                            const OnPiece<v1::VerifyAuditResponse>&) = 0;
  virtual absl::Status Read(const v1::WatchChangesRequest&,
                            const OnPiece<v1::WatchChangesResponse>&) = 0;
  virtual absl::Status Read(const v1::DiagnoseActiveReportsRequest&,
                            const OnPiece<v1::DiagnoseActiveReportsResponse>&) = 0;
  virtual absl::Status Read(const v1::CountDncActionsRequest&,
                            const OnPiece<v1::CountDncActionsResponse>&) = 0;
  virtual absl::Status Read(const v1::ListDncLeadsRequest&,
                            const OnPiece<v1::ListDncLeadsResponse>&) = 0;
  virtual absl::Status Read(const v1::ListActiveLeadsRequest&,
                            const OnPiece<v1::ListActiveLeadsResponse>&) = 0;
  virtual absl::Status Read(const v1::GetCoverageRequest&,
                            const OnPiece<v1::GetCoverageResponse>&) = 0;
  virtual absl::Status Read(const v1::CountBlockedChecksRequest&,
                            const OnPiece<v1::CountBlockedChecksResponse>&) = 0;
  virtual absl::Status Read(const v1::MeasureEffectTimesRequest&,
                            const OnPiece<v1::MeasureEffectTimesResponse>&) = 0;

  // Reports contacts, one message after the other: `source` gives the next one's, none at the end;
  // `on_answer` takes the answer to each. Where it fails midway, what was answered is kept: repeat.
  virtual absl::Status Report(const v1::ReportContactsConfig& config, const ContactSource& source,
                              const OnPiece<v1::ReportContactsResponse>& on_answer) = 0;

  // Sends a file. `source` is asked in the calling thread; an error of it abandons the import, so
  // that nothing is changed, and is passed on. `wake` is called where the gateway ends the import,
  // or the time is over, before the source gave the file's end. `listener` and `wake` are called
  // from one other thread.
  virtual Answer<v1::ImportSummary> Import(const v1::ImportConfig& config,
                                           const ImportSource& source, const WakeImportSource& wake,
                                           const ImportListener& listener) = 0;
};

struct GatewayOptions {
  std::string target;
  std::string principal;          // as whom it calls; empty: does not say
  absl::Duration timeout;         // for each call, its repeats included
  absl::Duration stream_timeout;  // for a whole import
};

// Over the network. Does not connect yet.
std::unique_ptr<Gateway> MakeGrpcGateway(const GatewayOptions& options);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_GATEWAY_H_
