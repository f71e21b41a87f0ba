// What every unary method does around its handler: identify the caller, ask whether it may, read
// the request, answer.
#ifndef DNC_SERVER_RPC_UNARY_H_
#define DNC_SERVER_RPC_UNARY_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/auth/authenticator.h"
#include "server/error/error.h"
#include "server/handler/check_handler.h"
#include "server/handler/import_session.h"
#include "server/handler/preparer.h"
#include "server/handler/read_handler.h"
#include "server/rpc/grpc_status.h"
#include "server/rpc/messages.h"
#include "server/rpc/worker_pool.h"
#include "storage/log/mutation_log.h"

namespace dnc {

// What services work with; all of it outlives them.
struct Services {
  const Authenticator* authenticator = nullptr;
  const Authorizer* authorizer = nullptr;
  StateMachine* state = nullptr;
  MutationLog* log = nullptr;
  const Preparer* preparer = nullptr;
  const CheckHandler* checks = nullptr;
  const ReadHandler* reads = nullptr;
  WorkerPool* workers = nullptr;
  ImportContext imports;
  std::atomic<bool> draining{false};  // the server is shutting down
};

// The same status, with the reason SHUTTING_DOWN where the log is gone because the server drains.
absl::Status NameShutdown(const Services& services, absl::Status status);

// OVERLOADED: the workers have too much to do.
absl::Status Overloaded();

// The caller of `method`, if it may call it.
absl::StatusOr<Principal> Admit(const Services& services,
                                const grpc::CallbackServerContext& context,
                                absl::string_view method);

// A unary call as gRPC hands it over, with its messages as they travel. All of it lives until the
// call has ended.
struct RawCall {
  RawCall(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
          grpc::ByteBuffer* response, absl::string_view method)
      : context(context),
        request(request),
        response(response),
        method(method),
        reactor(context->DefaultReactor()) {}

  // Ends the call, once, on any thread; where the status is OK, with `*response`.
  void Finish(const absl::Status& status) const { reactor->Finish(ToGrpcStatus(status)); }

  grpc::CallbackServerContext* context;
  const grpc::ByteBuffer* request;
  grpc::ByteBuffer* response;
  absl::string_view method;  // "/dnc.v1.LeadService/GetLead"
  grpc::ServerUnaryReactor* reactor;
};

// A call that was admitted, with its messages.
template <typename Request, typename Response>
struct UnaryCall {
  explicit UnaryCall(const RawCall& raw) : raw(raw) {}

  // Ends the call, once, on any thread; where the status is OK, with `response`.
  void Finish(absl::Status status) {
    if (status.ok()) status = Serialize(response, raw.response);
    raw.Finish(status);
  }

  const RawCall raw;
  Principal caller;
  Request request;
  Response response;
};

// OK and everything that the handler needs, where the caller may make the call and its bytes are a
// request.
template <typename Call>
absl::Status Receive(const Services& services, Call* call) {
  DNC_ASSIGN_OR_RETURN(call->caller, Admit(services, *call->raw.context, call->raw.method));
  grpc::ByteBuffer bytes = *call->raw.request;
  return Parse(&bytes, &call->request);
}

// Runs `handle(call)`, which ends the call, unless it was refused before.
template <typename Call, typename Handle>
grpc::ServerUnaryReactor* Begin(const Services& services, const RawCall& raw, Handle handle) {
  const auto call = std::make_shared<Call>(raw);
  if (const absl::Status received = Receive(services, call.get()); received.ok()) {
    handle(call);
  } else {
    raw.Finish(received);
  }
  return raw.reactor;
}

// Runs `task`, which ends the call, on a worker; ends it as OVERLOADED where too many wait.
template <typename Call>
void RunLater(const Services& services, const std::shared_ptr<Call>& call, WorkerPool::Task task) {
  if (!services.workers->TryRun(std::move(task))) call->Finish(Overloaded());
}

// A method that reads one record: answered at once.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Get(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    call->Finish(services.reads->Get(call->request, &call->response));
  });
}

// A method that lists records: answered by a worker.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* List(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    RunLater(services, call, [&services, call] {
      call->Finish(services.reads->List(call->request, &call->response));
    });
  });
}

// The outcome of a mutation as the method's answer.
template <typename Response>
absl::Status TakeOutcome(const Outcome& outcome, Response* response) {
  if (outcome.code() != 0) {
    absl::Status refusal(static_cast<absl::StatusCode>(outcome.code()), outcome.message());
    return outcome.has_error() ? WithErrorInfo(std::move(refusal), outcome.error()) : refusal;
  }
  if (!response->ParseFromString(outcome.response())) return CorruptRecord(Family::kRequests);
  response->set_revision(outcome.revision());
  return absl::OkStatus();
}

// Runs a prepared mutation through the log, or through a dry run, and answers when it is durable.
// `finish(status)` may still change the response.
template <typename Call, typename Finish>
void RunMutation(const Services& services, storage::v1::Mutation mutation,
                 const std::shared_ptr<Call>& call, Finish finish) {
  if (call->request.validate_only()) {
    RunLater(services, call,
             [&services, call, mutation = std::move(mutation), finish = std::move(finish)]() {
               call->Finish(finish(TakeOutcome(services.state->DryRun(mutation), &call->response)));
             });
    return;
  }
  services.log->Propose(std::move(mutation), [&services, call, finish = std::move(finish)](
                                                 const absl::StatusOr<Outcome>& outcome) {
    const absl::Status status = outcome.ok() ? TakeOutcome(*outcome, &call->response)
                                             : NameShutdown(services, outcome.status());
    call->Finish(finish(status));
  });
}

// A writing method: prepare, propose, answer.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Write(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    Preparer::Result mutation = services.preparer->Prepare(call->request, call->caller);
    if (!mutation.ok()) return call->Finish(mutation.status());
    RunMutation(services, *std::move(mutation), call,
                [](const absl::Status& status) { return status; });
  });
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_UNARY_H_
