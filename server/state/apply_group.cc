// Groups of users.
#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/state/access_edits.h"
#include "server/state/apply.h"
#include "server/state/workflow_edits.h"
#include "server/workflow/group_sync.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMaxGroupMembers = 1000;
constexpr int kMaxGroupWorkflows = 100;

// Keeps the group as it is, and answers it with what follows from its workflows.
void PutGroup(Txn& txn, const CatalogOrganization& organization, v1::Group group,
              v1::Group* answer) {
  const std::string id(LastPart(group.name()));
  storage::v1::GroupRecord record;
  *record.mutable_group() = group;
  txn.Write(Family::kConfig, keys::Group(organization.number(), id), record);
  *answer = group;
  DescribeGroup(organization, /*with_actions=*/true, answer);
  CatalogAccess& access = txn.EditAccess();
  access.groups[id] = std::make_shared<const v1::Group>(std::move(group));
  access.Index();
}

absl::StatusOr<const v1::Group*> FindGroup(const CatalogOrganization& organization,
                                           const std::string& name) {
  const v1::Group* group = organization.access->FindGroup(LastPart(name));
  if (group != nullptr) return group;
  return DoesNotExist(v1::ERROR_REASON_GROUP_NOT_FOUND, "group", name);
}

absl::StatusOr<const CatalogWorkflow*> FindNamedWorkflow(const CatalogOrganization& organization,
                                                         const std::string& name) {
  const CatalogWorkflow* workflow = organization.FindWorkflow(LastPart(name));
  if (workflow != nullptr) return workflow;
  return DoesNotExist(v1::ERROR_REASON_WORKFLOW_NOT_FOUND, "workflow", name);
}

// Whoever adds members gives them what the group has.
absl::Status CheckMayAddMembers(const Txn& txn, const CatalogAccess& access,
                                const std::string& id) {
  for (const CatalogAccess::Grant& grant : access.GrantsOfGroup(id)) {
    DNC_RETURN_IF_ERROR(CheckMayGrant(txn, access, grant.permissions, grant.scope, grant.role));
  }
  return absl::OkStatus();
}

// Whether somebody is added.
bool ChangeMembers(const v1::UpdateGroupRequest& request, v1::Group* group) {
  std::set<std::string> members(group->members().begin(), group->members().end());
  bool added = false;
  for (const std::string& member : request.add_members()) {
    added = members.insert(member).second || added;
  }
  for (const std::string& member : request.remove_members()) members.erase(member);
  group->clear_members();
  for (const std::string& member : members) group->add_members(member);
  return added;
}

absl::Status BindWorkflow(const Txn& txn, const CatalogOrganization& organization,
                          const std::string& name, v1::Group* group) {
  DNC_ASSIGN_OR_RETURN(const CatalogWorkflow* workflow, FindNamedWorkflow(organization, name));
  if (FindGroupWorkflow(*group, name) == nullptr) {
    MarkSynced(*workflow, txn.now(), group->add_workflows());
  }
  return absl::OkStatus();
}

absl::Status ChangeWorkflows(const Txn& txn, const CatalogOrganization& organization,
                             const v1::UpdateGroupRequest& request, v1::Group* group) {
  auto* workflows = group->mutable_workflows();
  for (const std::string& name : request.add_workflows()) {
    DNC_RETURN_IF_ERROR(BindWorkflow(txn, organization, name, group));
  }
  const auto end =
      std::remove_if(workflows->begin(), workflows->end(), [&](const v1::GroupWorkflow& bound) {
        return std::find(request.remove_workflows().begin(), request.remove_workflows().end(),
                         bound.workflow()) != request.remove_workflows().end();
      });
  workflows->erase(end, workflows->end());
  return absl::OkStatus();
}

void SortWorkflows(v1::Group* group) {
  std::sort(group->mutable_workflows()->begin(), group->mutable_workflows()->end(),
            [](const v1::GroupWorkflow& a, const v1::GroupWorkflow& b) {
              return a.workflow() < b.workflow();
            });
}

}  // namespace

