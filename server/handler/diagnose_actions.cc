// DiagnoseMissingAction and DiagnoseMissingOptions: what stands between users and DNC actions, as
// the rules say that ApplyAction and ListAvailableActions follow.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/action/obstacles.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/obstacle_findings.h"
#include "server/diagnose/remedies.h"
#include "server/error/error.h"
#include "server/handler/diagnose_handler.h"
#include "server/handler/diagnose_parts.h"
#include "server/handler/read_handler.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/workflow/rules.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using storage::v1::LeadRecord;
using v1::Finding;

// Actions times users that one call judges at the most: some seconds of work.
constexpr int64_t kMostJudgements = 200'000;
constexpr int kMostUsersAsked = 100;

// The user of a diagnosis. That somebody administers the server is known of the caller only.
Principal UserPrincipal(const std::string& user, const Principal& caller) {
  return {user, user == caller.id && caller.administrator, true};
}

ActionSituation SituationOf(const CatalogOrganization& organization, const CatalogStatus& status,
                            const v1::Action& action, const Principal& user, UnixMicros now) {
  return {organization, status,
          action,       UserOf(organization, user.id, user.administrator, action.name()),
          std::nullopt, false,
          now};
}

// One status as one user finds it.
class MissingAction {
 public:
  MissingAction(const View& view, const CatalogOrganization& organization,
                const CatalogStatus& status, Principal user, UnixMicros now)
      : view_(view),
        organization_(organization),
        status_(status),
        user_(std::move(user)),
        now_(now) {}

  void JudgeUser(FindingList* findings) const {
    const v1::Status& status = status_.proto();
    if (!user_.administrator && !HasAnyRole(organization_, user_.id)) {
      findings->Add(NoRole(organization_, user_.id), user_.id);
    }
    if (!SeesStatus(view_, user_, status)) {
      findings->Add(HiddenStatus(status, user_.id), user_.id);
    }
  }

  // What is known of the lead; `lead_name` is the request's.
  void JudgeLead(const std::string& lead_name, const std::optional<LeadRecord>& lead,
                 FindingList* findings) {
    lead_name_ = lead_name;
    if (!lead.has_value()) return findings->Add(LeadUnknown(lead_name));
    if (lead->delete_time() != 0) findings->Add(LeadGone(*lead, organization_.id));
    lead_ = ActionLead{lead->lead().record_type(), lead->state().status()};
  }

  // The actions that are missed; `id` empty: those that are meant for Do Not Contact.
  void JudgeActions(const std::string& id, FindingList* findings,
                    v1::DiagnoseMissingActionResponse* response) const {
    const v1::Status& status = status_.proto();
    bool any_dnc = false;
    for (const v1::Action& action : status.actions()) {
      if (id.empty() ? !IsMeantForDnc(action) : LastPart(action.name()) != id) continue;
      any_dnc = any_dnc || HasDncOperation(action);
      JudgeAction(action, findings, response->add_actions());
    }
    if (!id.empty() && response->actions().empty()) {
      findings->Add(NoSuchAction(status, id));
    } else if (id.empty() && !any_dnc) {
      findings->Add(StatusWithoutDncAction(status));
    }
  }

 private:
  void JudgeAction(const v1::Action& action, FindingList* findings,
                   v1::DiagnosedAction* diagnosed) const {
    ActionSituation situation = SituationOf(organization_, status_, action, user_, now_);
    situation.lead = lead_;
    const std::vector<Obstacle> obstacles = FindObstacles(situation);
    diagnosed->set_action(action.name());
    diagnosed->set_display_name(action.display_name());
    diagnosed->set_adds_to_dnc_list(HasDncOperation(action));
    diagnosed->set_available(FirstOf(obstacles, v1::ActionObstacle::EXTENT_REFUSED) == nullptr);
    if (!HasDncOperation(action)) findings->Add(ActionWithoutDncOperation(action));
    for (const Obstacle& obstacle : obstacles) {
      *diagnosed->add_obstacles() = ToProto(obstacle);
      findings->Add(FindingOf(obstacle, action, lead_name_), user_.id);
    }
  }

