// Messages as they travel. Left to itself, gRPC answers a request that it cannot parse with
// UNIMPLEMENTED and no reason, and takes one on a stream for the stream's end; here every such
// request is a typed error, and a check is answered without building a message at all.
#ifndef DNC_SERVER_RPC_MESSAGES_H_
#define DNC_SERVER_RPC_MESSAGES_H_

#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "storage/base/status_macros.h"

namespace dnc {

// LIMIT_EXCEEDED: a request of `size` bytes.
ABSL_ATTRIBUTE_COLD absl::Status MessageTooLarge(size_t size);

// A generated service whose named methods take and give bytes:
//   RawMethods<v1::XService::Service, v1::XService::WithRawCallbackMethod_A, …>::Service
template <typename Base, template <typename> class... Methods>
struct RawMethods {
  using Service = Base;
};
template <typename Base, template <typename> class First, template <typename> class... Rest>
struct RawMethods<Base, First, Rest...> {
  using Service = First<typename RawMethods<Base, Rest...>::Service>;
};

// A message may have this much. gRPC itself takes a little more, so that what is somewhat too large
// is refused with a reason; beyond that gRPC cuts the call off, without one.
inline constexpr size_t kMaxMessageBytes = size_t{64} << 20;
inline constexpr int kMostBytesThatGrpcTakes = 68 << 20;

// LIMIT_EXCEEDED.
inline absl::Status CheckSize(const grpc::ByteBuffer& bytes) {
  const size_t size = bytes.Length();
  if (ABSL_PREDICT_TRUE(size <= kMaxMessageBytes)) return absl::OkStatus();
  return MessageTooLarge(size);
}

// LIMIT_EXCEEDED where there is too much of it, MALFORMED_REQUEST where the bytes are no such
// message, or there are none. Takes the bytes.
template <typename Message>
absl::Status Parse(grpc::ByteBuffer* bytes, Message* message) {
  DNC_RETURN_IF_ERROR(CheckSize(*bytes));
  if (grpc::SerializationTraits<Message>::Deserialize(bytes, message).ok()) return absl::OkStatus();
  return MalformedRequest(Message::descriptor()->full_name());
}

// Replaces `*bytes`. LIMIT_EXCEEDED where the message is beyond what the wire can carry, 2 GiB.
template <typename Message>
absl::Status Serialize(const Message& message, grpc::ByteBuffer* bytes) {
  grpc::ByteBuffer serialized;
  bool owned = false;
  if (grpc::SerializationTraits<Message>::Serialize(message, &serialized, &owned).ok()) {
    serialized.Swap(bytes);
    return absl::OkStatus();
  }
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED, "the answer is too large; ask for less at once",
                   {{"field", "response"},
                    {"limit", absl::StrCat(INT32_MAX)},
                    {"actual", absl::StrCat(message.ByteSizeLong())}});
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_MESSAGES_H_
