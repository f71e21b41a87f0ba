#include "server/rpc/report_service.h"

#include "server/rpc/report_reactor.h"
#include "server/rpc/report_runner.h"

namespace dnc {
namespace {

template <typename Request>
ReportService::Stream* Answer(const Services& services, const grpc::CallbackServerContext& context,
                              const grpc::ByteBuffer& bytes, absl::string_view method) {
  return StartReport(services, context,
                     [&services, bytes,
                      method](const Principal& caller) -> absl::StatusOr<std::unique_ptr<Report>> {
                       grpc::ByteBuffer copy = bytes;
                       Request request;
                       DNC_RETURN_IF_ERROR(Parse(&copy, &request));
                       DNC_RETURN_IF_ERROR(Authorize(services, caller, method, request));
                       return MakeReport(services.reports->context(), request, caller);
                     });
}

}  // namespace

ReportService::Stream* ReportService::CountDncActions(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request) {
  return Answer<v1::CountDncActionsRequest>(services_, *context, *request,
                                            "/dnc.v1.ReportService/CountDncActions");
}

ReportService::Stream* ReportService::ListDncLeads(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request) {
  return Answer<v1::ListDncLeadsRequest>(services_, *context, *request,
                                         "/dnc.v1.ReportService/ListDncLeads");
}

ReportService::Stream* ReportService::ListActiveLeads(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request) {
  return Answer<v1::ListActiveLeadsRequest>(services_, *context, *request,
                                            "/dnc.v1.ReportService/ListActiveLeads");
}

ReportService::Stream* ReportService::GetCoverage(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request) {
  return Answer<v1::GetCoverageRequest>(services_, *context, *request,
                                        "/dnc.v1.ReportService/GetCoverage");
}

ReportService::Stream* ReportService::CountBlockedChecks(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) {
  return Answer<v1::CountBlockedChecksRequest>(services_, *context, *request,
                                               "/dnc.v1.ReportService/CountBlockedChecks");
}

ReportService::Stream* ReportService::MeasureEffectTimes(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) {
  return Answer<v1::MeasureEffectTimesRequest>(services_, *context, *request,
                                               "/dnc.v1.ReportService/MeasureEffectTimes");
}

}  // namespace dnc
