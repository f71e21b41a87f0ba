// Sends single checks together.
#ifndef DNC_CLIENT_INTERNAL_COALESCING_CONNECTION_H_
#define DNC_CLIENT_INTERNAL_COALESCING_CONNECTION_H_

#include <memory>

#include "client/internal/connection.h"

namespace dnc {

// Decorates `inner`: single checks go over one stream of it (check_pipeline.h); to a gateway that
// does not know such streams, and where a check is very large, as calls of their own. All else is
// passed on.
std::shared_ptr<Connection> MakeCoalescingConnection(std::shared_ptr<Connection> inner);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_COALESCING_CONNECTION_H_
