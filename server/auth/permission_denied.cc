#include "server/auth/permission_denied.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/auth/permissions.h"
#include "server/error/error.h"

namespace dnc {

absl::Status PermissionDenied(absl::string_view principal, absl::string_view permission,
                              absl::string_view resource) {
  const std::string roles = PredefinedRolesWith(permission);
  const absl::string_view where = resource.empty() ? "the server" : resource;
  const std::string way_out =
      SetOf(permission) == 0
          ? "only administrators of the server have it (the setting administrators)"
          : absl::StrCat("ask somebody who may grant roles there for one that has it, such as ",
                         roles, " (dncctl bindings create)");
  return MakeError(v1::ERROR_REASON_PERMISSION_DENIED,
                   absl::StrCat(principal, " has not the permission ", permission, " for ", where,
                                "; ", way_out),
                   {{"permission", std::string(permission)},
                    {"resource", std::string(resource)},
                    {"predefined_roles", roles}});
}

}  // namespace dnc
