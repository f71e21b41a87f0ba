#include "server/rpc/registry_service.h"

#include "server/rpc/import_reactor.h"

namespace dnc {

grpc::ServerUnaryReactor* RegistryService::CreateList(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Write<v1::CreateListRequest, v1::CreateListResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/CreateList"});
}

grpc::ServerUnaryReactor* RegistryService::GetList(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return Get<v1::GetListRequest, v1::GetListResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/GetList"});
}

grpc::ServerUnaryReactor* RegistryService::ListLists(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return List<v1::ListListsRequest, v1::ListListsResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/ListLists"});
}

grpc::ServerUnaryReactor* RegistryService::AddEntry(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Write<v1::AddEntryRequest, v1::AddEntryResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/AddEntry"});
}

grpc::ServerUnaryReactor* RegistryService::GetEntry(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Get<v1::GetEntryRequest, v1::GetEntryResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/GetEntry"});
}

grpc::ServerUnaryReactor* RegistryService::ListEntries(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return List<v1::ListEntriesRequest, v1::ListEntriesResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/ListEntries"});
}

grpc::ServerUnaryReactor* RegistryService::RevokeEntry(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return Write<v1::RevokeEntryRequest, v1::RevokeEntryResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/RevokeEntry"});
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* RegistryService::ImportList(
    grpc::CallbackServerContext* context) {
  return StartImport(services_, *context);
}

grpc::ServerUnaryReactor* RegistryService::UpdateList(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Write<v1::UpdateListRequest, v1::UpdateListResponse>(
      services_, {context, request, response, "/dnc.v1.RegistryService/UpdateList"});
}

}  // namespace dnc
