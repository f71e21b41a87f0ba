#include "server/rpc/grpc_status.h"

#include <string>

#include "google/rpc/status.pb.h"
#include "server/error/error.h"

namespace dnc {
namespace {

v1::ErrorReason ImpliedReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return v1::ERROR_REASON_INVALID_FIELD;
    case absl::StatusCode::kResourceExhausted:
      return v1::ERROR_REASON_OVERLOADED;
    case absl::StatusCode::kDataLoss:
      return v1::ERROR_REASON_CORRUPT_RECORD;
    case absl::StatusCode::kUnauthenticated:
      return v1::ERROR_REASON_UNAUTHENTICATED;
    case absl::StatusCode::kPermissionDenied:
      return v1::ERROR_REASON_PERMISSION_DENIED;
    default:
      return v1::ERROR_REASON_STORE_UNAVAILABLE;
  }
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsCancelled(status)) return grpc::Status::CANCELLED;  // nobody is there to read why
  google::rpc::ErrorInfo info;
  if (auto attached = ErrorInfoOf(status); attached.has_value()) {
    info = *std::move(attached);
  } else {
    info.set_reason(ShortName(ImpliedReason(status.code())));
    info.set_domain("dnc.v1");
  }
  google::rpc::Status details;
  details.set_code(static_cast<int32_t>(status.code()));
  details.set_message(std::string(status.message()));
  details.add_details()->PackFrom(info);
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          details.SerializeAsString()};
}

}  // namespace dnc
