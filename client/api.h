// The gateway as its callers see it: interfaces to depend on, so that tests can stand in for it.
#ifndef DNC_CLIENT_API_H_
#define DNC_CLIENT_API_H_

#include <future>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/check_request.h"
#include "client/decision.h"
#include "client/filter.h"
#include "dnc/v1/action.pb.h"

namespace dnc {

// Gets the answer to a check, once.
using CheckCallback = absl::AnyInvocable<void(Decision) &&>;

// Asks whether contacts may be made. Implementations are thread-safe.
class CheckApi {
 public:
  virtual ~CheckApi() = default;

  // Judges one contact. Never fails: what goes wrong is in the decision, which then says no.
  virtual Decision Check(const CheckRequest& request) = 0;

  // The same without waiting. `callback` runs on a thread of the library's that others wait for, or
  // on this one: it must not block for long, and may ask again. At most 65,536 checks of a client
  // may wait for answers; one more is answered at once, RESOURCE_EXHAUSTED.
  virtual void CheckAsync(const CheckRequest& request, CheckCallback callback) {
    std::move(callback)(Check(request));
  }

  // The same as a future.
  std::future<Decision> CheckFuture(const CheckRequest& request) {
    std::promise<Decision> promise;
    std::future<Decision> decision = promise.get_future();
    CheckAsync(request, [promise = std::move(promise)](Decision answer) mutable {
      promise.set_value(std::move(answer));
    });
    return decision;
  }

  // Judges up to 10,000 contacts at one revision. Answers exactly one decision a request, in their
  // order; where the call fails as a whole, each of them carries the failure.
  virtual std::vector<Decision> BatchCheck(const std::vector<CheckRequest>& requests) = 0;

  // Filters a send list of any length in constant memory; see client/filter.h for the contract of
  // source and sink. Not OK where the list was not filtered to its end.
  virtual absl::Status Filter(const FilterOptions& options, FilterSource source,
                              FilterSink sink) = 0;
};

// Writes what people decided. Implementations are thread-safe.
//
// A request without `request_id` gets a new one, so that it can be repeated safely; one without
// `actor` gets the client's. After UNAVAILABLE, DEADLINE_EXCEEDED or ABORTED the outcome is not
// known: call again with the same request_id (so choose one yourself, where you mean to).
class ActionApi {
 public:
  virtual ~ActionApi() = default;

  // Performs an action's operations on a lead, atomically.
  virtual absl::StatusOr<v1::ApplyActionResponse> ApplyAction(v1::ApplyActionRequest request) = 0;

  // Copies actions of one status to others.
  virtual absl::StatusOr<v1::CopyActionsResponse> CopyActions(v1::CopyActionsRequest request) = 0;
};

}  // namespace dnc

#endif  // DNC_CLIENT_API_H_
