// Get and List of what the catalog holds.
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/handler/page.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/workflow/naming.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

absl::Status NotFound(v1::ErrorReason reason, absl::string_view kind, const std::string& name) {
  return MakeError(reason, absl::StrCat(name, " does not exist"), {{kind, name}});
}

// A page of a map ordered by id. `add` appends one to the response.
template <typename Map, typename Add>
absl::StatusOr<std::string> PageOfMap(const Map& map, int page_size, const std::string& token,
                                      absl::string_view filter, Add add) {
  DNC_ASSIGN_OR_RETURN(const Page page, ReadPage(page_size, token, filter));
  int count = 0;
  for (auto it = map.lower_bound(page.start); it != map.end(); ++it) {
    if (count++ == page.size) return MakePageToken(it->first, filter);
    DNC_RETURN_IF_ERROR(add(*it->second));
  }
  return std::string();
}

// A page of a sequence; the token is the index.
template <typename Sequence, typename Add>
absl::StatusOr<std::string> PageOfSequence(const Sequence& sequence, int page_size,
                                           const std::string& token, absl::string_view filter,
                                           Add add) {
  DNC_ASSIGN_OR_RETURN(const Page page, ReadPage(page_size, token, filter));
  int start = 0;
  const bool is_index = page.start.empty() || absl::SimpleAtoi(page.start, &start);
  if (!is_index || start < 0 || start > sequence.size()) {
    return InvalidField("page_token", "not a token of this request; begin again without it");
  }
  for (int i = start; i < sequence.size(); ++i) {
    if (i - start == page.size) return MakePageToken(absl::StrCat(i), filter);
    add(sequence.Get(i));
  }
  return std::string();
}

absl::StatusOr<const CatalogWorkflow*> FindWorkflow(const View& view, const ResourceName& name,
                                                    const std::string& full) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(view, name.organization));
  const CatalogWorkflow* workflow = organization->FindWorkflow(name.workflow);
  if (workflow != nullptr) return workflow;
  return NotFound(v1::ERROR_REASON_WORKFLOW_NOT_FOUND, "workflow", full);
}

absl::StatusOr<const CatalogStatus*> FindStatus(const View& view, const ResourceName& name,
                                                const std::string& full) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(view, name.organization));
  const CatalogStatus* status = organization->FindStatus(name.workflow, name.status);
  if (status != nullptr) return status;
  return NotFound(v1::ERROR_REASON_STATUS_NOT_FOUND, "status", full);
}

}  // namespace

absl::StatusOr<const CatalogOrganization*> FindOrganization(const View& view,
                                                            const std::string& id) {
  const CatalogOrganization* organization = view.catalog->Find(id);
  if (organization != nullptr) return organization;
  const std::string name = OrganizationName(id);
  return MakeError(v1::ERROR_REASON_ORGANIZATION_NOT_FOUND,
                   absl::StrCat(name, " does not exist; create it first"),
                   {{"organization", name}});
}

absl::StatusOr<v1::DncList> ListToProto(const View& view, const CatalogOrganization& organization,
                                        const CatalogList& list) {
  v1::DncList proto = list.record.list();
  if (list.is_registry()) {
    proto.set_problem(list.problem);
    return proto;
  }
  DNC_RETURN_IF_ERROR(view.reader
                          ->Get(Family::kMeta,
                                keys::EntryCount(organization.number(), list.record.number()),
                                [&](absl::string_view bytes) {
                                  proto.set_entry_count(DecodeCount(bytes));
                                  return absl::OkStatus();
                                })
                          .status());
  return proto;
}

absl::Status ReadHandler::Get(const v1::GetOrganizationRequest& request,
                              v1::GetOrganizationResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseOrganizationName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  *response->mutable_organization() = organization->record.organization();
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListOrganizationsRequest& request,
                               v1::ListOrganizationsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      PageOfMap(view->catalog->organizations, request.page_size(), request.page_token(),
                FilterOf(request), [&](const CatalogOrganization& organization) {
                  *response->add_organizations() = organization.record.organization();
                  return absl::OkStatus();
                }));
  return absl::OkStatus();
}

