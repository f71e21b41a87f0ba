#ifndef DNC_SERVER_RPC_DIAGNOSE_SERVICE_H_
#define DNC_SERVER_RPC_DIAGNOSE_SERVICE_H_

#include "dnc/v1/diagnose.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawDiagnoseService =
    RawMethods<v1::DiagnoseService::Service,
               v1::DiagnoseService::WithRawCallbackMethod_DiagnoseMissingAction,
               v1::DiagnoseService::WithRawCallbackMethod_DiagnoseCopy,
               v1::DiagnoseService::WithRawCallbackMethod_DiagnoseMissingOptions,
               v1::DiagnoseService::WithRawCallbackMethod_DiagnoseActiveReports,
               v1::DiagnoseService::WithRawCallbackMethod_DiagnoseContactedLead>::Service;

// dnc.v1.DiagnoseService: thin adapters over DiagnoseHandler, on workers, and a report.
class DiagnoseService : public RawDiagnoseService {
 public:
  explicit DiagnoseService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* DiagnoseMissingAction(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DiagnoseCopy(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DiagnoseMissingOptions(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* DiagnoseActiveReports(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* DiagnoseContactedLead(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_DIAGNOSE_SERVICE_H_
