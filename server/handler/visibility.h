// Status.visible_to_roles: who does not have one of these roles there does not see the status.
#ifndef DNC_SERVER_HANDLER_VISIBILITY_H_
#define DNC_SERVER_HANDLER_VISIBILITY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/workflow.pb.h"
#include "server/auth/authenticator.h"
#include "server/state/state_machine.h"

namespace dnc {

// Administrators of the server and of the organization see every status.
bool SeesStatus(const View& view, const Principal& caller, const v1::Status& status);

// STATUS_NOT_FOUND where `name` is a status, or something of one, that the caller does not see. OK
// for anything else, what does not exist included.
absl::Status CheckVisible(const View& view, const Principal& caller, absl::string_view name);

// Takes out those that the caller does not see.
void Conceal(const View& view, const Principal& caller,
             google::protobuf::RepeatedPtrField<v1::Status>* statuses);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_VISIBILITY_H_
