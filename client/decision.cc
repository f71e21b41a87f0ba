#include "client/decision.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/internal/valid_for.h"

namespace dnc {
namespace {

absl::Status JudgeShape(const v1::CheckContactResponse& response) {
  switch (response.verdict()) {
    case v1::VERDICT_ALLOW:
      if (ReadValidFor(response.valid_for()) <= absl::ZeroDuration()) {
        return absl::InternalError("the gateway answered ALLOW without saying how long it holds");
      }
      return absl::OkStatus();
    case v1::VERDICT_DENY:
    case v1::VERDICT_UNKNOWN:
      return absl::OkStatus();
    default:
      return absl::InternalError(
          absl::StrCat("the gateway answered verdict ", static_cast<int>(response.verdict()),
                       ", which this client does not know; it counts as \"do not contact\""));
  }
}

}  // namespace

absl::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllow:
      return "ALLOW";
    case Verdict::kDeny:
      return "DENY";
    case Verdict::kUnknown:
      break;
  }
  return "UNKNOWN";
}

Verdict VerdictFromProto(int wire_value) {
  if (wire_value == v1::VERDICT_ALLOW) return Verdict::kAllow;
  if (wire_value == v1::VERDICT_DENY) return Verdict::kDeny;
  return Verdict::kUnknown;
}

Decision::Decision() : status_(absl::UnknownError("nothing was asked")) {}

Decision Decision::Failed(absl::Status status) {
  Decision decision;
  decision.status_ =
      status.ok() ? absl::InternalError("the gateway gave no answer") : std::move(status);
  return decision;
}

Decision Decision::FromResponse(const v1::CheckContactResponse& response, absl::Duration started,
                                std::shared_ptr<const SteadyTime> time) {
  Decision decision;
  decision.status_ = JudgeShape(response);
  if (decision.status_.ok()) decision.verdict_ = VerdictFromProto(response.verdict());
  decision.allowed_until_ = started + ReadValidFor(response.valid_for());
  decision.time_ = std::move(time);
  decision.reasons_.assign(response.reasons().begin(), response.reasons().end());
  decision.contact_point_ = response.contact_point();
  decision.decision_id_ = response.decision_id();
  decision.revision_ = response.revision();
  return decision;
}

bool Decision::Expired() const {
  return verdict_ == Verdict::kAllow && (time_ == nullptr || time_->Now() >= allowed_until_);
}

Verdict Decision::verdict() const {
  return status_.ok() && !Expired() ? verdict_ : Verdict::kUnknown;
}

absl::Status Decision::status() const {
  if (status_.ok() && Expired()) {
    return absl::FailedPreconditionError(
        "the ALLOW is older than the gateway permits to rely on it; ask again");
  }
  return status_;
}

absl::Duration Decision::remaining() const {
  return may_contact() ? allowed_until_ - time_->Now() : absl::ZeroDuration();
}

std::string Decision::ToString() const {
  const absl::string_view name = VerdictName(verdict());
  const absl::Status why = status();
  if (!why.ok()) return absl::StrCat(name, ": ", why.message());
  if (reasons_.empty()) return std::string(name);
  return absl::StrCat(name, ": ",
                      absl::StrJoin(reasons_, ", ", [](std::string* out, const v1::Reason& reason) {
                        const std::string& type = v1::ReasonType_Name(reason.type());
                        absl::StrAppend(out, absl::StripPrefix(type, "REASON_TYPE_"));
                      }));
}

}  // namespace dnc
