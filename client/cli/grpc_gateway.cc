#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/cli/gateway.h"
#include "client/internal/grpc_support.h"
#include "client/retry_policy.h"
#include "dnc/v1/access.grpc.pb.h"
#include "dnc/v1/action.grpc.pb.h"
#include "dnc/v1/audit.grpc.pb.h"
#include "dnc/v1/check.grpc.pb.h"
#include "dnc/v1/contact_report.grpc.pb.h"
#include "dnc/v1/decision.grpc.pb.h"
#include "dnc/v1/diagnose.grpc.pb.h"
#include "dnc/v1/lead.grpc.pb.h"
#include "dnc/v1/opt_out.grpc.pb.h"
#include "dnc/v1/organization.grpc.pb.h"
#include "dnc/v1/registry.grpc.pb.h"
#include "dnc/v1/report.grpc.pb.h"
#include "dnc/v1/system.grpc.pb.h"
#include "dnc/v1/template.grpc.pb.h"
#include "dnc/v1/watch.grpc.pb.h"
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
      // One that was woken because the stream has ended says CANCELLED; to cancel then could hide
      // why the stream ended.
      if (!absl::IsCancelled(piece.status())) context.TryCancel();
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

using ReportStream =
    grpc::ClientReaderWriterInterface<v1::ReportContactsRequest, v1::ReportContactsResponse>;

// OK also where the stream ended early: its end says why.
absl::Status ReportAll(ReportStream& stream, v1::ReportContactsRequest request,
                       const ContactSource& source,
                       const Gateway::OnPiece<v1::ReportContactsResponse>& on_answer) {
  v1::ReportContactsResponse answer;
  while (true) {
    DNC_ASSIGN_OR_RETURN(const std::vector<v1::ReportedContact> contacts, source());
    if (contacts.empty()) break;
    request.mutable_contacts()->Assign(contacts.begin(), contacts.end());
    if (!stream.Write(request) || !stream.Read(&answer)) return absl::OkStatus();
    DNC_RETURN_IF_ERROR(on_answer(answer));
    request.clear_config();
  }
  stream.WritesDone();
  return absl::OkStatus();
}

