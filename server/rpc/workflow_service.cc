#include "server/rpc/workflow_service.h"

namespace dnc {

grpc::ServerUnaryReactor* WorkflowService::CreateWorkflow(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return Write<v1::CreateWorkflowRequest, v1::CreateWorkflowResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/CreateWorkflow"});
}

grpc::ServerUnaryReactor* WorkflowService::GetWorkflow(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return GetLarge<v1::GetWorkflowRequest, v1::GetWorkflowResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/GetWorkflow"});
}

grpc::ServerUnaryReactor* WorkflowService::ListWorkflows(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return List<v1::ListWorkflowsRequest, v1::ListWorkflowsResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/ListWorkflows"});
}

grpc::ServerUnaryReactor* WorkflowService::ApplyWorkflow(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return Write<v1::ApplyWorkflowRequest, v1::ApplyWorkflowResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/ApplyWorkflow"});
}

grpc::ServerUnaryReactor* WorkflowService::CreateStatus(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Write<v1::CreateStatusRequest, v1::CreateStatusResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/CreateStatus"});
}

grpc::ServerUnaryReactor* WorkflowService::GetStatus(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return GetLarge<v1::GetStatusRequest, v1::GetStatusResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/GetStatus"});
}

grpc::ServerUnaryReactor* WorkflowService::ListStatuses(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return List<v1::ListStatusesRequest, v1::ListStatusesResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/ListStatuses"});
}

grpc::ServerUnaryReactor* WorkflowService::UpdateStatus(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Write<v1::UpdateStatusRequest, v1::UpdateStatusResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/UpdateStatus"});
}

grpc::ServerUnaryReactor* WorkflowService::CreateAction(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Write<v1::CreateActionRequest, v1::CreateActionResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/CreateAction"});
}

grpc::ServerUnaryReactor* WorkflowService::GetAction(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Get<v1::GetActionRequest, v1::GetActionResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/GetAction"});
}

grpc::ServerUnaryReactor* WorkflowService::ListActions(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return List<v1::ListActionsRequest, v1::ListActionsResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/ListActions"});
}

grpc::ServerUnaryReactor* WorkflowService::UpdateAction(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Write<v1::UpdateActionRequest, v1::UpdateActionResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/UpdateAction"});
}

grpc::ServerUnaryReactor* WorkflowService::DeleteAction(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return Write<v1::DeleteActionRequest, v1::DeleteActionResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/DeleteAction"});
}

grpc::ServerUnaryReactor* WorkflowService::UpdateWorkflow(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return Write<v1::UpdateWorkflowRequest, v1::UpdateWorkflowResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/UpdateWorkflow"});
}

grpc::ServerUnaryReactor* WorkflowService::ListNamingViolations(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return List<v1::ListNamingViolationsRequest, v1::ListNamingViolationsResponse>(
      services_, {context, request, response, "/dnc.v1.WorkflowService/ListNamingViolations"});
}

}  // namespace dnc
