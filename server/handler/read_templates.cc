// Get and List of templates and their copies, which the catalog holds.
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/handler/page.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/template/template_content.h"

namespace dnc {
namespace {

using storage::v1::TemplateRecord;

absl::Status TemplateNotFound(const std::string& name) {
  return MakeError(v1::ERROR_REASON_TEMPLATE_NOT_FOUND, absl::StrCat(name, " does not exist"),
                   {{"template", name}});
}

// The action of the template that a copy follows; null where there is none any more.
const v1::Action* TemplateSourceOf(const TemplateRecord& record, const v1::Action& copy) {
  if (record.deleted()) return nullptr;
  const std::string id = TemplateActionId(copy);
  for (const v1::Action& action : record.template_().actions()) {
    if (LastPart(action.name()) == id) return &action;
  }
  return nullptr;
}

v1::TemplateCopy DescribeCopy(const TemplateRecord& record, const v1::Action& action) {
  v1::TemplateCopy copy;
  copy.set_action(action.name());
  copy.set_template_action(TemplateActionId(action));
  copy.set_version(action.template_version());
  for (const std::string& field : AdjustedFields(action)) copy.add_adjusted_fields(field);
  const v1::Action* source = TemplateSourceOf(record, action);
  copy.set_orphaned(source == nullptr);
  copy.set_lags(source != nullptr && !DifferingFields(*source, action.template_action()).empty());
  return copy;
}

bool IsWantedCopy(const v1::ListTemplateCopiesRequest& request, const v1::TemplateCopy& copy) {
  return (!request.lagging_only() || copy.lags()) &&
         (!request.adjusted_only() || !copy.adjusted_fields().empty());
}

// Calls `on_action` for each of the organization's actions, by workflow id, the status's place and
// the action's, until it answers false.
template <typename OnAction>
void ForEachActionOf(const CatalogOrganization& organization, OnAction on_action) {
  for (const auto& [id, workflow] : organization.workflows) {
    for (const std::string& status_id : workflow->record.status_order()) {
      for (const v1::Action& action : workflow->FindStatus(status_id)->proto().actions()) {
        if (!on_action(action)) return;
      }
    }
  }
}

}  // namespace

absl::Status ReadHandler::Get(const v1::GetTemplateRequest& request,
                              v1::GetTemplateResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseTemplateName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  const TemplateRecord* record = organization->FindTemplate(name.template_id);
  if (record == nullptr || record->deleted()) return TemplateNotFound(request.name());
  *response->mutable_template_() = record->template_();
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListTemplatesRequest& request,
                               v1::ListTemplatesResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  const auto& templates = organization->templates;
  for (auto it = templates.lower_bound(page.start); it != templates.end(); ++it) {
    if (it->second->deleted()) continue;
    if (response->templates_size() == page.size) {
      response->set_next_page_token(MakePageToken(it->first, filter));
      break;
    }
    v1::Template* listed = response->add_templates();
    *listed = it->second->template_();
    listed->clear_actions();
  }
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListTemplateCopiesRequest& request,
                               v1::ListTemplateCopiesResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseTemplateName(request.template_(), "template"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  const TemplateRecord* record = organization->FindTemplate(name.template_id);
  if (record == nullptr) return TemplateNotFound(request.template_());
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  int64_t start = 0;
  if (!page.start.empty() && (!absl::SimpleAtoi(page.start, &start) || start < 0)) {
    return InvalidField("page_token", "not a token of this request; begin again without it");
  }
  int64_t index = 0;
  ForEachActionOf(*organization, [&](const v1::Action& action) {
    if (index++ < start || !IsCopyOf(action, request.template_())) return true;
    v1::TemplateCopy copy = DescribeCopy(*record, action);
    if (!IsWantedCopy(request, copy)) return true;
    if (response->copies_size() == page.size) {
      response->set_next_page_token(MakePageToken(absl::StrCat(index - 1), filter));
      return false;
    }
    *response->add_copies() = std::move(copy);
    return true;
  });
  if (!record->deleted()) response->set_version(record->template_().version());
  return absl::OkStatus();
}

}  // namespace dnc
