// Who calls, and whether they may: the seam where authentication and authorisation sit. Every RPC
// goes through both before anything else.
#ifndef DNC_SERVER_AUTH_AUTHENTICATOR_H_
#define DNC_SERVER_AUTH_AUTHENTICATOR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

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
};

// Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // UNAUTHENTICATED where the caller cannot be identified.
  virtual absl::StatusOr<Principal> Authenticate(const CallerEvidence& evidence) const = 0;
};

// Thread-safe.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // PERMISSION_DENIED where the principal may not call `method` ("/dnc.v1.CheckService/…").
  virtual absl::Status Authorize(const Principal& principal, absl::string_view method) const = 0;
};

// For a server that only its own machine reaches: every caller is "local", and may do everything.
class LocalAuthenticator : public Authenticator, public Authorizer {
 public:
  absl::StatusOr<Principal> Authenticate(const CallerEvidence& evidence) const override;
  absl::Status Authorize(const Principal& principal, absl::string_view method) const override;
};

}  // namespace dnc

#endif  // DNC_SERVER_AUTH_AUTHENTICATOR_H_
