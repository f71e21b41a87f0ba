#include "server/rpc/check_service.h"

#include <grpcpp/support/slice.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/types/span.h"
#include "server/rpc/filter_reactor.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

using Judge = absl::Status (CheckHandler::*)(absl::string_view, WireWriter*,
                                             const CheckCaller&) const;

// The organization of a `Request` as it travels, of whose fields it is a string, as the handler
// will read it: the last one of several, and what protobuf makes of the bytes, in `*parsed`, where
// they are not plain.
template <typename Request>
absl::StatusOr<absl::string_view> OrganizationOf(absl::string_view bytes,
                                                 std::optional<Request>* parsed) {
  WireReader reader(bytes);
  absl::string_view organization;
  while (reader.Next()) {
    if (reader.tag() == BytesTag(Request::kOrganizationFieldNumber)) organization = reader.bytes();
  }
  if (ABSL_PREDICT_TRUE(reader.ok())) return organization;
  if (parsed->emplace().ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::string_view((*parsed)->organization());
  }
  return MalformedRequest(Request::descriptor()->full_name());
}

// The request's bytes in one piece; most requests are in one slice, and need no copy.
template <typename Request>
absl::StatusOr<grpc::Slice> ReadBytes(const grpc::ByteBuffer& request) {
  DNC_RETURN_IF_ERROR(CheckSize(request));
  grpc::Slice bytes;
  if (request.TrySingleSlice(&bytes).ok() || request.DumpToSingleSlice(&bytes).ok()) return bytes;
  return MalformedRequest(Request::descriptor()->full_name());
}

// What `judge` writes for the request's bytes, which are a `Request` unless it says otherwise.
// `may_wait`: on a worker.
template <typename Request>
absl::Status AnswerBytes(const Services& services, Judge judge, const BytesCall& call,
                         bool may_wait) {
  DNC_ASSIGN_OR_RETURN(const grpc::Slice slice, ReadBytes<Request>(*call.raw.request));
  const absl::string_view request(reinterpret_cast<const char*>(slice.begin()), slice.size());
  std::optional<Request> parsed;
  DNC_ASSIGN_OR_RETURN(const absl::string_view organization, OrganizationOf(request, &parsed));
  DNC_RETURN_IF_ERROR(services.authorizer->Authorize(call.caller, call.raw.method,
                                                     absl::MakeConstSpan(&organization, 1)));
  WireWriter writer;
  DNC_RETURN_IF_ERROR((services.checks->*judge)(request, &writer, {call.caller.id, may_wait}));
  const grpc::Slice bytes(writer.bytes().data(), writer.bytes().size());
  grpc::ByteBuffer(&bytes, 1).Swap(call.raw.response);
  return absl::OkStatus();
}

absl::Status AnswerCheck(const Services& services, bool may_wait, BytesCall* call) {
  DNC_ASSIGN_OR_RETURN(call->caller, Identify(services, *call->raw.context));
  return AnswerBytes<v1::CheckContactRequest>(services, &CheckHandler::Check, *call, may_wait);
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
    call->Finish(AnswerBytes<v1::BatchCheckContactsRequest>(services_, &CheckHandler::Batch, *call,
                                                            /*may_wait=*/true));
  });
  return raw.reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* CheckService::FilterContacts(
    grpc::CallbackServerContext* context) {
  return StartFilter(services_, *context);
}

}  // namespace dnc
