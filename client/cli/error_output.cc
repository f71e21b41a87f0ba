#include "client/cli/error_output.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/remedies.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "client/error.h"
#include "google/protobuf/util/json_util.h"

namespace dnc::cli {
namespace {

constexpr char kRejectedPayload[] = "dncctl/rejected";

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

// What gRPC says of a name that it cannot resolve is about its inner life.
std::string Message(const absl::Status& status, const GlobalOptions& options) {
  const std::string message(status.message());
  if (!absl::IsUnavailable(status) || !absl::StrContains(message, "DNS resolution failed")) {
    return message;
  }
  return absl::StrCat("the host of ", options.server, " is not known by that name");
}

void PrintText(std::ostream& err, const absl::Status& status, const GlobalOptions& options,
               const std::string& request_id) {
  err << "dncctl: " << Printable(Message(status, options)) << '\n';
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
  error["message"].set_string_value(Message(status, options));
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
