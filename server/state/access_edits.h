// Steps that changing roles, bindings and groups share.
#ifndef DNC_SERVER_STATE_ACCESS_EDITS_H_
#define DNC_SERVER_STATE_ACCESS_EDITS_H_

#include <string>

#include "server/auth/permissions.h"
#include "server/state/txn.h"

namespace dnc {

// How many an organization may have.
inline constexpr size_t kMaxRoles = 1000;
inline constexpr size_t kMaxBindings = 10'000;
inline constexpr size_t kMaxGroups = 1000;

// GRANT_EXCEEDS_OWN unless the mutation's caller has all of `permissions` in the scope.
absl::Status CheckMayGrant(const Txn& txn, const CatalogAccess& access, PermissionSet permissions,
                           const std::string& scope, const std::string& role);

// LAST_ADMINISTRATOR where there were administrators `before` the mutation and are none now.
absl::Status CheckKeepsAdministrator(const Txn& txn, size_t before);

// LIMIT_EXCEEDED of `field` where there are as many as there may be.
absl::Status CheckRoom(absl::string_view field, size_t count, size_t limit);

// ALREADY_EXISTS, and NOT_FOUND of the reason given.
absl::Status ExistsAlready(const std::string& name);
absl::Status DoesNotExist(v1::ErrorReason reason, absl::string_view kind, const std::string& name);
// STILL_IN_USE.
absl::Status StillInUse(const std::string& name, const std::string& used_by);

// The first action or status that names the role or group of that id; empty where none does.
std::string UserOfRole(const CatalogOrganization& organization, const std::string& role);
std::string UserOfGroup(const CatalogOrganization& organization, const std::string& group);
// The first binding that `matches`; empty where none does.
std::string FindBindingOf(const CatalogAccess& access,
                          absl::FunctionRef<bool(const v1::RoleBinding&)> matches);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_ACCESS_EDITS_H_
