// Answers CheckContact and BatchCheckContacts. No lock, no wait: everything is read from the newest
// view, and what is left of a check goes into a queue without a lock. Only a record that had to be
// read from the store is offered to the cache, whose lock is tried and not waited for.
#ifndef DNC_SERVER_HANDLER_CHECK_HANDLER_H_
#define DNC_SERVER_HANDLER_CHECK_HANDLER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/v1/contact.pb.h"
#include "server/decision/decide.h"
#include "server/recording/decision_recorder.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"
#include "storage/base/wire.h"

namespace dnc {

struct CheckSettings {
  // How long an ALLOW may be relied on at the most.
  int64_t max_validity_micros = 10'000'000;
};

// Who asks.
struct CheckCaller {
  absl::string_view id;
  // The thread may wait for room for the records of checks, where the server is set so.
  bool may_wait = false;
};

// Thread-safe.
class CheckHandler {
 public:
  // `recorder`: null where checks leave no records.
  CheckHandler(const StateMachine* state, const Clock* clock, const CheckSettings& settings,
               DecisionRecorder* recorder = nullptr)
      : state_(state),
        clock_(clock),
        settings_(settings),
        recorder_(recorder != nullptr && recorder->enabled() ? recorder : nullptr) {}

  // Take and write messages as they travel: a v1.CheckContactRequest for a CheckContactResponse, a
  // BatchCheckContactsRequest for a BatchCheckContactsResponse. After an error `response` has no
  // meaning. OVERLOADED where a record finds no room and checks wait for it.
  absl::Status Check(absl::string_view request, WireWriter* response,
                     const CheckCaller& caller = {}) const;
  absl::Status Batch(absl::string_view request, WireWriter* response,
                     const CheckCaller& caller = {}) const;

  // What all contact points of a request have in common. ORGANIZATION_NOT_FOUND,
  // REVISION_NOT_REACHED, and errors of the name's shape.
  absl::StatusOr<Question> Ask(const View& view, absl::string_view organization,
                               int64_t at_least_revision) const;
  // The question for one channel and class. INVALID_FIELD, REQUIRED_FIELD_MISSING.
  static absl::Status SetChannel(v1::Channel channel, v1::MessageClass message_class,
                                 Question* question);

  const StateMachine& state() const { return *state_; }
  // Null where checks leave no records.
  DecisionRecorder* recorder() const { return recorder_; }

 private:
  const StateMachine* const state_;
  const Clock* const clock_;
  const CheckSettings settings_;
  DecisionRecorder* const recorder_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_CHECK_HANDLER_H_
