// What every unary method does around its handler: identify the caller, read the request, ask
// whether the caller may, answer.
#ifndef DNC_SERVER_RPC_UNARY_H_
#define DNC_SERVER_RPC_UNARY_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <array>
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
#include "server/rpc/caller_rules.h"
#include "server/rpc/drain.h"
#include "server/rpc/grpc_status.h"
#include "server/rpc/messages.h"
#include "server/rpc/open_imports.h"
#include "server/rpc/resources.h"
#include "server/rpc/worker_pool.h"
#include "server/state/refusal.h"
#include "storage/base/wire.h"
#include "storage/log/mutation_log.h"

namespace dnc {

class AccessHandler;
class ReportRunner;

class ContactHandler;
class DecisionHandler;
class DecisionRecorder;

// What services work with; all of it outlives them.
struct Services {
  const Authenticator* authenticator = nullptr;
  const Authorizer* authorizer = nullptr;
  StateMachine* state = nullptr;
  MutationLog* log = nullptr;
  const Preparer* preparer = nullptr;
  const CheckHandler* checks = nullptr;
  const ReadHandler* reads = nullptr;
  const AccessHandler* access = nullptr;
  DecisionRecorder* recorder = nullptr;
  const DecisionHandler* decisions = nullptr;
  ContactHandler* contacts = nullptr;
  WorkerPool* workers = nullptr;
  Drain* drain = nullptr;
  OpenImports* open_imports = nullptr;
  ReportRunner* reports = nullptr;
  ImportContext imports;
};

// The caller. UNAUTHENTICATED.
absl::StatusOr<Principal> Authenticate(const Services& services,
                                       const grpc::CallbackServerContext& context);
// The same, where calls are taken. SHUTTING_DOWN.
absl::StatusOr<Principal> Identify(const Services& services,
                                   const grpc::CallbackServerContext& context);

// Whether `caller` may call `method` on what `request` names. PERMISSION_DENIED.
template <typename Request>
absl::Status Authorize(const Services& services, const Principal& caller, absl::string_view method,
                       const Request& request) {
  const NamedResources resources = ResourcesOf(request);
  DNC_RETURN_IF_ERROR(services.authorizer->Authorize(caller, method, resources));
  return JudgeRequest(services, caller, resources, request);
}

// OVERLOADED: the workers have too much to do.
absl::Status WorkersOverloaded();

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

// A call in flight, with its caller.
struct BytesCall {
  BytesCall(const Services& services, const RawCall& raw) : in_flight(services.drain), raw(raw) {}

  void Finish(const absl::Status& status) const { raw.Finish(status); }

  const Drain::Call in_flight;
  const RawCall raw;
  Principal caller;
};

// The same, with its messages.
template <typename Request, typename Response>
struct UnaryCall : BytesCall {
  using BytesCall::BytesCall;

  // Ends the call, once, on any thread; where the status is OK, with `response`.
  void Finish(absl::Status status) {
    if (status.ok()) status = Serialize(response, raw.response);
    BytesCall::Finish(status);
  }

  Request request;
  Response response;
};

// Runs `task`, which ends the call, on a worker; ends it as OVERLOADED where too many wait. A call
// that nobody waits for any more when its turn comes, because it was cancelled or its deadline has
// passed, is not run.
template <typename Call, typename Task>
void RunLater(const Services& services, const std::shared_ptr<Call>& call, Task task) {
  auto run = [call, task = std::move(task)]() mutable {
    if (call->raw.context->IsCancelled()) return call->Finish(absl::CancelledError());
    task();
  };
  const bool taken = services.workers->TryRun(WorkerPool::Lane::kCall, call->raw.request->Length(),
                                              std::move(run));
  if (!taken) call->Finish(WorkersOverloaded());
}

// Requests and answers above this are parsed and written by workers: gRPC's own threads, and the
// one that answers writes, have others to serve meanwhile.
inline constexpr size_t kLargeBytes = size_t{64} << 10;

// OK and everything that the handler needs, where the caller may make the call and its bytes are a
// request.
template <typename Call>
absl::Status Receive(const Services& services, Call* call) {
  grpc::ByteBuffer bytes = *call->raw.request;
  DNC_RETURN_IF_ERROR(Parse(&bytes, &call->request));
  NameActor(call->caller, &call->request);
  return Authorize(services, call->caller, call->raw.method, call->request);
}

// Ends a read, unless the caller must not have its answer.
template <typename Call>
void FinishRead(const Services& services, const std::shared_ptr<Call>& call, absl::Status status) {
  if (status.ok()) status = JudgeAnswer(services, call->caller, &call->response);
  call->Finish(std::move(status));
}

// Runs `handle(call)`, which ends the call, unless it was refused before. `identify` is Identify,
// or Authenticate for what is answered to the last.
template <typename Call, typename Handle>
grpc::ServerUnaryReactor* Begin(const Services& services, const RawCall& raw, Handle handle,
                                decltype(&Identify) identify = &Identify) {
  const auto call = std::make_shared<Call>(services, raw);
  absl::StatusOr<Principal> caller = identify(services, *raw.context);
  if (!caller.ok()) {
    call->Finish(caller.status());
    return raw.reactor;
  }
  call->caller = *std::move(caller);
  const auto serve = [&services, call, handle = std::move(handle)] {
    const absl::Status received = Receive(services, call.get());
    if (!received.ok()) return call->Finish(received);
    handle(call);
  };
  if (raw.request->Length() > kLargeBytes) {
    RunLater(services, call, serve);
  } else {
    serve();
  }
  return raw.reactor;
}

// A method that reads one small record: answered at once.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Get(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    FinishRead(services, call, services.reads->Get(call->request, &call->response));
  });
}

