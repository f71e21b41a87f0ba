#ifndef DNC_SERVER_RPC_WORKFLOW_SERVICE_H_
#define DNC_SERVER_RPC_WORKFLOW_SERVICE_H_

#include "dnc/v1/workflow.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

// dnc.v1.WorkflowService: thin adapters over the handlers.
class WorkflowService : public v1::WorkflowService::CallbackService {
 public:
  explicit WorkflowService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateWorkflow(grpc::CallbackServerContext* context,
                                           const v1::CreateWorkflowRequest* request,
                                           v1::CreateWorkflowResponse* response) override;
  grpc::ServerUnaryReactor* GetWorkflow(grpc::CallbackServerContext* context,
                                        const v1::GetWorkflowRequest* request,
                                        v1::GetWorkflowResponse* response) override;
  grpc::ServerUnaryReactor* ListWorkflows(grpc::CallbackServerContext* context,
                                          const v1::ListWorkflowsRequest* request,
                                          v1::ListWorkflowsResponse* response) override;
  grpc::ServerUnaryReactor* ApplyWorkflow(grpc::CallbackServerContext* context,
                                          const v1::ApplyWorkflowRequest* request,
                                          v1::ApplyWorkflowResponse* response) override;
  grpc::ServerUnaryReactor* CreateStatus(grpc::CallbackServerContext* context,
                                         const v1::CreateStatusRequest* request,
                                         v1::CreateStatusResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override;
  grpc::ServerUnaryReactor* ListStatuses(grpc::CallbackServerContext* context,
                                         const v1::ListStatusesRequest* request,
                                         v1::ListStatusesResponse* response) override;
  grpc::ServerUnaryReactor* UpdateStatus(grpc::CallbackServerContext* context,
                                         const v1::UpdateStatusRequest* request,
                                         v1::UpdateStatusResponse* response) override;
  grpc::ServerUnaryReactor* CreateAction(grpc::CallbackServerContext* context,
                                         const v1::CreateActionRequest* request,
                                         v1::CreateActionResponse* response) override;
  grpc::ServerUnaryReactor* GetAction(grpc::CallbackServerContext* context,
                                      const v1::GetActionRequest* request,
                                      v1::GetActionResponse* response) override;
  grpc::ServerUnaryReactor* ListActions(grpc::CallbackServerContext* context,
                                        const v1::ListActionsRequest* request,
                                        v1::ListActionsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateAction(grpc::CallbackServerContext* context,
                                         const v1::UpdateActionRequest* request,
                                         v1::UpdateActionResponse* response) override;
  grpc::ServerUnaryReactor* DeleteAction(grpc::CallbackServerContext* context,
                                         const v1::DeleteActionRequest* request,
                                         v1::DeleteActionResponse* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_WORKFLOW_SERVICE_H_
