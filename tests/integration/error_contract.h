// What proto/dnc/v1/error_reason.proto promises of every error, as matchers.
#ifndef DNC_TESTS_INTEGRATION_ERROR_CONTRACT_H_
#define DNC_TESTS_INTEGRATION_ERROR_CONTRACT_H_

#include <gmock/gmock.h>

#include <string>

#include "tests/integration/rpc_client.h"

namespace dnc {

// Empty where the status keeps the contract of `reason`: its code, an ErrorInfo of domain "dnc.v1"
// with that reason and with every metadata key that the contract names; else what is wrong.
std::string BreachOfContract(const CallStatus& status, const std::string& reason);
// The same, metadata keys left aside.
std::string WrongReason(const CallStatus& status, const std::string& reason);

MATCHER(IsOk, "is OK") { return arg.ok(); }

// The whole contract of the reason, e.g. Refused("LEAD_NOT_FOUND").
MATCHER_P(Refused, reason, std::string("is the error ") + reason) {
  const std::string breach = BreachOfContract(arg, reason);
  *result_listener << breach;
  return breach.empty();
}

// Also names the field at fault.
MATCHER_P2(RefusedAt, reason, field, std::string("is the error ") + reason + " at " + field) {
  const std::string breach = BreachOfContract(arg, reason);
  *result_listener << breach;
  return breach.empty() && arg.metadata("field") == field;
}

// The reason and its code only.
MATCHER_P(HasReason, reason, std::string("has the reason ") + reason) {
  const std::string wrong = WrongReason(arg, reason);
  *result_listener << wrong;
  return wrong.empty();
}

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_ERROR_CONTRACT_H_