class GrpcGateway : public Gateway {
 public:
  explicit GrpcGateway(const GatewayOptions& options)
      : options_(options), channel_(MakeChannel(options.target, options.principal)) {}

// One line an RPC: its stub, its service and its name say the rest.
#define DNC_FORWARD(stub, Service, Method)                                         \
  Answer<v1::Method##Response> Call(const v1::Method##Request& request) override { \
    return Unary(stub.get(), &v1::Service::StubInterface::Method, request);        \
  }
  DNC_FORWARD(access_, AccessService, CreateRole)
  DNC_FORWARD(access_, AccessService, UpdateRole)
  DNC_FORWARD(access_, AccessService, DeleteRole)
  DNC_FORWARD(access_, AccessService, GetRole)
  DNC_FORWARD(access_, AccessService, ListRoles)
  DNC_FORWARD(access_, AccessService, CreateRoleBinding)
  DNC_FORWARD(access_, AccessService, DeleteRoleBinding)
  DNC_FORWARD(access_, AccessService, GetRoleBinding)
  DNC_FORWARD(access_, AccessService, ListRoleBindings)
  DNC_FORWARD(access_, AccessService, ListPermissions)
  DNC_FORWARD(access_, AccessService, TestPermissions)
  DNC_FORWARD(access_, AccessService, CreateGroup)
  DNC_FORWARD(access_, AccessService, UpdateGroup)
  DNC_FORWARD(access_, AccessService, DeleteGroup)
  DNC_FORWARD(access_, AccessService, GetGroup)
  DNC_FORWARD(access_, AccessService, ListGroups)
  DNC_FORWARD(access_, AccessService, SyncGroup)
  DNC_FORWARD(action_, ActionService, ApplyAction)
  DNC_FORWARD(action_, ActionService, ListAvailableActions)
  DNC_FORWARD(action_, ActionService, CopyActions)
  DNC_FORWARD(audit_, AuditService, ListAuditRecords)
  DNC_FORWARD(audit_, AuditService, GetAuditRecord)
  DNC_FORWARD(audit_, AuditService, GetAuditHead)
  DNC_FORWARD(check_, CheckService, CheckContact)
  DNC_FORWARD(contact_, ContactService, ReportContact)
  DNC_FORWARD(contact_, ContactService, ListContacts)
  DNC_FORWARD(contact_, ContactService, ListContactViolations)
  DNC_FORWARD(decision_, DecisionService, GetDecision)
  DNC_FORWARD(decision_, DecisionService, ListDecisions)
  DNC_FORWARD(diagnose_, DiagnoseService, DiagnoseMissingAction)
  DNC_FORWARD(diagnose_, DiagnoseService, DiagnoseCopy)
  DNC_FORWARD(diagnose_, DiagnoseService, DiagnoseMissingOptions)
  DNC_FORWARD(diagnose_, DiagnoseService, DiagnoseContactedLead)
  DNC_FORWARD(lead_, LeadService, UpsertLead)
  DNC_FORWARD(lead_, LeadService, GetLead)
  DNC_FORWARD(lead_, LeadService, ListLeads)
  DNC_FORWARD(lead_, LeadService, BatchUpsertLeads)
  DNC_FORWARD(lead_, LeadService, DeleteLead)
  DNC_FORWARD(lead_, LeadService, MergeLeads)
  DNC_FORWARD(opt_out_, OptOutService, RecordOptOut)
  DNC_FORWARD(opt_out_, OptOutService, ListOptOuts)
  DNC_FORWARD(opt_out_, OptOutService, ListOptOutKeywords)
  DNC_FORWARD(opt_out_, OptOutService, GetReview)
  DNC_FORWARD(opt_out_, OptOutService, ListReviews)
  DNC_FORWARD(opt_out_, OptOutService, ResolveReview)
  DNC_FORWARD(organization_, OrganizationService, CreateOrganization)
  DNC_FORWARD(organization_, OrganizationService, GetOrganization)
  DNC_FORWARD(organization_, OrganizationService, ListOrganizations)
  DNC_FORWARD(organization_, OrganizationService, UpdateOrganization)
  DNC_FORWARD(registry_, RegistryService, CreateList)
  DNC_FORWARD(registry_, RegistryService, GetList)
  DNC_FORWARD(registry_, RegistryService, ListLists)
  DNC_FORWARD(registry_, RegistryService, UpdateList)
  DNC_FORWARD(registry_, RegistryService, AddEntry)
  DNC_FORWARD(registry_, RegistryService, GetEntry)
  DNC_FORWARD(registry_, RegistryService, ListEntries)
  DNC_FORWARD(registry_, RegistryService, RevokeEntry)
  DNC_FORWARD(system_, SystemService, GetSystemStatus)
  DNC_FORWARD(template_, TemplateService, CreateTemplate)
  DNC_FORWARD(template_, TemplateService, UpdateTemplate)
  DNC_FORWARD(template_, TemplateService, GetTemplate)
  DNC_FORWARD(template_, TemplateService, ListTemplates)
  DNC_FORWARD(template_, TemplateService, DeleteTemplate)
  DNC_FORWARD(template_, TemplateService, ApplyTemplate)
  DNC_FORWARD(template_, TemplateService, ListTemplateCopies)
  DNC_FORWARD(workflow_, WorkflowService, ApplyWorkflow)
  DNC_FORWARD(workflow_, WorkflowService, GetWorkflow)
  DNC_FORWARD(workflow_, WorkflowService, ListWorkflows)
  DNC_FORWARD(workflow_, WorkflowService, UpdateWorkflow)
  DNC_FORWARD(workflow_, WorkflowService, GetStatus)
  DNC_FORWARD(workflow_, WorkflowService, UpdateStatus)
  DNC_FORWARD(workflow_, WorkflowService, GetAction)
  DNC_FORWARD(workflow_, WorkflowService, UpdateAction)
  DNC_FORWARD(workflow_, WorkflowService, DeleteAction)
  DNC_FORWARD(workflow_, WorkflowService, ListNamingViolations)
#undef DNC_FORWARD

