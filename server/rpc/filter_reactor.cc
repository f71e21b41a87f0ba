#include "server/rpc/filter_reactor.h"

#include <grpcpp/support/slice.h>

#include <memory>
#include <utility>
#include <vector>

#include "dnc/v1/check.pb.h"
#include "server/handler/filter_session.h"
#include "server/rpc/block_reactor.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

// A send list.
class FilterBlocks {
 public:
  using Request = FilterRequest;
  static constexpr absl::string_view kMethod = "/dnc.v1.CheckService/FilterContacts";

  static absl::Status Read(grpc::ByteBuffer* bytes, Request* request) {
    DNC_RETURN_IF_ERROR(CheckSize(*bytes));
    std::vector<grpc::Slice> slices;
    const bool dumped = bytes->Dump(&slices).ok();
    std::vector<absl::string_view> pieces;
    pieces.reserve(slices.size());
    for (const grpc::Slice& slice : slices) {
      pieces.emplace_back(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    const bool is_read = dumped && request->Parse(pieces);
    bytes->Clear();
    if (is_read) return absl::OkStatus();
    return MalformedRequest(v1::FilterContactsRequest::descriptor()->full_name());
  }

  static const v1::FilterContactsRequest& MessageOf(const Request& first) { return first.rest(); }

  static absl::StatusOr<std::unique_ptr<FilterBlocks>> Create(const Services& services,
                                                              const Principal& caller,
                                                              const Request& first) {
    DNC_ASSIGN_OR_RETURN(auto session,
                         FilterSession::Create(services.checks, first.rest().config(), caller.id));
    return std::make_unique<FilterBlocks>(std::move(session));
  }

  explicit FilterBlocks(std::unique_ptr<FilterSession> session) : session_(std::move(session)) {}

  static bool HasWork(const Request& block) {
    return !block.phones().empty() || !block.rest().raw().empty();
  }

  absl::Status Answer(const Request& block, grpc::ByteBuffer* answer) {
    WireWriter writer;
    DNC_RETURN_IF_ERROR(session_->Filter(block, &writer));
    const grpc::Slice bytes(writer.bytes().data(), writer.bytes().size());
    grpc::ByteBuffer(&bytes, 1).Swap(answer);
    return absl::OkStatus();
  }

 private:
  const std::unique_ptr<FilterSession> session_;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartFilter(
    const Services& services, const grpc::CallbackServerContext& context) {
  return BlockReactor<FilterBlocks>::Start(services, context);
}

}  // namespace dnc
