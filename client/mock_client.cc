#include "client/mock_client.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/steady_time.h"

namespace dnc {
namespace {

constexpr absl::Duration kAllowHolds = absl::Hours(1);

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllow:
      return v1::VERDICT_ALLOW;
    case Verdict::kDeny:
      return v1::VERDICT_DENY;
    case Verdict::kUnknown:
      break;
  }
  return v1::VERDICT_UNKNOWN;
}

Decision Scripted(Verdict verdict, const CheckRequest& request) {
  v1::CheckContactResponse response;
  response.set_verdict(ToProto(verdict));
  if (request.contact_point) *response.mutable_contact_point() = *request.contact_point;
  if (verdict == Verdict::kAllow)
    response.mutable_valid_for()->set_seconds(absl::ToInt64Seconds(kAllowHolds));
  const auto time = MachineTime();
  return Decision::FromResponse(response, time->Now(), time);
}

std::string TextOf(const v1::ContactPoint& point) {
  if (point.has_phone()) return point.phone();
  return point.has_email() ? point.email() : point.other();
}

int Restriction(Verdict verdict) {
  if (verdict == Verdict::kDeny) return 2;
  return verdict == Verdict::kUnknown ? 1 : 0;
}

}  // namespace

void FakeClient::Script(absl::string_view subject, Verdict verdict) {
  absl::MutexLock lock(&mutex_);
  scripted_.insert_or_assign(std::string(subject), verdict);
}

void FakeClient::FailWith(absl::Status status) {
  absl::MutexLock lock(&mutex_);
  failure_ = std::move(status);
}

void FakeClient::ScriptApplyAction(absl::StatusOr<v1::ApplyActionResponse> answer) {
  absl::MutexLock lock(&mutex_);
  apply_answer_ = std::move(answer);
}

void FakeClient::ScriptCopyActions(absl::StatusOr<v1::CopyActionsResponse> answer) {
  absl::MutexLock lock(&mutex_);
  copy_answer_ = std::move(answer);
}

std::vector<CheckRequest> FakeClient::checks() const {
  absl::MutexLock lock(&mutex_);
  return checks_;
}

std::vector<v1::ApplyActionRequest> FakeClient::applied() const {
  absl::MutexLock lock(&mutex_);
  return applied_;
}

std::vector<v1::CopyActionsRequest> FakeClient::copied() const {
  absl::MutexLock lock(&mutex_);
  return copied_;
}

Verdict FakeClient::Judge(const CheckRequest& request) const {
  std::optional<Verdict> strictest;
  for (const std::string& subject :
       {request.contact_point ? TextOf(*request.contact_point) : std::string(), request.lead}) {
    const auto found = scripted_.find(subject);
    if (found == scripted_.end()) continue;
    if (!strictest || Restriction(found->second) > Restriction(*strictest)) {
      strictest = found->second;
    }
  }
  return strictest.value_or(Verdict::kUnknown);
}

Decision FakeClient::Check(const CheckRequest& request) {
  absl::MutexLock lock(&mutex_);
  checks_.push_back(request);
  if (!failure_.ok()) return Decision::Failed(failure_);
  return Scripted(Judge(request), request);
}

std::vector<Decision> FakeClient::BatchCheck(const std::vector<CheckRequest>& requests) {
  std::vector<Decision> decisions;
  decisions.reserve(requests.size());
  for (const CheckRequest& request : requests) decisions.push_back(Check(request));
  return decisions;
}

FilterAnswer FakeClient::Answer(const FilterBlock& block) const {
  absl::MutexLock lock(&mutex_);
  if (!failure_.ok()) return UnansweredBlock(block.size(), failure_);
  FilterAnswer answer;
  answer.evaluate_time = absl::Now();
  answer.valid_for = kAllowHolds;
  answer.time = MachineTime();
  answer.allowed_until = answer.time->Now() + answer.valid_for;
  std::vector<Verdict> verdicts;
  verdicts.reserve(block.size());
  const auto judge = [&](const std::string& text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto found = scripted_.find(text);
    verdicts.push_back(found == scripted_.end() ? Verdict::kUnknown : found->second);
  };
  for (const uint64_t digits : block.phones) judge(absl::StrCat("+", digits));
  for (const std::string& text : block.raw) judge(text);
  answer.verdicts = PackedVerdicts::Of(verdicts);
  return answer;
}

absl::Status FakeClient::Filter(const FilterOptions&, FilterSource source, FilterSink sink) {
  while (true) {
    const absl::StatusOr<FilterBlock> block = source();
    if (!block.ok()) return block.status();
    if (block->size() == 0) return absl::OkStatus();
    const FilterAnswer answer = Answer(*block);
    if (absl::Status status = sink(answer); !status.ok()) return status;
    if (!answer.status.ok()) return answer.status;
  }
}

absl::StatusOr<v1::ApplyActionResponse> FakeClient::ApplyAction(v1::ApplyActionRequest request) {
  absl::MutexLock lock(&mutex_);
  applied_.push_back(std::move(request));
  if (!failure_.ok()) return failure_;
  return apply_answer_;
}

absl::StatusOr<v1::CopyActionsResponse> FakeClient::CopyActions(v1::CopyActionsRequest request) {
  absl::MutexLock lock(&mutex_);
  copied_.push_back(std::move(request));
  if (!failure_.ok()) return failure_;
  return copy_answer_;
}

}  // namespace dnc
