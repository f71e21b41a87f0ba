// Requests about roles, bindings and groups.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/auth/permissions.h"
#include "server/handler/preparer_parts.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using storage::v1::Mutation;
using IdList = google::protobuf::RepeatedPtrField<std::string>;

constexpr size_t kMaxRoleDescription = 1024;
constexpr int kMaxRolePermissions = 100;
constexpr size_t kMaxRolePermissionName = 64;
constexpr int kMaxGroupMembers = 1000;
constexpr int kMaxGroupWorkflows = 100;

absl::Status CheckPermissionName(const std::string& permission, absl::string_view field) {
  for (const PermissionRow& row : Permissions()) {
    if (row.name != permission) continue;
    if (!row.server_wide) return absl::OkStatus();
    return InvalidField(
        field, absl::StrCat(permission, " is about the whole server, and no role can have it"));
  }
  DNC_RETURN_IF_ERROR(CheckText(permission, kMaxRolePermissionName, field));
  return InvalidField(
      field, absl::StrCat("there is no permission \"", permission,
                          "\"; ListPermissions (dncctl permissions list) names all of them"));
}

// Known ones, none twice; sorted.
absl::Status ShapeRole(const std::string& name, v1::Role* role) {
  DNC_RETURN_IF_ERROR(CheckText(role->display_name(), kMaxDisplayName, "role.display_name"));
  DNC_RETURN_IF_ERROR(CheckText(role->description(), kMaxRoleDescription, "role.description"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(role->etag(), "role.etag"));
  DNC_RETURN_IF_ERROR(
      CheckCount("role.permissions", role->permissions_size(), kMaxRolePermissions));
  std::set<std::string> seen;
  for (int i = 0; i < role->permissions_size(); ++i) {
    const std::string field = absl::StrCat("role.permissions[", i, "]");
    DNC_RETURN_IF_ERROR(CheckPermissionName(role->permissions(i), field));
    if (!seen.insert(role->permissions(i)).second) {
      return InvalidField(field, absl::StrCat(role->permissions(i), " stands there twice"));
    }
  }
  std::sort(role->mutable_permissions()->begin(), role->mutable_permissions()->end());
  role->set_name(name);
  role->clear_predefined();
  role->clear_create_time();
  return absl::OkStatus();
}

absl::Status CheckOwnRole(absl::string_view role, absl::string_view field) {
  if (FindPredefinedRole(role) == nullptr) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(role,
                                          " is predefined and cannot be changed; create a role of "
                                          "your own with the permissions wanted"));
}

absl::Status BelongsTo(const std::string& wanted, const std::string& found,
                       absl::string_view field) {
  if (wanted == found) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("must belong to ", OrganizationName(wanted)));
}

// One of the organization, a workflow or a status of it.
absl::Status ShapeBindingScope(const std::string& organization, std::string* scope) {
  constexpr absl::string_view kField = "binding.scope";
  if (scope->empty()) *scope = OrganizationName(organization);
  for (auto* parse : {&ParseOrganizationName, &ParseWorkflowName, &ParseStatusName}) {
    const absl::StatusOr<ResourceName> name = (*parse)(*scope, kField);
    if (name.ok()) return BelongsTo(organization, name->organization, kField);
  }
  return InvalidField(kField, "name the organization, or a workflow or status of it");
}

absl::Status ShapeBinding(const std::string& organization, v1::RoleBinding* binding) {
  DNC_ASSIGN_OR_RETURN(const ResourceName role, ParseRoleName(binding->role(), "binding.role"));
  DNC_RETURN_IF_ERROR(BelongsTo(organization, role.organization, "binding.role"));
  if (binding->has_group()) {
    DNC_ASSIGN_OR_RETURN(const ResourceName group,
                         ParseGroupName(binding->group(), "binding.group"));
    DNC_RETURN_IF_ERROR(BelongsTo(organization, group.organization, "binding.group"));
  } else {
    DNC_RETURN_IF_ERROR(ValidatePrincipal(binding->principal(), "binding.principal"));
  }
  binding->clear_create_time();
  binding->clear_etag();
  return ShapeBindingScope(organization, binding->mutable_scope());
}

