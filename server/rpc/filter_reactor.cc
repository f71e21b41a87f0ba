#include "server/rpc/filter_reactor.h"

#include <memory>
#include <utility>

#include "dnc/v1/check.pb.h"
#include "server/handler/filter_session.h"
#include "server/rpc/block_reactor.h"

namespace dnc {
namespace {

// A send list.
class FilterBlocks {
 public:
  using Request = v1::FilterContactsRequest;
  using Response = v1::FilterContactsResponse;
  static constexpr absl::string_view kMethod = "/dnc.v1.CheckService/FilterContacts";

  static absl::StatusOr<std::unique_ptr<FilterBlocks>> Create(const Services& services,
                                                              const Principal& caller,
                                                              const Request& first) {
    DNC_ASSIGN_OR_RETURN(auto session,
                         FilterSession::Create(services.checks, first.config(), caller.id));
    return std::make_unique<FilterBlocks>(std::move(session));
  }

  explicit FilterBlocks(std::unique_ptr<FilterSession> session) : session_(std::move(session)) {}

  static bool HasWork(const Request& block) {
    return !block.phones().empty() || !block.raw().empty();
  }
  absl::Status Answer(const Request& block, Response* response) {
    return session_->Filter(block, response);
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
