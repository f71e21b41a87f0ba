#include "client/error.h"

#include "absl/strings/cord.h"
#include "absl/types/optional.h"

namespace dnc {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";

}  // namespace

google::rpc::ErrorInfo GetErrorInfo(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  if (const absl::optional<absl::Cord> payload = status.GetPayload(kErrorInfoUrl)) {
    if (!info.ParseFromString(std::string(*payload))) info.Clear();
  }
  return info;
}

std::string ErrorReasonOf(const absl::Status& status) { return GetErrorInfo(status).reason(); }

std::string ErrorFieldOf(const absl::Status& status) {
  const google::rpc::ErrorInfo info = GetErrorInfo(status);
  const auto field = info.metadata().find("field");
  return field == info.metadata().end() ? "" : field->second;
}

absl::Status WithErrorInfo(absl::Status status, const google::rpc::ErrorInfo& info) {
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace dnc