// A method that reads one record of any size: answered by a worker.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* GetLarge(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    RunLater(services, call, [&services, call] {
      FinishRead(services, call, services.reads->Get(call->request, &call->response));
    });
  });
}

// A method that lists records: answered by a worker.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* List(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    RunLater(services, call, [&services, call] {
      FinishRead(services, call, services.reads->List(call->request, &call->response));
    });
  });
}

// The outcome of a mutation as the method's answer.
template <typename Response>
absl::Status TakeOutcome(const Outcome& outcome, Response* response) {
  DNC_RETURN_IF_ERROR(RefusalOf(outcome));
  if (!response->ParseFromString(outcome.response())) return CorruptRecord(Family::kRequests);
  response->set_revision(outcome.revision());
  return absl::OkStatus();
}

// Answers a mutation that the log has decided: on the thread that answers all of them, but for what
// would hold up the others.
template <typename Call, typename Finish>
void AnswerMutation(const Services& services, absl::StatusOr<Outcome> outcome,
                    const std::shared_ptr<Call>& call, Finish finish) {
  if (!outcome.ok()) return call->Finish(finish(outcome.status()));
  const bool large = outcome->response().size() > kLargeBytes;
  auto answer = [call, outcome = *std::move(outcome), finish = std::move(finish)] {
    call->Finish(finish(TakeOutcome(outcome, &call->response)));
  };
  if (!large) return answer();
  services.workers->Run(WorkerPool::Lane::kCall, std::move(answer));
}

// The same answer without a message: the outcome holds the bytes of one that lacks the revision.
// They are this program's own, or were read from the store past its checksums.
template <typename Response>
void TakeOutcomeBytes(const Outcome& outcome, grpc::ByteBuffer* bytes) {
  WireWriter revision;
  revision.Number(Response::kRevisionFieldNumber, static_cast<uint64_t>(outcome.revision()));
  const std::array<grpc::Slice, 2> slices = {
      grpc::Slice(outcome.response()),
      grpc::Slice(revision.bytes().data(), revision.bytes().size())};
  grpc::ByteBuffer answer(slices.data(), slices.size());
  answer.Swap(bytes);
}

// Answers a mutation of whose answer the caller may see everything.
template <typename Request, typename Response>
void AnswerUnread(const Services& services, absl::StatusOr<Outcome> outcome,
                  const std::shared_ptr<UnaryCall<Request, Response>>& call) {
  const absl::Status status = outcome.ok() ? RefusalOf(*outcome) : outcome.status();
  if (!status.ok()) return call->Finish(status);
  auto answer = [call](const Outcome& applied) {
    TakeOutcomeBytes<Response>(applied, call->raw.response);
    call->BytesCall::Finish(absl::OkStatus());
  };
  if (outcome->response().size() <= kLargeBytes) return answer(*outcome);
  services.workers->Run(WorkerPool::Lane::kCall,
                        [answer, outcome = *std::move(outcome)] { answer(outcome); });
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
                                                 absl::StatusOr<Outcome> outcome) mutable {
    AnswerMutation(services, std::move(outcome), call, std::move(finish));
  });
}

// A writing method: prepare, propose, answer.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Write(const Services& services, const RawCall& raw) {
  using Call = UnaryCall<Request, Response>;
  return Begin<Call>(services, raw, [&services](const std::shared_ptr<Call>& call) {
    Preparer::Result mutation = services.preparer->Prepare(call->request, call->caller);
    if (!mutation.ok()) return call->Finish(mutation.status());
    AllowReconsent(services, call->caller, ResourcesOf(call->request), call->request, &*mutation);
    if constexpr (!kConceals<Response>) {
      if (!call->request.validate_only()) {
        return services.log->Propose(*std::move(mutation),
                                     [&services, call](absl::StatusOr<Outcome> outcome) {
                                       AnswerUnread(services, std::move(outcome), call);
                                     });
      }
    }
    RunMutation(services, *std::move(mutation), call,
                [&services, call](const absl::Status& status) {
                  if (status.ok()) ConcealIn(services, call->caller, &call->response);
                  return status;
                });
  });
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_UNARY_H_
