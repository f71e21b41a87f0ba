// Resource names (https://google.aip.dev/122): organizations/acme/workflows/sales/statuses/new.
#ifndef DNC_SERVER_NAME_RESOURCE_NAME_H_
#define DNC_SERVER_NAME_RESOURCE_NAME_H_

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

// The parts of a name. Parts that a kind of name does not have are empty.
struct ResourceName {
  std::string organization;
  std::string workflow;
  std::string status;
  std::string action;
  std::string lead;
  std::string list;
  std::string entry;
  std::string review;
  std::string role;
  std::string binding;
  std::string group;
  std::string template_id;
};

// Parse a name of one kind out of `field`. REQUIRED_FIELD_MISSING where it is empty, INVALID_FIELD
// where it has another shape; both show the right one.
absl::StatusOr<ResourceName> ParseOrganizationName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseWorkflowName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseStatusName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseActionName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseLeadName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseListName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseEntryName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseReviewName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseRoleName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseBindingName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseGroupName(absl::string_view name, absl::string_view field);
absl::StatusOr<ResourceName> ParseTemplateName(absl::string_view name, absl::string_view field);

// The same without copies, for checks: the parts are views into `name`.
struct LeadIds {
  absl::string_view organization;
  absl::string_view lead;
};
absl::StatusOr<absl::string_view> OrganizationIdOf(absl::string_view name, absl::string_view field);
absl::StatusOr<LeadIds> LeadIdsOf(absl::string_view name, absl::string_view field);

// Names in pieces, for those who write many of them; views of the ids.
using NameParts = std::array<absl::string_view, 4>;
NameParts LeadNameParts(absl::string_view organization, absl::string_view lead);
NameParts EntryNameParts(absl::string_view organization, absl::string_view entry);

std::string OrganizationName(absl::string_view organization);
std::string WorkflowName(absl::string_view organization, absl::string_view workflow);
std::string StatusName(absl::string_view organization, absl::string_view workflow,
                       absl::string_view status);
std::string LeadName(absl::string_view organization, absl::string_view lead);
std::string ListName(absl::string_view organization, absl::string_view list);
std::string EntryName(absl::string_view organization, absl::string_view entry);
std::string OptOutName(absl::string_view organization, absl::string_view opt_out);
std::string ReviewName(absl::string_view organization, absl::string_view review);
std::string RoleName(absl::string_view organization, absl::string_view role);
std::string BindingName(absl::string_view organization, absl::string_view binding);
std::string GroupName(absl::string_view organization, absl::string_view group);
std::string TemplateName(absl::string_view organization, absl::string_view template_id);
// `status_name` is a whole name.
std::string ActionName(absl::string_view status_name, absl::string_view action);

// The part after the last '/', or all of it.
absl::string_view LastPart(absl::string_view name);

// INVALID_FIELD unless `id` is 1 to 63 of a-z, 0-9, '-' and '_', starting with a letter.
absl::Status ValidateId(absl::string_view id, absl::string_view field);
// INVALID_FIELD unless `id` is 1 to 128 of letters, digits and - _ . : @ +.
absl::Status ValidateLeadId(absl::string_view id, absl::string_view field);
bool IsLeadId(absl::string_view id);
// INVALID_FIELD unless `id` is 1 to 128 of letters, digits and - _ . : @ + /, as callers are named.
absl::Status ValidatePrincipal(absl::string_view id, absl::string_view field);
bool IsPrincipal(absl::string_view id);

}  // namespace dnc

#endif  // DNC_SERVER_NAME_RESOURCE_NAME_H_
