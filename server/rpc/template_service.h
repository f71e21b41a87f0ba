#ifndef DNC_SERVER_RPC_TEMPLATE_SERVICE_H_
#define DNC_SERVER_RPC_TEMPLATE_SERVICE_H_

#include "dnc/v1/template.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawTemplateService =
    RawMethods<v1::TemplateService::Service,
               v1::TemplateService::WithRawCallbackMethod_CreateTemplate,
               v1::TemplateService::WithRawCallbackMethod_UpdateTemplate,
               v1::TemplateService::WithRawCallbackMethod_GetTemplate,
               v1::TemplateService::WithRawCallbackMethod_ListTemplates,
               v1::TemplateService::WithRawCallbackMethod_DeleteTemplate,
               v1::TemplateService::WithRawCallbackMethod_ApplyTemplate,
               v1::TemplateService::WithRawCallbackMethod_ListTemplateCopies>::Service;

// dnc.v1.TemplateService: thin adapters over the handlers.
class TemplateService : public RawTemplateService {
 public:
  explicit TemplateService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateTemplate(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateTemplate(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetTemplate(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListTemplates(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteTemplate(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ApplyTemplate(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListTemplateCopies(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_TEMPLATE_SERVICE_H_
