#include "server/rpc/unary.h"

#include "absl/strings/str_cat.h"

namespace dnc {

namespace {

class GrpcEvidence : public CallerEvidence {
 public:
  explicit GrpcEvidence(const grpc::CallbackServerContext& context) : context_(context) {}
  std::string peer() const override { return context_.peer(); }
  std::string metadata(const std::string& name) const override {
    const auto found = context_.client_metadata().find(name);
    if (found == context_.client_metadata().end()) return "";
    return std::string(found->second.data(), found->second.size());
  }

 private:
  const grpc::CallbackServerContext& context_;
};

}  // namespace

absl::StatusOr<Principal> Authenticate(const Services& services,
                                       const grpc::CallbackServerContext& context) {
  return services.authenticator->Authenticate(GrpcEvidence(context));
}

absl::StatusOr<Principal> Identify(const Services& services,
                                   const grpc::CallbackServerContext& context) {
  DNC_RETURN_IF_ERROR(services.drain->Admit());
  return Authenticate(services, context);
}

absl::Status WorkersOverloaded() { return Overloaded("too many calls wait for a worker"); }

absl::Status MessageTooLarge(size_t size) {
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat("the request has ", size, " bytes, at most ", kMaxMessageBytes,
                                " are taken; send less at once"),
                   {{"field", "request"},
                    {"limit", absl::StrCat(kMaxMessageBytes)},
                    {"actual", absl::StrCat(size)}});
}

}  // namespace dnc
