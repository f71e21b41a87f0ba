// Steps that creating and reconciling workflows share: each writes the catalog and the store.
#ifndef DNC_SERVER_STATE_WORKFLOW_EDITS_H_
#define DNC_SERVER_STATE_WORKFLOW_EDITS_H_

#include <string>

#include "server/state/txn.h"
#include "server/workflow/naming.h"

namespace dnc {

// A new organization, with the list `internal` that every one has.
void AddOrganization(Txn& txn, CatalogOrganization organization);

// A new list with that content; its name is whole, and no list has it. Returns it as it is kept.
v1::DncList AddList(Txn& txn, v1::DncList content);

// ETAG_MISMATCH unless `given` is empty or the one held.
absl::Status CheckEtag(const std::string& name, const std::string& given, const std::string& held);

// How the actions that a mutation saves are judged and warned of.
struct ActionJudge {
  const NamingRule naming;
  NamingViolations* const warnings;

  ActionJudge(const CatalogOrganization& organization, NamingViolations* warnings)
      : naming(organization.record.organization().dnc_action_naming()), warnings(warnings) {}
};

// An action as it is saved: what it refers to exists, its times lie ahead, its name keeps the
// organization's rule, and its operations need no permission that the caller lacks. `field` is
// where the request has it.
absl::Status CheckSavedAction(const Txn& txn, const std::string& record_type,
                              const v1::Action& action, const std::string& field,
                              const ActionJudge& judge);

// The same of those of the status's actions that this mutation saves. `status` is the request's,
// with whole names, and in the catalog already; `field` is where the request has it.
absl::Status CheckSavedActions(const Txn& txn, const std::string& record_type,
                               const v1::Status& status, const std::string& field,
                               const ActionJudge& judge);

// What the mutation made of the statuses that were there `before` opens no way out of a
// restriction: no action that was saved earlier moves leads out of a lasting one as it did not.
// PERMISSION_DENIED unless the caller may re-consent in the action's status.
absl::Status CheckNewExits(const Txn& txn, const CatalogOrganization& before);

// Gives a new status its number and its place at the end of the workflow.
// LIMIT_EXCEEDED of `field`; PERMISSION_DENIED where an action would remove restrictions.
absl::Status AddStatus(Txn& txn, const std::string& workflow_id, const std::string& record_type,
                       v1::Status status, const std::string& field);

// Replaces a status's content, which has the same name; the workflow's etag changes as well.
// LIMIT_EXCEEDED of `field`, which adds actions; PERMISSION_DENIED where one that has the
// mutation's etag would remove restrictions. `held` was there before the mutation.
absl::Status ReplaceStatus(Txn& txn, const std::string& workflow_id, const CatalogStatus& held,
                           v1::Status status, const std::string& field);

// The workflow row alone; statuses are added afterwards, so that moves between them resolve.
void AddWorkflowRow(Txn& txn, v1::Workflow workflow);

// The workflow with its statuses as it is now.
v1::Workflow ReadBack(const Txn& txn, const std::string& workflow_id);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_WORKFLOW_EDITS_H_
