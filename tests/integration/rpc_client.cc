#include "tests/integration/rpc_client.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"

namespace dnc {
namespace {

constexpr auto kDeadline = std::chrono::minutes(3);

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

CallStatus ToCallStatus(const grpc::Status& status) {
  CallStatus result;
  result.code = static_cast<absl::StatusCode>(status.error_code());
  result.message = status.error_message();
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return result;
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) result.info = std::move(info);
  }
  return result;
}

void AddPrincipal(const std::string& principal, grpc::ClientContext* context) {
  if (!principal.empty()) context->AddMetadata("x-dnc-principal", principal);
}

// The sync classes that generated stubs are made of, for bytes.
class BytesStream : public RpcStream {
 public:
  BytesStream(grpc::Channel* channel, std::string method, const std::string& principal)
      : method_(std::move(method)) {
    AddPrincipal(principal, &context_);
    context_.set_deadline(std::chrono::system_clock::now() + kDeadline);
    const grpc::internal::RpcMethod rpc(method_.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING);
    stream_.reset(
        grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
            channel, rpc, &context_));
  }
  ~BytesStream() override {
    if (!finished_) context_.TryCancel();
  }

  bool Write(const std::string& message) override { return stream_->Write(ToBuffer(message)); }
  bool Read(std::string* message) override {
    grpc::ByteBuffer buffer;
    if (!stream_->Read(&buffer)) return false;
    *message = ToBytes(buffer);
    return true;
  }
  void WritesDone() override { stream_->WritesDone(); }
  void Cancel() override { context_.TryCancel(); }
  CallStatus Finish() override {
    finished_ = true;
    return ToCallStatus(stream_->Finish());
  }

 private:
  const std::string method_;
  bool finished_ = false;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream_;
};

class BytesClient : public RpcClient {
 public:
  BytesClient(std::shared_ptr<grpc::Channel> channel, std::string principal)
      : channel_(std::move(channel)), principal_(std::move(principal)) {}

  CallStatus Call(const std::string& method, const std::string& request,
                  std::string* response) override {
    grpc::ClientContext context;
    AddPrincipal(principal_, &context);
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    const grpc::ByteBuffer sent = ToBuffer(request);
    grpc::ByteBuffer received;
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall(channel_.get(), rpc, &context, sent, &received);
    if (status.ok()) *response = ToBytes(received);
    return ToCallStatus(status);
  }

  std::unique_ptr<RpcStream> Open(const std::string& method) override {
    return std::make_unique<BytesStream>(channel_.get(), method, principal_);
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::string principal_;
};

}  // namespace

std::string CallStatus::metadata(const std::string& key) const {
  if (!info.has_value()) return "";
  const auto found = info->metadata().find(key);
  return found == info->metadata().end() ? "" : found->second;
}

void PrintTo(const CallStatus& status, std::ostream* out) {
  *out << absl::StatusCodeToString(status.code) << " \"" << status.message << "\"";
  if (status.info.has_value()) *out << " {" << status.info->ShortDebugString() << "}";
}

std::unique_ptr<RpcClient> RpcClient::Connect(int port, const std::string& principal) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  // What a slow reader leaves unread must not pile up on the way to it.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return std::make_unique<BytesClient>(
      grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                grpc::InsecureChannelCredentials(), arguments),
      principal);
}

}  // namespace dnc
