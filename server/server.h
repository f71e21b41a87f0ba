// The server: opens the store, recovers, composes log, state machine, handlers and services, serves
// and drains.
#ifndef DNC_SERVER_SERVER_H_
#define DNC_SERVER_SERVER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ops/config.h"
#include "storage/base/clock.h"

namespace dnc {

class Server {
 public:
  // Serves when it returns. The errors of Store::Open, StateMachine::Create and
  // EmbeddedMutationLog::Create; UNAVAILABLE where the address cannot be bound. `clock` outlives
  // it.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerConfig& config,
                                                       const Clock* clock);

  virtual ~Server() = default;

  virtual int port() const = 0;
  // Stops taking calls, lets running ones end for `drain_seconds`, applies what was proposed, and
  // closes the store. Idempotent.
  virtual void Shutdown() = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_SERVER_H_
