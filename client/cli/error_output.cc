#include "client/cli/error_output.h"

#include <map>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/exit_code.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "client/error.h"
#include "google/protobuf/util/json_util.h"

namespace dnc::cli {
namespace {

constexpr char kRejectedPayload[] = "dncctl/rejected";

// By ErrorReason, for what a user of the command line can do.
const std::map<std::string, std::string>& Remedies() {
  static const auto& remedies = *new std::map<std::string, std::string>{
      {"ORGANIZATION_NOT_FOUND",
       "create it with `dncctl orgs create NAME`, or choose one of `dncctl orgs list`"},
      {"WORKFLOW_NOT_FOUND", "`dncctl workflows list` shows what there is"},
      {"STATUS_NOT_FOUND", "`dncctl workflows get WORKFLOW` shows its statuses"},
      {"ACTION_NOT_FOUND", "`dncctl workflows get WORKFLOW` shows the actions of each status"},
      {"LEAD_NOT_FOUND",
       "`dncctl leads list` shows what there is; for a new lead give --phone or --email"},
      {"LIST_NOT_FOUND", "create it with `dncctl lists create NAME --kind internal|registry`"},
      {"ENTRY_NOT_FOUND", "`dncctl entries list` shows what there is"},
      {"INVALID_PHONE_NUMBER",
       "spell it with its country code, e.g. +12125550123, or give --default-region"},
      {"CHANNEL_MISMATCH",
       "voice, sms and fax need --phone, email needs --email, mail needs --other"},
      {"STATUS_DISABLED", "enable it: `state: enabled` in its YAML, then `dncctl workflows apply`"},
      {"STATUS_ARCHIVED",
       "restore it: `state: enabled` in its YAML, then `dncctl workflows apply`"},
      {"ACTION_DISABLED", "enable it: `state: enabled` in its YAML, then `dncctl workflows apply`"},
      {"ACTION_CONFLICT", "choose --on-conflict skip, replace or rename"},
      {"DNC_OPERATION_DROPPED",
       "nothing may drop a DNC operation by accident; --on-conflict rename "
       "keeps both, --allow-dropping-dnc confirms a workflow's change"},
      {"ACTION_NOT_AVAILABLE",
       "`dncctl leads get LEAD` shows its status, `dncctl workflows get "
       "WORKFLOW` the actions offered there"},
      {"LIST_KIND_MISMATCH",
       "entries go to lists of kind internal; registries are imported with `dncctl lists import`"},
      {"ETAG_MISMATCH", "somebody changed it meanwhile: look at it again, then repeat"},
      {"VERSION_TOO_OLD", "import a newer file, or give its date with --as-of"},
      {"REGISTRY_WOULD_SHRINK", "if the file is right, repeat with --allow-shrink"},
      {"FILE_ROWS_REJECTED",
       "mend the rows (all of them with --rejects FILE), or repeat with --allow-partial"},
      {"IMPORT_IN_PROGRESS", "wait for the other import of that list, then repeat"},
      {"STORE_UNAVAILABLE", "the gateway's disk may be full: see `dncctl status` and its log"},
      {"AUDIT_RECORD_NOT_FOUND", "`dncctl audit list` shows what there is"},
      {"FUTURE_REVISION", "`dncctl audit head` shows the newest revision"},
      {"HISTORY_GONE",
       "`dncctl entries list` and `dncctl leads list` show what holds now; then watch from there "
       "on"},
      {"SLOW_CONSUMER", "watch again with --from and the revision that the error names"},
      {"REVISION_NOT_REACHED", "ask again, or ask another node with --server"},
      {"OVERLOADED", "wait a moment and repeat"},
      {"SHUTTING_DOWN", "repeat when the gateway is back, or ask another node with --server"},
  };
  return remedies;
}

std::string Unreachable(const GlobalOptions& options) {
  return absl::StrCat("no gateway answers at ", options.server, ": start one with `dncd --listen ",
                      options.server,
                      " --data-dir DIR`, or name another with --server HOST:PORT or DNC_SERVER");
}

// Whether a write that ended so may have been done all the same.
bool OutcomeUnknown(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

// The remedy, and for a write whose outcome is not known how to repeat it.
std::string FullRemedy(const absl::Status& status, const GlobalOptions& options,
                       const std::string& request_id) {
  const std::string remedy = RemedyFor(status, options);
  if (request_id.empty()) return remedy;
  return absl::StrCat(remedy, remedy.empty() ? "" : "; ",
                      "it is not known whether the change was made: repeat the command with "
                      "--request-id ",
                      request_id, ", so that it is made once");
}

void PrintText(std::ostream& err, const absl::Status& status, const GlobalOptions& options,
               const std::string& request_id) {
  err << "dncctl: " << Printable(std::string(status.message())) << '\n';
  const auto detail = [&err](const char* name, const std::string& value) {
    if (!value.empty()) err << "  " << name << ": " << Printable(value) << '\n';
  };
  detail("reason", ErrorReasonOf(status));
  detail("field", ErrorFieldOf(status));
  detail("request id", request_id);
  detail("remedy", FullRemedy(status, options, request_id));
}

void PrintErrorJson(std::ostream& err, const absl::Status& status, const GlobalOptions& options,
                    const std::string& request_id) {
  google::protobuf::Struct document;
  auto& error = *(*document.mutable_fields())["error"].mutable_struct_value()->mutable_fields();
  error["code"].set_string_value(absl::StatusCodeToString(status.code()));
  error["exit_code"].set_number_value(ExitCodeOf(status));
  error["message"].set_string_value(std::string(status.message()));
  const auto add = [&error](const char* name, std::string value) {
    if (!value.empty()) error[name].set_string_value(std::move(value));
  };
  add("reason", ErrorReasonOf(status));
  add("field", ErrorFieldOf(status));
  add("request_id", request_id);
  add("remedy", FullRemedy(status, options, request_id));
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  for (const auto& [key, value] : info.metadata()) {
    auto& metadata = *error["metadata"].mutable_struct_value()->mutable_fields();
    metadata[key].set_string_value(value);
  }
  if (const auto rejected = status.GetPayload(kRejectedPayload)) {
    error["rejected"].mutable_struct_value()->ParseFromString(std::string(*rejected));
  }
  std::string json;
  if (google::protobuf::util::MessageToJsonString(document, &json).ok()) err << json << '\n';
}

}  // namespace

std::string RemedyFor(const absl::Status& status, const GlobalOptions& options) {
  const std::string reason = ErrorReasonOf(status);
  if (const auto remedy = Remedies().find(reason); remedy != Remedies().end()) {
    return remedy->second;
  }
  if (!reason.empty()) return "";
  if (status.code() == absl::StatusCode::kUnavailable) return Unreachable(options);
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    return absl::StrCat(
        "the gateway at ", options.server,
        " did not answer in time; see `dncctl status`, or give more with --timeout");
  }
  return "";
}

absl::Status WithRejected(absl::Status status, const google::protobuf::Struct& rejected) {
  status.SetPayload(kRejectedPayload, absl::Cord(rejected.SerializeAsString()));
  return status;
}

void PrintError(std::ostream& err, const absl::Status& status, const GlobalOptions& options,
                const std::string& request_id) {
  const std::string repeat_id = OutcomeUnknown(status) ? request_id : "";
  if (options.json) {
    PrintErrorJson(err, status, options, repeat_id);
  } else {
    PrintText(err, status, options, repeat_id);
  }
}

}  // namespace dnc::cli
