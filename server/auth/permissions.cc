#include "server/auth/permissions.h"

#include <algorithm>
#include <cstddef>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace dnc {
namespace {

// By name.
constexpr PermissionRow kPermissions[] = {
    {"actions.apply", "Apply the actions of a workflow to leads.",
     "agent compliance-officer workflow-editor"},
    {"actions.copy", "Copy actions from one status to others.", "workflow-editor"},
    {"actions.reconsent",
     "Save and apply actions that end restrictions, and lift those of statuses.",
     "compliance-officer"},
    {"actors.name",
     "Name somebody else as the one who does something, for services that act for people.", ""},
    {"audit.read", "Read and export the audit trail.", "auditor compliance-officer"},
    {"audit.verify", "Verify that the audit trail is whole.", "auditor compliance-officer"},
    {"bindings.read", "Read who has which role.", "auditor compliance-officer"},
    {"bindings.write", "Give roles and take them away.", ""},
    {"changes.watch", "Follow changes of entries and restrictions as they happen.",
     "checker compliance-officer"},
    {"checks.check", "Ask whether a person may be contacted.", "agent checker compliance-officer"},
    {"checks.filter", "Filter send lists.", "checker compliance-officer"},
    {"contacts.read", "Read the contacts that channels reported, and violations.",
     "auditor compliance-officer"},
    {"contacts.report", "Report contacts that were made.", "agent checker"},
    {"decisions.read", "Read the records of checks.", "auditor compliance-officer"},
    {"diagnose.run", "Find out why something does not work as expected.",
     "auditor compliance-officer workflow-editor"},
    {"entries.add", "Put people on DNC lists.", "agent compliance-officer"},
    {"entries.read", "Read entries of DNC lists.", "agent auditor compliance-officer"},
    {"entries.revoke", "End entries on renewed consent.", "compliance-officer"},
    {"groups.read", "Read groups of users.", "auditor compliance-officer workflow-editor"},
    {"groups.sync", "State that a group works with its workflows as they are now.",
     "workflow-editor"},
    {"groups.write", "Create, change and delete groups of users.", ""},
    {"leads.delete", "Delete leads; what blocks their contact points stays.", "compliance-officer"},
    {"leads.merge", "Merge leads.", "compliance-officer"},
    {"leads.read", "Read leads.", "agent auditor compliance-officer workflow-editor"},
    {"leads.write", "Create and change leads.", "agent"},
    {"lists.import", "Import files into DNC lists and registries.", "compliance-officer"},
    {"lists.read", "Read DNC lists.", "agent auditor checker compliance-officer workflow-editor"},
    {"lists.write", "Create and change DNC lists.", "compliance-officer"},
    {"optouts.read", "Read opt-outs as they arrived, and the words that are understood.",
     "agent auditor compliance-officer"},
    {"optouts.record", "Record opt-outs: replies, unsubscribes, calls, letters.",
     "agent checker compliance-officer"},
    {"organizations.create", "Create organizations.", "", true},
    {"organizations.list", "List all organizations.", "", true},
    {"organizations.read", "Read the organization's settings.",
     "agent auditor checker compliance-officer workflow-editor"},
    {"organizations.update", "Change the organization's settings.", "compliance-officer"},
    {"reports.read", "Read and export reports.", "auditor compliance-officer workflow-editor"},
    {"reviews.read", "Read opt-outs that wait for a person's judgement.",
     "agent auditor compliance-officer"},
    {"reviews.resolve", "Judge opt-outs that wait for it.", "compliance-officer"},
    {"roles.read", "Read roles, and what other users can do.", "auditor compliance-officer"},
    {"roles.write", "Create, change and delete roles.", ""},
    {"system.read", "Read the state of the server.", "", true},
    {"templates.apply", "Apply templates to statuses.", "workflow-editor"},
    {"templates.read", "Read templates, and which copies follow them.",
     "auditor compliance-officer workflow-editor"},
    {"templates.write", "Create, change and delete templates.", "workflow-editor"},
    {"workflows.read", "Read workflows, their statuses and actions.",
     "agent auditor compliance-officer workflow-editor"},
    {"workflows.write", "Create and change workflows, their statuses and actions.",
     "workflow-editor"},
};
constexpr size_t kPermissionCount = sizeof(kPermissions) / sizeof(kPermissions[0]);
static_assert(kPermissionCount <= 64, "PermissionSet has 64 bits");

// By service. GetLead's and ListAvailableActions' requests name a lead, whose status is known only
// once it was read.
constexpr MethodRow kMethods[] = {
    {"/dnc.v1.AccessService/CreateRole", "roles.write"},
    {"/dnc.v1.AccessService/UpdateRole", "roles.write"},
    {"/dnc.v1.AccessService/DeleteRole", "roles.write"},
    {"/dnc.v1.AccessService/GetRole", "roles.read"},
    {"/dnc.v1.AccessService/ListRoles", "roles.read"},
    {"/dnc.v1.AccessService/CreateRoleBinding", "bindings.write"},
    {"/dnc.v1.AccessService/DeleteRoleBinding", "bindings.write"},
    {"/dnc.v1.AccessService/GetRoleBinding", "bindings.read"},
    {"/dnc.v1.AccessService/ListRoleBindings", "bindings.read"},
    {"/dnc.v1.AccessService/ListPermissions", kNoPermission},
    {"/dnc.v1.AccessService/TestPermissions", kNoPermission},
    {"/dnc.v1.AccessService/CreateGroup", "groups.write"},
    {"/dnc.v1.AccessService/UpdateGroup", "groups.write"},
    {"/dnc.v1.AccessService/DeleteGroup", "groups.write"},
    {"/dnc.v1.AccessService/GetGroup", "groups.read"},
    {"/dnc.v1.AccessService/ListGroups", "groups.read"},
    {"/dnc.v1.AccessService/SyncGroup", "groups.sync"},
    {"/dnc.v1.ActionService/ApplyAction", "actions.apply", Scoping::kNarrowed},
    {"/dnc.v1.ActionService/CopyActions", "actions.copy"},
    {"/dnc.v1.ActionService/ListAvailableActions", "leads.read", Scoping::kByAnswer},
    {"/dnc.v1.AuditService/ListAuditRecords", "audit.read"},
    {"/dnc.v1.AuditService/GetAuditRecord", "audit.read"},
    {"/dnc.v1.AuditService/GetAuditHead", "audit.read"},
    {"/dnc.v1.AuditService/ExportAudit", "audit.read"},
    {"/dnc.v1.AuditService/VerifyAudit", "audit.verify"},
    {"/dnc.v1.CheckService/CheckContact", "checks.check"},
    {"/dnc.v1.CheckService/BatchCheckContacts", "checks.check"},
    {"/dnc.v1.CheckService/FilterContacts", "checks.filter"},
    {"/dnc.v1.CheckService/StreamChecks", "checks.check"},
    {"/dnc.v1.ContactService/ReportContact", "contacts.report"},
    {"/dnc.v1.ContactService/ReportContacts", "contacts.report"},
    {"/dnc.v1.ContactService/ListContacts", "contacts.read"},
    {"/dnc.v1.ContactService/ListContactViolations", "contacts.read"},
    {"/dnc.v1.DecisionService/GetDecision", "decisions.read"},
    {"/dnc.v1.DecisionService/ListDecisions", "decisions.read"},
    {"/dnc.v1.DiagnoseService/DiagnoseMissingAction", "diagnose.run", Scoping::kNarrowed},
    {"/dnc.v1.DiagnoseService/DiagnoseCopy", "diagnose.run"},
    {"/dnc.v1.DiagnoseService/DiagnoseMissingOptions", "diagnose.run"},
    {"/dnc.v1.DiagnoseService/DiagnoseActiveReports", "diagnose.run"},
    {"/dnc.v1.DiagnoseService/DiagnoseContactedLead", "diagnose.run"},
    {"/dnc.v1.LeadService/UpsertLead", "leads.write"},
    {"/dnc.v1.LeadService/GetLead", "leads.read", Scoping::kByAnswer},
    {"/dnc.v1.LeadService/ListLeads", "leads.read", Scoping::kNarrowed},
    {"/dnc.v1.LeadService/BatchUpsertLeads", "leads.write"},
    {"/dnc.v1.LeadService/DeleteLead", "leads.delete"},
    {"/dnc.v1.LeadService/MergeLeads", "leads.merge"},
    {"/dnc.v1.OptOutService/RecordOptOut", "optouts.record"},
    {"/dnc.v1.OptOutService/ListOptOuts", "optouts.read"},
    {"/dnc.v1.OptOutService/ListOptOutKeywords", "optouts.read"},
    {"/dnc.v1.OptOutService/GetReview", "reviews.read"},
    {"/dnc.v1.OptOutService/ListReviews", "reviews.read"},
    {"/dnc.v1.OptOutService/ResolveReview", "reviews.resolve"},
    {"/dnc.v1.TemplateService/CreateTemplate", "templates.write"},
    {"/dnc.v1.TemplateService/UpdateTemplate", "templates.write"},
    {"/dnc.v1.TemplateService/GetTemplate", "templates.read"},
    {"/dnc.v1.TemplateService/ListTemplates", "templates.read"},
    {"/dnc.v1.TemplateService/DeleteTemplate", "templates.write"},
    {"/dnc.v1.TemplateService/ApplyTemplate", "templates.apply", Scoping::kNarrowed},
    {"/dnc.v1.TemplateService/ListTemplateCopies", "templates.read"},
    {"/dnc.v1.OrganizationService/CreateOrganization", "organizations.create"},
    {"/dnc.v1.OrganizationService/GetOrganization", "organizations.read"},
    {"/dnc.v1.OrganizationService/ListOrganizations", "organizations.list"},
    {"/dnc.v1.OrganizationService/UpdateOrganization", "organizations.update"},
    {"/dnc.v1.RegistryService/CreateList", "lists.write"},
    {"/dnc.v1.RegistryService/GetList", "lists.read"},
    {"/dnc.v1.RegistryService/ListLists", "lists.read"},
    {"/dnc.v1.RegistryService/UpdateList", "lists.write"},
    {"/dnc.v1.RegistryService/AddEntry", "entries.add"},
    {"/dnc.v1.RegistryService/GetEntry", "entries.read"},
    {"/dnc.v1.RegistryService/ListEntries", "entries.read"},
    {"/dnc.v1.RegistryService/RevokeEntry", "entries.revoke"},
    {"/dnc.v1.RegistryService/ImportList", "lists.import"},
    {"/dnc.v1.ReportService/CountDncActions", "reports.read"},
    {"/dnc.v1.ReportService/ListDncLeads", "reports.read"},
    {"/dnc.v1.ReportService/ListActiveLeads", "reports.read"},
    {"/dnc.v1.ReportService/GetCoverage", "reports.read"},
    {"/dnc.v1.ReportService/CountBlockedChecks", "reports.read"},
    {"/dnc.v1.ReportService/MeasureEffectTimes", "reports.read"},
    {"/dnc.v1.SystemService/GetSystemStatus", "system.read"},
    {"/dnc.v1.WatchService/WatchChanges", "changes.watch"},
    {"/dnc.v1.WorkflowService/CreateWorkflow", "workflows.write"},
    {"/dnc.v1.WorkflowService/GetWorkflow", "workflows.read"},
    {"/dnc.v1.WorkflowService/ListWorkflows", "workflows.read"},
    {"/dnc.v1.WorkflowService/ApplyWorkflow", "workflows.write"},
    {"/dnc.v1.WorkflowService/CreateStatus", "workflows.write"},
    {"/dnc.v1.WorkflowService/GetStatus", "workflows.read"},
    {"/dnc.v1.WorkflowService/ListStatuses", "workflows.read"},
    {"/dnc.v1.WorkflowService/UpdateStatus", "workflows.write"},
    {"/dnc.v1.WorkflowService/CreateAction", "workflows.write"},
    {"/dnc.v1.WorkflowService/GetAction", "workflows.read"},
    {"/dnc.v1.WorkflowService/ListActions", "workflows.read"},
    {"/dnc.v1.WorkflowService/UpdateAction", "workflows.write"},
    {"/dnc.v1.WorkflowService/DeleteAction", "workflows.write"},
    {"/dnc.v1.WorkflowService/UpdateWorkflow", "workflows.write"},
    {"/dnc.v1.WorkflowService/ListNamingViolations", "workflows.read"},
};

constexpr PredefinedRole kRoles[] = {
    {kAdministratorRole, "Administrator", "Everything in the organization, roles included."},
    {"agent", "Agent",
     "Works leads: asks before a contact, applies actions, and records what people ask for."},
    {"auditor", "Auditor", "Reads everything, the audit trail included, and changes nothing."},
    {"checker", "Checker",
     "Telephony and marketing platforms: asks before contacts, filters send lists, passes opt-outs "
     "on."},
    {"compliance-officer", "Compliance officer",
     "Answers for the registry: lists, entries, reviews, re-consent, the record."},
    {"workflow-editor", "Workflow editor", "Configures workflows, their actions and templates."},
};

int IndexOf(absl::string_view permission) {
  const auto* const end = kPermissions + kPermissionCount;
  const auto* const found = std::lower_bound(
      kPermissions, end, permission,
      [](const PermissionRow& row, absl::string_view name) { return row.name < name; });
  return found == end || found->name != permission ? -1 : static_cast<int>(found - kPermissions);
}

PermissionSet PermissionsOf(absl::string_view role) {
  PermissionSet set = 0;
  for (const PermissionRow& row : kPermissions) {
    const std::vector<absl::string_view> roles = absl::StrSplit(row.roles, ' ');
    const bool has = std::find(roles.begin(), roles.end(), role) != roles.end();
    if (has || role == kAdministratorRole) set |= SetOf(row.name);
  }
  return set;
}

}  // namespace

