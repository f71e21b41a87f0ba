// Entries in force that concern a lead: its own, and those that block a contact point of it.
#ifndef DNC_SERVER_HANDLER_REPORT_ENTRIES_H_
#define DNC_SERVER_HANDLER_REPORT_ENTRIES_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "server/handler/report_parts.h"

namespace dnc {

// Whether an entry blocks at the report's time.
bool InForce(const EntryFacts& entry, UnixMicros now);

// An entry in force.
struct ConcernedEntry {
  const CatalogOrganization* owner = nullptr;  // the organization, or `global`
  const EntryFacts* entry = nullptr;
  const v1::ContactPoint* point = nullptr;  // the lead's that it blocks; null: it is the lead's own
};

// Calls `on_entry` for each until it returns false: the lead's own first. An entry of another lead
// that shares a contact point blocks that one, as it does in a check.
using OnEntry = absl::FunctionRef<absl::StatusOr<bool>(const ConcernedEntry& entry)>;
absl::Status ForEachEntry(const ReportState& state, const storage::v1::LeadRecord& lead,
                          OnEntry on_entry);

// Whether the lead has an entry of its own in force.
bool IsFlagged(const storage::v1::LeadRecord& lead, UnixMicros now);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REPORT_ENTRIES_H_
