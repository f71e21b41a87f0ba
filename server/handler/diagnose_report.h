// DiagnoseActiveReports, which reads all leads and so is made as reports are.
#ifndef DNC_SERVER_HANDLER_DIAGNOSE_REPORT_H_
#define DNC_SERVER_HANDLER_DIAGNOSE_REPORT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/handler/report.h"

namespace dnc {

// Begins it on the newest state, for `caller`. The errors of the RPC (dnc/v1/diagnose.proto).
absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::DiagnoseActiveReportsRequest& request,
                                                   const Principal& caller);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_DIAGNOSE_REPORT_H_
