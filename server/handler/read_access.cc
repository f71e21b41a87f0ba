// Get and List of roles, bindings, permissions and groups.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/auth/permissions.h"
#include "server/handler/page.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/workflow/group_sync.h"

namespace dnc {
namespace {

absl::Status NoSuch(v1::ErrorReason reason, absl::string_view kind, const std::string& name) {
  return MakeError(reason, absl::StrCat(name, " does not exist"), {{kind, name}});
}

// A page of those objects of a map by id that `take` takes into the response.
template <typename Map, typename Take>
absl::StatusOr<std::string> PageOfThose(const Map& map, const Page& page, absl::string_view filter,
                                        Take take) {
  int count = 0;
  for (auto it = map.lower_bound(page.start); it != map.end(); ++it) {
    if (count == page.size) return MakePageToken(it->first, filter);
    if (take(*it->second)) ++count;
  }
  return std::string();
}

template <typename Request>
absl::StatusOr<const CatalogOrganization*> OrganizationOfParent(const View& view,
                                                                const Request& request) {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  return FindOrganization(view, parent.organization);
}

bool Matches(const v1::ListRoleBindingsRequest& request, const CatalogAccess& access,
             const v1::RoleBinding& binding) {
  if (!request.role().empty() && binding.role() != request.role()) return false;
  if (!request.group().empty() && binding.group() != request.group()) return false;
  if (!request.scope().empty() && !ScopeCovers(request.scope(), binding.scope())) return false;
  if (request.principal().empty()) return true;
  if (!binding.has_group()) return binding.principal() == request.principal();
  const v1::Group* group = access.FindGroup(LastPart(binding.group()));
  return group != nullptr && std::find(group->members().begin(), group->members().end(),
                                       request.principal()) != group->members().end();
}

// `group` is described already.
bool Matches(const v1::ListGroupsRequest& request, const v1::Group& group) {
  if (!request.member().empty() && std::find(group.members().begin(), group.members().end(),
                                             request.member()) == group.members().end()) {
    return false;
  }
  if (request.workflow().empty()) return !request.outdated_only() || group.outdated();
  const v1::GroupWorkflow* bound = FindGroupWorkflow(group, request.workflow());
  return bound != nullptr && (!request.outdated_only() || bound->outdated());
}

}  // namespace

absl::Status ReadHandler::Get(const v1::GetRoleRequest& request,
                              v1::GetRoleResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseRoleName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  response->set_revision(view->revision);
  if (const PredefinedRole* role = FindPredefinedRole(name.role); role != nullptr) {
    *response->mutable_role() = ToProto(*role, name.organization);
    return absl::OkStatus();
  }
  const v1::Role* role = organization->access->FindRole(name.role);
  if (role == nullptr) return NoSuch(v1::ERROR_REASON_ROLE_NOT_FOUND, "role", request.name());
  *response->mutable_role() = *role;
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListRolesRequest& request,
                               v1::ListRolesResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       OrganizationOfParent(*view, request));
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  CatalogAccess::ById<v1::Role> roles = organization->access->roles;
  for (const PredefinedRole& role : PredefinedRoles()) {
    roles[std::string(role.id)] = std::make_shared<const v1::Role>(ToProto(role, organization->id));
  }
  DNC_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                       PageOfThose(roles, page, filter, [&](const v1::Role& role) {
                         *response->add_roles() = role;
                         return true;
                       }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetRoleBindingRequest& request,
                              v1::GetRoleBindingResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseBindingName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  const v1::RoleBinding* binding = organization->access->FindBinding(name.binding);
  if (binding == nullptr) {
    return NoSuch(v1::ERROR_REASON_BINDING_NOT_FOUND, "binding", request.name());
  }
  *response->mutable_binding() = *binding;
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListRoleBindingsRequest& request,
                               v1::ListRoleBindingsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       OrganizationOfParent(*view, request));
  if (!request.principal().empty()) {
    DNC_RETURN_IF_ERROR(ValidatePrincipal(request.principal(), "principal"));
  }
  if (!request.group().empty()) {
    DNC_RETURN_IF_ERROR(ParseGroupName(request.group(), "group").status());
  }
  if (!request.role().empty()) {
    DNC_RETURN_IF_ERROR(ParseRoleName(request.role(), "role").status());
  }
  if (!request.scope().empty() && !ScopeCovers(request.parent(), request.scope())) {
    return InvalidField("scope",
                        absl::StrCat("name ", request.parent(), ", or a workflow or status of it"));
  }
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  const CatalogAccess& access = *organization->access;
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      PageOfThose(access.bindings, page, filter, [&](const v1::RoleBinding& binding) {
        if (!Matches(request, access, binding)) return false;
        *response->add_bindings() = binding;
        return true;
      }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::ListPermissionsRequest& /*request*/,
                              v1::ListPermissionsResponse* response) const {
  for (const PermissionRow& row : Permissions()) {
    v1::Permission* permission = response->add_permissions();
    permission->set_name(std::string(row.name));
    permission->set_description(std::string(row.description));
    permission->set_server_wide(row.server_wide);
    for (const PredefinedRole& role : PredefinedRoles()) {
      if ((role.permissions & SetOf(row.name)) == 0) continue;
      permission->add_predefined_roles(std::string(role.id));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetGroupRequest& request,
                              v1::GetGroupResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseGroupName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  const v1::Group* group = organization->access->FindGroup(name.group);
  if (group == nullptr) {
    return NoSuch(v1::ERROR_REASON_GROUP_NOT_FOUND, "group", request.name());
  }
  *response->mutable_group() = *group;
  DescribeGroup(*organization, /*with_actions=*/true, response->mutable_group());
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListGroupsRequest& request,
                               v1::ListGroupsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       OrganizationOfParent(*view, request));
  if (!request.member().empty()) {
    DNC_RETURN_IF_ERROR(ValidatePrincipal(request.member(), "member"));
  }
  if (!request.workflow().empty()) {
    DNC_RETURN_IF_ERROR(ParseWorkflowName(request.workflow(), "workflow").status());
  }
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      PageOfThose(organization->access->groups, page, filter, [&](const v1::Group& held) {
        v1::Group group = held;
        DescribeGroup(*organization, /*with_actions=*/false, &group);
        if (!Matches(request, group)) return false;
        *response->add_groups() = std::move(group);
        return true;
      }));
  return absl::OkStatus();
}

}  // namespace dnc
