#ifndef DNC_SERVER_RPC_LEAD_SERVICE_H_
#define DNC_SERVER_RPC_LEAD_SERVICE_H_

#include "dnc/v1/lead.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

// dnc.v1.LeadService: thin adapters over the handlers.
class LeadService : public v1::LeadService::CallbackService {
 public:
  explicit LeadService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* UpsertLead(grpc::CallbackServerContext* context,
                                       const v1::UpsertLeadRequest* request,
                                       v1::UpsertLeadResponse* response) override;
  grpc::ServerUnaryReactor* GetLead(grpc::CallbackServerContext* context,
                                    const v1::GetLeadRequest* request,
                                    v1::GetLeadResponse* response) override;
  grpc::ServerUnaryReactor* ListLeads(grpc::CallbackServerContext* context,
                                      const v1::ListLeadsRequest* request,
                                      v1::ListLeadsResponse* response) override;
  grpc::ServerUnaryReactor* BatchUpsertLeads(grpc::CallbackServerContext* context,
                                             const v1::BatchUpsertLeadsRequest* request,
                                             v1::BatchUpsertLeadsResponse* response) override;

 private:
  void ProposeBatch(const v1::BatchUpsertLeadsRequest& request, const Principal& caller,
                    grpc::ServerUnaryReactor* reactor, v1::BatchUpsertLeadsResponse* response);

  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_LEAD_SERVICE_H_
