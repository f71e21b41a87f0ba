#include "server/error/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace dnc {
namespace {

constexpr absl::string_view kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kDomain = "dnc.v1";

}  // namespace

absl::StatusCode CodeOf(v1::ErrorReason reason) {
  switch (reason) {
    case v1::ERROR_REASON_REQUIRED_FIELD_MISSING:
    case v1::ERROR_REASON_INVALID_FIELD:
    case v1::ERROR_REASON_INVALID_PHONE_NUMBER:
    case v1::ERROR_REASON_INVALID_EMAIL_ADDRESS:
    case v1::ERROR_REASON_CHANNEL_MISMATCH:
    case v1::ERROR_REASON_LIMIT_EXCEEDED:
    case v1::ERROR_REASON_MALFORMED_REQUEST:
    case v1::ERROR_REASON_FILE_ROWS_REJECTED:
    case v1::ERROR_REASON_FILE_UNREADABLE:
    case v1::ERROR_REASON_EVIDENCE_REQUIRED:
      return absl::StatusCode::kInvalidArgument;
    case v1::ERROR_REASON_METHOD_NOT_FOUND:
      return absl::StatusCode::kUnimplemented;
    case v1::ERROR_REASON_ORGANIZATION_NOT_FOUND:
    case v1::ERROR_REASON_WORKFLOW_NOT_FOUND:
    case v1::ERROR_REASON_STATUS_NOT_FOUND:
    case v1::ERROR_REASON_ACTION_NOT_FOUND:
    case v1::ERROR_REASON_LEAD_NOT_FOUND:
    case v1::ERROR_REASON_LEAD_MERGED:
    case v1::ERROR_REASON_LEAD_DELETED:
    case v1::ERROR_REASON_LIST_NOT_FOUND:
    case v1::ERROR_REASON_ENTRY_NOT_FOUND:
    case v1::ERROR_REASON_ROLE_NOT_FOUND:
    case v1::ERROR_REASON_BINDING_NOT_FOUND:
    case v1::ERROR_REASON_GROUP_NOT_FOUND:
    case v1::ERROR_REASON_AUDIT_RECORD_NOT_FOUND:
    case v1::ERROR_REASON_DECISION_NOT_FOUND:
    case v1::ERROR_REASON_REVIEW_NOT_FOUND:
    case v1::ERROR_REASON_TEMPLATE_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case v1::ERROR_REASON_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case v1::ERROR_REASON_ETAG_MISMATCH:
    case v1::ERROR_REASON_IMPORT_IN_PROGRESS:
    case v1::ERROR_REASON_REPORT_EXPIRED:
    case v1::ERROR_REASON_SLOW_CONSUMER:
      return absl::StatusCode::kAborted;
    case v1::ERROR_REASON_FUTURE_REVISION:
    case v1::ERROR_REASON_HISTORY_GONE:
      return absl::StatusCode::kOutOfRange;
    case v1::ERROR_REASON_STORE_UNAVAILABLE:
    case v1::ERROR_REASON_RECORDING_UNAVAILABLE:
    case v1::ERROR_REASON_REVISION_NOT_REACHED:
    case v1::ERROR_REASON_SHUTTING_DOWN:
      return absl::StatusCode::kUnavailable;
    case v1::ERROR_REASON_OVERLOADED:
    case v1::ERROR_REASON_DISK_SPACE_LOW:
      return absl::StatusCode::kResourceExhausted;
    case v1::ERROR_REASON_CORRUPT_RECORD:
      return absl::StatusCode::kDataLoss;
    case v1::ERROR_REASON_UNAUTHENTICATED:
      return absl::StatusCode::kUnauthenticated;
    case v1::ERROR_REASON_PERMISSION_DENIED:
    case v1::ERROR_REASON_GRANT_EXCEEDS_OWN:
    case v1::ERROR_REASON_ACTION_NOT_PERMITTED:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kFailedPrecondition;
  }
}

std::string ShortName(v1::ErrorReason reason) {
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), "ERROR_REASON_"));
}

absl::Status WithErrorInfo(absl::Status status, const google::rpc::ErrorInfo& info) {
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

std::optional<google::rpc::ErrorInfo> ErrorInfoOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kErrorInfoUrl);
  google::rpc::ErrorInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) return std::nullopt;
  return info;
}

absl::Status MakeError(v1::ErrorReason reason, absl::string_view message, ErrorMetadata metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(ShortName(reason));
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = value;
  return WithErrorInfo(absl::Status(CodeOf(reason), message), info);
}

absl::Status MissingField(absl::string_view field, absl::string_view hint) {
  return MakeError(v1::ERROR_REASON_REQUIRED_FIELD_MISSING,
                   absl::StrCat(field, ": required; ", hint), {{"field", std::string(field)}});
}

absl::Status InvalidField(absl::string_view field, absl::string_view problem) {
  return MakeError(v1::ERROR_REASON_INVALID_FIELD, absl::StrCat(field, ": ", problem),
                   {{"field", std::string(field)}});
}

absl::Status MalformedRequest(absl::string_view type) {
  return MakeError(v1::ERROR_REASON_MALFORMED_REQUEST,
                   absl::StrCat("the request is no ", type,
                                ": its bytes cannot be parsed, or a text is not UTF-8"),
                   {{"type", std::string(type)}});
}

absl::Status ShuttingDown() {
  return MakeError(v1::ERROR_REASON_SHUTTING_DOWN,
                   "the server is shutting down; ask another node, or repeat when it is back");
}

absl::Status Overloaded(absl::string_view what) {
  return MakeError(v1::ERROR_REASON_OVERLOADED, absl::StrCat(what, "; back off and repeat"));
}

absl::Status WithFieldPrefix(absl::Status status, absl::string_view prefix) {
  const std::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(status);
  if (!info.has_value()) return status;
  const auto field = info->metadata().find("field");
  if (field == info->metadata().end()) return status;
  return WithField(std::move(status), absl::StrCat(prefix, field->second));
}

absl::Status WithField(absl::Status status, absl::string_view field) {
  std::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(status);
  if (!info.has_value()) return status;
  auto& metadata = *info->mutable_metadata();
  absl::string_view message = status.message();
  if (const auto it = metadata.find("field"); it != metadata.end()) {
    absl::ConsumePrefix(&message, absl::StrCat(it->second, ": "));
  }
  absl::Status renamed(status.code(), absl::StrCat(field, ": ", message));
  metadata["field"] = std::string(field);
  return WithErrorInfo(std::move(renamed), *info);
}

}  // namespace dnc
