// What a mutation's outcome is as a status.
#ifndef DNC_SERVER_STATE_REFUSAL_H_
#define DNC_SERVER_STATE_REFUSAL_H_

#include "absl/status/status.h"
#include "storage/log/mutation_log.h"

namespace dnc {

// OK where the mutation was applied; else why not, with its ErrorInfo.
absl::Status RefusalOf(const Outcome& outcome);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_REFUSAL_H_
