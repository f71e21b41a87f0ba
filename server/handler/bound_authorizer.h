// Authorises by the role bindings of the newest view.
#ifndef DNC_SERVER_HANDLER_BOUND_AUTHORIZER_H_
#define DNC_SERVER_HANDLER_BOUND_AUTHORIZER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/auth/authenticator.h"
#include "server/auth/permissions.h"
#include "server/state/state_machine.h"

namespace dnc {

// Thread-safe, lock-free. A binding is in force for every call that begins after it was answered.
// Administrators of the server may do everything; what is about the whole server only they.
class BoundAuthorizer : public Authorizer {
 public:
  explicit BoundAuthorizer(const StateMachine* state) : state_(state) {}

  absl::Status Authorize(const Principal& principal, absl::string_view method,
                         Resources resources) const override;
  absl::Status Require(const Principal& principal, absl::string_view permission,
                       Resources resources) const override;

 private:
  const StateMachine* const state_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_BOUND_AUTHORIZER_H_
