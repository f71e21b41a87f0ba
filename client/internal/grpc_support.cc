#include "client/internal/grpc_support.h"

#include <grpc/support/time.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include <utility>
#include <vector>

#include "client/error.h"
#include "google/rpc/status.pb.h"

namespace dnc {

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const absl::Status converted(static_cast<absl::StatusCode>(status.error_code()),
                               status.error_message());
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return converted;
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return WithErrorInfo(converted, info);
  }
  return converted;
}

namespace {

class PrincipalInterceptor : public grpc::experimental::Interceptor {
 public:
  explicit PrincipalInterceptor(const std::string& principal) : principal_(principal) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->insert({"x-dnc-principal", principal_});
    }
    methods->Proceed();
  }

 private:
  const std::string& principal_;  // the factory's, which the channel holds
};

class PrincipalInterceptors : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit PrincipalInterceptors(std::string principal) : principal_(std::move(principal)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* /*info*/) override {
    return new PrincipalInterceptor(principal_);
  }

 private:
  const std::string principal_;
};

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const std::string& principal) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // Despite its name: how long an attempt to connect may take at the least. A busy gateway needs
  // its time; an absent one refuses at once.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Repeats are this library's own: it knows which calls are safe to repeat.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A page of 1,000 leads or the answers to 10,000 checks may pass gRPC's default of 4 MiB.
  arguments.SetMaxReceiveMessageSize(64 << 20);
  if (principal.empty()) {
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  }
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<PrincipalInterceptors>(principal));
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      target, grpc::InsecureChannelCredentials(), arguments, std::move(interceptors));
}

void SetDeadline(grpc::ClientContext& context, absl::Duration deadline) {
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_nanos(absl::ToInt64Nanoseconds(deadline), GPR_TIMESPAN)));
}

}  // namespace dnc