#define DNC_STREAM(stub, Service, Method)                                                        \
  absl::Status Read(const v1::Method##Request& request,                                          \
                    const OnPiece<v1::Method##Response>& on_piece) override {                    \
    return Pieces<v1::Method##Response>(                                                         \
        [&](grpc::ClientContext* context) { return stub->Method(context, request); }, on_piece); \
  }
  DNC_STREAM(audit_, AuditService, ExportAudit)
  DNC_STREAM(audit_, AuditService, VerifyAudit)
  DNC_STREAM(diagnose_, DiagnoseService, DiagnoseActiveReports)
  DNC_STREAM(watch_, WatchService, WatchChanges)
  DNC_STREAM(report_, ReportService, CountDncActions)
  DNC_STREAM(report_, ReportService, ListDncLeads)
  DNC_STREAM(report_, ReportService, ListActiveLeads)
  DNC_STREAM(report_, ReportService, GetCoverage)
  DNC_STREAM(report_, ReportService, CountBlockedChecks)
  DNC_STREAM(report_, ReportService, MeasureEffectTimes)
#undef DNC_STREAM

  absl::Status Report(const v1::ReportContactsConfig& config, const ContactSource& source,
                      const OnPiece<v1::ReportContactsResponse>& on_answer) override {
    grpc::ClientContext context;
    SetDeadline(context, options_.stream_timeout);
    const auto stream = contact_->ReportContacts(&context);
    v1::ReportContactsRequest request;
    *request.mutable_config() = config;
    const absl::Status taken = ReportAll(*stream, request, source, on_answer);
    if (!taken.ok()) context.TryCancel();
    const absl::Status ended = FromGrpcStatus(stream->Finish());
    return taken.ok() ? ended : taken;
  }

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

  template <typename Response, typename Start>
  absl::Status Pieces(const Start& start, const OnPiece<Response>& on_piece) {
    grpc::ClientContext context;
    SetDeadline(context, options_.stream_timeout);
    const auto stream = start(&context);
    Response piece;
    absl::Status taken;
    while (taken.ok() && stream->Read(&piece)) taken = on_piece(piece);
    if (!taken.ok()) context.TryCancel();
    const absl::Status ended = FromGrpcStatus(stream->Finish());
    return taken.ok() ? ended : taken;
  }

  template <typename Service>
  using StubOf = std::unique_ptr<typename Service::StubInterface>;

  const GatewayOptions options_;
  const std::shared_ptr<const SteadyTime> time_ = MachineTime();
  const std::shared_ptr<grpc::Channel> channel_;
  const StubOf<v1::AccessService> access_ = v1::AccessService::NewStub(channel_);
  const StubOf<v1::ActionService> action_ = v1::ActionService::NewStub(channel_);
  const StubOf<v1::AuditService> audit_ = v1::AuditService::NewStub(channel_);
  const StubOf<v1::CheckService> check_ = v1::CheckService::NewStub(channel_);
  const StubOf<v1::ContactService> contact_ = v1::ContactService::NewStub(channel_);
  const StubOf<v1::DecisionService> decision_ = v1::DecisionService::NewStub(channel_);
  const StubOf<v1::DiagnoseService> diagnose_ = v1::DiagnoseService::NewStub(channel_);
  const StubOf<v1::LeadService> lead_ = v1::LeadService::NewStub(channel_);
  const StubOf<v1::OptOutService> opt_out_ = v1::OptOutService::NewStub(channel_);
  const StubOf<v1::TemplateService> template_ = v1::TemplateService::NewStub(channel_);
  const StubOf<v1::OrganizationService> organization_ = v1::OrganizationService::NewStub(channel_);
  const StubOf<v1::RegistryService> registry_ = v1::RegistryService::NewStub(channel_);
  const StubOf<v1::ReportService> report_ = v1::ReportService::NewStub(channel_);
  const StubOf<v1::SystemService> system_ = v1::SystemService::NewStub(channel_);
  const StubOf<v1::WatchService> watch_ = v1::WatchService::NewStub(channel_);
  const StubOf<v1::WorkflowService> workflow_ = v1::WorkflowService::NewStub(channel_);
};

}  // namespace

std::unique_ptr<Gateway> MakeGrpcGateway(const GatewayOptions& options) {
  return std::make_unique<GrpcGateway>(options);
}

}  // namespace dnc::cli