  const View& view_;
  const CatalogOrganization& organization_;
  const CatalogStatus& status_;
  const Principal user_;
  const UnixMicros now_;
  std::string lead_name_;
  std::optional<ActionLead> lead_;
};

absl::StatusOr<const CatalogStatus*> FindStatusOfParent(const CatalogOrganization& organization,
                                                        const std::string& status) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status, "status"));
  if (name.organization != organization.id) {
    return InvalidField("status", "must belong to the request's parent");
  }
  const CatalogStatus* found = organization.FindStatus(name.workflow, name.status);
  if (found != nullptr) return found;
  return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND, absl::StrCat(status, " does not exist"),
                   {{"status", status}});
}

std::string NothingMissing(const v1::DiagnoseMissingActionRequest& request) {
  return absl::StrCat(request.user(), " is offered ",
                      request.action_id().empty() ? "every DNC action" : request.action_id(),
                      " in ", CommandName(request.status()));
}

// All options of all users in one organization.
class MissingOptions {
 public:
  MissingOptions(const View& view, const CatalogOrganization& organization, const Principal& caller,
                 UnixMicros now)
      : view_(view), organization_(organization), caller_(caller), now_(now) {}

  // The statuses of a workflow that the caller may see and whose leads may be worked.
  void AddWorkflow(const CatalogWorkflow& workflow, FindingList* findings) {
    const v1::Workflow& proto = workflow.record.workflow();
    if (proto.state() == v1::OBJECT_STATE_ARCHIVED) return;
    for (const std::string& id : workflow.record.status_order()) {
      const CatalogStatus* status = workflow.FindStatus(id);
      if (status == nullptr || status->proto().state() == v1::OBJECT_STATE_ARCHIVED) continue;
      if (SeesStatus(view_, caller_, status->proto())) AddStatus(proto, *status, findings);
    }
  }

  int64_t dnc_actions() const { return dnc_actions_; }

  void JudgeUser(const std::string& name, FindingList* findings, v1::UserOptions* options) const {
    const Principal user = UserPrincipal(name, caller_);
    Describe(name, options);
    options->set_statuses(static_cast<int32_t>(statuses_.size()));
    options->set_dnc_actions(static_cast<int32_t>(dnc_actions_));
    if (!user.administrator && !HasAnyRole(organization_, name)) {
      return findings->Add(NoRole(organization_, name), name);
    }
    for (const CatalogStatus* status : statuses_) JudgeStatus(user, *status, findings, options);
  }

 private:
  void AddStatus(const v1::Workflow& workflow, const CatalogStatus& status, FindingList* findings) {
    const auto& actions = status.proto().actions();
    const int64_t dnc_actions = std::count_if(actions.begin(), actions.end(), HasDncOperation);
    if (workflow.state() != v1::OBJECT_STATE_ENABLED || !status.enabled()) {
      if (dnc_actions > 0) findings->Add(NotInUse(workflow, status.proto()));
      return;
    }
    statuses_.push_back(&status);
    dnc_actions_ += dnc_actions;
    if (dnc_actions == 0) findings->Add(StatusWithoutDncAction(status.proto()));
    for (const v1::Action& action : actions) {
      if (IsMeantForDnc(action) && !HasDncOperation(action)) {
        findings->Add(ActionWithoutDncOperation(action));
      }
    }
  }

  static Finding NotInUse(const v1::Workflow& workflow, const v1::Status& status) {
    const bool of_workflow = workflow.state() != v1::OBJECT_STATE_ENABLED;
    const std::string& name = of_workflow ? workflow.name() : status.name();
    Finding finding = MakeFinding(
        of_workflow ? Finding::KIND_WORKFLOW_DISABLED : Finding::KIND_STATUS_DISABLED,
        Finding::SEVERITY_INFO, name, "",
        absl::StrCat(CommandName(name), " is disabled: nobody is offered the DNC actions there"));
    *finding.mutable_remedy() = of_workflow ? EnableWorkflow(name) : EnableStatus(name);
    return finding;
  }

