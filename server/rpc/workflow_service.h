#ifndef DNC_SERVER_RPC_WORKFLOW_SERVICE_H_
#define DNC_SERVER_RPC_WORKFLOW_SERVICE_H_

#include "dnc/v1/workflow.grpc.pb.h"
#include "server/rpc/unary.h"

namespace dnc {

using RawWorkflowService =
    RawMethods<v1::WorkflowService::Service,
               v1::WorkflowService::WithRawCallbackMethod_CreateWorkflow,
               v1::WorkflowService::WithRawCallbackMethod_GetWorkflow,
               v1::WorkflowService::WithRawCallbackMethod_ListWorkflows,
               v1::WorkflowService::WithRawCallbackMethod_ApplyWorkflow,
               v1::WorkflowService::WithRawCallbackMethod_CreateStatus,
               v1::WorkflowService::WithRawCallbackMethod_GetStatus,
               v1::WorkflowService::WithRawCallbackMethod_ListStatuses,
               v1::WorkflowService::WithRawCallbackMethod_UpdateStatus,
               v1::WorkflowService::WithRawCallbackMethod_CreateAction,
               v1::WorkflowService::WithRawCallbackMethod_GetAction,
               v1::WorkflowService::WithRawCallbackMethod_ListActions,
               v1::WorkflowService::WithRawCallbackMethod_UpdateAction,
               v1::WorkflowService::WithRawCallbackMethod_DeleteAction,
               v1::WorkflowService::WithRawCallbackMethod_UpdateWorkflow,
               v1::WorkflowService::WithRawCallbackMethod_ListNamingViolations>::Service;

// dnc.v1.WorkflowService: thin adapters over the handlers.
class WorkflowService : public RawWorkflowService {
 public:
  explicit WorkflowService(const Services& services) : services_(services) {}

  grpc::ServerUnaryReactor* CreateWorkflow(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetWorkflow(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListWorkflows(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ApplyWorkflow(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateStatus(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListStatuses(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateStatus(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateAction(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetAction(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListActions(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateAction(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteAction(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateWorkflow(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListNamingViolations(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) override;

 private:
  const Services& services_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_WORKFLOW_SERVICE_H_
