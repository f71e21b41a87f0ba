// What may be allowed, what each method needs, and the roles that every organization has: the one
// place where a method's permission is written down beside its proto comment. Pure tables; to add a
// method, add its row to kMethods in permissions.cc, and its permission to kPermissions if it is
// new.
#ifndef DNC_SERVER_AUTH_PERMISSIONS_H_
#define DNC_SERVER_AUTH_PERMISSIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dnc {

// Permissions that code asks for by name, beside those that methods need.
inline constexpr absl::string_view kActionsReconsent = "actions.reconsent";
inline constexpr absl::string_view kActionsApply = "actions.apply";
inline constexpr absl::string_view kActorsName = "actors.name";
inline constexpr absl::string_view kLeadsRead = "leads.read";
inline constexpr absl::string_view kListsWrite = "lists.write";
inline constexpr absl::string_view kRolesRead = "roles.read";

// What a method needs that anybody who is identified may call.
inline constexpr absl::string_view kNoPermission = "none";

// Who has the role of this id in an organization may do everything there.
inline constexpr absl::string_view kAdministratorRole = "administrator";

// A set of permissions: bit i is Permissions()[i]. Only in memory: records hold names.
using PermissionSet = uint64_t;

struct PermissionRow {
  absl::string_view name;
  absl::string_view description;
  // Ids of the predefined roles that have it, by spaces; administrator has every one that is not
  // about the whole server.
  absl::string_view roles;
  // No role has it, only the server's own administrators.
  bool server_wide = false;
};

// All, by name; at most 64.
absl::Span<const PermissionRow> Permissions();
// The set of that one permission; empty where there is none of that name, or it is server-wide.
PermissionSet SetOf(absl::string_view permission);
// Its names, by name.
std::vector<absl::string_view> NamesOf(PermissionSet permissions);

// Where a caller must have a method's permission.
enum class Scoping : uint8_t {
  // For everything that the request names.
  kEach,
  // The same, but that whoever has it for what the request names of a workflow has it for the rest
  // as well: the method does to the rest only what concerns that.
  kNarrowed,
  // Anywhere in the organization: the request does not say what it is about, and the answer is
  // judged instead (server/rpc/answer.h).
  kByAnswer,
};

struct MethodRow {
  absl::string_view method;      // "/dnc.v1.CheckService/CheckContact"
  absl::string_view permission;  // a name, or kNoPermission
  Scoping scoping = Scoping::kEach;
};

// All methods of all services.
absl::Span<const MethodRow> Methods();

// What calling a method takes.
struct MethodNeed {
  const MethodRow* row;
  const PermissionRow* permission;  // null: none
  PermissionSet set;                // empty where it is server-wide, or null
};
// Null for a method that is not in the table: nobody may call it.
const MethodNeed* NeedOf(absl::string_view method);

struct PredefinedRole {
  absl::string_view id;
  absl::string_view display_name;
  absl::string_view description;
  PermissionSet permissions = 0;
};

// All, by id.
absl::Span<const PredefinedRole> PredefinedRoles();
const PredefinedRole* FindPredefinedRole(absl::string_view id);
// Ids of those that have `permission`, by id: "agent, checker"; empty where none has.
std::string PredefinedRolesWith(absl::string_view permission);

}  // namespace dnc

#endif  // DNC_SERVER_AUTH_PERMISSIONS_H_
