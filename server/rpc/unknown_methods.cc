#include "server/rpc/unknown_methods.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/rpc/grpc_status.h"

namespace dnc {
namespace {

class Refusal : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

// A path is any bytes; an error's texts are UTF-8.
std::string Printable(std::string path) {
  std::replace_if(
      path.begin(), path.end(),
      [](char c) { return !absl::ascii_isgraph(static_cast<unsigned char>(c)); }, '?');
  return path;
}

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  const std::string method = Printable(context->method());
  return new Refusal(MakeError(
      v1::ERROR_REASON_METHOD_NOT_FOUND,
      absl::StrCat("this server has no method ", method,
                   "; it may be older than its caller: see GetSystemStatus for its version"),
      {{"method", method}}));
}

}  // namespace dnc
