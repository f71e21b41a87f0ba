// What stands between users and the actions of a status, as findings. Pure.
#ifndef DNC_SERVER_DIAGNOSE_OBSTACLE_FINDINGS_H_
#define DNC_SERVER_DIAGNOSE_OBSTACLE_FINDINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/action/obstacles.h"
#include "server/catalog/catalog.h"
#include "server/diagnose/findings.h"

namespace dnc {

// An obstacle to `action`. `lead`: the lead's name; empty: none is named.
v1::Finding FindingOf(const Obstacle& obstacle, const v1::Action& action, absl::string_view lead);

// Whether a screen would offer the action: nothing refuses it or a part of it.
bool IsOffered(const std::vector<Obstacle>& obstacles);

v1::Finding HiddenStatus(const v1::Status& status, absl::string_view user);

// Whether the user has any role in the organization, or below it.
bool HasAnyRole(const CatalogOrganization& organization, absl::string_view user);
v1::Finding NoRole(const CatalogOrganization& organization, absl::string_view user);

v1::Finding StatusWithoutDncAction(const v1::Status& status);
v1::Finding ActionWithoutDncOperation(const v1::Action& action);
v1::Finding NoSuchAction(const v1::Status& status, absl::string_view action_id);

// An action that is there for Do Not Contact, whether it does it or not.
bool IsMeantForDnc(const v1::Action& action);

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_OBSTACLE_FINDINGS_H_
