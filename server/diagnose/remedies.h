// How what was found is mended: the sentence, the method, and the command of dncctl.
#ifndef DNC_SERVER_DIAGNOSE_REMEDIES_H_
#define DNC_SERVER_DIAGNOSE_REMEDIES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "dnc/v1/diagnose.pb.h"

namespace dnc {

// "sales/new" for "organizations/acme/workflows/sales/statuses/new", as dncctl takes names.
std::string CommandName(absl::string_view name);

v1::Remedy MakeRemedy(std::string text, absl::string_view method, std::string command = "");

// Names are whole.
v1::Remedy EnableAction(absl::string_view action);
v1::Remedy EnableStatus(absl::string_view status);
v1::Remedy RestoreStatus(absl::string_view status);
v1::Remedy EnableWorkflow(absl::string_view workflow);
v1::Remedy RestoreWorkflow(absl::string_view workflow);
v1::Remedy ShowStatus(absl::string_view status);
v1::Remedy AddDncAction(absl::string_view status);
v1::Remedy AddDncOperation(absl::string_view action);
v1::Remedy MendExpiredOperation(absl::string_view action);
v1::Remedy MoveToDead(absl::string_view action);
// `roles`: ids of roles that have the permission, separated by ", "; may be empty.
v1::Remedy GrantPermission(absl::string_view permission, absl::string_view roles,
                           absl::string_view scope);
v1::Remedy GiveRole(absl::string_view action, absl::string_view roles);
v1::Remedy JoinGroup(absl::string_view action, absl::string_view groups);
v1::Remedy SyncGroup(absl::string_view group, absl::string_view workflow);
v1::Remedy GiveEvidence(absl::string_view action);
v1::Remedy FlagLead(absl::string_view lead);

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_REMEDIES_H_
