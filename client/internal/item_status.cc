#include "client/internal/item_status.h"

#include "client/error.h"
#include "google/rpc/error_details.pb.h"

namespace dnc {

absl::Status ItemStatus(const v1::ItemError& error) {
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason());
  info.set_domain("dnc.v1");
  *info.mutable_metadata() = error.metadata();
  if (!error.field().empty()) (*info.mutable_metadata())["field"] = error.field();
  const auto code = static_cast<absl::StatusCode>(error.code());
  return WithErrorInfo(code == absl::StatusCode::kOk ? absl::UnknownError(error.message())
                                                     : absl::Status(code, error.message()),
                       info);
}

}  // namespace dnc
