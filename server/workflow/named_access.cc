#include "server/workflow/named_access.h"

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using Ids = google::protobuf::RepeatedPtrField<std::string>;

absl::Status CheckRoles(const CatalogOrganization& organization, const Ids& roles,
                        const std::string& user, absl::string_view field) {
  for (const std::string& role : roles) {
    if (FindPredefinedRole(role) != nullptr || organization.access->FindRole(role) != nullptr) {
      continue;
    }
    const std::string name = RoleName(organization.id, role);
    return MakeError(
        v1::ERROR_REASON_ROLE_NOT_FOUND,
        absl::StrCat(field, ": ", user, " names ", name, ", which does not exist; create it first"),
        {{"role", name}, {"field", std::string(field)}});
  }
  return absl::OkStatus();
}

absl::Status CheckGroups(const CatalogOrganization& organization, const Ids& groups,
                         const std::string& user, absl::string_view field) {
  for (const std::string& group : groups) {
    if (organization.access->FindGroup(group) != nullptr) continue;
    const std::string name = GroupName(organization.id, group);
    return MakeError(
        v1::ERROR_REASON_GROUP_NOT_FOUND,
        absl::StrCat(field, ": ", user, " names ", name, ", which does not exist; create it first"),
        {{"group", name}, {"field", std::string(field)}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNamedAccess(const CatalogOrganization& organization, const v1::Status& status,
                              const std::string& saved) {
  DNC_RETURN_IF_ERROR(CheckRoles(organization, status.visible_to_roles(), status.name(),
                                 "status.visible_to_roles"));
  for (const v1::Action& action : status.actions()) {
    if (action.etag() != saved) continue;
    DNC_RETURN_IF_ERROR(CheckRoles(organization, action.roles(), action.name(), "action.roles"));
    DNC_RETURN_IF_ERROR(CheckGroups(organization, action.groups(), action.name(), "action.groups"));
  }
  return absl::OkStatus();
}

}  // namespace dnc
