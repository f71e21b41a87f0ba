// What every unary method does around its handler: identify the caller, ask whether it may, answer.
#ifndef DNC_SERVER_RPC_UNARY_H_
#define DNC_SERVER_RPC_UNARY_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
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

// Answers with what `handler(principal)` says; it fills the response.
template <typename Handler>
grpc::ServerUnaryReactor* Answer(const Services& services, grpc::CallbackServerContext* context,
                                 absl::string_view method, const Handler& handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::StatusOr<Principal> caller = Admit(services, *context, method);
  reactor->Finish(ToGrpcStatus(caller.ok() ? handler(*caller) : caller.status()));
  return reactor;
}

// Runs `task`, which finishes the call, on a worker; finishes it as OVERLOADED where too many wait.
void RunLater(const Services& services, grpc::ServerUnaryReactor* reactor, WorkerPool::Task task);

// The same on a worker, for what takes longer than a check. `handler` must not hold references to
// what ends with the caller.
template <typename Handler>
grpc::ServerUnaryReactor* AnswerLater(const Services& services,
                                      grpc::CallbackServerContext* context,
                                      absl::string_view method, Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Principal> caller = Admit(services, *context, method);
  if (!caller.ok()) {
    reactor->Finish(ToGrpcStatus(caller.status()));
    return reactor;
  }
  RunLater(services, reactor, [reactor, caller = *std::move(caller), handler]() {
    reactor->Finish(ToGrpcStatus(handler(caller)));
  });
  return reactor;
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
template <typename Response, typename Finish>
void RunMutation(const Services& services, storage::v1::Mutation mutation, bool validate_only,
                 grpc::ServerUnaryReactor* reactor, Response* response, Finish finish) {
  if (validate_only) {
    RunLater(services, reactor,
             [&services, mutation = std::move(mutation), reactor, response,
              finish = std::move(finish)]() mutable {
               const absl::Status status = TakeOutcome(services.state->DryRun(mutation), response);
               reactor->Finish(ToGrpcStatus(finish(status)));
             });
    return;
  }
  services.log->Propose(std::move(mutation), [reactor, response, finish = std::move(finish)](
                                                 absl::StatusOr<Outcome> outcome) mutable {
    const absl::Status status = outcome.ok() ? TakeOutcome(*outcome, response) : outcome.status();
    reactor->Finish(ToGrpcStatus(finish(status)));
  });
}

// A writing method: prepare, propose, answer.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Write(const Services& services, grpc::CallbackServerContext* context,
                                absl::string_view method, const Request& request,
                                Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::StatusOr<Principal> caller = Admit(services, *context, method);
  if (!caller.ok()) {
    reactor->Finish(ToGrpcStatus(caller.status()));
    return reactor;
  }
  Preparer::Result mutation = services.preparer->Prepare(request, *caller);
  if (!mutation.ok()) {
    reactor->Finish(ToGrpcStatus(mutation.status()));
    return reactor;
  }
  RunMutation(services, *std::move(mutation), request.validate_only(), reactor, response,
              [](absl::Status status) { return status; });
  return reactor;
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_UNARY_H_
