// Leads as the state machine writes them: the record, the copy of its state at each of its contact
// points, and the index by status, always together.
#ifndef DNC_SERVER_STATE_LEADS_H_
#define DNC_SERVER_STATE_LEADS_H_

#include <optional>
#include <string>
#include <vector>

#include "server/state/entries.h"
#include "server/state/txn.h"

namespace dnc {

// A lead while a mutation changes it.
struct LeadEdit {
  std::string id;
  storage::v1::LeadRecord record;
  bool created = false;
  bool listed = false;         // the index by status has it
  uint32_t stored_status = 0;  // under that status

  const storage::v1::LeadState& state() const { return record.state(); }
};

// The lead, or nothing where there is none.
absl::StatusOr<std::optional<LeadEdit>> LoadLead(const Txn& txn, uint32_t organization,
                                                 const std::string& lead_id);

// The lead, or the one that it was merged into at last; nothing where there is none.
absl::StatusOr<std::optional<LeadEdit>> LoadLeadOrHeir(const Txn& txn, uint32_t organization,
                                                       const std::string& lead_id);

// LEAD_MERGED where it was merged into another, LEAD_DELETED where it was deleted.
absl::Status CheckNotMerged(const storage::v1::LeadRecord& lead,
                            const std::string& organization_id);
absl::Status CheckNotDeleted(const storage::v1::LeadRecord& lead,
                             const std::string& organization_id);

// Blocks a contact point as the lead's entries say that cover its contact points; `added` (may be
// null) gets the names of the entries that are new.
absl::Status CoverPoint(Txn& txn, const CatalogOrganization& organization,
                        const ContactPoint& point, const LeadEdit& lead,
                        google::protobuf::RepeatedPtrField<std::string>* added);

// A lead that does not exist yet, in `status`.
LeadEdit NewLead(const Txn& txn, const std::string& organization_id, const std::string& lead_id,
                 const CatalogStatus& status);

// Adds a contact point that the lead does not have, with an entry for each of the lead's entries
// that covers its contact points, which `added` (may be null) names. Answers whether it was new.
// CONTACT_POINT_SHARED_TOO_WIDELY, LIMIT_EXCEEDED.
absl::StatusOr<bool> AddContactPoint(
    Txn& txn, const CatalogOrganization& organization, const ContactPoint& point, LeadEdit* lead,
    google::protobuf::RepeatedPtrField<std::string>* added = nullptr);

// Moves the lead; answers whether that changed anything. A move to where it is restarts the period
// of a status that restricts for a time.
bool MoveLead(const Txn& txn, const CatalogStatus& status, LeadEdit* lead);

// Writes everything.
absl::Status SaveLead(Txn& txn, uint32_t organization, LeadEdit* lead);

// The lead as the API shows it, judged at `now`. CompleteLead adds to `lead`, which is the record's
// or a copy of it, what is kept beside it.
void CompleteLead(const storage::v1::LeadRecord& record, const CatalogOrganization& organization,
                  UnixMicros now, v1::Lead* lead);
v1::Lead LeadToProto(const storage::v1::LeadRecord& record, const CatalogOrganization& organization,
                     UnixMicros now);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_LEADS_H_
