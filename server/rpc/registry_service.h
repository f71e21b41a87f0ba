#ifndef DNC_SERVER_RPC_REGISTRY_SERVICE_H_
#define DNC_SERVER_RPC_REGISTRY_SERVICE_H_

#include "dnc/v1/registry.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawRegistryService =
    RawMethods<v1::RegistryService::Service, v1::RegistryService::WithRawCallbackMethod_CreateList,
               v1::RegistryService::WithRawCallbackMethod_GetList,
               v1::RegistryService::WithRawCallbackMethod_ListLists,
               v1::RegistryService::WithRawCallbackMethod_AddEntry,
               v1::RegistryService::WithRawCallbackMethod_GetEntry,
               v1::RegistryService::WithRawCallbackMethod_ListEntries,
               v1::RegistryService::WithRawCallbackMethod_RevokeEntry,
               v1::RegistryService::WithRawCallbackMethod_ImportList,
               v1::RegistryService::WithRawCallbackMethod_UpdateList>::Service;

// dnc.v1.RegistryService: thin adapters over the handlers; an import runs on a thread of its own.
class RegistryService : public RawRegistryService {
 public:
  explicit RegistryService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateList(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetList(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListLists(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* AddEntry(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetEntry(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RevokeEntry(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ImportList(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* UpdateList(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_REGISTRY_SERVICE_H_
