// Roles and groups that statuses and actions name. Pure.
#ifndef DNC_SERVER_WORKFLOW_NAMED_ACCESS_H_
#define DNC_SERVER_WORKFLOW_NAMED_ACCESS_H_

#include <string>

#include "absl/status/status.h"
#include "server/catalog/catalog.h"

namespace dnc {

// ROLE_NOT_FOUND, GROUP_NOT_FOUND for who may see the status, and who may use those of its actions
// that have the etag `saved`. Others are as they were, and what they name cannot be deleted.
absl::Status CheckNamedAccess(const CatalogOrganization& organization, const v1::Status& status,
                              const std::string& saved);

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_NAMED_ACCESS_H_
