#include "tests/integration/error_contract.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

using Code = absl::StatusCode;

struct Contract {
  Code code;
  std::vector<std::string> keys;
};

// Written from the comments of error_reason.proto, not from the server's code.
const std::map<std::string, Contract>& Contracts() {
  static const auto* const kContracts = new std::map<std::string, Contract>{
      {"REQUIRED_FIELD_MISSING", {Code::kInvalidArgument, {"field"}}},
      {"INVALID_FIELD", {Code::kInvalidArgument, {"field"}}},
      {"INVALID_PHONE_NUMBER", {Code::kInvalidArgument, {"field"}}},
      {"INVALID_EMAIL_ADDRESS", {Code::kInvalidArgument, {"field"}}},
      {"CHANNEL_MISMATCH", {Code::kInvalidArgument, {"field", "channel"}}},
      {"LIMIT_EXCEEDED", {Code::kInvalidArgument, {"field", "limit", "actual"}}},
      {"MALFORMED_REQUEST", {Code::kInvalidArgument, {"type"}}},
      {"METHOD_NOT_FOUND", {Code::kUnimplemented, {"method"}}},
      {"ORGANIZATION_NOT_FOUND", {Code::kNotFound, {"organization"}}},
      {"WORKFLOW_NOT_FOUND", {Code::kNotFound, {"workflow"}}},
      {"STATUS_NOT_FOUND", {Code::kNotFound, {"status"}}},
      {"ACTION_NOT_FOUND", {Code::kNotFound, {"action"}}},
      {"LEAD_NOT_FOUND", {Code::kNotFound, {"lead"}}},
      {"LIST_NOT_FOUND", {Code::kNotFound, {"list"}}},
      {"ENTRY_NOT_FOUND", {Code::kNotFound, {"entry"}}},
      {"REVIEW_NOT_FOUND", {Code::kNotFound, {"review"}}},
      {"REVIEW_ALREADY_RESOLVED", {Code::kFailedPrecondition, {"review", "state"}}},
      {"TEMPLATE_NOT_FOUND", {Code::kNotFound, {"template"}}},
      {"ALREADY_EXISTS", {Code::kAlreadyExists, {"name"}}},
      {"REQUEST_ID_REUSED", {Code::kFailedPrecondition, {"request_id"}}},
      {"ETAG_MISMATCH", {Code::kAborted, {"name", "etag"}}},
      {"RECORD_TYPE_MISMATCH",
       {Code::kFailedPrecondition, {"source_record_type", "target_record_type", "target"}}},
      {"STATUS_DISABLED", {Code::kFailedPrecondition, {"status"}}},
      {"STATUS_ARCHIVED", {Code::kFailedPrecondition, {"status"}}},
      {"WORKFLOW_ARCHIVED", {Code::kFailedPrecondition, {"workflow"}}},
      {"WORKFLOW_DISABLED", {Code::kFailedPrecondition, {"workflow"}}},
      {"STATUS_IN_USE", {Code::kFailedPrecondition, {"name", "leads", "actions", "action_count"}}},
      {"EVIDENCE_REQUIRED", {Code::kInvalidArgument, {"field", "action"}}},
      {"OPERATION_EXPIRED", {Code::kFailedPrecondition, {"action", "expire_time"}}},
      {"LEAD_MERGED", {Code::kNotFound, {"lead", "merged_into"}}},
      {"LEAD_DELETED", {Code::kNotFound, {"lead", "delete_time"}}},
      {"NAMING_VIOLATION",
       {Code::kFailedPrecondition, {"field", "action", "display_name", "pattern", "description"}}},
      {"LIST_WEAKENED", {Code::kFailedPrecondition, {"list", "field"}}},
      {"ACTION_DISABLED", {Code::kFailedPrecondition, {"action"}}},
      {"ACTION_CONFLICT", {Code::kFailedPrecondition, {"action", "target"}}},
      // {action, target}; where the action itself is changed it is the target.
      {"DNC_OPERATION_DROPPED", {Code::kFailedPrecondition, {"action"}}},
      {"ACTION_NOT_AVAILABLE", {Code::kFailedPrecondition, {"action", "status"}}},
      {"COPY_ONTO_ITSELF", {Code::kFailedPrecondition, {"source"}}},
      {"LIST_KIND_MISMATCH", {Code::kFailedPrecondition, {"list", "kind"}}},
      {"ENTRY_ALREADY_REVOKED", {Code::kFailedPrecondition, {"entry"}}},
      {"CONSENT_OLDER_THAN_OPT_OUT",
       {Code::kFailedPrecondition, {"entry", "consent_time", "last_request_time"}}},
      {"RESTRICTION_LIFTED", {Code::kFailedPrecondition, {"status"}}},
      {"VERSION_TOO_OLD", {Code::kFailedPrecondition, {"list", "active_as_of_time", "as_of_time"}}},
      {"REGISTRY_WOULD_SHRINK",
       {Code::kFailedPrecondition, {"list", "previous_count", "new_count"}}},
      {"FILE_ROWS_REJECTED", {Code::kInvalidArgument, {"rows_rejected", "first_line"}}},
      {"FILE_UNREADABLE", {Code::kInvalidArgument, {}}},
      {"IMPORT_IN_PROGRESS", {Code::kAborted, {"list"}}},
      {"OVERLOADED", {Code::kResourceExhausted, {}}},
      {"DISK_SPACE_LOW", {Code::kResourceExhausted, {}}},
      {"CONTACT_POINT_SHARED_TOO_WIDELY", {Code::kFailedPrecondition, {"contact_point", "limit"}}},
      {"REGISTRY_HAS_NO_VERSION", {Code::kFailedPrecondition, {"list"}}},
      {"RESTRICTION_LIFTED", {Code::kFailedPrecondition, {"status"}}},
      {"STORE_UNAVAILABLE", {Code::kUnavailable, {}}},
      {"SHUTTING_DOWN", {Code::kUnavailable, {}}},
      {"REPORT_EXPIRED", {Code::kAborted, {"limit_seconds"}}},
      {"CORRUPT_RECORD", {Code::kDataLoss, {}}},
      {"UNAUTHENTICATED", {Code::kUnauthenticated, {}}},
      {"PERMISSION_DENIED", {Code::kPermissionDenied, {"permission"}}},
      {"ROLE_NOT_FOUND", {Code::kNotFound, {"role"}}},
      {"BINDING_NOT_FOUND", {Code::kNotFound, {"binding"}}},
      {"GROUP_NOT_FOUND", {Code::kNotFound, {"group"}}},
      {"GRANT_EXCEEDS_OWN", {Code::kPermissionDenied, {"permission", "scope", "role"}}},
      {"LAST_ADMINISTRATOR", {Code::kFailedPrecondition, {"organization"}}},
      {"GROUP_OUTDATED", {Code::kFailedPrecondition, {"group", "workflow", "action"}}},
      {"ACTION_NOT_PERMITTED", {Code::kPermissionDenied, {"action"}}},
      {"STILL_IN_USE", {Code::kFailedPrecondition, {"name", "used_by"}}},
      {"AUDIT_RECORD_NOT_FOUND", {Code::kNotFound, {"revision"}}},
      {"FUTURE_REVISION", {Code::kOutOfRange, {"field", "revision", "newest_revision"}}},
      {"HISTORY_GONE", {Code::kOutOfRange, {"start_revision", "oldest_revision"}}},
      {"SLOW_CONSUMER", {Code::kAborted, {"resume_revision"}}},
      {"DECISION_NOT_FOUND", {Code::kNotFound, {"decision"}}},
      {"RECORDING_UNAVAILABLE", {Code::kUnavailable, {}}},
      {"CONTACT_ID_REUSED", {Code::kFailedPrecondition, {"contact"}}},
      {"REVISION_NOT_REACHED", {Code::kUnavailable, {"at_least_revision", "revision"}}},
  };
  return *kContracts;
}

}  // namespace

std::string WrongReason(const CallStatus& status, const std::string& reason) {
  const auto contract = Contracts().find(reason);
  if (contract == Contracts().end()) return absl::StrCat("no contract for ", reason);
  if (status.ok()) return "the call succeeded";
  if (!status.info.has_value()) return "it carries no ErrorInfo";
  if (status.info->domain() != "dnc.v1") return "its domain is not dnc.v1";
  if (status.reason() != reason) return absl::StrCat("its reason is ", status.reason());
  if (status.message.empty()) return "it has no message";
  if (status.code == contract->second.code) return "";
  return absl::StrCat("its code is ", absl::StatusCodeToString(status.code));
}

std::string BreachOfContract(const CallStatus& status, const std::string& reason) {
  const std::string wrong = WrongReason(status, reason);
  if (!wrong.empty()) return wrong;
  for (const std::string& key : Contracts().at(reason).keys) {
    if (status.metadata(key).empty()) return absl::StrCat("its metadata lacks ", key);
  }
  return "";
}

}  // namespace dnc
