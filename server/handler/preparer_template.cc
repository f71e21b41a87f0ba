// Requests about templates.
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/handler/preparer_parts.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using storage::v1::Mutation;

constexpr int kMaxTemplateTargets = 1000;
constexpr int kMaxTemplateActions = 200;

// The id of an action that a request names by its whole name or by its id alone.
absl::Status ShapeTemplateActions(const std::string& template_name, v1::Template* content) {
  if (content->actions().empty()) {
    return MissingField("template.actions", "a template has 1 to 200 actions");
  }
  DNC_RETURN_IF_ERROR(CheckCount("template.actions", content->actions_size(), kMaxTemplateActions));
  std::set<std::string> seen;
  for (int i = 0; i < content->actions_size(); ++i) {
    const std::string field = absl::StrCat("template.actions[", i, "]");
    const std::string name_field = absl::StrCat(field, ".name");
    v1::Action* action = content->mutable_actions(i);
    const std::string id(LastPart(action->name()));
    DNC_RETURN_IF_ERROR(ValidateId(id, name_field));
    const std::string name = ActionName(template_name, id);
    if (action->name() != id && action->name() != name) {
      return InvalidField(name_field, absl::StrCat("write ", id, " or ", name));
    }
    if (!seen.insert(id).second) {
      return InvalidField(name_field, absl::StrCat(id, " stands there twice"));
    }
    DNC_RETURN_IF_ERROR(ShapeAction(name, field, action));
  }
  return absl::OkStatus();
}

// `name` is the template's whole name.
absl::Status ShapeTemplate(const std::string& name, v1::Template* content) {
  content->set_name(name);
  content->clear_version();
  content->clear_create_time();
  content->clear_update_time();
  DNC_RETURN_IF_ERROR(CheckEtagShape(content->etag(), "template.etag"));
  DNC_RETURN_IF_ERROR(CheckText(content->display_name(), kMaxDisplayName, "template.display_name"));
  return ShapeTemplateActions(name, content);
}

absl::Status CheckTemplateActionIds(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  DNC_RETURN_IF_ERROR(CheckCount("actions", ids.size(), kMaxTemplateActions));
  std::set<absl::string_view> seen;
  for (int i = 0; i < ids.size(); ++i) {
    const std::string field = absl::StrCat("actions[", i, "]");
    DNC_RETURN_IF_ERROR(ValidateId(ids[i], field));
    if (!seen.insert(ids[i]).second) {
      return InvalidField(field, absl::StrCat(ids[i], " stands there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTemplateTargets(const google::protobuf::RepeatedPtrField<std::string>& targets) {
  if (targets.empty()) return MissingField("targets", "name 1 to 1,000 statuses");
  DNC_RETURN_IF_ERROR(CheckCount("targets", targets.size(), kMaxTemplateTargets));
  std::set<absl::string_view> seen;
  for (int i = 0; i < targets.size(); ++i) {
    const std::string field = absl::StrCat("targets[", i, "]");
    DNC_RETURN_IF_ERROR(ParseStatusName(targets[i], field).status());
    if (!seen.insert(targets[i]).second) {
      return InvalidField(field, absl::StrCat(targets[i], " stands there twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Preparer::Result Preparer::Prepare(const v1::CreateTemplateRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(parent.organization, "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.template_id(), "template_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateTemplateRequest* body = mutation.mutable_create_template();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeTemplate(TemplateName(parent.organization, request.template_id()),
                                    body->mutable_template_()));
  DNC_RETURN_IF_ERROR(ValidateId(request.template_().record_type(), "template.record_type"));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateTemplateRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name,
                       ParseTemplateName(request.template_().name(), "template.name"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateTemplateRequest* body = mutation.mutable_update_template();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeTemplate(request.template_().name(), body->mutable_template_()));
  if (!request.template_().record_type().empty()) {
    DNC_RETURN_IF_ERROR(ValidateId(request.template_().record_type(), "template.record_type"));
  }
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::DeleteTemplateRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseTemplateName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  *mutation.mutable_delete_template() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::ApplyTemplateRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseTemplateName(request.template_(), "template"));
  DNC_RETURN_IF_ERROR(CheckTemplateActionIds(request.actions()));
  DNC_RETURN_IF_ERROR(CheckTemplateTargets(request.targets()));
  if (!v1::ConflictPolicy_IsValid(request.conflict_policy())) {
    return InvalidField("conflict_policy", "use one of FAIL, SKIP, REPLACE and RENAME");
  }
  if (!v1::AdjustmentPolicy_IsValid(request.adjustments())) {
    return InvalidField("adjustments", "use KEEP or OVERRIDE");
  }
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, true));
  *mutation.mutable_apply_template() = request;
  return Finish(std::move(mutation), request);
}

}  // namespace dnc
