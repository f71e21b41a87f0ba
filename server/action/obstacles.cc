#include "server/action/obstacles.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "server/auth/permission_denied.h"
#include "server/auth/permissions.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/workflow/group_sync.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using v1::ActionObstacle;

class Finder {
 public:
  explicit Finder(const ActionSituation& situation)
      : s_(situation), access_(*situation.organization.access) {}

  std::vector<Obstacle> Find() && {
    JudgePermissions();
    if (!IsAdministrator()) {
      JudgeRoles();
      JudgeGroups();
    }
    JudgeAction();
    JudgeStatus();
    JudgeLead();
    JudgeTargets();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Obstacle& a, const Obstacle& b) { return a.extent < b.extent; });
    return std::move(found_);
  }

 private:
  const std::string& action_name() const { return s_.action.name(); }

  std::string WorkflowOfAction() const {
    return action_name().substr(0, action_name().find("/statuses/"));
  }

  void Add(ActionObstacle::Kind kind, ActionObstacle::Extent extent, std::string object,
           absl::Status status) {
    found_.push_back({kind, extent, std::move(object), std::move(status), /*of_target=*/false});
  }

  void AddPermission(absl::string_view permission) {
    Add(ActionObstacle::KIND_PERMISSION, ActionObstacle::EXTENT_REFUSED, std::string(permission),
        PermissionDenied(s_.user.principal, permission, action_name()));
  }

  // Those of the server and of the organization may use every action.
  bool IsAdministrator() const {
    return s_.user.administrator ||
           access_.HasRole(s_.user.principal, kAdministratorRole, action_name());
  }

  void JudgePermissions() {
    if (!s_.user.may_apply) AddPermission(kActionsApply);
    if (HasReconsentOperation(s_.action) && !s_.user.may_reconsent) {
      AddPermission(kActionsReconsent);
    }
  }

  absl::Status NotPermitted(absl::string_view whom) const {
    return MakeError(v1::ERROR_REASON_ACTION_NOT_PERMITTED,
                     absl::StrCat(action_name(), " is for ", whom, ", and ", s_.user.principal,
                                  " is none of them"),
                     {{"action", action_name()},
                      {"roles", absl::StrJoin(s_.action.roles(), ", ")},
                      {"groups", absl::StrJoin(s_.action.groups(), ", ")}});
  }

  void JudgeRoles() {
    const auto& roles = s_.action.roles();
    const bool has = std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
      return access_.HasRole(s_.user.principal, role, action_name());
    });
    if (roles.empty() || has) return;
    Add(ActionObstacle::KIND_ROLE, ActionObstacle::EXTENT_REFUSED, action_name(),
        NotPermitted(absl::StrCat("users with the role ", absl::StrJoin(roles, ", "))));
  }

  // The user's groups by which it may use the action.
  std::vector<std::string> GroupsThatMay() const {
    std::vector<std::string> groups = access_.GroupsOf(s_.user.principal);
    const auto& named = s_.action.groups();
    if (named.empty()) return groups;
    groups.erase(std::remove_if(groups.begin(), groups.end(),
                                [&](const std::string& group) {
                                  return std::find(named.begin(), named.end(), group) ==
                                         named.end();
                                }),
                 groups.end());
    return groups;
  }

  void JudgeGroups() {
    const std::vector<std::string> groups = GroupsThatMay();
    if (!s_.action.groups().empty() && groups.empty()) {
      Add(ActionObstacle::KIND_GROUP, ActionObstacle::EXTENT_REFUSED, action_name(),
          NotPermitted(
              absl::StrCat("members of the group ", absl::StrJoin(s_.action.groups(), ", "))));
    }
    const std::string workflow = WorkflowOfAction();
    std::vector<const v1::Group*> outdated;
    for (const std::string& id : groups) {
      const v1::Group* group = access_.FindGroup(id);
      if (group == nullptr || FindGroupWorkflow(*group, workflow) == nullptr) continue;
      // Whoever is in a group that knows the action as it is knows it.
      if (!IsOutdatedIn(*group, workflow, s_.action)) return;
      outdated.push_back(group);
    }
    for (const v1::Group* group : outdated) AddOutdated(*group, workflow);
  }

  void AddOutdated(const v1::Group& group, const std::string& workflow) {
    const bool blocks = s_.organization.record.organization().outdated_group_policy() ==
                        v1::OUTDATED_GROUP_POLICY_BLOCK;
    Add(ActionObstacle::KIND_GROUP_OUTDATED,
        blocks ? ExtentOfRest() : ActionObstacle::EXTENT_WARNING, group.name(),
        MakeError(v1::ERROR_REASON_GROUP_OUTDATED,
                  absl::StrCat(action_name(), " was changed since ", group.name(),
                               " was synchronised with ", workflow,
                               "; synchronise it: dncctl groups sync ", LastPart(group.name())),
                  {{"group", group.name()}, {"workflow", workflow}, {"action", action_name()}}));
  }

  void JudgeAction() {
    if (s_.action.state() != v1::OBJECT_STATE_ENABLED) {
      Add(ActionObstacle::KIND_ACTION_DISABLED, ActionObstacle::EXTENT_REFUSED, action_name(),
          MakeError(v1::ERROR_REASON_ACTION_DISABLED,
                    absl::StrCat(action_name(), " is disabled; enable it or use another"),
                    {{"action", action_name()}}));
    }
    JudgeEnd();
    if (s_.has_evidence || !NeedsEvidence(s_.action)) return;
    Add(ActionObstacle::KIND_EVIDENCE, ActionObstacle::EXTENT_CONDITION, action_name(),
        MakeError(v1::ERROR_REASON_EVIDENCE_REQUIRED,
                  absl::StrCat("evidence: ", action_name(),
                               " is applied only with what proves the person's wish, such as the "
                               "id of a message or a call recording"),
                  {{"field", "evidence"}, {"action", action_name()}}));
  }

  // An opt-out that could not take effect must not look like one that did.
  void JudgeEnd() {
    const google::protobuf::Timestamp* end = nullptr;
    for (const v1::Operation& operation : s_.action.operations()) {
      if (!operation.has_add_to_dnc_list()) continue;
      if (!HasExpired(operation.add_to_dnc_list(), s_.now)) return;
      end = &operation.add_to_dnc_list().expire_time();
    }
    if (end == nullptr) return;
    Add(ActionObstacle::KIND_EXPIRED, ActionObstacle::EXTENT_REFUSED, action_name(),
        OperationExpired(s_.action, *end));
  }

  // How far what is wrong with status, workflow, place of the lead or the user's groups reaches: an
  // opt-out is taken all the same.
  ActionObstacle::Extent ExtentOfRest() const {
    return HasDncOperation(s_.action) ? ActionObstacle::EXTENT_PARTIAL
                                      : ActionObstacle::EXTENT_REFUSED;
  }

  void JudgeStatus() {
    const std::string& name = s_.status.proto().name();
    if (s_.status.proto().state() == v1::OBJECT_STATE_ARCHIVED) {
      Add(ActionObstacle::KIND_STATUS_ARCHIVED, ExtentOfRest(), name,
          MakeError(v1::ERROR_REASON_STATUS_ARCHIVED,
                    absl::StrCat(name, " is archived; restore it first"), {{"status", name}}));
    } else if (!s_.status.enabled()) {
      Add(ActionObstacle::KIND_STATUS_DISABLED, ExtentOfRest(), name,
          MakeError(v1::ERROR_REASON_STATUS_DISABLED,
                    absl::StrCat(name, " is disabled; enable it first"), {{"status", name}}));
    }
    const CatalogWorkflow* workflow = s_.organization.FindWorkflow(LastPart(WorkflowOfAction()));
    if (workflow == nullptr) return;
    const v1::Workflow& proto = workflow->record.workflow();
    absl::Status enabled = CheckWorkflowEnabled(proto, "");
    if (enabled.ok()) return;
    Add(proto.state() == v1::OBJECT_STATE_ARCHIVED ? ActionObstacle::KIND_WORKFLOW_ARCHIVED
                                                   : ActionObstacle::KIND_WORKFLOW_DISABLED,
        ExtentOfRest(), proto.name(), std::move(enabled));
  }

  void JudgeLead() {
    if (!s_.lead.has_value()) return;
    if (s_.lead->record_type != s_.status.record_type) {
      Add(ActionObstacle::KIND_RECORD_TYPE, ActionObstacle::EXTENT_REFUSED, WorkflowOfAction(),
          MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                    absl::StrCat("the lead is a ", s_.lead->record_type, " and the action is for ",
                                 s_.status.record_type, " records"),
                    {{"source_record_type", s_.status.record_type},
                     {"target_record_type", s_.lead->record_type},
                     {"target", action_name()}}));
    } else if (s_.lead->status != s_.status.record.number()) {
      const std::string& name = s_.status.proto().name();
      Add(ActionObstacle::KIND_OTHER_STATUS, ExtentOfRest(), name,
          MakeError(v1::ERROR_REASON_ACTION_NOT_AVAILABLE,
                    absl::StrCat("the lead is not in ", name,
                                 "; read the lead and use an action of its status"),
                    {{"action", action_name()}, {"status", name}}));
    }
  }

  // Where it moves leads may have been closed since it was saved. What else it does is done all the
  // same; one that does nothing else is refused.
  void JudgeTargets() {
    std::vector<Obstacle> closed;
    closed.reserve(static_cast<size_t>(s_.action.operations_size()));
    for (const v1::Operation& operation : s_.action.operations()) {
      if (!operation.has_move_to_status()) continue;
      const std::string& target = operation.move_to_status().status();
      absl::Status why =
          FindMoveTarget(s_.organization, target, s_.status.record_type, "action").status();
      const std::optional<ActionObstacle::Kind> kind = KindOfClosed(why);
      if (!kind.has_value()) continue;
      closed.push_back({*kind, ActionObstacle::EXTENT_PARTIAL, ObjectOfClosed(*kind, target),
                        std::move(why), /*of_target=*/true});
    }
    const bool nothing_else = closed.size() == static_cast<size_t>(s_.action.operations_size());
    for (Obstacle& obstacle : closed) {
      if (IsKnown(obstacle)) continue;
      if (nothing_else) obstacle.extent = ActionObstacle::EXTENT_REFUSED;
      found_.push_back(std::move(obstacle));
    }
  }

  // Its own status or workflow may be the target's.
  bool IsKnown(const Obstacle& obstacle) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Obstacle& known) {
      return known.kind == obstacle.kind && known.object == obstacle.object;
    });
  }

  // Kinds are named as the reasons that they stand for.
  static std::optional<ActionObstacle::Kind> KindOfClosed(const absl::Status& closed) {
    const auto info = ErrorInfoOf(closed);
    ActionObstacle::Kind kind = ActionObstacle::KIND_UNSPECIFIED;
    if (!info.has_value() ||
        !ActionObstacle::Kind_Parse(absl::StrCat("KIND_", info->reason()), &kind)) {
      return std::nullopt;
    }
    return kind;
  }

  // The status itself, or its workflow.
  static std::string ObjectOfClosed(ActionObstacle::Kind kind, const std::string& status) {
    const bool of_workflow = kind == ActionObstacle::KIND_WORKFLOW_DISABLED ||
                             kind == ActionObstacle::KIND_WORKFLOW_ARCHIVED;
    return of_workflow ? status.substr(0, status.find("/statuses/")) : status;
  }

  const ActionSituation& s_;
  const CatalogAccess& access_;
  std::vector<Obstacle> found_;
};

}  // namespace

