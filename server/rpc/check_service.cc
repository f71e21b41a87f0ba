#include "server/rpc/check_service.h"

#include <memory>
#include <utility>

#include "absl/base/optimization.h"
#include "server/rpc/check_bytes.h"
#include "server/rpc/filter_reactor.h"
#include "server/rpc/stream_checks_reactor.h"

namespace dnc {
namespace {

// Answers the call, whose bytes are a `Request` unless `judge` says otherwise. `may_wait`: on a
// worker.
template <typename Request>
absl::Status AnswerCall(const Services& services, JudgeBytes judge, const BytesCall& call,
                        bool may_wait) {
  DNC_ASSIGN_OR_RETURN(const grpc::Slice request, ReadBytes<Request>(*call.raw.request));
  WireWriter answer;
  DNC_RETURN_IF_ERROR(AnswerBytes<Request>(services, judge, call.caller, call.raw.method,
                                           BytesOf(request), may_wait, &answer));
  const grpc::Slice bytes(answer.bytes().data(), answer.bytes().size());
  grpc::ByteBuffer(&bytes, 1).Swap(call.raw.response);
  return absl::OkStatus();
}

absl::Status AnswerCheck(const Services& services, bool may_wait, BytesCall* call) {
  DNC_ASSIGN_OR_RETURN(call->caller, Identify(services, *call->raw.context));
  return AnswerCall<v1::CheckContactRequest>(services, &CheckHandler::Check, *call, may_wait);
}

// Where checks wait for their records: gRPC's own thread must not.
void AnswerCheckLater(const Services& services, const RawCall& raw) {
  const auto call = std::make_shared<BytesCall>(services, raw);
  RunLater(services, call, [&services, call] {
    call->Finish(AnswerCheck(services, /*may_wait=*/true, call.get()));
  });
}

}  // namespace

grpc::ServerUnaryReactor* CheckService::CheckContact(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  const RawCall raw(context, request, response, "/dnc.v1.CheckService/CheckContact");
  if (ABSL_PREDICT_FALSE(services_.recorder->MustWait())) {
    AnswerCheckLater(services_, raw);
    return raw.reactor;
  }
  BytesCall call(services_, raw);
  call.Finish(AnswerCheck(services_, /*may_wait=*/false, &call));
  return raw.reactor;
}

grpc::ServerUnaryReactor* CheckService::BatchCheckContacts(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  const RawCall raw(context, request, response, "/dnc.v1.CheckService/BatchCheckContacts");
  const auto call = std::make_shared<BytesCall>(services_, raw);
  absl::StatusOr<Principal> caller = Identify(services_, *context);
  if (!caller.ok()) {
    call->Finish(caller.status());
    return raw.reactor;
  }
  call->caller = *std::move(caller);
  RunLater(services_, call, [this, call] {
    call->Finish(AnswerCall<v1::BatchCheckContactsRequest>(services_, &CheckHandler::Batch, *call,
                                                           /*may_wait=*/true));
  });
  return raw.reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* CheckService::FilterContacts(
    grpc::CallbackServerContext* context) {
  return StartFilter(services_, *context);
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* CheckService::StreamChecks(
    grpc::CallbackServerContext* context) {
  return StartStreamChecks(services_, *context);
}

}  // namespace dnc