  void JudgeStatus(const Principal& user, const CatalogStatus& status, FindingList* findings,
                   v1::UserOptions* options) const {
    if (!SeesStatus(view_, user, status.proto())) {
      return findings->Add(HiddenStatus(status.proto(), user.id), user.id);
    }
    int32_t usable = 0;
    for (const v1::Action& action : status.proto().actions()) {
      if (!HasDncOperation(action)) continue;
      const std::vector<Obstacle> obstacles =
          FindObstacles(SituationOf(organization_, status, action, user, now_));
      if (IsOffered(obstacles)) ++usable;
      for (const Obstacle& obstacle : obstacles) {
        if (obstacle.extent == v1::ActionObstacle::EXTENT_CONDITION) continue;
        findings->Add(FindingOf(obstacle, action, ""), user.id);
      }
    }
    options->set_usable_dnc_actions(options->usable_dnc_actions() + usable);
    if (usable > 0) options->set_statuses_with_option(options->statuses_with_option() + 1);
  }

  void Describe(const std::string& user, v1::UserOptions* options) const {
    const CatalogAccess& access = *organization_.access;
    const std::vector<std::string> groups = access.GroupsOf(user);
    std::set<std::string> roles;
    for (const auto& [id, binding] : access.bindings) {
      const bool bound =
          binding->has_principal()
              ? binding->principal() == user
              : std::find(groups.begin(), groups.end(), LastPart(binding->group())) != groups.end();
      if (bound) roles.insert(binding->role());
    }
    options->set_user(user);
    for (const std::string& role : roles) options->add_roles(role);
    for (const std::string& group : groups) {
      options->add_groups(GroupName(organization_.id, group));
    }
  }

  const View& view_;
  const CatalogOrganization& organization_;
  const Principal& caller_;
  const UnixMicros now_;
  std::vector<const CatalogStatus*> statuses_;
  int64_t dnc_actions_ = 0;
};

absl::StatusOr<std::vector<std::string>> UsersOf(const CatalogOrganization& organization,
                                                 const v1::DiagnoseMissingOptionsRequest& request) {
  if (request.users().empty() == request.group().empty()) {
    if (request.group().empty()) {
      return MissingField("users", "name users, or a group for its members");
    }
    return InvalidField("group", "give users or a group, not both");
  }
  if (request.users_size() > kMostUsersAsked) {
    return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                     absl::StrCat("users: at most ", kMostUsersAsked, " at once"),
                     {{"field", "users"},
                      {"limit", absl::StrCat(kMostUsersAsked)},
                      {"actual", absl::StrCat(request.users_size())}});
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.users_size(); ++i) {
    const std::string field = absl::StrCat("users[", i, "]");
    DNC_RETURN_IF_ERROR(ValidatePrincipal(request.users(i), field));
    if (!seen.insert(request.users(i)).second) {
      return InvalidField(field, "named before; leave it out");
    }
  }
  if (request.group().empty()) {
    return std::vector<std::string>(request.users().begin(), request.users().end());
  }
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseGroupName(request.group(), "group"));
  const v1::Group* group =
      name.organization == organization.id ? organization.access->FindGroup(name.group) : nullptr;
  if (group == nullptr) {
    return MakeError(v1::ERROR_REASON_GROUP_NOT_FOUND,
                     absl::StrCat(request.group(), " does not exist"),
                     {{"group", request.group()}});
  }
  return std::vector<std::string>(group->members().begin(), group->members().end());
}

