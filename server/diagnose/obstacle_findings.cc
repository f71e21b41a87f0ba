#include "server/diagnose/obstacle_findings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/auth/permissions.h"
#include "server/diagnose/remedies.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using v1::ActionObstacle;
using v1::Finding;
using v1::Remedy;

// What is known where an obstacle becomes a finding.
struct ObstacleContext {
  const Obstacle& obstacle;
  const v1::Action& action;
  absl::string_view lead;

  std::string status() const { return action.name().substr(0, action.name().find("/actions/")); }
  std::string workflow() const { return action.name().substr(0, action.name().find("/statuses/")); }
};

Remedy RecordTypeRemedy(const ObstacleContext& context) {
  return MakeRemedy(absl::StrCat("Use an action of a workflow for the lead's record type; ",
                                 CommandName(context.workflow()), " is for others."),
                    "ActionService.ListAvailableActions",
                    absl::StrCat("dncctl leads get ", LastPart(context.lead)));
}

Remedy OtherStatusRemedy(const ObstacleContext& context) {
  return MakeRemedy(
      absl::StrCat("Use an action of the status that the lead is in; an opt-out is taken from ",
                   CommandName(context.status()), " all the same."),
      "ActionService.ListAvailableActions",
      absl::StrCat("dncctl leads get ", LastPart(context.lead)));
}

struct ObstacleRow {
  ActionObstacle::Kind obstacle;
  Finding::Kind kind;
  // What it is about beside its object.
  enum { kNothing, kAction, kWorkflow, kObject } related;
  Remedy (*remedy)(const ObstacleContext&);
};

// Obstacles whose object is the finding's, but for those about a permission or a lead.
constexpr ObstacleRow kObstacleRows[] = {
    {ActionObstacle::KIND_PERMISSION, Finding::KIND_PERMISSION, ObstacleRow::kObject,
     [](const ObstacleContext& c) {
       return GrantPermission(c.obstacle.object, PredefinedRolesWith(c.obstacle.object),
                              c.status());
     }},
    {ActionObstacle::KIND_ROLE, Finding::KIND_ROLE, ObstacleRow::kNothing,
     [](const ObstacleContext& c) {
       return GiveRole(c.action.name(), absl::StrJoin(c.action.roles(), ", "));
     }},
    {ActionObstacle::KIND_GROUP, Finding::KIND_GROUP, ObstacleRow::kNothing,
     [](const ObstacleContext& c) {
       return JoinGroup(c.action.name(), absl::StrJoin(c.action.groups(), ", "));
     }},
    {ActionObstacle::KIND_GROUP_OUTDATED, Finding::KIND_GROUP_OUTDATED, ObstacleRow::kAction,
     [](const ObstacleContext& c) { return SyncGroup(c.obstacle.object, c.workflow()); }},
    {ActionObstacle::KIND_ACTION_DISABLED, Finding::KIND_ACTION_DISABLED, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return EnableAction(c.action.name()); }},
    {ActionObstacle::KIND_EXPIRED, Finding::KIND_OPERATION_EXPIRED, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return MendExpiredOperation(c.action.name()); }},
    {ActionObstacle::KIND_EVIDENCE, Finding::KIND_EVIDENCE, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return GiveEvidence(c.action.name()); }},
    {ActionObstacle::KIND_STATUS_DISABLED, Finding::KIND_STATUS_DISABLED, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return EnableStatus(c.obstacle.object); }},
    {ActionObstacle::KIND_STATUS_ARCHIVED, Finding::KIND_STATUS_ARCHIVED, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return RestoreStatus(c.obstacle.object); }},
    {ActionObstacle::KIND_WORKFLOW_DISABLED, Finding::KIND_WORKFLOW_DISABLED, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return EnableWorkflow(c.obstacle.object); }},
    {ActionObstacle::KIND_WORKFLOW_ARCHIVED, Finding::KIND_WORKFLOW_ARCHIVED, ObstacleRow::kNothing,
     [](const ObstacleContext& c) { return RestoreWorkflow(c.obstacle.object); }},
    {ActionObstacle::KIND_RECORD_TYPE, Finding::KIND_RECORD_TYPE, ObstacleRow::kObject,
     RecordTypeRemedy},
    {ActionObstacle::KIND_OTHER_STATUS, Finding::KIND_OTHER_STATUS, ObstacleRow::kObject,
     OtherStatusRemedy},
};

const ObstacleRow* RowOf(ActionObstacle::Kind kind) {
  const auto* const row = std::find_if(std::begin(kObstacleRows), std::end(kObstacleRows),
                                       [&](const ObstacleRow& r) { return r.obstacle == kind; });
  return row == std::end(kObstacleRows) ? nullptr : row;
}

Finding::Severity SeverityOfExtent(ActionObstacle::Extent extent) {
  switch (extent) {
    case ActionObstacle::EXTENT_CONDITION:
      return Finding::SEVERITY_INFO;
    case ActionObstacle::EXTENT_WARNING:
      return Finding::SEVERITY_WARNING;
    default:
      return Finding::SEVERITY_CAUSE;
  }
}

