#include "client/internal/grpc_filter_stream.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "client/internal/grpc_support.h"

namespace dnc {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

// The same tag and length as protobuf's for a field of bytes.
grpc::Slice FieldHead(int field, size_t bytes) {
  std::array<uint8_t, 16> head;
  uint8_t* end = WireFormatLite::WriteTagToArray(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED,
                                                 head.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes), end);
  return {head.data(), static_cast<size_t>(end - head.data())};
}

// A fixed64 is little-endian.
void ToWireOrder(std::vector<uint64_t>* phones) {
  if constexpr (std::endian::native == std::endian::little) return;
  for (uint64_t& phone : *phones) phone = __builtin_bswap64(phone);
}

// A FilterContactsRequest. The column of phones is not copied: the last of the slice's users, which
// is gRPC, frees it.
grpc::ByteBuffer Serialize(FilterBlock block) {
  std::vector<grpc::Slice> slices;
  if (const size_t bytes = block.phones.size() * sizeof(uint64_t); bytes > 0) {
    slices.push_back(FieldHead(v1::FilterContactsRequest::kPhonesFieldNumber, bytes));
    auto* const kept = new std::vector<uint64_t>(std::move(block.phones));
    ToWireOrder(kept);
    slices.emplace_back(
        kept->data(), bytes, [](void* owned) { delete static_cast<std::vector<uint64_t>*>(owned); },
        kept);
  }
  if (!block.raw.empty()) {
    v1::FilterContactsRequest raw;
    for (std::string& text : block.raw) raw.add_raw(std::move(text));
    slices.emplace_back(raw.SerializeAsString());
  }
  return {slices.data(), slices.size()};
}

class GrpcFilterStream : public FilterStream {
 public:
  GrpcFilterStream(const std::shared_ptr<grpc::Channel>& channel, absl::Duration deadline)
      : channel_(channel),
        method_("/dnc.v1.CheckService/FilterContacts", grpc::internal::RpcMethod::BIDI_STREAMING,
                channel) {
    SetDeadline(context_, deadline);
    // As the generated stub does, which knows messages only.
    stream_.reset(
        grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
            channel_.get(), method_, &context_));
  }

  bool WriteConfig(const v1::FilterConfig& config) override {
    v1::FilterContactsRequest first;
    *first.mutable_config() = config;
    const grpc::Slice bytes(first.SerializeAsString());
    return stream_->Write(grpc::ByteBuffer(&bytes, 1));
  }
  bool Write(FilterBlock block) override { return stream_->Write(Serialize(std::move(block))); }
  bool WritesDone() override { return stream_->WritesDone(); }
  bool Read(v1::FilterContactsResponse* response) override {
    grpc::ByteBuffer bytes;
    if (!stream_->Read(&bytes)) return false;
    // What is no such message answers no block, which is malformed.
    const bool is_read =
        grpc::SerializationTraits<v1::FilterContactsResponse>::Deserialize(&bytes, response).ok();
    if (!is_read) response->Clear();
    return true;
  }
  void Cancel() override { context_.TryCancel(); }
  absl::Status Finish() override { return FromGrpcStatus(stream_->Finish()); }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const grpc::internal::RpcMethod method_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream_;
};

}  // namespace

std::unique_ptr<FilterStream> MakeGrpcFilterStream(const std::shared_ptr<grpc::Channel>& channel,
                                                   absl::Duration deadline) {
  return std::make_unique<GrpcFilterStream>(channel, deadline);
}

}  // namespace dnc
