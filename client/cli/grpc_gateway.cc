#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "client/cli/gateway.h"
#include "client/internal/grpc_support.h"
#include "client/retry_policy.h"
#include "dnc/v1/action.grpc.pb.h"
#include "dnc/v1/check.grpc.pb.h"
#include "dnc/v1/lead.grpc.pb.h"
#include "dnc/v1/organization.grpc.pb.h"
#include "dnc/v1/registry.grpc.pb.h"
#include "dnc/v1/system.grpc.pb.h"
#include "dnc/v1/workflow.grpc.pb.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

using ImportStream =
    grpc::ClientReaderWriterInterface<v1::ImportListRequest, v1::ImportListResponse>;

// What became of sending a file.
struct SendOutcome {
  absl::Status source;    // an error of the source cancelled the stream
  bool complete = false;  // the whole file was given
};

// Sends the file until its end or the stream's; an error of the source cancels the stream before it
// could be taken for a whole one.
SendOutcome SendFile(ImportStream& stream, grpc::ClientContext& context,
                     const v1::ImportConfig& config, const ImportSource& source) {
  v1::ImportListRequest request;
  *request.mutable_config() = config;
  bool open = stream.Write(request);
  request.clear_config();
  while (open) {
    absl::StatusOr<std::string> piece = source();
    if (!piece.ok()) {
      context.TryCancel();
      return {piece.status()};
    }
    const bool complete = piece->empty();
    request.set_data(std::move(*piece));
    request.set_complete(complete);
    open = stream.Write(request);
    if (complete) {
      stream.WritesDone();
      return {absl::OkStatus(), true};
    }
  }
  return {};
}

class GrpcGateway : public Gateway {
 public:
  explicit GrpcGateway(const GatewayOptions& options)
      : options_(options), channel_(MakeChannel(options.target)) {}

// One line an RPC: its stub, its service and its name say the rest.
#define DNC_FORWARD(stub, Service, Method)                                         \
  Answer<v1::Method##Response> Call(const v1::Method##Request& request) override { \
    return Unary(stub.get(), &v1::Service::StubInterface::Method, request);        \
  }
  DNC_FORWARD(action_, ActionService, ApplyAction)
  DNC_FORWARD(action_, ActionService, CopyActions)
  DNC_FORWARD(check_, CheckService, CheckContact)
  DNC_FORWARD(lead_, LeadService, UpsertLead)
  DNC_FORWARD(lead_, LeadService, GetLead)
  DNC_FORWARD(lead_, LeadService, ListLeads)
  DNC_FORWARD(lead_, LeadService, BatchUpsertLeads)
  DNC_FORWARD(organization_, OrganizationService, CreateOrganization)
  DNC_FORWARD(organization_, OrganizationService, GetOrganization)
  DNC_FORWARD(organization_, OrganizationService, ListOrganizations)
  DNC_FORWARD(registry_, RegistryService, CreateList)
  DNC_FORWARD(registry_, RegistryService, GetList)
  DNC_FORWARD(registry_, RegistryService, ListLists)
  DNC_FORWARD(registry_, RegistryService, AddEntry)
  DNC_FORWARD(registry_, RegistryService, GetEntry)
  DNC_FORWARD(registry_, RegistryService, ListEntries)
  DNC_FORWARD(registry_, RegistryService, RevokeEntry)
  DNC_FORWARD(system_, SystemService, GetSystemStatus)
  DNC_FORWARD(workflow_, WorkflowService, ApplyWorkflow)
  DNC_FORWARD(workflow_, WorkflowService, GetWorkflow)
  DNC_FORWARD(workflow_, WorkflowService, ListWorkflows)
#undef DNC_FORWARD

  Answer<v1::ImportSummary> Import(const v1::ImportConfig& config, const ImportSource& source,
                                   const WakeImportSource& wake,
                                   const ImportListener& listener) override {
    grpc::ClientContext context;
    SetDeadline(context, options_.stream_timeout);
    const std::unique_ptr<ImportStream> stream = registry_->ImportList(&context);
    v1::ImportListResponse last;
    std::thread reader([&] {
      while (stream->Read(&last)) listener(last);
      wake();
    });
    const SendOutcome sent = SendFile(*stream, context, config, source);
    reader.join();
    const absl::Status ended = FromGrpcStatus(stream->Finish());
    // A source that was woken says CANCELLED; the stream knows why.
    if (!absl::IsCancelled(sent.source)) DNC_RETURN_IF_ERROR(sent.source);
    DNC_RETURN_IF_ERROR(ended);
    if (!sent.complete || !last.has_summary()) {
      return absl::InternalError(
          "the gateway ended the import without a summary; look at the list "
          "with `dncctl lists get` before you repeat it");
    }
    return last.summary();
  }

 private:
  template <typename Stub, typename Request, typename Response>
  Answer<Response> Unary(Stub* stub,
                         grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                         const Request& request) {
    Response response;
    DNC_RETURN_IF_ERROR(
        RetryLoop(RetryPolicy{}, *time_, options_.timeout, [&](absl::Duration left) {
          grpc::ClientContext context;
          SetDeadline(context, left);
          return FromGrpcStatus((stub->*method)(&context, request, &response));
        }));
    return response;
  }

  template <typename Service>
  using StubOf = std::unique_ptr<typename Service::StubInterface>;

  const GatewayOptions options_;
  const std::shared_ptr<const SteadyTime> time_ = MachineTime();
  const std::shared_ptr<grpc::Channel> channel_;
  const StubOf<v1::ActionService> action_ = v1::ActionService::NewStub(channel_);
  const StubOf<v1::CheckService> check_ = v1::CheckService::NewStub(channel_);
  const StubOf<v1::LeadService> lead_ = v1::LeadService::NewStub(channel_);
  const StubOf<v1::OrganizationService> organization_ = v1::OrganizationService::NewStub(channel_);
  const StubOf<v1::RegistryService> registry_ = v1::RegistryService::NewStub(channel_);
  const StubOf<v1::SystemService> system_ = v1::SystemService::NewStub(channel_);
  const StubOf<v1::WorkflowService> workflow_ = v1::WorkflowService::NewStub(channel_);
};

}  // namespace

std::unique_ptr<Gateway> MakeGrpcGateway(const GatewayOptions& options) {
  return std::make_unique<GrpcGateway>(options);
}

}  // namespace dnc::cli
