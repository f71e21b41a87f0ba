// A stream of answers that is made one message after the other, on a worker, each once the client
// has taken the one before: so what waits in memory is one message, however slow the client is.
#ifndef DNC_SERVER_RPC_PULLED_STREAM_H_
#define DNC_SERVER_RPC_PULLED_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "server/rpc/unary.h"

namespace dnc {
namespace internal {

// What the messages come from. Called on one thread at a time.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  // Before the first Next: reads the request, and judges whether the caller may make it.
  virtual absl::Status Open(const Principal& caller) = 0;
  // The next message; false: there are no more.
  virtual absl::StatusOr<bool> Next(grpc::ByteBuffer* message) = 0;
};

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartPulled(const Services& services,
                                                        const grpc::CallbackServerContext& context,
                                                        std::unique_ptr<MessageSource> source);

template <typename Request, typename Source>
class TypedSource : public MessageSource {
 public:
  using Create = std::function<absl::StatusOr<std::unique_ptr<Source>>(const Request&)>;

  TypedSource(const Services& services, const grpc::ByteBuffer& request, absl::string_view method,
              Create create)
      : services_(services), bytes_(request), method_(method), create_(std::move(create)) {}

  absl::Status Open(const Principal& caller) override {
    Request request;
    DNC_RETURN_IF_ERROR(Parse(&bytes_, &request));
    DNC_RETURN_IF_ERROR(Authorize(services_, caller, method_, request));
    DNC_ASSIGN_OR_RETURN(source_, create_(request));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(grpc::ByteBuffer* message) override {
    typename Source::Response response;
    DNC_ASSIGN_OR_RETURN(const bool more, source_->Next(&response));
    if (more) DNC_RETURN_IF_ERROR(Serialize(response, message));
    return more;
  }

 private:
  const Services& services_;
  grpc::ByteBuffer bytes_;
  const absl::string_view method_;
  const Create create_;
  std::unique_ptr<Source> source_;
};

}  // namespace internal

// Answers `request` with what the source that `create` makes of it hands out: `Response`, and
// absl::StatusOr<bool> Next(Response*), false at its end.
template <typename Request, typename Source>
grpc::ServerWriteReactor<grpc::ByteBuffer>* PullStream(
    const Services& services, const grpc::CallbackServerContext& context,
    const grpc::ByteBuffer& request, absl::string_view method,
    typename internal::TypedSource<Request, Source>::Create create) {
  return internal::StartPulled(services, context,
                               std::make_unique<internal::TypedSource<Request, Source>>(
                                   services, request, method, std::move(create)));
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_PULLED_STREAM_H_
