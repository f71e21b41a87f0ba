#include "client/decision.h"

#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/internal/answer_bytes.h"
#include "client/internal/valid_for.h"

namespace dnc {

// What stands behind a verdict. Thread-safe.
class Decision::Details {
 public:
  struct Fields {
    std::vector<v1::Reason> reasons;
    v1::ContactPoint contact_point;
    std::string decision_id;
  };

  // `response`: well-formed.
  explicit Details(std::string response) : response_(std::move(response)) {}
  explicit Details(const v1::CheckContactResponse& response) {
    std::call_once(read_, [&] { Take(response); });
  }

  const Fields& Read() const {
    std::call_once(read_, [this] {
      v1::CheckContactResponse response;
      response.ParseFromString(response_);
      Take(response);
    });
    return fields_;
  }

  static const Fields& Of(const Details* details) {
    static const Fields* const none = new Fields();
    return details == nullptr ? *none : details->Read();
  }

 private:
  void Take(const v1::CheckContactResponse& response) const {
    fields_.reasons.assign(response.reasons().begin(), response.reasons().end());
    fields_.contact_point = response.contact_point();
    fields_.decision_id = response.decision_id();
  }

  const std::string response_;
  mutable std::once_flag read_;
  mutable Fields fields_;  // once they have been read
};

absl::Status Decision::JudgeShape(int verdict, absl::Duration valid_for) {
  switch (verdict) {
    case v1::VERDICT_ALLOW:
      if (valid_for <= absl::ZeroDuration()) {
        return absl::InternalError("the gateway answered ALLOW without saying how long it holds");
      }
      return absl::OkStatus();
    case v1::VERDICT_DENY:
    case v1::VERDICT_UNKNOWN:
      return absl::OkStatus();
    default:
      return absl::InternalError(
          absl::StrCat("the gateway answered verdict ", verdict,
                       ", which this client does not know; it counts as \"do not contact\""));
  }
}

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

Decision::Decision(int verdict, absl::Duration valid_for, absl::Duration started,
                   std::shared_ptr<const SteadyTime> time)
    : status_(JudgeShape(verdict, valid_for)),
      verdict_(status_.ok() ? VerdictFromProto(verdict) : Verdict::kUnknown),
      allowed_until_(started + valid_for),
      time_(std::move(time)) {}

Decision Decision::Failed(absl::Status status) {
  Decision decision;
  decision.status_ =
      status.ok() ? absl::InternalError("the gateway gave no answer") : std::move(status);
  return decision;
}

Decision Decision::FromResponse(const v1::CheckContactResponse& response, absl::Duration started,
                                std::shared_ptr<const SteadyTime> time) {
  Decision decision(response.verdict(), ReadValidFor(response.valid_for()), started,
                    std::move(time));
  decision.details_ = std::make_shared<Details>(response);
  decision.revision_ = response.revision();
  return decision;
}

Decision Decision::FromBytes(std::string response, absl::Duration started,
                             std::shared_ptr<const SteadyTime> time) {
  AnswerHead head;
  if (!ReadAnswerHead(response, &head)) {
    return Failed(absl::InternalError("the gateway's answer cannot be read"));
  }
  Decision decision(head.verdict, head.valid_for, started, std::move(time));
  decision.details_ = std::make_shared<Details>(std::move(response));
  decision.revision_ = head.revision;
  return decision;
}

const std::vector<v1::Reason>& Decision::reasons() const {
  return Details::Of(details_.get()).reasons;
}

const v1::ContactPoint& Decision::contact_point() const {
  return Details::Of(details_.get()).contact_point;
}

const std::string& Decision::decision_id() const { return Details::Of(details_.get()).decision_id; }

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
  if (reasons().empty()) return std::string(name);
  return absl::StrCat(
      name, ": ", absl::StrJoin(reasons(), ", ", [](std::string* out, const v1::Reason& reason) {
        const std::string& type = v1::ReasonType_Name(reason.type());
        absl::StrAppend(out, absl::StripPrefix(type, "REASON_TYPE_"));
      }));
}

}  // namespace dnc
