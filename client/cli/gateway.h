// The gateway's API for the commands, without gRPC's headers: one overload of Call an RPC.
#ifndef DNC_CLIENT_CLI_GATEWAY_H_
#define DNC_CLIENT_CLI_GATEWAY_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/check.pb.h"
#include "dnc/v1/lead.pb.h"
#include "dnc/v1/organization.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/system.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc::cli {

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

  virtual ~Gateway() = default;

  virtual Answer<v1::ApplyActionResponse> Call(const v1::ApplyActionRequest&) = 0;
  virtual Answer<v1::CopyActionsResponse> Call(const v1::CopyActionsRequest&) = 0;
  virtual Answer<v1::CheckContactResponse> Call(const v1::CheckContactRequest&) = 0;
  virtual Answer<v1::UpsertLeadResponse> Call(const v1::UpsertLeadRequest&) = 0;
  virtual Answer<v1::GetLeadResponse> Call(const v1::GetLeadRequest&) = 0;
  virtual Answer<v1::ListLeadsResponse> Call(const v1::ListLeadsRequest&) = 0;
  virtual Answer<v1::BatchUpsertLeadsResponse> Call(const v1::BatchUpsertLeadsRequest&) = 0;
  virtual Answer<v1::CreateOrganizationResponse> Call(const v1::CreateOrganizationRequest&) = 0;
  virtual Answer<v1::GetOrganizationResponse> Call(const v1::GetOrganizationRequest&) = 0;
  virtual Answer<v1::ListOrganizationsResponse> Call(const v1::ListOrganizationsRequest&) = 0;
  virtual Answer<v1::CreateListResponse> Call(const v1::CreateListRequest&) = 0;
  virtual Answer<v1::GetListResponse> Call(const v1::GetListRequest&) = 0;
  virtual Answer<v1::ListListsResponse> Call(const v1::ListListsRequest&) = 0;
  virtual Answer<v1::AddEntryResponse> Call(const v1::AddEntryRequest&) = 0;
  virtual Answer<v1::GetEntryResponse> Call(const v1::GetEntryRequest&) = 0;
  virtual Answer<v1::ListEntriesResponse> Call(const v1::ListEntriesRequest&) = 0;
  virtual Answer<v1::RevokeEntryResponse> Call(const v1::RevokeEntryRequest&) = 0;
  virtual Answer<v1::GetSystemStatusResponse> Call(const v1::GetSystemStatusRequest&) = 0;
  virtual Answer<v1::ApplyWorkflowResponse> Call(const v1::ApplyWorkflowRequest&) = 0;
  virtual Answer<v1::GetWorkflowResponse> Call(const v1::GetWorkflowRequest&) = 0;
  virtual Answer<v1::ListWorkflowsResponse> Call(const v1::ListWorkflowsRequest&) = 0;

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
  absl::Duration timeout;         // for each call, its repeats included
  absl::Duration stream_timeout;  // for a whole import
};

// Over the network. Does not connect yet.
std::unique_ptr<Gateway> MakeGrpcGateway(const GatewayOptions& options);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_GATEWAY_H_
