#include "server/rpc/unary.h"

namespace dnc {

absl::StatusOr<Principal> Admit(const Services& services,
                                const grpc::CallbackServerContext& context,
                                absl::string_view method) {
  CallerEvidence evidence;
  evidence.peer = context.peer();
  const auto header = context.client_metadata().find("authorization");
  if (header != context.client_metadata().end()) {
    evidence.authorization = std::string(header->second.data(), header->second.size());
  }
  DNC_ASSIGN_OR_RETURN(Principal caller, services.authenticator->Authenticate(evidence));
  DNC_RETURN_IF_ERROR(services.authorizer->Authorize(caller, method));
  return caller;
}

}  // namespace dnc
