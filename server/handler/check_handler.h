// Answers CheckContact and BatchCheckContacts. No lock, no wait: everything is read from the newest
// view.
#ifndef DNC_SERVER_HANDLER_CHECK_HANDLER_H_
#define DNC_SERVER_HANDLER_CHECK_HANDLER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/v1/contact.pb.h"
#include "server/decision/decide.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"
#include "storage/base/wire.h"

namespace dnc {

struct CheckSettings {
  // How long an ALLOW may be relied on at the most.
  int64_t max_validity_micros = 10'000'000;
};

// Thread-safe.
class CheckHandler {
 public:
  CheckHandler(const StateMachine* state, const Clock* clock, const CheckSettings& settings)
      : state_(state), clock_(clock), settings_(settings) {}

  // Take and write messages as they travel: a v1.CheckContactRequest for a CheckContactResponse, a
  // BatchCheckContactsRequest for a BatchCheckContactsResponse. After an error `response` has no
  // meaning.
  absl::Status Check(absl::string_view request, WireWriter* response) const;
  absl::Status Batch(absl::string_view request, WireWriter* response) const;

  // What all contact points of a request have in common. ORGANIZATION_NOT_FOUND,
  // REVISION_NOT_REACHED, and errors of the name's shape.
  absl::StatusOr<Question> Ask(const View& view, absl::string_view organization,
                               int64_t at_least_revision) const;
  // The question for one channel and class. INVALID_FIELD, REQUIRED_FIELD_MISSING.
  static absl::Status SetChannel(v1::Channel channel, v1::MessageClass message_class,
                                 Question* question);

  const StateMachine& state() const { return *state_; }

 private:
  const StateMachine* const state_;
  const Clock* const clock_;
  const CheckSettings settings_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_CHECK_HANDLER_H_
