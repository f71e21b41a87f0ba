// Leads that a file would create, for rows about them that come later.
#ifndef DNC_CLIENT_CLI_JUDGED_LEADS_H_
#define DNC_CLIENT_CLI_JUDGED_LEADS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/lead.pb.h"

namespace dnc::cli {

// While a file is only judged, the gateway does not keep what an earlier batch would have created,
// so a later row of such a lead would look like one of a new lead that lacks its record type. This
// remembers what such a row needs: a few bytes a lead. Not thread-safe.
class JudgedLeads {
 public:
  // What was said of a lead when it would have been created.
  void Remember(const v1::Lead& lead);

  bool Has(absl::string_view name) const { return kinds_of_.contains(KeyOf(name)); }

  // Fills in record type and status of a remembered lead, where the row leaves them out.
  // FAILED_PRECONDITION, as the gateway has it, where the row names another record type.
  absl::Status Complete(v1::Lead* lead) const;

 private:
  using Kind = std::pair<std::string, std::string>;  // record type and status

  static uint64_t KeyOf(absl::string_view name);

  std::vector<Kind> kinds_;
  absl::flat_hash_map<Kind, uint32_t> numbers_;       // of the kinds
  absl::flat_hash_map<uint64_t, uint32_t> kinds_of_;  // by KeyOf the lead's name
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_JUDGED_LEADS_H_
