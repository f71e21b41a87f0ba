#ifndef DNC_SERVER_RPC_LEAD_SERVICE_H_
#define DNC_SERVER_RPC_LEAD_SERVICE_H_

#include "dnc/v1/lead.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawLeadService =
    RawMethods<v1::LeadService::Service, v1::LeadService::WithRawCallbackMethod_UpsertLead,
               v1::LeadService::WithRawCallbackMethod_GetLead,
               v1::LeadService::WithRawCallbackMethod_ListLeads,
               v1::LeadService::WithRawCallbackMethod_BatchUpsertLeads,
               v1::LeadService::WithRawCallbackMethod_DeleteLead,
               v1::LeadService::WithRawCallbackMethod_MergeLeads>::Service;

// dnc.v1.LeadService: thin adapters over the handlers.
class LeadService : public RawLeadService {
 public:
  explicit LeadService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* UpsertLead(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetLead(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListLeads(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchUpsertLeads(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteLead(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* MergeLeads(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_LEAD_SERVICE_H_