absl::Status CheckMembers(const IdList& members, absl::string_view field) {
  DNC_RETURN_IF_ERROR(CheckCount(field, members.size(), kMaxGroupMembers));
  std::set<absl::string_view> seen;
  for (int i = 0; i < members.size(); ++i) {
    const std::string item = absl::StrCat(field, "[", i, "]");
    DNC_RETURN_IF_ERROR(ValidatePrincipal(members[i], item));
    if (!seen.insert(members[i]).second) {
      return InvalidField(item, absl::StrCat(members[i], " stands there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckBoundWorkflow(const std::string& organization, const std::string& name,
                                absl::string_view field, std::set<std::string>* seen) {
  DNC_ASSIGN_OR_RETURN(const ResourceName parsed, ParseWorkflowName(name, field));
  DNC_RETURN_IF_ERROR(BelongsTo(organization, parsed.organization, field));
  if (seen->insert(name).second) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(name, " stands there twice"));
}

absl::Status CheckBoundWorkflows(const std::string& organization, const IdList& names,
                                 absl::string_view field) {
  DNC_RETURN_IF_ERROR(CheckCount(field, names.size(), kMaxGroupWorkflows));
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    DNC_RETURN_IF_ERROR(
        CheckBoundWorkflow(organization, names[i], absl::StrCat(field, "[", i, "]"), &seen));
  }
  return absl::OkStatus();
}

// Nothing is both added and removed.
absl::Status CheckApart(const IdList& added, const IdList& removed, absl::string_view field) {
  for (int i = 0; i < removed.size(); ++i) {
    if (std::find(added.begin(), added.end(), removed[i]) == added.end()) continue;
    return InvalidField(absl::StrCat(field, "[", i, "]"), "is to be added as well");
  }
  return absl::OkStatus();
}

absl::Status ShapeGroup(const std::string& organization, const std::string& name,
                        v1::Group* group) {
  DNC_RETURN_IF_ERROR(CheckText(group->display_name(), kMaxDisplayName, "group.display_name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(group->etag(), "group.etag"));
  DNC_RETURN_IF_ERROR(CheckMembers(group->members(), "group.members"));
  DNC_RETURN_IF_ERROR(CheckCount("group.workflows", group->workflows_size(), kMaxGroupWorkflows));
  std::set<std::string> seen;
  v1::Group shaped;
  shaped.set_name(name);
  shaped.set_display_name(group->display_name());
  *shaped.mutable_members() = group->members();
  std::sort(shaped.mutable_members()->begin(), shaped.mutable_members()->end());
  for (int i = 0; i < group->workflows_size(); ++i) {
    const std::string& workflow = group->workflows(i).workflow();
    DNC_RETURN_IF_ERROR(CheckBoundWorkflow(
        organization, workflow, absl::StrCat("group.workflows[", i, "].workflow"), &seen));
    shaped.add_workflows()->set_workflow(workflow);
  }
  *group = std::move(shaped);
  return absl::OkStatus();
}

}  // namespace

Preparer::Result Preparer::Prepare(const v1::CreateRoleRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.role_id(), "role_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateRoleRequest* body = mutation.mutable_create_role();
  *body = request;
  DNC_RETURN_IF_ERROR(
      ShapeRole(RoleName(parent.organization, request.role_id()), body->mutable_role()));
  body->mutable_role()->clear_etag();
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateRoleRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseRoleName(request.role().name(), "role.name"));
  DNC_RETURN_IF_ERROR(CheckOwnRole(name.role, "role.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateRoleRequest* body = mutation.mutable_update_role();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeRole(request.role().name(), body->mutable_role()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::DeleteRoleRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseRoleName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckOwnRole(name.role, "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_delete_role() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::CreateRoleBindingRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.binding_id(), "binding_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateRoleBindingRequest* body = mutation.mutable_create_role_binding();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeBinding(parent.organization, body->mutable_binding()));
  body->mutable_binding()->set_name(BindingName(parent.organization, request.binding_id()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::DeleteRoleBindingRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseBindingName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_delete_role_binding() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::CreateGroupRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.group_id(), "group_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateGroupRequest* body = mutation.mutable_create_group();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeGroup(parent.organization,
                                 GroupName(parent.organization, request.group_id()),
                                 body->mutable_group()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateGroupRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseGroupName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_RETURN_IF_ERROR(CheckText(request.display_name(), kMaxDisplayName, "display_name"));
  DNC_RETURN_IF_ERROR(CheckMembers(request.add_members(), "add_members"));
  DNC_RETURN_IF_ERROR(CheckMembers(request.remove_members(), "remove_members"));
  DNC_RETURN_IF_ERROR(
      CheckApart(request.add_members(), request.remove_members(), "remove_members"));
  DNC_RETURN_IF_ERROR(
      CheckBoundWorkflows(name.organization, request.add_workflows(), "add_workflows"));
  DNC_RETURN_IF_ERROR(
      CheckBoundWorkflows(name.organization, request.remove_workflows(), "remove_workflows"));
  DNC_RETURN_IF_ERROR(
      CheckApart(request.add_workflows(), request.remove_workflows(), "remove_workflows"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_update_group() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::DeleteGroupRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseGroupName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_delete_group() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::SyncGroupRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseGroupName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckBoundWorkflows(name.organization, request.workflows(), "workflows"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.workflow_etag(), "workflow_etag"));
  if (!request.workflow_etag().empty() && request.workflows_size() != 1) {
    return InvalidField("workflow_etag", "names the version of one workflow; name exactly one");
  }
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_sync_group() = request;
  return Finish(std::move(mutation), request);
}

}  // namespace dnc
