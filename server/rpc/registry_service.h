#ifndef DNC_SERVER_RPC_REGISTRY_SERVICE_H_
#define DNC_SERVER_RPC_REGISTRY_SERVICE_H_

#include "dnc/v1/registry.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

// dnc.v1.RegistryService: thin adapters over the handlers; an import runs on a thread of its own.
class RegistryService : public v1::RegistryService::CallbackService {
 public:
  explicit RegistryService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateList(grpc::CallbackServerContext* context,
                                       const v1::CreateListRequest* request,
                                       v1::CreateListResponse* response) override;
  grpc::ServerUnaryReactor* GetList(grpc::CallbackServerContext* context,
                                    const v1::GetListRequest* request,
                                    v1::GetListResponse* response) override;
  grpc::ServerUnaryReactor* ListLists(grpc::CallbackServerContext* context,
                                      const v1::ListListsRequest* request,
                                      v1::ListListsResponse* response) override;
  grpc::ServerUnaryReactor* AddEntry(grpc::CallbackServerContext* context,
                                     const v1::AddEntryRequest* request,
                                     v1::AddEntryResponse* response) override;
  grpc::ServerUnaryReactor* GetEntry(grpc::CallbackServerContext* context,
                                     const v1::GetEntryRequest* request,
                                     v1::GetEntryResponse* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* RevokeEntry(grpc::CallbackServerContext* context,
                                        const v1::RevokeEntryRequest* request,
                                        v1::RevokeEntryResponse* response) override;
  grpc::ServerBidiReactor<v1::ImportListRequest, v1::ImportListResponse>* ImportList(
      grpc::CallbackServerContext* context) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_REGISTRY_SERVICE_H_
