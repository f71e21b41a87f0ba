#include "server/workflow/rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

absl::Status StatusError(v1::ErrorReason reason, absl::string_view field, const std::string& name,
                         absl::string_view problem) {
  return MakeError(reason, absl::StrCat(field, ": ", name, " ", problem),
                   {{"status", name}, {"field", std::string(field)}});
}

// Exists, and belongs to the record type.
absl::StatusOr<const CatalogStatus*> FindStatusOfType(const CatalogOrganization& organization,
                                                      const std::string& status_name,
                                                      const std::string& record_type,
                                                      absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status_name, field));
  const CatalogStatus* status = name.organization == organization.id
                                    ? organization.FindStatus(name.workflow, name.status)
                                    : nullptr;
  if (status == nullptr) {
    return StatusError(v1::ERROR_REASON_STATUS_NOT_FOUND, field, status_name,
                       "does not exist in this organization; create it first");
  }
  if (status->record_type == record_type) return status;
  return MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                   absl::StrCat(field, ": ", status_name, " is for ", status->record_type,
                                " records, not for ", record_type, " records"),
                   {{"source_record_type", record_type},
                    {"target_record_type", status->record_type},
                    {"target", status_name}});
}

}  // namespace

bool HasDncOperation(const v1::Action& action) {
  return std::any_of(action.operations().begin(), action.operations().end(),
                     [](const v1::Operation& op) { return op.has_add_to_dnc_list(); });
}

absl::StatusOr<const CatalogStatus*> FindMoveTarget(const CatalogOrganization& organization,
                                                    const std::string& status_name,
                                                    const std::string& record_type,
                                                    absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status,
                       FindStatusOfType(organization, status_name, record_type, field));
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(status_name, field));
  const CatalogWorkflow& workflow = *organization.FindWorkflow(name.workflow);
  if (workflow.record.workflow().state() == v1::OBJECT_STATE_ARCHIVED) {
    const std::string& workflow_name = workflow.record.workflow().name();
    return MakeError(v1::ERROR_REASON_WORKFLOW_ARCHIVED,
                     absl::StrCat(field, ": ", workflow_name, " is archived"),
                     {{"workflow", workflow_name}});
  }
  if (status->proto().state() == v1::OBJECT_STATE_ARCHIVED) {
    return StatusError(v1::ERROR_REASON_STATUS_ARCHIVED, field, status_name,
                       "is archived; restore it or name another");
  }
  if (!status->enabled()) {
    return StatusError(v1::ERROR_REASON_STATUS_DISABLED, field, status_name,
                       "is disabled; enable it or name another");
  }
  return status;
}

absl::Status CheckReferences(const CatalogOrganization& organization,
                             const std::string& record_type, const v1::Action& action,
                             absl::string_view field) {
  for (int i = 0; i < action.operations_size(); ++i) {
    const v1::Operation& operation = action.operations(i);
    const std::string where = absl::StrCat(field, ".operations[", i, "]");
    if (operation.has_move_to_status()) {
      DNC_RETURN_IF_ERROR(FindStatusOfType(organization, operation.move_to_status().status(),
                                           record_type,
                                           absl::StrCat(where, ".move_to_status.status"))
                              .status());
    }
    const std::string& list_name = operation.add_to_dnc_list().list();
    if (list_name.empty()) continue;
    const std::string list_field = absl::StrCat(where, ".add_to_dnc_list.list");
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(list_name, list_field));
    const CatalogList* list =
        name.organization == organization.id ? organization.FindList(name.list) : nullptr;
    if (list == nullptr) {
      return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                       absl::StrCat(list_field, ": ", list_name,
                                    " does not exist in this organization; create it first"),
                       {{"list", list_name}, {"field", list_field}});
    }
    if (list->is_registry()) {
      return MakeError(
          v1::ERROR_REASON_LIST_KIND_MISMATCH,
          absl::StrCat(list_field, ": ", list_name, " is a registry, which takes imports only"),
          {{"list", list_name}, {"kind", "REGISTRY"}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKeepsDnc(const v1::Action& before, const v1::Action* after, bool allow) {
  if (allow || !HasDncOperation(before)) return absl::OkStatus();
  if (after != nullptr && HasDncOperation(*after)) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_DNC_OPERATION_DROPPED,
                   absl::StrCat(before.name(),
                                " would lose its add-to-DNC-list operation; keep the operation, or "
                                "confirm with allow_dropping_dnc"),
                   {{"action", before.name()}});
}

bool SameContent(const v1::Action& a, const v1::Action& b) {
  v1::Action left = a;
  v1::Action right = b;
  for (v1::Action* action : {&left, &right}) {
    action->clear_name();
    action->clear_etag();
    action->clear_copied_from();
  }
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

}  // namespace dnc
