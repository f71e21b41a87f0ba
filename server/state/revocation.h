// Blocking a lead, and ending an entry: what every way to do either has in common.
#ifndef DNC_SERVER_STATE_REVOCATION_H_
#define DNC_SERVER_STATE_REVOCATION_H_

#include <optional>
#include <string>
#include <vector>

#include "server/state/entries.h"
#include "server/state/leads.h"
#include "server/state/txn.h"

namespace dnc {

// Who ends an entry, and why.
struct Revocation {
  v1::Actor actor;
  std::string evidence;
  const google::protobuf::Timestamp* consent_time = nullptr;  // null: not said
};

// Ends an entry that is not revoked, on the record, and takes it out of what checks read. `record`
// is the one of `id`, and is written.
absl::Status RevokeEntry(Txn& txn, const CatalogOrganization& organization, EntryId id,
                         const Revocation& revocation, storage::v1::EntryRecord* record);

// Blocks a lead and, as the registry is keyed by contact point, all its contact points too, and
// writes the lead. Answers the lead's entry, or nothing where `covering` did it already.
// `of_points` gets the entries that were added for contact points.
absl::StatusOr<std::optional<EntryId>> BlockLead(Txn& txn, const CatalogOrganization& organization,
                                                 EntrySpec spec, LeadEdit* lead,
                                                 std::optional<EntryId>* covering,
                                                 std::vector<EntryId>* of_points);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_REVOCATION_H_
