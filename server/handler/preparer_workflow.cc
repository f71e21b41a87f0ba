// Requests that configure: workflows, statuses and actions.
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/handler/preparer_parts.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using storage::v1::Mutation;

constexpr int kMaxTargets = 1000;
constexpr int kMaxActions = 200;
constexpr int kMaxStatuses = 1000;
constexpr int kMaxLists = 100;

absl::Status CheckIds(absl::string_view list,
                      const google::protobuf::RepeatedPtrField<std::string>& ids, int limit) {
  DNC_RETURN_IF_ERROR(CheckCount(list, ids.size(), limit));
  std::set<absl::string_view> seen;
  for (int i = 0; i < ids.size(); ++i) {
    const std::string field = absl::StrCat(list, "[", i, "]");
    DNC_RETURN_IF_ERROR(ValidateId(ids[i], field));
    if (!seen.insert(ids[i]).second) {
      return InvalidField(field, absl::StrCat(ids[i], " stands there twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Preparer::Result Preparer::Prepare(const v1::CreateWorkflowRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(parent.organization, "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.workflow_id(), "workflow_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateWorkflowRequest* body = mutation.mutable_create_workflow();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeWorkflow(WorkflowName(parent.organization, request.workflow_id()),
                                    "workflow", body->mutable_workflow()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateWorkflowRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseWorkflowName(request.workflow().name(), "workflow.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateWorkflowRequest* body = mutation.mutable_update_workflow();
  *body = request;
  DNC_RETURN_IF_ERROR(
      ShapeWorkflowRow(request.workflow().name(), "workflow", body->mutable_workflow()));
  DNC_RETURN_IF_ERROR(CheckIds("status_order", request.status_order(), kMaxStatuses));
  return Finish(std::move(mutation), *body);
}

absl::Status Preparer::ShapeLists(const std::string& organization,
                                  google::protobuf::RepeatedPtrField<v1::DncList>* lists) {
  DNC_RETURN_IF_ERROR(CheckCount("lists", lists->size(), kMaxLists));
  std::set<std::string> ids;
  for (int i = 0; i < lists->size(); ++i) {
    const std::string field = absl::StrCat("lists[", i, "]");
    const std::string name_field = absl::StrCat(field, ".name");
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(lists->at(i).name(), name_field));
    if (name.organization != organization) {
      return InvalidField(name_field, "must belong to the workflow's organization");
    }
    DNC_RETURN_IF_ERROR(ValidateId(name.list, name_field));
    if (!ids.insert(name.list).second) return InvalidField(name_field, "stands there twice");
    DNC_RETURN_IF_ERROR(ShapeList(name.list, field, &lists->at(i)));
  }
  return absl::OkStatus();
}

Preparer::Result Preparer::Prepare(const v1::ApplyWorkflowRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseWorkflowName(request.workflow().name(), "workflow.name"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(name.organization, "workflow.name"));
  DNC_RETURN_IF_ERROR(ValidateId(name.workflow, "workflow.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::ApplyWorkflowRequest* body = mutation.mutable_apply_workflow();
  *body = request;
  DNC_RETURN_IF_ERROR(
      ShapeWorkflow(request.workflow().name(), "workflow", body->mutable_workflow()));
  DNC_RETURN_IF_ERROR(ShapeLists(name.organization, body->mutable_lists()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::CreateStatusRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent, ParseWorkflowName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.status_id(), "status_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateStatusRequest* body = mutation.mutable_create_status();
  *body = request;
  DNC_RETURN_IF_ERROR(
      ShapeStatus(StatusName(parent.organization, parent.workflow, request.status_id()), "status",
                  body->mutable_status()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateStatusRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseStatusName(request.status().name(), "status.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateStatusRequest* body = mutation.mutable_update_status();
  *body = request;
  body->mutable_status()->clear_actions();
  DNC_RETURN_IF_ERROR(ShapeStatus(request.status().name(), "status", body->mutable_status()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::CreateActionRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent, ParseStatusName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.action_id(), "action_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateActionRequest* body = mutation.mutable_create_action();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeAction(ActionName(request.parent(), request.action_id()), "action",
                                  body->mutable_action()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateActionRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseActionName(request.action().name(), "action.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateActionRequest* body = mutation.mutable_update_action();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeAction(request.action().name(), "action", body->mutable_action()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::DeleteActionRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseActionName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_delete_action() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::CopyActionsRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName source, ParseStatusName(request.source(), "source"));
  DNC_RETURN_IF_ERROR(CheckIds("actions", request.actions(), kMaxActions));
  if (request.targets().empty()) return MissingField("targets", "name 1 to 1,000 statuses");
  DNC_RETURN_IF_ERROR(CheckCount("targets", request.targets_size(), kMaxTargets));
  if (!v1::ConflictPolicy_IsValid(request.conflict_policy())) {
    return InvalidField("conflict_policy", "use one of FAIL, SKIP, REPLACE and RENAME");
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.targets_size(); ++i) {
    const std::string field = absl::StrCat("targets[", i, "]");
    DNC_RETURN_IF_ERROR(ParseStatusName(request.targets(i), field).status());
    if (!seen.insert(request.targets(i)).second) {
      return InvalidField(field, absl::StrCat(request.targets(i), " stands there twice"));
    }
  }
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, source.organization, caller, true));
  *mutation.mutable_copy_actions() = request;
  return Finish(std::move(mutation), request);
}

}  // namespace dnc
