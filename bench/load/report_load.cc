#include "bench/load/report_load.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/load/dataset.h"
#include "dnc/v1/report.grpc.pb.h"

namespace dnc::bench {
namespace {

// Reads a report; `on_piece` answers false to break it off. The summary, where it was reached.
absl::StatusOr<v1::ActiveLeadSummary> ReadReport(
    const std::shared_ptr<grpc::Channel>& channel,
    const std::function<bool(const v1::ListActiveLeadsResponse&)>& on_piece) {
  const auto stub = v1::ReportService::NewStub(channel);
  v1::ListActiveLeadsRequest request;
  request.set_parent(std::string(kOrganization));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(10));
  const auto stream = stub->ListActiveLeads(&context, request);
  v1::ListActiveLeadsResponse piece;
  while (stream->Read(&piece)) {
    if (on_piece(piece)) continue;
    context.TryCancel();
    (void)stream->Finish();
    return absl::CancelledError("broken off");
  }
  const grpc::Status status = stream->Finish();
  if (status.ok() && piece.has_summary()) return piece.summary();
  return absl::InternalError(
      absl::StrCat("ListActiveLeads: status ", status.error_code(), ": ", status.error_message()));
}

}  // namespace

ReportReader::ReportReader(std::shared_ptr<grpc::Channel> channel, const ChildProcess& server)
    : channel_(std::move(channel)), server_(server), thread_([this] { Run(); }) {}

ReportReader::~ReportReader() { (void)Stop(); }

absl::Status ReportReader::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mu_);
  return status_;
}

void ReportReader::Run() {
  while (!stopping_) {
    const auto summary = ReadReport(channel_, [this](const v1::ListActiveLeadsResponse& piece) {
      leads_ += static_cast<uint64_t>(piece.leads_size());
      if (const auto bytes = server_.ResidentBytes(); bytes.ok()) {
        most_bytes_ = std::max(most_bytes_.load(), *bytes);
      }
      return !stopping_.load();
    });
    if (summary.ok() || absl::IsCancelled(summary.status())) continue;
    absl::MutexLock lock(&mu_);
    status_ = summary.status();
    return;
  }
}

absl::StatusOr<uint64_t> ReadActiveLeads(const std::shared_ptr<grpc::Channel>& channel,
                                         uint64_t leads) {
  uint64_t listed = 0;
  const auto summary = ReadReport(channel, [&](const v1::ListActiveLeadsResponse& piece) {
    listed += static_cast<uint64_t>(piece.leads_size());
    return true;
  });
  if (!summary.ok()) return summary.status();
  const auto counted = static_cast<uint64_t>(summary->active() + summary->excluded_flagged() +
                                             summary->excluded_contact_point() + summary->other());
  if (counted >= leads && listed == static_cast<uint64_t>(summary->active())) return listed;
  return absl::InternalError(absl::StrCat("the report counts ", counted, " leads and lists ",
                                          listed, " of ", summary->active(),
                                          "; there are at least ", leads));
}

}  // namespace dnc::bench
