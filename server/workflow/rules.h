// Rules about workflows that are judged against the catalog. Pure.
#ifndef DNC_SERVER_WORKFLOW_RULES_H_
#define DNC_SERVER_WORKFLOW_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/catalog/catalog.h"

namespace dnc {

// Whether one of its operations adds to a DNC list.
bool HasDncOperation(const v1::Action& action);
// Whether one of them removes restrictions.
bool HasReconsentOperation(const v1::Action& action);

// WORKFLOW_ARCHIVED, WORKFLOW_DISABLED unless the workflow takes leads. `field` may be empty.
absl::Status CheckWorkflowEnabled(const v1::Workflow& workflow, absl::string_view field);

// The status that a move names: must exist, be enabled and belong to the record type.
// STATUS_NOT_FOUND, STATUS_DISABLED, STATUS_ARCHIVED, WORKFLOW_DISABLED, WORKFLOW_ARCHIVED,
// RECORD_TYPE_MISMATCH.
absl::StatusOr<const CatalogStatus*> FindMoveTarget(const CatalogOrganization& organization,
                                                    const std::string& status_name,
                                                    const std::string& record_type,
                                                    absl::string_view field);

// What an action refers to must exist when it is saved at `now`: lists are internal ones, moves
// stay within the record type and, unless the action is disabled, lead where leads are taken; times
// lie ahead.
absl::Status CheckReferences(const CatalogOrganization& organization,
                             const std::string& record_type, const v1::Action& action,
                             UnixMicros now, absl::string_view field);

// INVALID_FIELD where the restriction of a status that is saved at `now` has ended already. `field`
// is where the request has the status.
absl::Status CheckRestrictionAhead(const v1::Status& status, UnixMicros now,
                                   absl::string_view field);

// Whether `after` puts leads on every DNC list that `before` does: as many channels, for at least
// as long, contact points included, and not disabled where `before` was not.
bool KeepsDnc(const v1::Action& before, const v1::Action& after);

// DNC_OPERATION_DROPPED unless `after` (null: deleted) keeps what `before` does.
absl::Status CheckKeepsDnc(const v1::Action& before, const v1::Action* after, bool allow);

// RESTRICTION_LIFTED where leads in the status could be contacted as they could not before: `after`
// (null: none) has fewer channels than the status's restriction, or ends sooner.
absl::Status CheckKeepsRestriction(const v1::Status& before, const v1::ContactRestriction* after,
                                   bool allow);

// RESTRICTION_LIFTED where a lead that is in `held` (null: in one that nobody knows) since `since`
// could be contacted in `target`, since `target_since`, as it cannot be now.
absl::Status CheckMoveKeepsRestriction(const CatalogStatus* held, UnixMicros since,
                                       const CatalogStatus& target, UnixMicros target_since,
                                       UnixMicros now);

// Whether its restriction is not meant to lift by itself: it has no end, or the status is one of
// DEAD leads.
bool RestrictsLastingly(const v1::Status& status);

// Whether the action moves leads of `status`, which restricts lastingly, to where contact is
// restricted less or not lastingly.
bool LiftsRestriction(const CatalogOrganization& organization, const v1::Status& status,
                      const v1::Action& action);

// Whether both restrict contact in the same way.
bool SameRestriction(const v1::Status& a, const v1::Status& b);

// Whether two actions are the same but for name, etag and origin.
bool SameContent(const v1::Action& a, const v1::Action& b);

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_RULES_H_