namespace {

// Every violation of the rule, by workflow, status and action.
google::protobuf::RepeatedPtrField<v1::NamingViolation> ViolationsOf(
    const CatalogOrganization& organization, const NamingRule& rule) {
  google::protobuf::RepeatedPtrField<v1::NamingViolation> violations;
  for (const auto& [id, workflow] : organization.workflows) {
    for (const std::string& status : workflow->record.status_order()) {
      for (const v1::Action& action : workflow->FindStatus(status)->proto().actions()) {
        auto violation = rule.Judge(action);
        if (violation.has_value()) *violations.Add() = *std::move(violation);
      }
    }
  }
  return violations;
}

}  // namespace

absl::Status ReadHandler::List(const v1::ListNamingViolationsRequest& request,
                               v1::ListNamingViolationsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  v1::DncActionNaming naming = request.has_naming()
                                   ? request.naming()
                                   : organization->record.organization().dnc_action_naming();
  DNC_RETURN_IF_ERROR(ShapeNaming("naming", &naming));
  DNC_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                       PageOfSequence(ViolationsOf(*organization, NamingRule(naming)),
                                      request.page_size(), request.page_token(), FilterOf(request),
                                      [&](const v1::NamingViolation& violation) {
                                        *response->add_violations() = violation;
                                      }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetWorkflowRequest& request,
                              v1::GetWorkflowResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseWorkflowName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogWorkflow* workflow, FindWorkflow(*view, name, request.name()));
  *response->mutable_workflow() = workflow->ToProto();
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListWorkflowsRequest& request,
                               v1::ListWorkflowsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  DNC_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                       PageOfMap(organization->workflows, request.page_size(), request.page_token(),
                                 FilterOf(request), [&](const CatalogWorkflow& workflow) {
                                   *response->add_workflows() = workflow.record.workflow();
                                   return absl::OkStatus();
                                 }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetStatusRequest& request,
                              v1::GetStatusResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status, FindStatus(*view, name, request.name()));
  *response->mutable_status() = status->proto();
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListStatusesRequest& request,
                               v1::ListStatusesResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent, ParseWorkflowName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogWorkflow* workflow,
                       FindWorkflow(*view, parent, request.parent()));
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      PageOfSequence(workflow->record.status_order(), request.page_size(), request.page_token(),
                     FilterOf(request), [&](const std::string& id) {
                       *response->add_statuses() = workflow->FindStatus(id)->proto();
                     }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetActionRequest& request,
                              v1::GetActionResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseActionName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(
      const CatalogStatus* status,
      FindStatus(*view, name, StatusName(name.organization, name.workflow, name.status)));
  const v1::Action* action = status->FindAction(name.action);
  if (action == nullptr) {
    return NotFound(v1::ERROR_REASON_ACTION_NOT_FOUND, "action", request.name());
  }
  *response->mutable_action() = *action;
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListActionsRequest& request,
                               v1::ListActionsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent, ParseStatusName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status, FindStatus(*view, parent, request.parent()));
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      PageOfSequence(status->proto().actions(), request.page_size(), request.page_token(),
                     FilterOf(request),
                     [&](const v1::Action& action) { *response->add_actions() = action; }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetListRequest& request,
                              v1::GetListResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  const CatalogList* list = organization->FindList(name.list);
  if (list == nullptr) {
    return NotFound(v1::ERROR_REASON_LIST_NOT_FOUND, "list", request.name());
  }
  DNC_ASSIGN_OR_RETURN(*response->mutable_list(), ListToProto(*view, *organization, *list));
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListListsRequest& request,
                               v1::ListListsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  DNC_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                       PageOfMap(organization->lists, request.page_size(), request.page_token(),
                                 FilterOf(request), [&](const CatalogList& list) -> absl::Status {
                                   DNC_ASSIGN_OR_RETURN(*response->add_lists(),
                                                        ListToProto(*view, *organization, list));
                                   return absl::OkStatus();
                                 }));
  return absl::OkStatus();
}

}  // namespace dnc
