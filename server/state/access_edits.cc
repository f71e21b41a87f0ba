#include "server/state/access_edits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

bool Names(const google::protobuf::RepeatedPtrField<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// The name of the first status or action that `status_has` or `action_has` finds.
std::string FindUser(const CatalogOrganization& organization,
                     absl::FunctionRef<bool(const v1::Status&)> status_has,
                     absl::FunctionRef<bool(const v1::Action&)> action_has) {
  for (const auto& [id, workflow] : organization.workflows) {
    for (const auto& [status_id, status] : workflow->statuses) {
      if (status_has(status->proto())) return status->proto().name();
      for (const v1::Action& action : status->proto().actions()) {
        if (action_has(action)) return action.name();
      }
    }
  }
  return "";
}

}  // namespace

absl::Status CheckMayGrant(const Txn& txn, const CatalogAccess& access, PermissionSet permissions,
                           const std::string& scope, const std::string& role) {
  if (txn.mutation().principal_is_administrator()) return absl::OkStatus();
  const std::string& caller = txn.mutation().principal();
  const PermissionSet missing = permissions & ~access.PermissionsOf(caller, scope);
  if (missing == 0) return absl::OkStatus();
  const std::string permission(NamesOf(missing).front());
  return MakeError(
      v1::ERROR_REASON_GRANT_EXCEEDS_OWN,
      absl::StrCat(caller, " cannot grant ", permission, " in ", scope,
                   ", which they do not have there themselves; ask somebody who has it"),
      {{"permission", permission}, {"scope", scope}, {"role", role}});
}

absl::Status CheckKeepsAdministrator(const Txn& txn, size_t before) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  if (before == 0 || organization->access->CountAdministrators() > 0) return absl::OkStatus();
  const std::string name = OrganizationName(organization->id);
  return MakeError(v1::ERROR_REASON_LAST_ADMINISTRATOR,
                   absl::StrCat("nobody would be left with the role administrator in ", name,
                                "; give it to somebody else first"),
                   {{"organization", name}});
}

absl::Status CheckRoom(absl::string_view field, size_t count, size_t limit) {
  if (count < limit) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat(field, ": the organization has ", count, " already, at most ",
                                limit, " are taken; delete one first"),
                   {{"field", std::string(field)},
                    {"limit", absl::StrCat(limit)},
                    {"actual", absl::StrCat(count + 1)}});
}

absl::Status ExistsAlready(const std::string& name) {
  return MakeError(v1::ERROR_REASON_ALREADY_EXISTS, absl::StrCat(name, " exists already"),
                   {{"name", name}});
}

absl::Status DoesNotExist(v1::ErrorReason reason, absl::string_view kind, const std::string& name) {
  return MakeError(reason, absl::StrCat(name, " does not exist"), {{kind, name}});
}

absl::Status StillInUse(const std::string& name, const std::string& used_by) {
  return MakeError(v1::ERROR_REASON_STILL_IN_USE,
                   absl::StrCat(name, " is named by ", used_by, "; change that first"),
                   {{"name", name}, {"used_by", used_by}});
}

std::string UserOfRole(const CatalogOrganization& organization, const std::string& role) {
  return FindUser(
      organization,
      [&](const v1::Status& status) { return Names(status.visible_to_roles(), role); },
      [&](const v1::Action& action) { return Names(action.roles(), role); });
}

std::string UserOfGroup(const CatalogOrganization& organization, const std::string& group) {
  return FindUser(
      organization, [](const v1::Status&) { return false; },
      [&](const v1::Action& action) { return Names(action.groups(), group); });
}

std::string FindBindingOf(const CatalogAccess& access,
                          absl::FunctionRef<bool(const v1::RoleBinding&)> matches) {
  for (const auto& [id, binding] : access.bindings) {
    if (matches(*binding)) return binding->name();
  }
  return "";
}

}  // namespace dnc
