#include "client/cli/lead_upload.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/error.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

LeadUpload::LeadUpload(Session& session, RejectLog& rejects, bool validate_only)
    : session_(session), rejects_(rejects), validate_only_(validate_only) {}

absl::Status LeadUpload::Add(v1::Lead lead, uint64_t line) {
  // Two batches that fly together may land in any order.
  while (flying_.contains(lead.name())) DNC_RETURN_IF_ERROR(Land());
  if (const absl::Status status = judged_.Complete(&lead); !status.ok()) {
    Refuse(line, status, lead.name());
    return absl::OkStatus();
  }
  *batch_.add_leads() = std::move(lead);
  lines_.push_back(line);
  return lines_.size() < kBatch ? absl::OkStatus() : Send();
}

void LeadUpload::Refuse(uint64_t line, const absl::Status& why, const std::string& lead) {
  ++counts_.refused;
  v1::RejectedRow row;
  row.set_line(static_cast<int64_t>(line));
  row.set_cause(ErrorReasonOf(why).empty() ? "UNREADABLE_ROW" : ErrorReasonOf(why));
  row.set_value(lead.empty() ? "" : ShortName(lead));
  row.set_message(WithoutIndex(std::string(why.message()), "leads"));
  rejects_.Add(row);
}

absl::Status LeadUpload::Send() {
  if (flights_.size() >= kInFlight) DNC_RETURN_IF_ERROR(Land());
  DNC_ASSIGN_OR_RETURN(*batch_.mutable_parent(), session_.names().Organization());
  session_.Sign(batch_, absl::StrCat("-", ++batches_));
  if (validate_only_) {
    batch_.set_request_id(NewRequestId());
    batch_.set_validate_only(true);
  }
  batch_.set_allow_lifting_restriction(allow_lifting_restriction_);
  Flight flight;
  flight.lines = std::exchange(lines_, {});
  for (const v1::Lead& lead : batch_.leads()) {
    v1::Lead& kept = flight.leads.emplace_back();
    kept.set_name(lead.name());
    kept.set_record_type(lead.record_type());
    kept.set_status(lead.status());
    flying_.insert(lead.name());
  }
  flight.answer =
      std::async(std::launch::async, [&gateway = session_.gateway(), request = std::move(batch_)] {
        return gateway.Call(request);
      });
  batch_ = v1::BatchUpsertLeadsRequest();
  flights_.push_back(std::move(flight));
  return absl::OkStatus();
}

absl::Status LeadUpload::Land() {
  Flight flight = std::move(flights_.front());
  flights_.pop_front();
  for (const v1::Lead& lead : flight.leads) flying_.erase(lead.name());
  const absl::StatusOr<Response> answer = flight.answer.get();
  DNC_RETURN_IF_ERROR(answer.status());
  if (static_cast<size_t>(answer->results_size()) != flight.lines.size()) {
    return absl::InternalError(absl::StrCat("the gateway answered ", answer->results_size(), " of ",
                                            flight.lines.size(), " leads"));
  }
  for (size_t i = 0; i < flight.lines.size(); ++i) {
    Count(answer->results(static_cast<int>(i)), flight.leads[i], flight.lines[i]);
  }
  counts_.revision = std::max(counts_.revision, answer->revision());
  return absl::OkStatus();
}

void LeadUpload::Count(const v1::LeadResult& result, const v1::Lead& lead, uint64_t line) {
  if (result.has_error()) {
    google::rpc::ErrorInfo info;
    info.set_reason(result.error().reason());
    Refuse(line, WithErrorInfo(absl::InvalidArgumentError(result.error().message()), info),
           lead.name());
  } else if (result.created() && !judged_.Has(lead.name())) {
    ++counts_.created;
    if (validate_only_) judged_.Remember(lead);
  } else if (result.unchanged()) {
    ++counts_.unchanged;
  } else {
    ++counts_.updated;
  }
}

absl::Status LeadUpload::Finish() {
  if (!lines_.empty()) DNC_RETURN_IF_ERROR(Send());
  while (!flights_.empty()) DNC_RETURN_IF_ERROR(Land());
  return absl::OkStatus();
}

}  // namespace dnc::cli