bool HasExpired(const v1::AddToDncList& operation, UnixMicros now) {
  return operation.has_expire_time() &&
         TimeUtil::TimestampToMicroseconds(operation.expire_time()) <= now;
}

absl::Status OperationExpired(const v1::Action& action, const google::protobuf::Timestamp& end) {
  const std::string when = TimeUtil::ToString(end);
  return MakeError(v1::ERROR_REASON_OPERATION_EXPIRED,
                   absl::StrCat(action.name(), " was meant until ", when,
                                " and does nothing any more; use another action, and mend this "
                                "one's time"),
                   {{"action", action.name()}, {"expire_time", when}});
}

bool NeedsEvidence(const v1::Action& action) {
  return std::any_of(action.operations().begin(), action.operations().end(),
                     [](const v1::Operation& operation) {
                       return operation.has_remove_restriction() ||
                              operation.add_to_dnc_list().evidence_required();
                     });
}

ActionUser UserOf(const CatalogOrganization& organization, const std::string& principal,
                  bool administrator, absl::string_view resource) {
  const auto may = [&](absl::string_view permission) {
    return administrator || organization.access->Has(principal, SetOf(permission), resource);
  };
  return {principal, administrator, may(kActionsApply), may(kActionsReconsent)};
}

std::vector<Obstacle> FindObstacles(const ActionSituation& situation) {
  return Finder(situation).Find();
}

const Obstacle* FirstOf(const std::vector<Obstacle>& obstacles, v1::ActionObstacle::Extent extent) {
  const auto found =
      std::find_if(obstacles.begin(), obstacles.end(),
                   [&](const Obstacle& obstacle) { return obstacle.extent == extent; });
  return found == obstacles.end() ? nullptr : &*found;
}

v1::ActionObstacle ToProto(const Obstacle& obstacle) {
  v1::ActionObstacle proto;
  proto.set_kind(obstacle.kind);
  proto.set_extent(obstacle.extent);
  proto.set_object(obstacle.object);
  if (const auto info = ErrorInfoOf(obstacle.status); info.has_value()) {
    proto.set_reason(info->reason());
  }
  proto.set_message(std::string(obstacle.status.message()));
  return proto;
}

}  // namespace dnc
