// Templates: kept in versions, and applied to all targets or none, unless the request permits a
// part.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/target_refusals.h"
#include "server/state/workflow_edits.h"
#include "server/template/template_content.h"
#include "server/template/template_plan.h"
#include "server/workflow/rules.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::TemplateRecord;

absl::Status TemplateNotFound(const std::string& name) {
  return MakeError(v1::ERROR_REASON_TEMPLATE_NOT_FOUND, absl::StrCat(name, " does not exist"),
                   {{"template", name}});
}

// The template of that name, which was not deleted.
absl::StatusOr<v1::Template> FindLiveTemplate(const CatalogOrganization& organization,
                                              const std::string& name, absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const ResourceName parsed, ParseTemplateName(name, field));
  const TemplateRecord* record = parsed.organization == organization.id
                                     ? organization.FindTemplate(parsed.template_id)
                                     : nullptr;
  if (record == nullptr || record->deleted()) return TemplateNotFound(name);
  return record->template_();
}

// Each action as it could be saved in a status of the record type.
absl::Status CheckTemplateActions(const Txn& txn, const CatalogOrganization& organization,
                                  const v1::Template& content, NamingViolations* warnings) {
  const ActionJudge judge(organization, warnings);
  for (int i = 0; i < content.actions_size(); ++i) {
    DNC_RETURN_IF_ERROR(CheckSavedAction(txn, content.record_type(), content.actions(i),
                                         absl::StrCat("template.actions[", i, "]"), judge));
  }
  return absl::OkStatus();
}

const v1::Action* FindTemplateAction(const v1::Template& content, absl::string_view id) {
  for (const v1::Action& action : content.actions()) {
    if (LastPart(action.name()) == id) return &action;
  }
  return nullptr;
}

bool SameTemplateActions(const v1::Template& a, const v1::Template& b) {
  if (a.actions_size() != b.actions_size()) return false;
  for (int i = 0; i < a.actions_size(); ++i) {
    if (a.actions(i).name() != b.actions(i).name()) return false;
    if (!DifferingFields(a.actions(i), b.actions(i)).empty()) return false;
  }
  return true;
}

// The wanted content, with what it does not say as it is held.
v1::Template MergeTemplate(const Txn& txn, const v1::Template& held, v1::Template wanted) {
  if (wanted.display_name().empty()) wanted.set_display_name(held.display_name());
  wanted.set_record_type(held.record_type());
  *wanted.mutable_create_time() = held.create_time();
  *wanted.mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  wanted.set_etag(txn.etag());
  for (v1::Action& action : *wanted.mutable_actions()) {
    const v1::Action* before = FindTemplateAction(held, LastPart(action.name()));
    if (before != nullptr) KeepUnset(*before, &action);
    FillDefaults(&action);
    const bool same = before != nullptr && DifferingFields(*before, action).empty();
    action.set_etag(same ? before->etag() : txn.etag());
  }
  wanted.set_version(SameTemplateActions(held, wanted) ? held.version() : held.version() + 1);
  return wanted;
}

absl::Status CheckTemplateRecordType(const v1::Template& held, const v1::Template& wanted) {
  if (wanted.record_type().empty() || wanted.record_type() == held.record_type()) {
    return absl::OkStatus();
  }
  return MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                   absl::StrCat("template.record_type: ", held.name(), " is for ",
                                held.record_type(), " records, which is fixed"),
                   {{"source_record_type", wanted.record_type()},
                    {"target_record_type", held.record_type()},
                    {"target", held.name()},
                    {"field", "template.record_type"}});
}

void PutContent(Txn& txn, v1::Template content, bool deleted) {
  const std::string id(LastPart(content.name()));
  TemplateRecord record;
  *record.mutable_template_() = std::move(content);
  record.set_deleted(deleted);
  txn.PutTemplate(id, std::move(record));
}

}  // namespace