// What the finding is about where the obstacle's object is what it is about beside.
std::string ObjectOf(const ObstacleContext& context) {
  return context.obstacle.kind == ActionObstacle::KIND_PERMISSION ? context.status()
                                                                  : std::string(context.lead);
}

}  // namespace

Finding FindingOf(const Obstacle& obstacle, const v1::Action& action, absl::string_view lead) {
  const ObstacleContext context{obstacle, action, lead};
  Finding finding = MakeFinding(Finding::KIND_UNSPECIFIED, SeverityOfExtent(obstacle.extent),
                                obstacle.object, "", std::string(obstacle.status.message()));
  if (const auto info = ErrorInfoOf(obstacle.status); info.has_value()) {
    finding.set_reason(info->reason());
  }
  const ObstacleRow* row = RowOf(obstacle.kind);
  if (row == nullptr) return finding;
  finding.set_kind(row->kind);
  if (row->related == ObstacleRow::kAction) finding.set_related(action.name());
  if (row->related == ObstacleRow::kObject) {
    finding.set_related(obstacle.object);
    finding.set_object(ObjectOf(context));
  }
  *finding.mutable_remedy() = row->remedy(context);
  return finding;
}

bool IsOffered(const std::vector<Obstacle>& obstacles) {
  return std::none_of(obstacles.begin(), obstacles.end(), [](const Obstacle& obstacle) {
    return SeverityOfExtent(obstacle.extent) == Finding::SEVERITY_CAUSE;
  });
}

Finding HiddenStatus(const v1::Status& status, absl::string_view user) {
  Finding finding =
      MakeFinding(Finding::KIND_STATUS_HIDDEN, Finding::SEVERITY_CAUSE, status.name(), "",
                  absl::StrCat(CommandName(status.name()), " is visible to the roles ",
                               absl::StrJoin(status.visible_to_roles(), ", "), " only, and ", user,
                               " has none of them there"));
  finding.set_reason(ShortName(v1::ERROR_REASON_STATUS_NOT_FOUND));
  *finding.mutable_remedy() = ShowStatus(status.name());
  return finding;
}

bool HasAnyRole(const CatalogOrganization& organization, absl::string_view user) {
  const CatalogAccess& access = *organization.access;
  const auto& bindings = access.bindings;
  const std::vector<std::string> groups = access.GroupsOf(user);
  return std::any_of(bindings.begin(), bindings.end(), [&](const auto& row) {
    const v1::RoleBinding& binding = *row.second;
    if (binding.has_principal()) return binding.principal() == user;
    return std::find(groups.begin(), groups.end(), LastPart(binding.group())) != groups.end();
  });
}

Finding NoRole(const CatalogOrganization& organization, absl::string_view user) {
  const std::string name = OrganizationName(organization.id);
  Finding finding =
      MakeFinding(Finding::KIND_NO_ROLE, Finding::SEVERITY_CAUSE, name, "",
                  absl::StrCat(user, " has no role in ", name,
                               ", neither of its own nor through a group; is the name spelt as the "
                               "gateway knows the user?"));
  *finding.mutable_remedy() =
      GrantPermission(kActionsApply, PredefinedRolesWith(kActionsApply), name);
  return finding;
}

Finding StatusWithoutDncAction(const v1::Status& status) {
  Finding finding = MakeFinding(
      Finding::KIND_STATUS_WITHOUT_DNC_ACTION, Finding::SEVERITY_CAUSE, status.name(), "",
      absl::StrCat("no action of ", CommandName(status.name()), " adds to a DNC list"));
  *finding.mutable_remedy() = AddDncAction(status.name());
  return finding;
}

Finding ActionWithoutDncOperation(const v1::Action& action) {
  Finding finding = MakeFinding(
      Finding::KIND_ACTION_WITHOUT_DNC_OPERATION, Finding::SEVERITY_CAUSE, action.name(), "",
      absl::StrCat(CommandName(action.name()), " (\"", action.display_name(),
                   "\") looks like a DNC action and adds to no DNC list"));
  *finding.mutable_remedy() = AddDncOperation(action.name());
  return finding;
}

Finding NoSuchAction(const v1::Status& status, absl::string_view action_id) {
  Finding finding =
      MakeFinding(Finding::KIND_NO_SUCH_ACTION, Finding::SEVERITY_CAUSE, status.name(), "",
                  absl::StrCat(CommandName(status.name()), " has no action ", action_id));
  finding.set_reason(ShortName(v1::ERROR_REASON_ACTION_NOT_FOUND));
  *finding.mutable_remedy() =
      MakeRemedy(absl::StrCat("Copy it there from a status that has it, or create it."),
                 "ActionService.CopyActions",
                 absl::StrCat("dncctl actions copy --from WORKFLOW/STATUS --action ", action_id,
                              " --to ", CommandName(status.name())));
  return finding;
}

bool IsMeantForDnc(const v1::Action& action) {
  return action.category() == v1::ACTION_CATEGORY_DO_NOT_CONTACT || HasDncOperation(action);
}

}  // namespace dnc
