#include "server/rpc/template_service.h"

namespace dnc {

grpc::ServerUnaryReactor* TemplateService::CreateTemplate(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return Write<v1::CreateTemplateRequest, v1::CreateTemplateResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/CreateTemplate"});
}

grpc::ServerUnaryReactor* TemplateService::UpdateTemplate(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return Write<v1::UpdateTemplateRequest, v1::UpdateTemplateResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/UpdateTemplate"});
}

grpc::ServerUnaryReactor* TemplateService::GetTemplate(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return GetLarge<v1::GetTemplateRequest, v1::GetTemplateResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/GetTemplate"});
}

grpc::ServerUnaryReactor* TemplateService::ListTemplates(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return List<v1::ListTemplatesRequest, v1::ListTemplatesResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/ListTemplates"});
}

grpc::ServerUnaryReactor* TemplateService::DeleteTemplate(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return Write<v1::DeleteTemplateRequest, v1::DeleteTemplateResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/DeleteTemplate"});
}

grpc::ServerUnaryReactor* TemplateService::ApplyTemplate(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return Write<v1::ApplyTemplateRequest, v1::ApplyTemplateResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/ApplyTemplate"});
}

grpc::ServerUnaryReactor* TemplateService::ListTemplateCopies(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  return List<v1::ListTemplateCopiesRequest, v1::ListTemplateCopiesResponse>(
      services_, {context, request, response, "/dnc.v1.TemplateService/ListTemplateCopies"});
}

}  // namespace dnc
