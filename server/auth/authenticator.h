// Who calls, and whether they may: the seam where authentication and authorisation sit. Every RPC
// goes through both before anything else; Server::Start takes others than the local ones.
#ifndef DNC_SERVER_AUTH_AUTHENTICATOR_H_
#define DNC_SERVER_AUTH_AUTHENTICATOR_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dnc {

// What a call tells of its caller; read only as far as an authenticator asks.
class CallerEvidence {
 public:
  virtual ~CallerEvidence() = default;
  // Where the connection comes from, e.g. "ipv4:127.0.0.1:4711".
  virtual std::string peer() const = 0;
  // The metadata `name`, e.g. "authorization"; empty where there is none.
  virtual std::string metadata(const std::string& name) const = 0;
};

// An authenticated caller.
struct Principal {
  std::string id;
  // One of the server's own administrators, who may do everything in every organization.
  bool administrator = false;
  // The id is a person's or a service's own: what is done on the connection is done by it.
  bool named = false;
};

// Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // UNAUTHENTICATED where the caller cannot be identified. Asked before the request is read.
  virtual absl::StatusOr<Principal> Authenticate(const CallerEvidence& evidence) const = 0;
  // Whether the principal of that id is one of the server's own administrators.
  virtual bool IsAdministrator(const std::string& /*principal*/) const { return false; }
};

// Names as a request spells them: "organizations/acme", or something below it such as
// "organizations/acme/workflows/sales/statuses/new". They may be malformed, empty, or names of
// nothing; whoever may do something in a scope may ask for what is not there.
using Resources = absl::Span<const absl::string_view>;

// Thread-safe. The caller has been authenticated. Where permissions are scoped, to an organization,
// a workflow or a status, a scope covers the resources whose name it begins.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // PERMISSION_DENIED, with the metadata `permission`, where the principal may not call `method`
  // ("/dnc.v1.CheckService/CheckContact") on one of `resources`: everything that the request names
  // and works on, for CopyActions the source and each target, say. None where a method is about the
  // whole server, as CreateOrganization is. Asked once a call, for a stream at its first message,
  // for StreamChecks at each check, since each may name another organization.
  virtual absl::Status Authorize(const Principal& principal, absl::string_view method,
                                 Resources resources) const = 0;
  // The same for `permission` ("actions.reconsent"), for what a request takes beside its method's.
  virtual absl::Status Require(const Principal& principal, absl::string_view permission,
                               Resources resources) const = 0;
};

// For a server that only its own machine reaches: every caller is "local", and may do everything.
class LocalAuthenticator : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const CallerEvidence& evidence) const override;
  bool IsAdministrator(const std::string& principal) const override;
};

// For development and tests: callers are who they say, in the metadata `x-dnc-principal`. Takes
// only callers of its own machine.
class DevelopmentAuthenticator : public Authenticator {
 public:
  // `administrators` are principals that may do everything.
  explicit DevelopmentAuthenticator(const std::vector<std::string>& administrators)
      : administrators_(administrators.begin(), administrators.end()) {}
  absl::StatusOr<Principal> Authenticate(const CallerEvidence& evidence) const override;
  bool IsAdministrator(const std::string& principal) const override {
    return administrators_.contains(principal);
  }

 private:
  const absl::flat_hash_set<std::string> administrators_;
};

inline constexpr char kPrincipalMetadata[] = "x-dnc-principal";

}  // namespace dnc

#endif  // DNC_SERVER_AUTH_AUTHENTICATOR_H_
