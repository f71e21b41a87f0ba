#include "server/handler/access_handler.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/action/obstacles.h"
#include "server/auth/permissions.h"
#include "server/handler/read_handler.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/state/leads.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

constexpr int kMaxPermissionsAsked = 100;
constexpr size_t kMaxPermissionName = 64;
constexpr int kMaxActionsAsked = 200;

// The permissions asked for: all where none is named.
absl::StatusOr<PermissionSet> AskedFor(const v1::TestPermissionsRequest& request) {
  DNC_RETURN_IF_ERROR(CheckCount("permissions", request.permissions_size(), kMaxPermissionsAsked));
  PermissionSet set = request.permissions().empty() ? ~PermissionSet{0} : 0;
  std::set<absl::string_view> seen;
  for (int i = 0; i < request.permissions_size(); ++i) {
    const std::string field = absl::StrCat("permissions[", i, "]");
    const std::string& name = request.permissions(i);
    DNC_RETURN_IF_ERROR(CheckText(name, kMaxPermissionName, field));
    const auto& all = Permissions();
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const PermissionRow& row) { return row.name == name; });
    if (!known) {
      return InvalidField(field,
                          absl::StrCat("there is no permission \"", name,
                                       "\"; ListPermissions (dncctl permissions list) names all"));
    }
    if (!seen.insert(name).second) return InvalidField(field, "stands there twice");
    set |= SetOf(name);
  }
  return set;
}

// The organization's id in the name of something in it.
absl::StatusOr<std::string> OrganizationIdIn(const std::string& resource) {
  const size_t second = resource.find('/', resource.find('/') + 1);
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseOrganizationName(resource.substr(0, second), "resource"));
  return name.organization;
}

// A workflow or status that is asked about must be there, for whom it is visible.
absl::Status CheckResource(const View& view, const Principal& caller,
                           const CatalogOrganization& organization, const std::string& resource) {
  if (const auto status = ParseStatusName(resource, "resource"); status.ok()) {
    if (organization.FindStatus(status->workflow, status->status) != nullptr) {
      return CheckVisible(view, caller, resource);
    }
    return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND, absl::StrCat(resource, " does not exist"),
                     {{"status", resource}});
  }
  const auto workflow = ParseWorkflowName(resource, "resource");
  if (!workflow.ok() || organization.FindWorkflow(workflow->workflow) != nullptr) {
    return absl::OkStatus();
  }
  return MakeError(v1::ERROR_REASON_WORKFLOW_NOT_FOUND, absl::StrCat(resource, " does not exist"),
                   {{"workflow", resource}});
}

absl::StatusOr<storage::v1::LeadRecord> FindLeadRecord(const View& view,
                                                       const CatalogOrganization& organization,
                                                       const ResourceName& name) {
  storage::v1::LeadRecord lead;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      view.reader->Get(Family::kLeads, keys::Lead(organization.number(), name.lead),
                       [&](absl::string_view bytes) {
                         return lead.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                                    ? absl::OkStatus()
                                    : CorruptRecord(Family::kLeads);
                       }));
  if (!found) {
    const std::string whole = LeadName(organization.id, name.lead);
    return MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND, absl::StrCat(whole, " is not known"),
                     {{"lead", whole}});
  }
  DNC_RETURN_IF_ERROR(CheckNotMerged(lead, organization.id));
  DNC_RETURN_IF_ERROR(CheckNotDeleted(lead, organization.id));
  return lead;
}

struct ListedAction {
  const CatalogStatus* status;
  const v1::Action* action;
};

absl::StatusOr<ListedAction> FindListedAction(const CatalogOrganization& organization,
                                              const std::string& action_name,
                                              const std::string& field) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseActionName(action_name, field));
  if (name.organization != organization.id) {
    return InvalidField(field, "lead and action must belong to one organization");
  }
  const CatalogStatus* status = organization.FindStatus(name.workflow, name.status);
  const v1::Action* action = status == nullptr ? nullptr : status->FindAction(name.action);
  if (action != nullptr) return ListedAction{status, action};
  return MakeError(v1::ERROR_REASON_ACTION_NOT_FOUND,
                   absl::StrCat(action_name, " does not exist; list the status's actions"),
                   {{"action", action_name}});
}

