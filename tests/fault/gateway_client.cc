#include "tests/fault/gateway_client.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dnc/v1/action.grpc.pb.h"
#include "dnc/v1/audit.grpc.pb.h"
#include "dnc/v1/check.grpc.pb.h"
#include "dnc/v1/lead.grpc.pb.h"
#include "dnc/v1/organization.grpc.pb.h"
#include "dnc/v1/registry.grpc.pb.h"
#include "dnc/v1/system.grpc.pb.h"
#include "dnc/v1/template.grpc.pb.h"
#include "dnc/v1/workflow.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace dnc::testing {
namespace {

constexpr std::chrono::seconds kDeadline{30};
constexpr size_t kPieceBytes = 256 << 10;
// More than the buffers of sockets and flow control hold.
constexpr size_t kMoreThanInFlight = 16u << 20;
constexpr int kMaxMessageBytes = 64 << 20;

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const google::protobuf::Any& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(status.error_code()),
          absl::StrCat(ReasonOf(status), ": ", status.error_message())};
}

template <typename Response, typename Stub, typename Method, typename Request>
absl::StatusOr<Response> CallUnary(Stub& stub, Method method, const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return ToStatus(status);
  return response;
}

}  // namespace

struct GatewayClient::Stubs {
  explicit Stubs(std::shared_ptr<grpc::Channel> to)
      : channel(std::move(to)),
        organizations(channel),
        workflows(channel),
        actions(channel),
        audit(channel),
        leads(channel),
        registries(channel),
        checks(channel),
        system(channel),
        templates(channel) {}

  const std::shared_ptr<grpc::Channel> channel;
  v1::OrganizationService::Stub organizations;
  v1::WorkflowService::Stub workflows;
  v1::ActionService::Stub actions;
  v1::AuditService::Stub audit;
  v1::LeadService::Stub leads;
  v1::RegistryService::Stub registries;
  v1::CheckService::Stub checks;
  v1::SystemService::Stub system;
  v1::TemplateService::Stub templates;
};

