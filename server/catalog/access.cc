#include "server/catalog/access.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

template <typename Map>
auto FindShared(const Map& map, absl::string_view id) -> decltype(map.begin()->second.get()) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : it->second.get();
}

absl::string_view OrganizationPart(absl::string_view name) {
  const size_t begin = name.find('/');
  return begin == absl::string_view::npos ? "" : name.substr(0, name.find('/', begin + 1));
}

void SortUnique(std::vector<std::string>* names) {
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

}  // namespace

bool ScopeCovers(absl::string_view scope, absl::string_view resource) {
  return absl::StartsWith(resource, scope) &&
         (resource.size() == scope.size() || resource[scope.size()] == '/');
}

PermissionSet SetOf(const v1::Role& role) {
  PermissionSet set = 0;
  for (const std::string& permission : role.permissions()) set |= SetOf(permission);
  return set;
}

v1::Role ToProto(const PredefinedRole& role, absl::string_view organization) {
  v1::Role proto;
  proto.set_name(RoleName(organization, role.id));
  proto.set_display_name(std::string(role.display_name));
  proto.set_description(std::string(role.description));
  for (const absl::string_view name : NamesOf(role.permissions)) {
    proto.add_permissions(std::string(name));
  }
  proto.set_predefined(true);
  return proto;
}

void CatalogAccess::Index() {
  members_.clear();
  group_grants_.clear();
  for (const auto& [id, group] : groups) {
    for (const std::string& member : group->members()) members_[member].groups.push_back(id);
  }
  for (const auto& [id, binding] : bindings) {
    Grant grant;
    grant.role = std::string(LastPart(binding->role()));
    grant.scope = binding->scope();
    if (const PredefinedRole* predefined = FindPredefinedRole(grant.role); predefined != nullptr) {
      grant.permissions = predefined->permissions;
    } else if (const v1::Role* role = FindRole(grant.role); role != nullptr) {
      grant.permissions = SetOf(*role);
    }
    if (binding->has_group()) {
      group_grants_[std::string(LastPart(binding->group()))].push_back(std::move(grant));
    } else {
      members_[binding->principal()].grants.push_back(std::move(grant));
    }
  }
}

const v1::Role* CatalogAccess::FindRole(absl::string_view id) const {
  return FindShared(roles, id);
}

const v1::RoleBinding* CatalogAccess::FindBinding(absl::string_view id) const {
  return FindShared(bindings, id);
}

const v1::Group* CatalogAccess::FindGroup(absl::string_view id) const {
  return FindShared(groups, id);
}

template <typename Visit>
void CatalogAccess::ForEachGrant(absl::string_view principal, Visit visit) const {
  const auto member = members_.find(principal);
  if (member == members_.end()) return;
  for (const Grant& grant : member->second.grants) visit(grant);
  for (const std::string& group : member->second.groups) {
    const auto grants = group_grants_.find(group);
    if (grants == group_grants_.end()) continue;
    for (const Grant& grant : grants->second) visit(grant);
  }
}

PermissionSet CatalogAccess::PermissionsOf(absl::string_view principal,
                                           absl::string_view resource) const {
  PermissionSet set = 0;
  ForEachGrant(principal, [&](const Grant& grant) {
    if (ScopeCovers(grant.scope, resource)) set |= grant.permissions;
  });
  return set;
}

PermissionSet CatalogAccess::PermissionsAnywhere(absl::string_view principal) const {
  PermissionSet set = 0;
  ForEachGrant(principal, [&](const Grant& grant) { set |= grant.permissions; });
  return set;
}

bool CatalogAccess::HasRole(absl::string_view principal, absl::string_view role,
                            absl::string_view resource) const {
  bool has = false;
  ForEachGrant(principal, [&](const Grant& grant) {
    has = has || (grant.role == role && ScopeCovers(grant.scope, resource));
  });
  return has;
}

std::vector<std::string> CatalogAccess::RolesOf(absl::string_view principal,
                                                absl::string_view resource) const {
  std::vector<std::string> ids;
  ForEachGrant(principal, [&](const Grant& grant) {
    if (ScopeCovers(grant.scope, resource)) ids.push_back(grant.role);
  });
  SortUnique(&ids);
  return ids;
}

std::vector<std::string> CatalogAccess::GroupsOf(absl::string_view principal) const {
  const auto member = members_.find(principal);
  return member == members_.end() ? std::vector<std::string>() : member->second.groups;
}

std::vector<CatalogAccess::Grant> CatalogAccess::GrantsOfGroup(absl::string_view group) const {
  const auto grants = group_grants_.find(group);
  return grants == group_grants_.end() ? std::vector<Grant>() : grants->second;
}

size_t CatalogAccess::CountAdministrators() const {
  size_t count = 0;
  for (const auto& [id, binding] : bindings) {
    if (LastPart(binding->role()) != kAdministratorRole) continue;
    if (binding->scope() != OrganizationPart(binding->name())) continue;
    const v1::Group* group = binding->has_group() ? FindGroup(LastPart(binding->group())) : nullptr;
    if (binding->has_principal()) {
      ++count;
    } else if (group != nullptr) {
      count += static_cast<size_t>(group->members_size());
    }
  }
  return count;
}

}  // namespace dnc
