#include "server/rpc/lead_service.h"

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

}  // namespace

grpc::ServerUnaryReactor* LeadService::UpsertLead(grpc::CallbackServerContext* context,
                                                  const v1::UpsertLeadRequest* request,
                                                  v1::UpsertLeadResponse* response) {
  return Write(services_, context, "/dnc.v1.LeadService/UpsertLead", *request, response);
}

grpc::ServerUnaryReactor* LeadService::GetLead(grpc::CallbackServerContext* context,
                                               const v1::GetLeadRequest* request,
                                               v1::GetLeadResponse* response) {
  return Answer(services_, context, "/dnc.v1.LeadService/GetLead",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* LeadService::ListLeads(grpc::CallbackServerContext* context,
                                                 const v1::ListLeadsRequest* request,
                                                 v1::ListLeadsResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.LeadService/ListLeads",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

grpc::ServerUnaryReactor* LeadService::BatchUpsertLeads(grpc::CallbackServerContext* context,
                                                        const v1::BatchUpsertLeadsRequest* request,
                                                        v1::BatchUpsertLeadsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Principal> caller =
      Admit(services_, *context, "/dnc.v1.LeadService/BatchUpsertLeads");
  if (!caller.ok()) {
    reactor->Finish(ToGrpcStatus(caller.status()));
    return reactor;
  }
  // Thousands of contact points are normalised first.
  RunLater(services_, reactor, [this, request, response, reactor, caller = *std::move(caller)]() {
    ProposeBatch(*request, caller, reactor, response);
  });
  return reactor;
}

void LeadService::ProposeBatch(const v1::BatchUpsertLeadsRequest& request, const Principal& caller,
                               grpc::ServerUnaryReactor* reactor,
                               v1::BatchUpsertLeadsResponse* response) {
  std::vector<absl::Status> rows;
  Preparer::Result mutation = services_.preparer->PrepareBatch(request, caller, &rows);
  if (!mutation.ok()) {
    reactor->Finish(ToGrpcStatus(mutation.status()));
    return;
  }
  RunMutation(services_, *std::move(mutation), request.validate_only(), reactor, response,
              [rows = std::move(rows), response](absl::Status status) {
                if (status.ok()) MergeRowErrors(rows, response);
                return status;
              });
}

}  // namespace dnc
