// Repeats calls that may succeed the second time.
#ifndef DNC_CLIENT_INTERNAL_RETRY_CONNECTION_H_
#define DNC_CLIENT_INTERNAL_RETRY_CONNECTION_H_

#include <memory>

#include "client/internal/connection.h"
#include "client/retry_policy.h"
#include "client/steady_time.h"

namespace dnc {

// Decorates `inner`: reads, and writes that carry a request_id, are repeated as `policy` says;
// other writes and filter streams are passed on as they are.
std::shared_ptr<Connection> MakeRetryConnection(std::shared_ptr<Connection> inner,
                                                RetryPolicy policy,
                                                std::shared_ptr<const SteadyTime> time);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_RETRY_CONNECTION_H_
