#include "server/rpc/unary.h"

namespace dnc {

namespace {

class GrpcEvidence : public CallerEvidence {
 public:
  explicit GrpcEvidence(const grpc::CallbackServerContext& context) : context_(context) {}
  std::string peer() const override { return context_.peer(); }
  std::string metadata(const std::string& name) const override {
    const auto found = context_.client_metadata().find(name);
    if (found == context_.client_metadata().end()) return "";
    return std::string(found->second.data(), found->second.size());
  }

 private:
  const grpc::CallbackServerContext& context_;
};

}  // namespace

absl::StatusOr<Principal> Admit(const Services& services,
                                const grpc::CallbackServerContext& context,
                                absl::string_view method) {
  DNC_ASSIGN_OR_RETURN(Principal caller,
                       services.authenticator->Authenticate(GrpcEvidence(context)));
  DNC_RETURN_IF_ERROR(services.authorizer->Authorize(caller, method));
  return caller;
}

absl::Status Overloaded() {
  return MakeError(v1::ERROR_REASON_OVERLOADED,
                   "too many calls wait for a worker; back off and repeat");
}

absl::Status NameShutdown(const Services& services, absl::Status status) {
  if (!absl::IsUnavailable(status) || !services.draining.load() || ErrorInfoOf(status)) {
    return status;
  }
  return MakeError(v1::ERROR_REASON_SHUTTING_DOWN, "the server is shutting down; ask another node");
}

}  // namespace dnc
