#ifndef DNC_SERVER_RPC_REPORT_SERVICE_H_
#define DNC_SERVER_RPC_REPORT_SERVICE_H_

#include "dnc/v1/report.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawReportService =
    RawMethods<v1::ReportService::Service, v1::ReportService::WithRawCallbackMethod_CountDncActions,
               v1::ReportService::WithRawCallbackMethod_ListDncLeads,
               v1::ReportService::WithRawCallbackMethod_ListActiveLeads,
               v1::ReportService::WithRawCallbackMethod_GetCoverage,
               v1::ReportService::WithRawCallbackMethod_CountBlockedChecks,
               v1::ReportService::WithRawCallbackMethod_MeasureEffectTimes>::Service;

// dnc.v1.ReportService: thin adapters over the reports.
class ReportService : public RawReportService {
 public:
  explicit ReportService(const Services& services) : services_(services) {}

  using Stream = grpc::ServerWriteReactor<grpc::ByteBuffer>;

  Stream* CountDncActions(grpc::CallbackServerContext* context,
                          const grpc::ByteBuffer* request) override;
  Stream* ListDncLeads(grpc::CallbackServerContext* context,
                       const grpc::ByteBuffer* request) override;
  Stream* ListActiveLeads(grpc::CallbackServerContext* context,
                          const grpc::ByteBuffer* request) override;
  Stream* GetCoverage(grpc::CallbackServerContext* context,
                      const grpc::ByteBuffer* request) override;
  Stream* CountBlockedChecks(grpc::CallbackServerContext* context,
                             const grpc::ByteBuffer* request) override;
  Stream* MeasureEffectTimes(grpc::CallbackServerContext* context,
                             const grpc::ByteBuffer* request) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_REPORT_SERVICE_H_
