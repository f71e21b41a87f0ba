#include "server/rpc/lead_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "server/error/item_error.h"

namespace dnc {
namespace {

// Puts the errors of rows that were never proposed between the results of those that were.
void MergeRowErrors(const std::vector<absl::Status>& rows, v1::BatchUpsertLeadsResponse* response) {
  google::protobuf::RepeatedPtrField<v1::LeadResult> applied;
  applied.Swap(response->mutable_results());
  int next = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    v1::LeadResult* result = response->add_results();
    if (!rows[i].ok()) {
      FillItemError(rows[i], result->mutable_error());
      continue;
    }
    if (next < applied.size()) result->Swap(applied.Mutable(next++));
    // The state machine numbered only the rows that it saw.
    if (result->has_error()) RenumberField("leads", static_cast<int>(i), result->mutable_error());
  }
}

using BatchCall = UnaryCall<v1::BatchUpsertLeadsRequest, v1::BatchUpsertLeadsResponse>;

void ProposeBatch(const Services& services, const std::shared_ptr<BatchCall>& call) {
  std::vector<absl::Status> rows;
  Preparer::Result mutation = services.preparer->PrepareBatch(call->request, call->caller, &rows);
  if (!mutation.ok()) return call->Finish(mutation.status());
  RunMutation(services, *std::move(mutation), call,
              [call, rows = std::move(rows)](const absl::Status& status) {
                if (status.ok()) MergeRowErrors(rows, &call->response);
                return status;
              });
}

}  // namespace

grpc::ServerUnaryReactor* LeadService::UpsertLead(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return Write<v1::UpsertLeadRequest, v1::UpsertLeadResponse>(
      services_, {context, request, response, "/dnc.v1.LeadService/UpsertLead"});
}

grpc::ServerUnaryReactor* LeadService::GetLead(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
  return Get<v1::GetLeadRequest, v1::GetLeadResponse>(
      services_, {context, request, response, "/dnc.v1.LeadService/GetLead"});
}

grpc::ServerUnaryReactor* LeadService::ListLeads(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return List<v1::ListLeadsRequest, v1::ListLeadsResponse>(
      services_, {context, request, response, "/dnc.v1.LeadService/ListLeads"});
}

grpc::ServerUnaryReactor* LeadService::BatchUpsertLeads(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  const RawCall raw(context, request, response, "/dnc.v1.LeadService/BatchUpsertLeads");
  // Thousands of contact points are normalised first.
  return Begin<BatchCall>(services_, raw, [this](const std::shared_ptr<BatchCall>& call) {
    RunLater(services_, call, [this, call] { ProposeBatch(services_, call); });
  });
}

grpc::ServerUnaryReactor* LeadService::DeleteLead(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return Write<v1::DeleteLeadRequest, v1::DeleteLeadResponse>(
      services_, {context, request, response, "/dnc.v1.LeadService/DeleteLead"});
}

grpc::ServerUnaryReactor* LeadService::MergeLeads(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return Write<v1::MergeLeadsRequest, v1::MergeLeadsResponse>(
      services_, {context, request, response, "/dnc.v1.LeadService/MergeLeads"});
}

}  // namespace dnc
