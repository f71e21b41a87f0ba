// Answers what a caller, or another user, may do.
#ifndef DNC_SERVER_HANDLER_ACCESS_HANDLER_H_
#define DNC_SERVER_HANDLER_ACCESS_HANDLER_H_

#include "absl/status/status.h"
#include "dnc/v1/access.pb.h"
#include "dnc/v1/action.pb.h"
#include "server/auth/authenticator.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"

namespace dnc {

// Thread-safe.
class AccessHandler {
 public:
  AccessHandler(const StateMachine* state, const Clock* clock) : state_(state), clock_(clock) {}

  // INVALID_FIELD, ORGANIZATION_NOT_FOUND.
  absl::Status TestPermissions(const Principal& caller, const v1::TestPermissionsRequest& request,
                               v1::TestPermissionsResponse* response) const;
  // For `user`, whom the caller may ask about. LEAD_NOT_FOUND and the like, STATUS_NOT_FOUND where
  // the caller does not see a status, ACTION_NOT_FOUND.
  absl::Status ListAvailableActions(const Principal& caller, const Principal& user,
                                    const v1::ListAvailableActionsRequest& request,
                                    v1::ListAvailableActionsResponse* response) const;

 private:
  const StateMachine* const state_;
  const Clock* const clock_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_ACCESS_HANDLER_H_
