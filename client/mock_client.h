// Stands in for the gateway in tests of code that uses the client library. Needs no gMock; for a
// gMock class see client/gmock_client.h.
//
//   dnc::FakeClient gateway;
//   gateway.Script("+12125550123", dnc::Verdict::kAllow);
//   MyDialler dialler(&gateway);
#ifndef DNC_CLIENT_MOCK_CLIENT_H_
#define DNC_CLIENT_MOCK_CLIENT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "client/api.h"

namespace dnc {

// Answers as scripted, and UNKNOWN for whatever is not: a test has to say what is allowed.
// Thread-safe.
class FakeClient : public CheckApi, public ActionApi {
 public:
  // The verdict for a subject: a contact point's text, as the request spells it, or a lead as the
  // request names it. Where a request has both, the more restrictive one counts (DENY, UNKNOWN,
  // ALLOW), and one that was not scripted does not count. For phones of a filter block the text is
  // "+" and the digits. ALLOW holds for an hour.
  void Script(absl::string_view subject, Verdict verdict);

  // From now on every call fails with `status`; OK ends that.
  void FailWith(absl::Status status);

  // What ApplyAction and CopyActions answer. Until set: UNIMPLEMENTED.
  void ScriptApplyAction(absl::StatusOr<v1::ApplyActionResponse> answer);
  void ScriptCopyActions(absl::StatusOr<v1::CopyActionsResponse> answer);

  // The requests so far, in their order.
  std::vector<CheckRequest> checks() const;
  std::vector<v1::ApplyActionRequest> applied() const;
  std::vector<v1::CopyActionsRequest> copied() const;

  Decision Check(const CheckRequest& request) override;
  std::vector<Decision> BatchCheck(const std::vector<CheckRequest>& requests) override;
  absl::Status Filter(const FilterOptions& options, FilterSource source, FilterSink sink) override;
  absl::StatusOr<v1::ApplyActionResponse> ApplyAction(v1::ApplyActionRequest request) override;
  absl::StatusOr<v1::CopyActionsResponse> CopyActions(v1::CopyActionsRequest request) override;

 private:
  Verdict Judge(const CheckRequest& request) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  FilterAnswer Answer(const FilterBlock& block) const;

  mutable absl::Mutex mutex_;
  std::map<std::string, Verdict> scripted_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  absl::StatusOr<v1::ApplyActionResponse> apply_answer_ ABSL_GUARDED_BY(mutex_) =
      absl::UnimplementedError("FakeClient::ScriptApplyAction was not called");
  absl::StatusOr<v1::CopyActionsResponse> copy_answer_ ABSL_GUARDED_BY(mutex_) =
      absl::UnimplementedError("FakeClient::ScriptCopyActions was not called");
  std::vector<CheckRequest> checks_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ApplyActionRequest> applied_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::CopyActionsRequest> copied_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dnc

#endif  // DNC_CLIENT_MOCK_CLIENT_H_
