// Who has which role where, of one organization: part of the catalog, immutable once it is shared.
// A question about a principal takes one look-up and no lock, so that every check can ask it.
#ifndef DNC_SERVER_CATALOG_ACCESS_H_
#define DNC_SERVER_CATALOG_ACCESS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/access.pb.h"
#include "server/auth/permissions.h"

namespace dnc {

// Whether a scope's name covers a resource's: it is the same, or one above it.
bool ScopeCovers(absl::string_view scope, absl::string_view resource);

class CatalogAccess {
 public:
  template <typename Object>
  using ById = std::map<std::string, std::shared_ptr<const Object>, std::less<>>;

  // A role that somebody has.
  struct Grant {
    std::string role;   // its id
    std::string scope;  // a whole name
    PermissionSet permissions = 0;
  };

  ById<v1::Role> roles;  // the organization's own
  ById<v1::RoleBinding> bindings;
  ById<v1::Group> groups;

  // Makes the answers below follow what stands above; to be called after every change of it.
  void Index();

  // Null where there is none of that id; predefined roles are none of these.
  const v1::Role* FindRole(absl::string_view id) const;
  const v1::RoleBinding* FindBinding(absl::string_view id) const;
  const v1::Group* FindGroup(absl::string_view id) const;

  // Everything that the principal may do with the resource.
  PermissionSet PermissionsOf(absl::string_view principal, absl::string_view resource) const;
  // Whether it has all of `permissions` there.
  bool Has(absl::string_view principal, PermissionSet permissions,
           absl::string_view resource) const {
    return (PermissionsOf(principal, resource) & permissions) == permissions;
  }
  // What it may do somewhere in the organization.
  PermissionSet PermissionsAnywhere(absl::string_view principal) const;
  // Whether it has the role for the resource.
  bool HasRole(absl::string_view principal, absl::string_view role,
               absl::string_view resource) const;
  // Ids of the roles that it has there, and of its groups; ordered, without repeats.
  std::vector<std::string> RolesOf(absl::string_view principal, absl::string_view resource) const;
  std::vector<std::string> GroupsOf(absl::string_view principal) const;
  // What a group's members get of it.
  std::vector<Grant> GrantsOfGroup(absl::string_view group) const;

  // How many principals have the role administrator in the whole organization, a member of several
  // groups counted for each.
  size_t CountAdministrators() const;

 private:
  struct Member {
    std::vector<Grant> grants;        // its own
    std::vector<std::string> groups;  // ids, ordered
  };

  template <typename Visit>
  void ForEachGrant(absl::string_view principal, Visit visit) const;

  absl::flat_hash_map<std::string, Member> members_;
  absl::flat_hash_map<std::string, std::vector<Grant>> group_grants_;
};

// A predefined role of the organization as the API shows it.
v1::Role ToProto(const PredefinedRole& role, absl::string_view organization);

// The set of a role's permissions; names that nobody knows count for nothing.
PermissionSet SetOf(const v1::Role& role);

}  // namespace dnc

#endif  // DNC_SERVER_CATALOG_ACCESS_H_
