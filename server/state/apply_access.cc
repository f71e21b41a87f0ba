// Roles and their bindings.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/state/access_edits.h"
#include "server/state/apply.h"
#include "server/state/workflow_edits.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::BindingRecord;
using storage::v1::RoleRecord;

void PutRole(Txn& txn, uint32_t organization, const v1::Role& role) {
  const std::string id(LastPart(role.name()));
  RoleRecord record;
  *record.mutable_role() = role;
  txn.Write(Family::kConfig, keys::Role(organization, id), record);
  CatalogAccess& access = txn.EditAccess();
  access.roles[id] = std::make_shared<const v1::Role>(role);
  access.Index();
}

absl::StatusOr<const v1::Role*> FindOwnRole(const CatalogAccess& access, const std::string& name) {
  const v1::Role* role = access.FindRole(LastPart(name));
  if (role != nullptr) return role;
  return DoesNotExist(v1::ERROR_REASON_ROLE_NOT_FOUND, "role", name);
}

// What a role of the organization permits, predefined ones too.
absl::StatusOr<PermissionSet> PermissionsOfRole(const CatalogAccess& access,
                                                const std::string& name) {
  const PredefinedRole* predefined = FindPredefinedRole(LastPart(name));
  if (predefined != nullptr) return predefined->permissions;
  DNC_ASSIGN_OR_RETURN(const v1::Role* role, FindOwnRole(access, name));
  return SetOf(*role);
}

// The organization, or a workflow or status of it that exists.
absl::Status CheckScope(const CatalogOrganization& organization, const std::string& scope) {
  if (scope == OrganizationName(organization.id)) return absl::OkStatus();
  if (const auto status = ParseStatusName(scope, "binding.scope"); status.ok()) {
    if (organization.FindStatus(status->workflow, status->status) != nullptr) {
      return absl::OkStatus();
    }
    return WithField(DoesNotExist(v1::ERROR_REASON_STATUS_NOT_FOUND, "status", scope),
                     "binding.scope");
  }
  DNC_ASSIGN_OR_RETURN(const ResourceName workflow, ParseWorkflowName(scope, "binding.scope"));
  if (organization.FindWorkflow(workflow.workflow) != nullptr) return absl::OkStatus();
  return WithField(DoesNotExist(v1::ERROR_REASON_WORKFLOW_NOT_FOUND, "workflow", scope),
                   "binding.scope");
}

}  // namespace

absl::Status Apply(const v1::CreateRoleRequest& request, Txn& txn,
                   v1::CreateRoleResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const CatalogAccess& access = *organization->access;
  v1::Role role = request.role();
  const bool taken = FindPredefinedRole(request.role_id()) != nullptr ||
                     access.FindRole(request.role_id()) != nullptr;
  if (taken) return ExistsAlready(role.name());
  DNC_RETURN_IF_ERROR(CheckRoom("role_id", access.roles.size(), kMaxRoles));
  DNC_RETURN_IF_ERROR(
      CheckMayGrant(txn, access, SetOf(role), OrganizationName(organization->id), role.name()));
  if (role.display_name().empty()) role.set_display_name(request.role_id());
  role.set_etag(txn.etag());
  *role.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  PutRole(txn, organization->number(), role);
  *response->mutable_role() = std::move(role);
  return absl::OkStatus();
}

absl::Status Apply(const v1::UpdateRoleRequest& request, Txn& txn,
                   v1::UpdateRoleResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const CatalogAccess& access = *organization->access;
  v1::Role role = request.role();
  DNC_ASSIGN_OR_RETURN(const v1::Role* held, FindOwnRole(access, role.name()));
  DNC_RETURN_IF_ERROR(CheckEtag(role.name(), role.etag(), held->etag()));
  DNC_RETURN_IF_ERROR(CheckMayGrant(txn, access, SetOf(role) & ~SetOf(*held),
                                    OrganizationName(organization->id), role.name()));
  if (role.display_name().empty()) role.set_display_name(held->display_name());
  if (role.description().empty()) role.set_description(held->description());
  role.set_etag(txn.etag());
  *role.mutable_create_time() = held->create_time();
  PutRole(txn, organization->number(), role);
  *response->mutable_role() = std::move(role);
  return absl::OkStatus();
}

absl::Status Apply(const v1::DeleteRoleRequest& request, Txn& txn,
                   v1::DeleteRoleResponse* /*response*/) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const v1::Role* held, FindOwnRole(*organization->access, request.name()));
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), held->etag()));
  const std::string id(LastPart(request.name()));
  std::string user = FindBindingOf(*organization->access, [&](const v1::RoleBinding& binding) {
    return binding.role() == request.name();
  });
  if (user.empty()) user = UserOfRole(*organization, id);
  if (!user.empty()) return StillInUse(request.name(), user);
  txn.Delete(Family::kConfig, keys::Role(organization->number(), id));
  CatalogAccess& access = txn.EditAccess();
  access.roles.erase(id);
  access.Index();
  return absl::OkStatus();
}

absl::Status Apply(const v1::CreateRoleBindingRequest& request, Txn& txn,
                   v1::CreateRoleBindingResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const CatalogAccess& access = *organization->access;
  v1::RoleBinding binding = request.binding();
  if (access.FindBinding(request.binding_id()) != nullptr) return ExistsAlready(binding.name());
  DNC_RETURN_IF_ERROR(CheckRoom("binding_id", access.bindings.size(), kMaxBindings));
  const auto permissions = PermissionsOfRole(access, binding.role());
  if (!permissions.ok()) return WithField(permissions.status(), "binding.role");
  if (binding.has_group() && access.FindGroup(LastPart(binding.group())) == nullptr) {
    return WithField(DoesNotExist(v1::ERROR_REASON_GROUP_NOT_FOUND, "group", binding.group()),
                     "binding.group");
  }
  DNC_RETURN_IF_ERROR(CheckScope(*organization, binding.scope()));
  DNC_RETURN_IF_ERROR(CheckMayGrant(txn, access, *permissions, binding.scope(), binding.role()));
  binding.set_etag(txn.etag());
  *binding.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  BindingRecord record;
  *record.mutable_binding() = binding;
  txn.Write(Family::kConfig, keys::Binding(organization->number(), request.binding_id()), record);
  CatalogAccess& edited = txn.EditAccess();
  edited.bindings[request.binding_id()] = std::make_shared<const v1::RoleBinding>(binding);
  edited.Index();
  *response->mutable_binding() = std::move(binding);
  return absl::OkStatus();
}

absl::Status Apply(const v1::DeleteRoleBindingRequest& request, Txn& txn,
                   v1::DeleteRoleBindingResponse* /*response*/) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const std::string id(LastPart(request.name()));
  const v1::RoleBinding* held = organization->access->FindBinding(id);
  if (held == nullptr) {
    return DoesNotExist(v1::ERROR_REASON_BINDING_NOT_FOUND, "binding", request.name());
  }
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), held->etag()));
  const size_t administrators = organization->access->CountAdministrators();
  txn.Delete(Family::kConfig, keys::Binding(organization->number(), id));
  CatalogAccess& access = txn.EditAccess();
  access.bindings.erase(id);
  access.Index();
  return CheckKeepsAdministrator(txn, administrators);
}

}  // namespace dnc
