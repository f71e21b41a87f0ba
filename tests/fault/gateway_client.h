// Blocking calls to a dncd, for tests that kill and starve it. No retries: a test wants to know
// what happened to each single call.
#ifndef DNC_TESTS_FAULT_GATEWAY_CLIENT_H_
#define DNC_TESTS_FAULT_GATEWAY_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/audit.pb.h"
#include "dnc/v1/check.pb.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/organization.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/system.pb.h"
#include "dnc/v1/template.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc::testing {

enum class Health { kUnreachable, kServing, kNotServing };

// Thread-safe. Every call has a deadline of half a minute. An error's message starts with its
// reason from ErrorInfo: "STORE_UNAVAILABLE: …".
class GatewayClient {
 public:
  explicit GatewayClient(const std::string& address);
  ~GatewayClient();

  absl::StatusOr<v1::CreateOrganizationResponse> Call(const v1::CreateOrganizationRequest& request);
  absl::StatusOr<v1::ApplyWorkflowResponse> Call(const v1::ApplyWorkflowRequest& request);
  absl::StatusOr<v1::ApplyActionResponse> Call(const v1::ApplyActionRequest& request);
  absl::StatusOr<v1::UpsertLeadResponse> Call(const v1::UpsertLeadRequest& request);
  absl::StatusOr<v1::GetLeadResponse> Call(const v1::GetLeadRequest& request);
  absl::StatusOr<v1::CreateListResponse> Call(const v1::CreateListRequest& request);
  absl::StatusOr<v1::GetListResponse> Call(const v1::GetListRequest& request);
  absl::StatusOr<v1::AddEntryResponse> Call(const v1::AddEntryRequest& request);
  absl::StatusOr<v1::ListEntriesResponse> Call(const v1::ListEntriesRequest& request);
  absl::StatusOr<v1::CheckContactResponse> Call(const v1::CheckContactRequest& request);
  absl::StatusOr<v1::BatchCheckContactsResponse> Call(const v1::BatchCheckContactsRequest& request);
  absl::StatusOr<v1::GetSystemStatusResponse> Call(const v1::GetSystemStatusRequest& request);

  // The last message of a whole verification of the audit trail, with all problems that were told.
  absl::StatusOr<v1::VerifyAuditResponse> Verify(const v1::VerifyAuditRequest& request);
  absl::StatusOr<v1::CopyActionsResponse> Call(const v1::CopyActionsRequest& request);
  absl::StatusOr<v1::GetWorkflowResponse> Call(const v1::GetWorkflowRequest& request);
  absl::StatusOr<v1::CreateTemplateResponse> Call(const v1::CreateTemplateRequest& request);
  absl::StatusOr<v1::ApplyTemplateResponse> Call(const v1::ApplyTemplateRequest& request);
  absl::StatusOr<v1::ListTemplateCopiesResponse> Call(const v1::ListTemplateCopiesRequest& request);

  // A whole import: the configuration, the file, its end. Calls `building`, if any, whenever the
  // server says that it builds a version.
  absl::StatusOr<v1::ImportSummary> Import(const v1::ImportConfig& config, absl::string_view file,
                                           const std::function<void()>& building = nullptr);
  // The same piece of a file over and over, never its end, until the call fails. Calls `begun` once
  // the server has taken more than fits on the way to it, or never will.
  void FeedImportForever(const v1::ImportConfig& config, absl::string_view piece,
                         const std::function<void()>& begun);

  // What grpc.health.v1 says of the whole server.
  Health CheckHealth();

 private:
  struct Stubs;
  const std::unique_ptr<Stubs> stubs_;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_GATEWAY_CLIENT_H_
