// Checks as they travel: from the bytes of a request to the bytes of its answer.
#ifndef DNC_SERVER_RPC_CHECK_BYTES_H_
#define DNC_SERVER_RPC_CHECK_BYTES_H_

#include <grpcpp/support/slice.h>

#include <optional>

#include "absl/base/optimization.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/check.pb.h"
#include "server/rpc/unary.h"
#include "storage/base/wire.h"

namespace dnc {

inline absl::string_view BytesOf(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

// The bytes of a `Message` in one piece; most are in one slice, and need no copy. LIMIT_EXCEEDED,
// MALFORMED_REQUEST.
template <typename Message>
absl::StatusOr<grpc::Slice> ReadBytes(const grpc::ByteBuffer& message) {
  DNC_RETURN_IF_ERROR(CheckSize(message));
  grpc::Slice bytes;
  if (message.TrySingleSlice(&bytes).ok() || message.DumpToSingleSlice(&bytes).ok()) return bytes;
  return MalformedRequest(Message::descriptor()->full_name());
}

// The organization of a `Request` as it travels, of whose fields it is a string, as the handler
// will read it: the last one of several, and what protobuf makes of the bytes, in `*parsed`, where
// they are not plain. MALFORMED_REQUEST.
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

using JudgeBytes = absl::Status (CheckHandler::*)(absl::string_view, WireWriter*,
                                                  const CheckCaller&) const;

// Writes what `judge` makes of a `Request`, where the caller may call `method` for it.
// `may_wait`: on a worker. After an error what was written has no meaning.
template <typename Request>
absl::Status AnswerBytes(const Services& services, JudgeBytes judge, const Principal& caller,
                         absl::string_view method, absl::string_view request, bool may_wait,
                         WireWriter* answer) {
  std::optional<Request> parsed;
  DNC_ASSIGN_OR_RETURN(const absl::string_view organization, OrganizationOf(request, &parsed));
  DNC_RETURN_IF_ERROR(
      services.authorizer->Authorize(caller, method, absl::MakeConstSpan(&organization, 1)));
  return (services.checks->*judge)(request, answer, {caller.id, may_wait});
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_CHECK_BYTES_H_