absl::Status Apply(const v1::CreateTemplateRequest& request, Txn& txn,
                   v1::CreateTemplateResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  v1::Template content = request.template_();
  const TemplateRecord* held = organization->FindTemplate(request.template_id());
  if (held != nullptr && !held->deleted()) {
    return MakeError(v1::ERROR_REASON_ALREADY_EXISTS,
                     absl::StrCat(content.name(), " exists already"), {{"name", content.name()}});
  }
  if (content.display_name().empty()) content.set_display_name(request.template_id());
  for (v1::Action& action : *content.mutable_actions()) {
    FillDefaults(&action);
    action.set_etag(txn.etag());
  }
  content.set_version(held == nullptr ? 1 : held->template_().version() + 1);
  *content.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  *content.mutable_update_time() = content.create_time();
  content.set_etag(txn.etag());
  DNC_RETURN_IF_ERROR(
      CheckTemplateActions(txn, *organization, content, response->mutable_naming_violations()));
  *response->mutable_template_() = content;
  PutContent(txn, std::move(content), false);
  return absl::OkStatus();
}

absl::Status Apply(const v1::UpdateTemplateRequest& request, Txn& txn,
                   v1::UpdateTemplateResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const std::string& name = request.template_().name();
  DNC_ASSIGN_OR_RETURN(const v1::Template held,
                       FindLiveTemplate(*organization, name, "template.name"));
  DNC_RETURN_IF_ERROR(CheckEtag(name, request.template_().etag(), held.etag()));
  DNC_RETURN_IF_ERROR(CheckTemplateRecordType(held, request.template_()));
  v1::Template merged = MergeTemplate(txn, held, request.template_());
  for (const v1::Action& before : held.actions()) {
    DNC_RETURN_IF_ERROR(CheckKeepsDnc(before, FindTemplateAction(merged, LastPart(before.name())),
                                      request.allow_dropping_dnc()));
  }
  DNC_RETURN_IF_ERROR(
      CheckTemplateActions(txn, *organization, merged, response->mutable_naming_violations()));
  if (merged.version() == held.version() && merged.display_name() == held.display_name()) {
    *response->mutable_template_() = held;
    return absl::OkStatus();
  }
  *response->mutable_template_() = merged;
  PutContent(txn, std::move(merged), false);
  return absl::OkStatus();
}

absl::Status Apply(const v1::DeleteTemplateRequest& request, Txn& txn,
                   v1::DeleteTemplateResponse* /*response*/) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(v1::Template held, FindLiveTemplate(*organization, request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), held.etag()));
  PutContent(txn, std::move(held), true);
  return absl::OkStatus();
}

absl::Status Apply(const v1::ApplyTemplateRequest& request, Txn& txn,
                   v1::ApplyTemplateResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const v1::Template from,
                       FindLiveTemplate(*organization, request.template_(), "template"));
  DNC_ASSIGN_OR_RETURN(const std::vector<const v1::Action*> actions,
                       SelectTemplateActions(from, request.actions()));
  const TemplateUse use{request.conflict_policy(), request.adjustments(),
                        request.allow_dropping_dnc()};
  std::vector<TemplatePlan> plans;
  size_t answer_bytes = 0;
  for (const std::string& target : request.targets()) {
    NamingViolations warnings;
    const ActionJudge judge(*organization, &warnings);
    const std::string field = TargetField(plans.size());
    plans.push_back(PlanTemplate(*organization, from, actions, target, field, use, txn.etag(),
                                 [&](const v1::Action& action) {
                                   return CheckSavedAction(txn, from.record_type(), action, field,
                                                           judge);
                                 }));
    answer_bytes += plans.back().result.ByteSizeLong();
    if (answer_bytes > kMaxTargetAnswerBytes) return TargetAnswerTooLarge(answer_bytes);
    if (plans.back().refused()) continue;
    AddTargetWarnings(std::move(warnings), response->mutable_naming_violations());
  }
  if (!request.allow_partial()) DNC_RETURN_IF_ERROR(RefusalError(RefusedOf(plans), plans.size()));
  for (TemplatePlan& plan : plans) {
    if (!plan.refused() && plan.changed) {
      DNC_ASSIGN_OR_RETURN(const ResourceName name,
                           ParseStatusName(plan.result.target(), "targets"));
      DNC_RETURN_IF_ERROR(ReplaceStatus(txn, name.workflow,
                                        *organization->FindStatus(name.workflow, name.status),
                                        std::move(plan.after), "targets"));
    }
    *response->add_results() = std::move(plan.result);
  }
  response->set_version(from.version());
  return absl::OkStatus();
}

}  // namespace dnc
