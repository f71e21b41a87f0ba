// Steps that creating and reconciling workflows share: each writes the catalog and the store.
#ifndef DNC_SERVER_STATE_WORKFLOW_EDITS_H_
#define DNC_SERVER_STATE_WORKFLOW_EDITS_H_

#include <string>

#include "server/state/txn.h"

namespace dnc {

// A new organization, with the list `internal` that every one has.
void AddOrganization(Txn& txn, CatalogOrganization organization);

// A new list with that content; its name is whole, and no list has it. Returns it as it is kept.
v1::DncList AddList(Txn& txn, v1::DncList content);

// ETAG_MISMATCH unless `given` is empty or the one held.
absl::Status CheckEtag(const std::string& name, const std::string& given, const std::string& held);

// Everything that the status's actions refer to must exist. `field` is where the request has the
// status.
absl::Status CheckStatusReferences(const Txn& txn, const std::string& record_type,
                                   const v1::Status& status, const std::string& field);

// Gives a new status its number and its place at the end of the workflow.
// LIMIT_EXCEEDED of `field`.
absl::Status AddStatus(Txn& txn, const std::string& workflow_id, const std::string& record_type,
                       v1::Status status, const std::string& field);

// Replaces a status's content, which has the same name; the workflow's etag changes as well.
// LIMIT_EXCEEDED of `field`, which adds actions. `held` was there before the mutation.
absl::Status ReplaceStatus(Txn& txn, const std::string& workflow_id, const CatalogStatus& held,
                           v1::Status status, const std::string& field);

// The workflow row alone; statuses are added afterwards, so that moves between them resolve.
void AddWorkflowRow(Txn& txn, v1::Workflow workflow);

// The workflow with its statuses as it is now.
v1::Workflow ReadBack(const Txn& txn, const std::string& workflow_id);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_WORKFLOW_EDITS_H_
