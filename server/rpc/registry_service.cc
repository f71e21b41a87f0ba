#include "server/rpc/registry_service.h"

#include "server/rpc/import_reactor.h"

namespace dnc {

grpc::ServerUnaryReactor* RegistryService::CreateList(grpc::CallbackServerContext* context,
                                                      const v1::CreateListRequest* request,
                                                      v1::CreateListResponse* response) {
  return Write(services_, context, "/dnc.v1.RegistryService/CreateList", *request, response);
}

grpc::ServerUnaryReactor* RegistryService::GetList(grpc::CallbackServerContext* context,
                                                   const v1::GetListRequest* request,
                                                   v1::GetListResponse* response) {
  return Answer(services_, context, "/dnc.v1.RegistryService/GetList",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* RegistryService::ListLists(grpc::CallbackServerContext* context,
                                                     const v1::ListListsRequest* request,
                                                     v1::ListListsResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.RegistryService/ListLists",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

grpc::ServerUnaryReactor* RegistryService::AddEntry(grpc::CallbackServerContext* context,
                                                    const v1::AddEntryRequest* request,
                                                    v1::AddEntryResponse* response) {
  return Write(services_, context, "/dnc.v1.RegistryService/AddEntry", *request, response);
}

grpc::ServerUnaryReactor* RegistryService::GetEntry(grpc::CallbackServerContext* context,
                                                    const v1::GetEntryRequest* request,
                                                    v1::GetEntryResponse* response) {
  return Answer(services_, context, "/dnc.v1.RegistryService/GetEntry",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* RegistryService::ListEntries(grpc::CallbackServerContext* context,
                                                       const v1::ListEntriesRequest* request,
                                                       v1::ListEntriesResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.RegistryService/ListEntries",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

grpc::ServerUnaryReactor* RegistryService::RevokeEntry(grpc::CallbackServerContext* context,
                                                       const v1::RevokeEntryRequest* request,
                                                       v1::RevokeEntryResponse* response) {
  return Write(services_, context, "/dnc.v1.RegistryService/RevokeEntry", *request, response);
}

grpc::ServerBidiReactor<v1::ImportListRequest, v1::ImportListResponse>* RegistryService::ImportList(
    grpc::CallbackServerContext* context) {
  return StartImport(services_.imports,
                     Admit(services_, *context, "/dnc.v1.RegistryService/ImportList"));
}

}  // namespace dnc
