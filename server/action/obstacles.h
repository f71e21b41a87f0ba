// What stands between a user and an action. Pure: ApplyAction refuses by it and
// ListAvailableActions answers from it, so that the two cannot disagree.
#ifndef DNC_SERVER_ACTION_OBSTACLES_H_
#define DNC_SERVER_ACTION_OBSTACLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/action.pb.h"
#include "server/catalog/catalog.h"
#include "storage/base/clock.h"

namespace dnc {

// Who is to perform the action.
struct ActionUser {
  std::string principal;
  bool administrator = false;  // of the server
  bool may_apply = false;      // has actions.apply for the action
  bool may_reconsent = false;  // has actions.reconsent for it
};

// The user as the bindings say, for an action or status.
ActionUser UserOf(const CatalogOrganization& organization, const std::string& principal,
                  bool administrator, absl::string_view resource);

struct ActionLead {
  std::string record_type;
  uint32_t status = 0;  // its number
};

struct ActionSituation {
  const CatalogOrganization& organization;
  const CatalogStatus& status;  // the action's
  const v1::Action& action;
  ActionUser user;
  std::optional<ActionLead> lead;  // none: whatever lead of the status
  bool has_evidence = false;
  UnixMicros now = 0;
};

struct Obstacle {
  v1::ActionObstacle::Kind kind;
  v1::ActionObstacle::Extent extent;
  std::string object;
  absl::Status status;  // what ApplyAction refuses or reports it as
  // It is about a status to which the action moves leads, and concerns no other operation.
  bool of_target = false;
};

// Every one, those that refuse the action first, then those that refuse a part of it, conditions
// and warnings.
std::vector<Obstacle> FindObstacles(const ActionSituation& situation);

// The first of that extent; null: there is none.
const Obstacle* FirstOf(const std::vector<Obstacle>& obstacles, v1::ActionObstacle::Extent extent);

v1::ActionObstacle ToProto(const Obstacle& obstacle);

// Whether an addition has ended before it could begin.
bool HasExpired(const v1::AddToDncList& operation, UnixMicros now);
// OPERATION_EXPIRED: all of the action was meant until `end`.
absl::Status OperationExpired(const v1::Action& action, const google::protobuf::Timestamp& end);
// Whether it is performed only with evidence: re-consent never is without, nor is an opt-out whose
// action asks for it.
bool NeedsEvidence(const v1::Action& action);

}  // namespace dnc

#endif  // DNC_SERVER_ACTION_OBSTACLES_H_
