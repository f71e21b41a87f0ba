#include "server/auth/authenticator.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr char kLocalPrincipal[] = "local";

// As gRPC spells peers: "ipv4:127.0.0.1:4711", "ipv6:%5B::1%5D:4711", "unix:/run/dncd".
bool IsOfThisMachine(absl::string_view peer) {
  return absl::StartsWith(peer, "ipv4:127.") || absl::StartsWith(peer, "unix:") ||
         absl::StartsWith(peer, "ipv6:[::1]:") || absl::StartsWith(peer, "ipv6:%5B::1%5D:") ||
         absl::StartsWith(peer, "ipv6:[::ffff:127.") ||
         absl::StartsWith(peer, "ipv6:%5B::ffff:127.");
}

absl::Status Unauthenticated(absl::string_view why) {
  return MakeError(v1::ERROR_REASON_UNAUTHENTICATED, why);
}

}  // namespace

absl::StatusOr<Principal> LocalAuthenticator::Authenticate(const CallerEvidence&) const {
  return Principal{kLocalPrincipal, /*administrator=*/true, /*named=*/false};
}

bool LocalAuthenticator::IsAdministrator(const std::string& principal) const {
  return principal == kLocalPrincipal;
}

absl::StatusOr<Principal> DevelopmentAuthenticator::Authenticate(
    const CallerEvidence& evidence) const {
  if (!IsOfThisMachine(evidence.peer())) {
    return Unauthenticated(
        "this server believes whom its callers say they are, and therefore takes only those of its "
        "own machine");
  }
  std::string id = evidence.metadata(kPrincipalMetadata);
  if (id.empty()) {
    return Unauthenticated(absl::StrCat("say who calls in the metadata ", kPrincipalMetadata,
                                        ", e.g. users/jane (dncctl --principal users/jane)"));
  }
  if (!IsPrincipal(id)) {
    return Unauthenticated(absl::StrCat(
        kPrincipalMetadata, ": a principal is 1 to 128 of letters, digits and - _ . : @ + /"));
  }
  const bool administrator = IsAdministrator(id);
  return Principal{std::move(id), administrator, /*named=*/true};
}

}  // namespace dnc