GatewayClient::GatewayClient(const std::string& address)
    : stubs_([&] {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
        return std::make_unique<Stubs>(
            grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
      }()) {}

GatewayClient::~GatewayClient() = default;

absl::StatusOr<v1::CreateOrganizationResponse> GatewayClient::Call(
    const v1::CreateOrganizationRequest& request) {
  return CallUnary<v1::CreateOrganizationResponse>(
      stubs_->organizations, &v1::OrganizationService::Stub::CreateOrganization, request);
}
absl::StatusOr<v1::ApplyWorkflowResponse> GatewayClient::Call(
    const v1::ApplyWorkflowRequest& request) {
  return CallUnary<v1::ApplyWorkflowResponse>(stubs_->workflows,
                                              &v1::WorkflowService::Stub::ApplyWorkflow, request);
}
absl::StatusOr<v1::ApplyActionResponse> GatewayClient::Call(const v1::ApplyActionRequest& request) {
  return CallUnary<v1::ApplyActionResponse>(stubs_->actions, &v1::ActionService::Stub::ApplyAction,
                                            request);
}
absl::StatusOr<v1::UpsertLeadResponse> GatewayClient::Call(const v1::UpsertLeadRequest& request) {
  return CallUnary<v1::UpsertLeadResponse>(stubs_->leads, &v1::LeadService::Stub::UpsertLead,
                                           request);
}
absl::StatusOr<v1::GetLeadResponse> GatewayClient::Call(const v1::GetLeadRequest& request) {
  return CallUnary<v1::GetLeadResponse>(stubs_->leads, &v1::LeadService::Stub::GetLead, request);
}
absl::StatusOr<v1::CreateListResponse> GatewayClient::Call(const v1::CreateListRequest& request) {
  return CallUnary<v1::CreateListResponse>(stubs_->registries,
                                           &v1::RegistryService::Stub::CreateList, request);
}
absl::StatusOr<v1::GetListResponse> GatewayClient::Call(const v1::GetListRequest& request) {
  return CallUnary<v1::GetListResponse>(stubs_->registries, &v1::RegistryService::Stub::GetList,
                                        request);
}
absl::StatusOr<v1::AddEntryResponse> GatewayClient::Call(const v1::AddEntryRequest& request) {
  return CallUnary<v1::AddEntryResponse>(stubs_->registries, &v1::RegistryService::Stub::AddEntry,
                                         request);
}
absl::StatusOr<v1::ListEntriesResponse> GatewayClient::Call(const v1::ListEntriesRequest& request) {
  return CallUnary<v1::ListEntriesResponse>(stubs_->registries,
                                            &v1::RegistryService::Stub::ListEntries, request);
}
absl::StatusOr<v1::CheckContactResponse> GatewayClient::Call(
    const v1::CheckContactRequest& request) {
  return CallUnary<v1::CheckContactResponse>(stubs_->checks, &v1::CheckService::Stub::CheckContact,
                                             request);
}
absl::StatusOr<v1::BatchCheckContactsResponse> GatewayClient::Call(
    const v1::BatchCheckContactsRequest& request) {
  return CallUnary<v1::BatchCheckContactsResponse>(
      stubs_->checks, &v1::CheckService::Stub::BatchCheckContacts, request);
}
absl::StatusOr<v1::CopyActionsResponse> GatewayClient::Call(const v1::CopyActionsRequest& request) {
  return CallUnary<v1::CopyActionsResponse>(stubs_->actions, &v1::ActionService::Stub::CopyActions,
                                            request);
}
absl::StatusOr<v1::GetWorkflowResponse> GatewayClient::Call(const v1::GetWorkflowRequest& request) {
  return CallUnary<v1::GetWorkflowResponse>(stubs_->workflows,
                                            &v1::WorkflowService::Stub::GetWorkflow, request);
}
absl::StatusOr<v1::CreateTemplateResponse> GatewayClient::Call(
    const v1::CreateTemplateRequest& request) {
  return CallUnary<v1::CreateTemplateResponse>(stubs_->templates,
                                               &v1::TemplateService::Stub::CreateTemplate, request);
}
absl::StatusOr<v1::ApplyTemplateResponse> GatewayClient::Call(
    const v1::ApplyTemplateRequest& request) {
  return CallUnary<v1::ApplyTemplateResponse>(stubs_->templates,
                                              &v1::TemplateService::Stub::ApplyTemplate, request);
}
absl::StatusOr<v1::ListTemplateCopiesResponse> GatewayClient::Call(
    const v1::ListTemplateCopiesRequest& request) {
  return CallUnary<v1::ListTemplateCopiesResponse>(
      stubs_->templates, &v1::TemplateService::Stub::ListTemplateCopies, request);
}
absl::StatusOr<v1::GetSystemStatusResponse> GatewayClient::Call(
    const v1::GetSystemStatusRequest& request) {
  return CallUnary<v1::GetSystemStatusResponse>(stubs_->system,
                                                &v1::SystemService::Stub::GetSystemStatus, request);
}

absl::StatusOr<v1::ImportSummary> GatewayClient::Import(const v1::ImportConfig& config,
                                                        absl::string_view file,
                                                        const std::function<void()>& building) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  const auto stream = stubs_->registries.ImportList(&context);
  v1::ImportListRequest request;
  *request.mutable_config() = config;
  bool ok = stream->Write(request);
  request.clear_config();
  for (size_t at = 0; ok && at < file.size(); at += kPieceBytes) {
    request.set_data(std::string(file.substr(at, kPieceBytes)));
    request.set_complete(at + kPieceBytes >= file.size());
    ok = stream->Write(request);
  }
  stream->WritesDone();
  v1::ImportSummary summary;
  v1::ImportListResponse response;
  while (stream->Read(&response)) {
    if (response.has_summary()) summary = response.summary();
    if (response.stage() == v1::IMPORT_STAGE_BUILDING && building != nullptr) building();
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return ToStatus(status);
  return summary;
}

absl::StatusOr<v1::VerifyAuditResponse> GatewayClient::Verify(
    const v1::VerifyAuditRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  const auto stream = stubs_->audit.VerifyAudit(&context, request);
  v1::VerifyAuditResponse all;
  v1::VerifyAuditResponse message;
  while (stream->Read(&message)) all.MergeFrom(message);
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return ToStatus(status);
  return all;
}

void GatewayClient::FeedImportForever(const v1::ImportConfig& config, absl::string_view piece,
                                      const std::function<void()>& begun) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  const auto stream = stubs_->registries.ImportList(&context);
  v1::ImportListRequest request;
  *request.mutable_config() = config;
  size_t sent = 0;
  while (stream->Write(request)) {
    sent += request.data().size();
    if (sent > kMoreThanInFlight && sent - request.data().size() <= kMoreThanInFlight) begun();
    request.clear_config();
    request.set_data(std::string(piece));
  }
  if (sent <= kMoreThanInFlight) begun();
  (void)stream->Finish();
}

Health GatewayClient::CheckHealth() {
  const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Check",
                                         grpc::internal::RpcMethod::NORMAL_RPC);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  const grpc::ByteBuffer empty(nullptr, 0);
  grpc::ByteBuffer answer;
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall(stubs_->channel.get(), method, &context, empty, &answer);
  grpc::Slice bytes;
  if (!status.ok() || !answer.TrySingleSlice(&bytes).ok()) return Health::kUnreachable;
  // HealthCheckResponse{status = 1}: one varint, 1 for SERVING and 2 for NOT_SERVING.
  const bool serving = bytes.size() == 2 && bytes.begin()[0] == 0x08 && bytes.begin()[1] == 1;
  return serving ? Health::kServing : Health::kNotServing;
}

}  // namespace dnc::testing