absl::Span<const PermissionRow> Permissions() { return kPermissions; }

PermissionSet SetOf(absl::string_view permission) {
  const int index = IndexOf(permission);
  return index < 0 || kPermissions[index].server_wide ? 0 : PermissionSet{1} << index;
}

std::vector<absl::string_view> NamesOf(PermissionSet permissions) {
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < kPermissionCount; ++i) {
    if ((permissions >> i & 1) != 0) names.push_back(kPermissions[i].name);
  }
  return names;
}

absl::Span<const MethodRow> Methods() { return kMethods; }

const MethodNeed* NeedOf(absl::string_view method) {
  static const auto* const needs = [] {
    auto* map = new absl::flat_hash_map<absl::string_view, MethodNeed>;
    for (const MethodRow& row : kMethods) {
      const int index = IndexOf(row.permission);
      if (index < 0 && row.permission != kNoPermission) continue;  // nobody, until it is mended
      (*map)[row.method] = {&row, index < 0 ? nullptr : &kPermissions[index],
                            SetOf(row.permission)};
    }
    return map;
  }();
  const auto found = needs->find(method);
  return found == needs->end() ? nullptr : &found->second;
}

absl::Span<const PredefinedRole> PredefinedRoles() {
  static const auto* const roles = [] {
    auto* all = new std::vector<PredefinedRole>(std::begin(kRoles), std::end(kRoles));
    for (PredefinedRole& role : *all) role.permissions = PermissionsOf(role.id);
    return all;
  }();
  return *roles;
}

const PredefinedRole* FindPredefinedRole(absl::string_view id) {
  for (const PredefinedRole& role : PredefinedRoles()) {
    if (role.id == id) return &role;
  }
  return nullptr;
}

std::string PredefinedRolesWith(absl::string_view permission) {
  const PermissionSet set = SetOf(permission);
  std::string ids;
  for (const PredefinedRole& role : PredefinedRoles()) {
    if ((role.permissions & set) == 0) continue;
    absl::StrAppend(&ids, ids.empty() ? "" : ", ", role.id);
  }
  return ids;
}

}  // namespace dnc
