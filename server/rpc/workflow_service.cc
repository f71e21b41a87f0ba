#include "server/rpc/workflow_service.h"

namespace dnc {

grpc::ServerUnaryReactor* WorkflowService::CreateWorkflow(grpc::CallbackServerContext* context,
                                                          const v1::CreateWorkflowRequest* request,
                                                          v1::CreateWorkflowResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/CreateWorkflow", *request, response);
}

grpc::ServerUnaryReactor* WorkflowService::GetWorkflow(grpc::CallbackServerContext* context,
                                                       const v1::GetWorkflowRequest* request,
                                                       v1::GetWorkflowResponse* response) {
  return Answer(services_, context, "/dnc.v1.WorkflowService/GetWorkflow",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* WorkflowService::ListWorkflows(grpc::CallbackServerContext* context,
                                                         const v1::ListWorkflowsRequest* request,
                                                         v1::ListWorkflowsResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.WorkflowService/ListWorkflows",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

grpc::ServerUnaryReactor* WorkflowService::ApplyWorkflow(grpc::CallbackServerContext* context,
                                                         const v1::ApplyWorkflowRequest* request,
                                                         v1::ApplyWorkflowResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/ApplyWorkflow", *request, response);
}

grpc::ServerUnaryReactor* WorkflowService::CreateStatus(grpc::CallbackServerContext* context,
                                                        const v1::CreateStatusRequest* request,
                                                        v1::CreateStatusResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/CreateStatus", *request, response);
}

grpc::ServerUnaryReactor* WorkflowService::GetStatus(grpc::CallbackServerContext* context,
                                                     const v1::GetStatusRequest* request,
                                                     v1::GetStatusResponse* response) {
  return Answer(services_, context, "/dnc.v1.WorkflowService/GetStatus",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* WorkflowService::ListStatuses(grpc::CallbackServerContext* context,
                                                        const v1::ListStatusesRequest* request,
                                                        v1::ListStatusesResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.WorkflowService/ListStatuses",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

grpc::ServerUnaryReactor* WorkflowService::UpdateStatus(grpc::CallbackServerContext* context,
                                                        const v1::UpdateStatusRequest* request,
                                                        v1::UpdateStatusResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/UpdateStatus", *request, response);
}

grpc::ServerUnaryReactor* WorkflowService::CreateAction(grpc::CallbackServerContext* context,
                                                        const v1::CreateActionRequest* request,
                                                        v1::CreateActionResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/CreateAction", *request, response);
}

grpc::ServerUnaryReactor* WorkflowService::GetAction(grpc::CallbackServerContext* context,
                                                     const v1::GetActionRequest* request,
                                                     v1::GetActionResponse* response) {
  return Answer(services_, context, "/dnc.v1.WorkflowService/GetAction",
                [&](const Principal&) { return services_.reads->Get(*request, response); });
}

grpc::ServerUnaryReactor* WorkflowService::ListActions(grpc::CallbackServerContext* context,
                                                       const v1::ListActionsRequest* request,
                                                       v1::ListActionsResponse* response) {
  return AnswerLater(services_, context, "/dnc.v1.WorkflowService/ListActions",
                     [this, request, response](const Principal&) {
                       return services_.reads->List(*request, response);
                     });
}

grpc::ServerUnaryReactor* WorkflowService::UpdateAction(grpc::CallbackServerContext* context,
                                                        const v1::UpdateActionRequest* request,
                                                        v1::UpdateActionResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/UpdateAction", *request, response);
}

grpc::ServerUnaryReactor* WorkflowService::DeleteAction(grpc::CallbackServerContext* context,
                                                        const v1::DeleteActionRequest* request,
                                                        v1::DeleteActionResponse* response) {
  return Write(services_, context, "/dnc.v1.WorkflowService/DeleteAction", *request, response);
}

}  // namespace dnc
