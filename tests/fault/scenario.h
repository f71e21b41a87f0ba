// The world that fault tests play in: one organization, one workflow with a do-not-contact action,
// and opt-outs of every kind on it.
#ifndef DNC_TESTS_FAULT_SCENARIO_H_
#define DNC_TESTS_FAULT_SCENARIO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/fault/gateway_client.h"

namespace dnc::testing {

inline constexpr char kOrganization[] = "organizations/torture";
inline constexpr char kDeadStatus[] = "organizations/torture/workflows/sales/statuses/dead";

// How somebody opts out.
enum class OptOutKind {
  kNewLead,    // ApplyAction on a lead that the gateway has not met, with its phones
  kKnownLead,  // ApplyAction on a lead that was upserted before
  kLeadEntry,  // AddEntry on a lead that was upserted before
  kPhoneEntry  // AddEntry on a phone
};

// An opt-out as it is asked for. Its lead and phones belong to no other.
struct OptOut {
  OptOutKind kind = OptOutKind::kPhoneEntry;
  std::string request_id;
  std::string lead;  // its resource name; empty for kPhoneEntry
  std::vector<std::string> phones;

  bool moves_lead() const { return kind == OptOutKind::kNewLead || kind == OptOutKind::kKnownLead; }
};

// What the gateway answered.
struct Answer {
  int64_t revision = 0;
  std::vector<std::string> entries;  // names

  friend bool operator==(const Answer&, const Answer&) = default;
};

// The opt-out with that number: the same number, the same lead and phones.
OptOut MakeOptOut(OptOutKind kind, int64_t number, int phones);

// Creates the organization and its workflow; nothing where they exist.
absl::Status SetUpScenario(GatewayClient& client);
// Makes the lead of kKnownLead and kLeadEntry known; nothing for the others.
absl::Status PrepareOptOut(GatewayClient& client, const OptOut& opt_out);
absl::StatusOr<Answer> PerformOptOut(GatewayClient& client, const OptOut& opt_out);

absl::StatusOr<v1::CheckContactResponse> CheckPhone(GatewayClient& client,
                                                    const std::string& phone);
absl::StatusOr<v1::CheckContactResponse> CheckLead(GatewayClient& client, const std::string& lead);

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_SCENARIO_H_
