#include "server/rpc/grpc_status.h"

#include "google/rpc/status.pb.h"
#include "server/error/sent_error.h"

namespace dnc {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsCancelled(status)) return grpc::Status::CANCELLED;  // nobody is there to read why
  const SentError error = ToSentError(status);
  google::rpc::Status details;
  details.set_code(static_cast<int32_t>(error.code));
  details.set_message(error.message);
  details.add_details()->PackFrom(error.info);
  return {static_cast<grpc::StatusCode>(error.code), error.message, details.SerializeAsString()};
}

}  // namespace dnc
