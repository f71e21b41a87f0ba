// Requests that create organizations and change their settings.
#include <string>
#include <utility>

#include "server/contact/phone.h"
#include "server/handler/preparer_parts.h"
#include "server/name/resource_name.h"
#include "server/optout/policy.h"

namespace dnc {
namespace {

using storage::v1::Mutation;

// Takes out what only the server sets, and judges what is set.
absl::Status ShapeOrganization(v1::Organization* organization) {
  organization->clear_create_time();
  DNC_RETURN_IF_ERROR(
      CheckText(organization->display_name(), kMaxDisplayName, "organization.display_name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(organization->etag(), "organization.etag"));
  if (!organization->default_region().empty() && !IsKnownRegion(organization->default_region())) {
    return InvalidField("organization.default_region",
                        "not an ISO 3166-1 alpha-2 region such as \"US\"");
  }
  if (organization->has_dnc_action_naming()) {
    DNC_RETURN_IF_ERROR(
        ShapeNaming("organization.dnc_action_naming", organization->mutable_dnc_action_naming()));
  }
  if (!v1::OutdatedGroupPolicy_IsValid(organization->outdated_group_policy())) {
    return InvalidField("organization.outdated_group_policy", "use WARN or BLOCK");
  }
  if (!organization->has_opt_out_policy()) return absl::OkStatus();
  return ShapeOptOutPolicy("organization.opt_out_policy", organization->mutable_opt_out_policy());
}

}  // namespace

Preparer::Result Preparer::Prepare(const v1::CreateOrganizationRequest& request,
                                   const Principal& caller) const {
  DNC_RETURN_IF_ERROR(ValidateId(request.organization_id(), "organization_id"));
  if (request.organization_id().find('_') != std::string::npos) {
    return InvalidField("organization_id", "an organization's id has no '_'");
  }
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, kGlobalOrganization, caller, false));
  v1::CreateOrganizationRequest* body = mutation.mutable_create_organization();
  *body = request;
  v1::Organization* content = body->mutable_organization();
  content->clear_name();
  content->clear_etag();
  DNC_RETURN_IF_ERROR(ShapeOrganization(content));
  if (content->default_region().empty()) content->set_default_region("US");
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateOrganizationRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseOrganizationName(request.organization().name(), "organization.name"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(name.organization, "organization.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateOrganizationRequest* body = mutation.mutable_update_organization();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeOrganization(body->mutable_organization()));
  return Finish(std::move(mutation), *body);
}

}  // namespace dnc
