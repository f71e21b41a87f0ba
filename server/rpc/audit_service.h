#ifndef DNC_SERVER_RPC_AUDIT_SERVICE_H_
#define DNC_SERVER_RPC_AUDIT_SERVICE_H_

#include "dnc/v1/audit.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawAuditService =
    RawMethods<v1::AuditService::Service, v1::AuditService::WithRawCallbackMethod_ListAuditRecords,
               v1::AuditService::WithRawCallbackMethod_GetAuditRecord,
               v1::AuditService::WithRawCallbackMethod_GetAuditHead,
               v1::AuditService::WithRawCallbackMethod_ExportAudit,
               v1::AuditService::WithRawCallbackMethod_VerifyAudit>::Service;

// dnc.v1.AuditService: thin adapters over the handlers; all of it is read by workers.
class AuditService : public RawAuditService {
 public:
  explicit AuditService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* ListAuditRecords(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetAuditRecord(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetAuditHead(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ExportAudit(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* VerifyAudit(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_AUDIT_SERVICE_H_
