// How long an ALLOW holds, as the gateway says it.
#ifndef DNC_CLIENT_INTERNAL_VALID_FOR_H_
#define DNC_CLIENT_INTERNAL_VALID_FOR_H_

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace dnc {

// Zero for whatever google.protobuf.Duration does not permit, and for a negative one, so that an
// ALLOW with it never holds.
absl::Duration ReadValidFor(const google::protobuf::Duration& wire);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_VALID_FOR_H_