absl::Status Apply(const v1::CreateGroupRequest& request, Txn& txn,
                   v1::CreateGroupResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  v1::Group group = request.group();
  if (organization->access->FindGroup(request.group_id()) != nullptr) {
    return ExistsAlready(group.name());
  }
  DNC_RETURN_IF_ERROR(CheckRoom("group_id", organization->access->groups.size(), kMaxGroups));
  group.clear_workflows();
  for (const v1::GroupWorkflow& wanted : request.group().workflows()) {
    DNC_RETURN_IF_ERROR(BindWorkflow(txn, *organization, wanted.workflow(), &group));
  }
  SortWorkflows(&group);
  if (group.display_name().empty()) group.set_display_name(request.group_id());
  group.set_etag(txn.etag());
  *group.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  PutGroup(txn, *organization, std::move(group), response->mutable_group());
  return absl::OkStatus();
}

absl::Status Apply(const v1::UpdateGroupRequest& request, Txn& txn,
                   v1::UpdateGroupResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const v1::Group* held, FindGroup(*organization, request.name()));
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), held->etag()));
  const size_t administrators = organization->access->CountAdministrators();
  v1::Group group = *held;
  if (!request.display_name().empty()) group.set_display_name(request.display_name());
  if (ChangeMembers(request, &group)) {
    DNC_RETURN_IF_ERROR(
        CheckMayAddMembers(txn, *organization->access, std::string(LastPart(request.name()))));
  }
  DNC_RETURN_IF_ERROR(CheckCount("add_members", group.members_size(), kMaxGroupMembers));
  DNC_RETURN_IF_ERROR(ChangeWorkflows(txn, *organization, request, &group));
  DNC_RETURN_IF_ERROR(CheckCount("add_workflows", group.workflows_size(), kMaxGroupWorkflows));
  SortWorkflows(&group);
  group.set_etag(txn.etag());
  PutGroup(txn, *organization, std::move(group), response->mutable_group());
  return CheckKeepsAdministrator(txn, administrators);
}

absl::Status Apply(const v1::DeleteGroupRequest& request, Txn& txn,
                   v1::DeleteGroupResponse* /*response*/) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const v1::Group* held, FindGroup(*organization, request.name()));
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), held->etag()));
  const std::string id(LastPart(request.name()));
  std::string user = FindBindingOf(*organization->access, [&](const v1::RoleBinding& binding) {
    return binding.group() == request.name();
  });
  if (user.empty()) user = UserOfGroup(*organization, id);
  if (!user.empty()) return StillInUse(request.name(), user);
  txn.Delete(Family::kConfig, keys::Group(organization->number(), id));
  CatalogAccess& access = txn.EditAccess();
  access.groups.erase(id);
  access.Index();
  return absl::OkStatus();
}

absl::Status Apply(const v1::SyncGroupRequest& request, Txn& txn, v1::SyncGroupResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const v1::Group* held, FindGroup(*organization, request.name()));
  v1::Group before = *held;
  DescribeGroup(*organization, /*with_actions=*/true, &before);
  v1::Group group = *held;
  const auto& wanted = request.workflows();
  for (int i = 0; i < wanted.size(); ++i) {
    if (FindGroupWorkflow(group, wanted[i]) != nullptr) continue;
    return InvalidField(absl::StrCat("workflows[", i, "]"),
                        absl::StrCat(request.name(), " is not bound to ", wanted[i]));
  }
  for (int i = 0; i < group.workflows_size(); ++i) {
    v1::GroupWorkflow* bound = group.mutable_workflows(i);
    const bool named = std::find(wanted.begin(), wanted.end(), bound->workflow()) != wanted.end();
    if (!wanted.empty() && !named) continue;
    DNC_ASSIGN_OR_RETURN(const CatalogWorkflow* workflow,
                         FindNamedWorkflow(*organization, bound->workflow()));
    DNC_RETURN_IF_ERROR(
        CheckEtag(bound->workflow(), request.workflow_etag(), workflow->record.workflow().etag()));
    if (before.workflows(i).outdated()) *response->add_synced() = before.workflows(i);
    MarkSynced(*workflow, txn.now(), bound);
  }
  group.set_etag(txn.etag());
  PutGroup(txn, *organization, std::move(group), response->mutable_group());
  return absl::OkStatus();
}

}  // namespace dnc
