#include "server/rpc/audit_service.h"

#include <memory>

#include "server/handler/audit_reader.h"
#include "server/handler/audit_stream.h"
#include "server/rpc/pulled_stream.h"

namespace dnc {
namespace {

// Answers with what `read(reader, request, response)` says, on a worker.
template <typename Request, typename Response, typename Read>
grpc::ServerUnaryReactor* ReadLater(const Services& services, const RawCall& raw, Read read) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services, read](const std::shared_ptr<Call>& call) {
    RunLater(services, call, [&services, call, read] {
      const AuditReader reader(services.state);
      call->Finish(read(reader, call->request, &call->response));
    });
  });
}

constexpr auto kGet = [](const AuditReader& reader, const auto& request, auto* response) {
  return reader.Get(request, response);
};

}  // namespace

grpc::ServerUnaryReactor* AuditService::ListAuditRecords(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return ReadLater<v1::ListAuditRecordsRequest, v1::ListAuditRecordsResponse>(
      services_, {context, request, response, "/dnc.v1.AuditService/ListAuditRecords"},
      [](const AuditReader& reader, const auto& wanted, auto* answer) {
        return reader.List(wanted, answer);
      });
}

grpc::ServerUnaryReactor* AuditService::GetAuditRecord(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return ReadLater<v1::GetAuditRecordRequest, v1::GetAuditRecordResponse>(
      services_, {context, request, response, "/dnc.v1.AuditService/GetAuditRecord"}, kGet);
}

grpc::ServerUnaryReactor* AuditService::GetAuditHead(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return ReadLater<v1::GetAuditHeadRequest, v1::GetAuditHeadResponse>(
      services_, {context, request, response, "/dnc.v1.AuditService/GetAuditHead"}, kGet);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* AuditService::ExportAudit(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return PullStream<v1::ExportAuditRequest, AuditExport>(
      services_, *context, *request, "/dnc.v1.AuditService/ExportAudit",
      [state = services_.state](const v1::ExportAuditRequest& wanted) {
        return AuditExport::Create(state, wanted);
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* AuditService::VerifyAudit(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return PullStream<v1::VerifyAuditRequest, AuditVerification>(
      services_, *context, *request, "/dnc.v1.AuditService/VerifyAudit",
      [state = services_.state](const v1::VerifyAuditRequest& wanted) {
        return AuditVerification::Create(state, wanted);
      });
}

}  // namespace dnc