// Those asked for, or all of the lead's status.
absl::StatusOr<std::vector<ListedAction>> ActionsToJudge(
    const CatalogOrganization& organization, const v1::ListAvailableActionsRequest& request,
    const CatalogStatus* status) {
  DNC_RETURN_IF_ERROR(CheckCount("actions", request.actions_size(), kMaxActionsAsked));
  std::vector<ListedAction> actions;
  std::set<absl::string_view> seen;
  for (int i = 0; i < request.actions_size(); ++i) {
    const std::string field = absl::StrCat("actions[", i, "]");
    if (!seen.insert(request.actions(i)).second) return InvalidField(field, "stands there twice");
    DNC_ASSIGN_OR_RETURN(const ListedAction action,
                         FindListedAction(organization, request.actions(i), field));
    actions.push_back(action);
  }
  if (!request.actions().empty() || status == nullptr) return actions;
  for (const v1::Action& action : status->proto().actions()) actions.push_back({status, &action});
  return actions;
}

void DescribeAvailable(const ActionSituation& situation, v1::AvailableAction* available) {
  *available->mutable_action() = situation.action;
  const std::vector<Obstacle> obstacles = FindObstacles(situation);
  available->set_available(FirstOf(obstacles, v1::ActionObstacle::EXTENT_REFUSED) == nullptr);
  for (const Obstacle& obstacle : obstacles) *available->add_obstacles() = ToProto(obstacle);
}

}  // namespace

absl::Status AccessHandler::TestPermissions(const Principal& caller,
                                            const v1::TestPermissionsRequest& request,
                                            v1::TestPermissionsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  if (request.resource().empty()) {
    return MissingField("resource", "name an organization, or something of it");
  }
  DNC_ASSIGN_OR_RETURN(const std::string id, OrganizationIdIn(request.resource()));
  DNC_ASSIGN_OR_RETURN(PermissionSet set, AskedFor(request));
  response->set_principal(caller.id);
  response->set_administrator(caller.administrator);
  response->set_revision(view->revision);
  const CatalogOrganization* organization = view->catalog->Find(id);
  if (organization == nullptr && caller.administrator) return FindOrganization(*view, id).status();
  // Who has nothing to do with an organization does not learn whether it is there.
  if (organization == nullptr) return absl::OkStatus();
  const CatalogAccess& access = *organization->access;
  if (caller.administrator || !access.RolesOf(caller.id, request.resource()).empty()) {
    DNC_RETURN_IF_ERROR(CheckResource(*view, caller, *organization, request.resource()));
  }
  if (!caller.administrator) set &= access.PermissionsOf(caller.id, request.resource());
  for (const absl::string_view name : NamesOf(set)) response->add_permissions(std::string(name));
  for (const std::string& role : access.RolesOf(caller.id, request.resource())) {
    response->add_roles(RoleName(id, role));
  }
  for (const std::string& group : access.GroupsOf(caller.id)) {
    response->add_groups(GroupName(id, group));
  }
  return absl::OkStatus();
}

absl::Status AccessHandler::ListAvailableActions(const Principal& caller, const Principal& user,
                                                 const v1::ListAvailableActionsRequest& request,
                                                 v1::ListAvailableActionsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseLeadName(request.lead(), "lead"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  DNC_ASSIGN_OR_RETURN(const storage::v1::LeadRecord lead,
                       FindLeadRecord(*view, *organization, name));
  const CatalogStatus* status = organization->StatusByNumber(lead.state().status());
  if (status != nullptr) {
    DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, status->proto().name()));
    response->set_status(status->proto().name());
  }
  DNC_ASSIGN_OR_RETURN(const std::vector<ListedAction> actions,
                       ActionsToJudge(*organization, request, status));
  const ActionLead facts{lead.lead().record_type(), lead.state().status()};
  for (const ListedAction& listed : actions) {
    DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, listed.action->name()));
    DescribeAvailable(
        {*organization, *listed.status, *listed.action,
         UserOf(*organization, user.id, user.administrator, listed.action->name()), facts,
         /*has_evidence=*/false, clock_->Now()},
        response->add_actions());
  }
  response->set_principal(user.id);
  response->set_revision(view->revision);
  return absl::OkStatus();
}

}  // namespace dnc
