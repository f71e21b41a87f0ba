#ifndef DNC_SERVER_RPC_UNKNOWN_METHODS_H_
#define DNC_SERVER_RPC_UNKNOWN_METHODS_H_

#include <grpcpp/generic/async_generic_service.h>

namespace dnc {

// Answers every method that no service has: METHOD_NOT_FOUND. Left to itself, gRPC answers
// UNIMPLEMENTED without a reason.
class UnknownMethods : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_UNKNOWN_METHODS_H_
