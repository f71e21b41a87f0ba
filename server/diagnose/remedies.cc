#include "server/diagnose/remedies.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/name/resource_name.h"

namespace dnc {

using v1::Remedy;

std::string CommandName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  std::vector<absl::string_view> ids;  // every second part, the organization's left out
  for (size_t i = 3; i < parts.size(); i += 2) ids.push_back(parts[i]);
  return absl::StrJoin(ids, "/");
}

namespace {

// The first of names that are separated by ", ".
absl::string_view FirstOr(absl::string_view names, absl::string_view otherwise) {
  return names.empty() ? otherwise : names.substr(0, names.find(','));
}

// The same of roles, the one that may do everything only where there is no other.
absl::string_view LeastOr(absl::string_view roles, absl::string_view otherwise) {
  for (const absl::string_view role : absl::StrSplit(roles, ", ", absl::SkipEmpty())) {
    if (role != "administrator") return role;
  }
  return FirstOr(roles, otherwise);
}

// A binding covers the whole organization unless it says less.
std::string ScopeOption(absl::string_view scope) {
  const std::string name = CommandName(scope);
  return name.empty() ? "" : absl::StrCat(" --scope ", name);
}

}  // namespace

Remedy MakeRemedy(std::string text, absl::string_view method, std::string command) {
  Remedy remedy;
  remedy.set_text(std::move(text));
  remedy.set_method(std::string(method));
  remedy.set_command(std::move(command));
  return remedy;
}

Remedy EnableAction(absl::string_view action) {
  return MakeRemedy(
      absl::StrCat("Enable the action ", LastPart(action),
                   ", or offer another one that adds to a DNC list."),
      "WorkflowService.UpdateAction",
      absl::StrCat("dncctl actions update ", CommandName(action), " --state enabled"));
}

Remedy EnableStatus(absl::string_view status) {
  return MakeRemedy(absl::StrCat("Enable the status ", CommandName(status),
                                 ", or move its leads to one that is enabled."),
                    "WorkflowService.UpdateStatus",
                    absl::StrCat("dncctl statuses restore ", CommandName(status)));
}

Remedy RestoreStatus(absl::string_view status) {
  return MakeRemedy(absl::StrCat("Restore the status ", CommandName(status),
                                 " by setting its state to ENABLED, or use another."),
                    "WorkflowService.UpdateStatus",
                    absl::StrCat("dncctl statuses restore ", CommandName(status)));
}

Remedy EnableWorkflow(absl::string_view workflow) {
  return MakeRemedy(absl::StrCat("Enable the workflow ", CommandName(workflow), "."),
                    "WorkflowService.UpdateWorkflow",
                    absl::StrCat("dncctl workflows restore ", CommandName(workflow)));
}

Remedy RestoreWorkflow(absl::string_view workflow) {
  return MakeRemedy(absl::StrCat("Restore the workflow ", CommandName(workflow),
                                 " by setting its state to ENABLED."),
                    "WorkflowService.UpdateWorkflow",
                    absl::StrCat("dncctl workflows restore ", CommandName(workflow)));
}

Remedy ShowStatus(absl::string_view status) {
  return MakeRemedy(absl::StrCat("Give the user a role that sees ", CommandName(status),
                                 ", or add one of the user's to its visible_to_roles."),
                    "AccessService.CreateRoleBinding",
                    "dncctl bindings create BINDING --role ROLE --user USER");
}

Remedy AddDncAction(absl::string_view status) {
  return MakeRemedy(absl::StrCat("Copy a DNC action to ", CommandName(status),
                                 " from a status that has one, or apply a template."),
                    "ActionService.CopyActions",
                    absl::StrCat("dncctl actions copy --from WORKFLOW/STATUS --action ACTION --to ",
                                 CommandName(status)));
}

Remedy AddDncOperation(absl::string_view action) {
  return MakeRemedy(absl::StrCat("Give the action ", CommandName(action),
                                 " the operation add_to_dnc_list: as it is, applying it records no "
                                 "opt-out."),
                    "WorkflowService.UpdateAction");
}

Remedy MendExpiredOperation(absl::string_view action) {
  return MakeRemedy(absl::StrCat("Take the expire_time off what ", CommandName(action),
                                 " adds to a DNC list, or set a later one."),
                    "WorkflowService.UpdateAction");
}

Remedy MoveToDead(absl::string_view action) {
  return MakeRemedy(absl::StrCat("Let ", CommandName(action),
                                 " move the lead to an enabled status that means DEAD."),
                    "WorkflowService.UpdateAction");
}

Remedy GrantPermission(absl::string_view permission, absl::string_view roles,
                       absl::string_view scope) {
  return MakeRemedy(absl::StrCat("Bind the user to a role that has ", permission,
                                 roles.empty() ? "" : absl::StrCat(" (", roles, ")"), " in ", scope,
                                 " or above it."),
                    "AccessService.CreateRoleBinding",
                    absl::StrCat("dncctl bindings create BINDING --role ", LeastOr(roles, "ROLE"),
                                 " --user USER", ScopeOption(scope)));
}

Remedy GiveRole(absl::string_view action, absl::string_view roles) {
  return MakeRemedy(absl::StrCat("Bind the user to one of the roles ", roles,
                                 ", or take the roles off ", CommandName(action), "."),
                    "AccessService.CreateRoleBinding",
                    absl::StrCat("dncctl bindings create BINDING --role ", FirstOr(roles, "ROLE"),
                                 " --user USER"));
}

Remedy JoinGroup(absl::string_view action, absl::string_view groups) {
  return MakeRemedy(
      absl::StrCat("Add the user to one of the groups ", groups, ", or take the groups off ",
                   CommandName(action), "."),
      "AccessService.UpdateGroup",
      absl::StrCat("dncctl groups update ", FirstOr(groups, "GROUP"), " --add-member USER"));
}

Remedy SyncGroup(absl::string_view group, absl::string_view workflow) {
  std::string command = absl::StrCat("dncctl groups sync ", LastPart(group));
  if (!workflow.empty()) absl::StrAppend(&command, " --workflow ", CommandName(workflow));
  return MakeRemedy(
      absl::StrCat("See what changed, then synchronise the group ", LastPart(group), "."),
      "AccessService.SyncGroup", std::move(command));
}

Remedy GiveEvidence(absl::string_view action) {
  return MakeRemedy(
      "Send what proves the person's wish, such as the id of a message or a call recording.",
      "ActionService.ApplyAction",
      absl::StrCat("dncctl actions apply --lead LEAD --action ", CommandName(action),
                   " --evidence TEXT"));
}

Remedy FlagLead(absl::string_view lead) {
  return MakeRemedy(
      absl::StrCat("Where the person of ", LastPart(lead),
                   " asked not to be contacted, apply a DNC action to that lead; where "
                   "it is the same person twice, merge the two."),
      "ActionService.ApplyAction",
      absl::StrCat("dncctl actions apply --lead ", LastPart(lead),
                   " --action WORKFLOW/STATUS/ACTION"));
}

}  // namespace dnc
