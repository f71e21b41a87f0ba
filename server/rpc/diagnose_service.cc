#include "server/rpc/diagnose_service.h"

#include <memory>

#include "server/handler/diagnose_handler.h"
#include "server/handler/diagnose_report.h"
#include "server/rpc/report_reactor.h"
#include "server/rpc/report_runner.h"

namespace dnc {
namespace {

// What the answer of DiagnoseContactedLead tells of, each of which has a permission of its own.
constexpr absl::string_view kTold[] = {"leads.read", "audit.read", "decisions.read",
                                       "contacts.read"};

absl::Status AuthorizeMore(const Services& services, const Principal& caller,
                           const v1::DiagnoseContactedLeadRequest& request) {
  const NamedResources resources = ResourcesOf(request);
  for (const absl::string_view permission : kTold) {
    DNC_RETURN_IF_ERROR(services.authorizer->Require(caller, permission, resources));
  }
  return absl::OkStatus();
}

template <typename Request>
absl::Status AuthorizeMore(const Services&, const Principal&, const Request&) {
  return absl::OkStatus();
}

// A diagnosis, made by a worker.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* DiagnoseLater(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    RunLater(services, call, [&services, call] {
      absl::Status status = AuthorizeMore(services, call->caller, call->request);
      if (status.ok()) {
        const DiagnoseHandler handler({services.state, services.preparer, services.imports.clock,
                                       services.decisions, services.contacts});
        status = handler.Diagnose(call->request, call->caller, &call->response);
      }
      call->Finish(status);
    });
  });
}

}  // namespace

grpc::ServerUnaryReactor* DiagnoseService::DiagnoseMissingAction(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return DiagnoseLater<v1::DiagnoseMissingActionRequest, v1::DiagnoseMissingActionResponse>(
      services_, {context, request, response, "/dnc.v1.DiagnoseService/DiagnoseMissingAction"});
}

grpc::ServerUnaryReactor* DiagnoseService::DiagnoseCopy(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return DiagnoseLater<v1::DiagnoseCopyRequest, v1::DiagnoseCopyResponse>(
      services_, {context, request, response, "/dnc.v1.DiagnoseService/DiagnoseCopy"});
}

grpc::ServerUnaryReactor* DiagnoseService::DiagnoseMissingOptions(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return DiagnoseLater<v1::DiagnoseMissingOptionsRequest, v1::DiagnoseMissingOptionsResponse>(
      services_, {context, request, response, "/dnc.v1.DiagnoseService/DiagnoseMissingOptions"});
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* DiagnoseService::DiagnoseActiveReports(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return StartReport(
      services_, *context,
      [this, bytes = *request](const Principal& caller) -> absl::StatusOr<std::unique_ptr<Report>> {
        grpc::ByteBuffer copy = bytes;
        v1::DiagnoseActiveReportsRequest wanted;
        DNC_RETURN_IF_ERROR(Parse(&copy, &wanted));
        DNC_RETURN_IF_ERROR(
            Authorize(services_, caller, "/dnc.v1.DiagnoseService/DiagnoseActiveReports", wanted));
        return MakeReport(services_.reports->context(), wanted, caller);
      });
}

grpc::ServerUnaryReactor* DiagnoseService::DiagnoseContactedLead(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return DiagnoseLater<v1::DiagnoseContactedLeadRequest, v1::DiagnoseContactedLeadResponse>(
      services_, {context, request, response, "/dnc.v1.DiagnoseService/DiagnoseContactedLead"});
}

}  // namespace dnc
