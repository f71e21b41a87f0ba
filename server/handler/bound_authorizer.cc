#include "server/handler/bound_authorizer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/auth/permission_denied.h"

namespace dnc {
namespace {

// "acme" of "organizations/acme/leads/ann"; empty where it is no such name.
absl::string_view OrganizationPart(absl::string_view resource) {
  if (!absl::ConsumePrefix(&resource, "organizations/")) return "";
  return resource.substr(0, resource.find('/'));
}

bool IsInWorkflow(absl::string_view resource) { return absl::StrContains(resource, "/workflows/"); }

// What the principal may do with the resource, or anywhere in its organization.
PermissionSet HeldFor(const View& view, absl::string_view principal, absl::string_view resource,
                      bool anywhere) {
  const CatalogOrganization* organization = view.catalog->Find(OrganizationPart(resource));
  if (organization == nullptr) return 0;
  return anywhere ? organization->access->PermissionsAnywhere(principal)
                  : organization->access->PermissionsOf(principal, resource);
}

// Whether the request names something of the organization's workflows as well, which is judged by
// itself.
bool IsNarrowed(absl::string_view resource, Resources resources) {
  if (IsInWorkflow(resource)) return false;
  return std::any_of(resources.begin(), resources.end(), [&](absl::string_view other) {
    return IsInWorkflow(other) && OrganizationPart(other) == OrganizationPart(resource);
  });
}

// OK where the principal has `set`, which has something in it, for all of `resources`.
absl::Status JudgeAll(const View& view, const Principal& principal, absl::string_view permission,
                      PermissionSet set, Scoping scoping, Resources resources) {
  if (resources.empty()) return PermissionDenied(principal.id, permission, "");
  for (const absl::string_view resource : resources) {
    if (scoping == Scoping::kNarrowed && IsNarrowed(resource, resources)) continue;
    const PermissionSet held = HeldFor(view, principal.id, resource, scoping == Scoping::kByAnswer);
    if ((held & set) == set) continue;
    return PermissionDenied(principal.id, permission, resource);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BoundAuthorizer::Authorize(const Principal& principal, absl::string_view method,
                                        Resources resources) const {
  if (principal.administrator) return absl::OkStatus();
  const MethodNeed* need = NeedOf(method);
  if (need == nullptr) return PermissionDenied(principal.id, method, "");
  if (need->permission == nullptr) return absl::OkStatus();
  if (need->set == 0) return PermissionDenied(principal.id, need->permission->name, "");
  const StateMachine::ViewGuard view = state_->Read();
  return JudgeAll(*view, principal, need->permission->name, need->set, need->row->scoping,
                  resources);
}

absl::Status BoundAuthorizer::Require(const Principal& principal, absl::string_view permission,
                                      Resources resources) const {
  if (principal.administrator) return absl::OkStatus();
  const PermissionSet set = SetOf(permission);
  if (set == 0) return PermissionDenied(principal.id, permission, "");
  const StateMachine::ViewGuard view = state_->Read();
  return JudgeAll(*view, principal, permission, set, Scoping::kNarrowed, resources);
}

}  // namespace dnc