absl::Status AddWorkflows(const CatalogOrganization& organization, const std::string& wanted,
                          MissingOptions* options, FindingList* findings) {
  if (wanted.empty()) {
    for (const auto& [id, workflow] : organization.workflows) {
      options->AddWorkflow(*workflow, findings);
    }
    return absl::OkStatus();
  }
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseWorkflowName(wanted, "workflow"));
  const CatalogWorkflow* workflow =
      name.organization == organization.id ? organization.FindWorkflow(name.workflow) : nullptr;
  if (workflow == nullptr) {
    return MakeError(v1::ERROR_REASON_WORKFLOW_NOT_FOUND, absl::StrCat(wanted, " does not exist"),
                     {{"workflow", wanted}});
  }
  options->AddWorkflow(*workflow, findings);
  return absl::OkStatus();
}

absl::Status CheckWork(const v1::DiagnoseMissingOptionsRequest& request, int64_t users,
                       int64_t dnc_actions) {
  const int64_t judgements = users * dnc_actions;
  if (judgements <= kMostJudgements) return absl::OkStatus();
  const std::string field = request.group().empty() ? "users" : "group";
  return MakeError(
      v1::ERROR_REASON_LIMIT_EXCEEDED,
      absl::StrCat(field, ": ", users, " users and ", dnc_actions,
                   " DNC actions are too many at once; name fewer users, or a workflow"),
      {{"field", field},
       {"limit", absl::StrCat(kMostJudgements)},
       {"actual", absl::StrCat(judgements)}});
}

}  // namespace

absl::Status DiagnoseHandler::Diagnose(const v1::DiagnoseMissingActionRequest& request,
                                       const Principal& caller,
                                       v1::DiagnoseMissingActionResponse* response) const {
  const StateMachine::ViewGuard view = sources_.state->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindParent(*view, request.parent()));
  if (request.user().empty()) return MissingField("user", "whose screen lacks the action?");
  DNC_RETURN_IF_ERROR(ValidatePrincipal(request.user(), "user"));
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status,
                       FindStatusOfParent(*organization, request.status()));
  DNC_RETURN_IF_ERROR(CheckVisible(*view, caller, request.status()));
  if (!request.action_id().empty()) {
    DNC_RETURN_IF_ERROR(ValidateId(request.action_id(), "action_id"));
  }
  FindingList findings;
  MissingAction missing(*view, *organization, *status, UserPrincipal(request.user(), caller),
                        sources_.clock->Now());
  missing.JudgeUser(&findings);
  if (!request.lead().empty()) {
    DNC_ASSIGN_OR_RETURN(const std::string lead, LeadIdOf(*organization, request.lead(), "lead"));
    DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> record,
                         FindLead(*view->reader, organization->number(), lead));
    missing.JudgeLead(request.lead(), record, &findings);
  }
  missing.JudgeActions(request.action_id(), &findings, response);
  response->set_revision(view->revision);
  std::move(findings).Write(NothingMissing(request), response->mutable_findings(),
                            response->mutable_diagnosis());
  return absl::OkStatus();
}

absl::Status DiagnoseHandler::Diagnose(const v1::DiagnoseMissingOptionsRequest& request,
                                       const Principal& caller,
                                       v1::DiagnoseMissingOptionsResponse* response) const {
  const StateMachine::ViewGuard view = sources_.state->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindParent(*view, request.parent()));
  DNC_ASSIGN_OR_RETURN(const std::vector<std::string> users, UsersOf(*organization, request));
  FindingList findings;
  MissingOptions options(*view, *organization, caller, sources_.clock->Now());
  DNC_RETURN_IF_ERROR(AddWorkflows(*organization, request.workflow(), &options, &findings));
  DNC_RETURN_IF_ERROR(
      CheckWork(request, static_cast<int64_t>(users.size()), options.dnc_actions()));
  for (const std::string& user : users) {
    options.JudgeUser(user, &findings, response->add_users());
  }
  response->set_revision(view->revision);
  std::move(findings).Write("no user misses a DNC option", response->mutable_findings(),
                            response->mutable_diagnosis());
  return absl::OkStatus();
}

}  // namespace dnc
