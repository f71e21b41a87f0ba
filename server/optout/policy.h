// An organization's policy about opt-outs.
#ifndef DNC_SERVER_OPTOUT_POLICY_H_
#define DNC_SERVER_OPTOUT_POLICY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/opt_out.pb.h"

namespace dnc {

// What a request may say of a policy: every value known, and additional keywords that can be told
// from each other and from words that mean something else; those that are built in and count as
// much are left out. It can take nothing away from what counts as an opt-out. `field` is where the
// request has it. INVALID_FIELD, LIMIT_EXCEEDED.
absl::Status ShapeOptOutPolicy(absl::string_view field, v1::OptOutPolicy* policy);

}  // namespace dnc

#endif  // DNC_SERVER_OPTOUT_POLICY_H_
