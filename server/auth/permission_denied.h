// The one error for what a caller may not do.
#ifndef DNC_SERVER_AUTH_PERMISSION_DENIED_H_
#define DNC_SERVER_AUTH_PERMISSION_DENIED_H_

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dnc {

// PERMISSION_DENIED, with the predefined roles that have the permission. An empty resource is the
// whole server.
ABSL_ATTRIBUTE_COLD absl::Status PermissionDenied(absl::string_view principal,
                                                  absl::string_view permission,
                                                  absl::string_view resource);

}  // namespace dnc

#endif  // DNC_SERVER_AUTH_PERMISSION_DENIED_H_
