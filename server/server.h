// The server: opens the store, recovers, composes log, state machine, handlers and services, serves
// and drains.
#ifndef DNC_SERVER_SERVER_H_
#define DNC_SERVER_SERVER_H_

#include <atomic>
#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/auth/authenticator.h"
#include "server/ops/config.h"
#include "server/state/start_fill.h"
#include "storage/base/clock.h"

namespace dnc {

// What may be put into a server from outside, and outlives it.
struct ServerParts {
  const Clock* clock = &SystemClock();
  // Null: as the setting `auth` says.
  const Authenticator* authenticator = nullptr;
  // Null: the role bindings of the organizations.
  const Authorizer* authorizer = nullptr;
  // Calls and blocks that may wait for a worker; more are OVERLOADED.
  size_t waiting_calls = 1024;
  // ImportList streams that may be open, with or without a message; more are OVERLOADED.
  size_t open_imports = 64;
  // Changes that are kept in memory for those who watch; whoever falls behind further is cut off.
  size_t watch_buffer = 4096;
  // While it is set, no record of a check is written. Null: never.
  const std::atomic<bool>* recorder_paused = nullptr;
  // How contact points are read into memory after the start.
  FillOptions fill;
};

class Server {
 public:
  // Serves when it returns. The errors of DataDir::Open, Store::Open, StateMachine::Create and
  // EmbeddedMutationLog::Create; UNAVAILABLE where the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerConfig& config,
                                                       const ServerParts& parts);

  virtual ~Server() = default;

  virtual int port() const = 0;
  // From now on every new call but GetSystemStatus is refused as SHUTTING_DOWN, health says
  // NOT_SERVING, and open streams end between two pieces of work. Idempotent.
  virtual void BeginDrain() = 0;
  // Drains, and waits until calls in flight have ended and callers have noticed, but not longer
  // than `drain_seconds`; imports that change their list even then are told to stop. Then ends all
  // connections, applies what was proposed, and closes the store. Idempotent.
  virtual void Shutdown() = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_SERVER_H_
