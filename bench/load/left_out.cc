#include "bench/load/left_out.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/status/status.h"
#include "dnc/v1/system.grpc.pb.h"

namespace dnc::bench {

absl::StatusOr<Recorded> ReadRecorded(const std::string& address) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  v1::GetSystemStatusResponse response;
  const grpc::Status status =
      v1::SystemService::NewStub(channel)->GetSystemStatus(&context, {}, &response);
  if (!status.ok()) return absl::UnavailableError(status.error_message());
  return Recorded{static_cast<double>(response.recorder().recorded()),
                  static_cast<double>(response.recorder().dropped())};
}

double LeftOut(const Recorded& before, const Recorded& after) {
  const double left_out = after.left_out - before.left_out;
  const double due = left_out + after.written - before.written;
  return due == 0 ? 0 : 100 * left_out / due;
}

}  // namespace dnc::bench
