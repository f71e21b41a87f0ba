#include "server/state/revocation.h"

#include <utility>

#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;

// Takes the entry out of what checks read.
absl::Status Withdraw(Txn& txn, const CatalogOrganization& organization, EntryId id,
                      const EntryRecord& record) {
  const v1::Entry& entry = record.entry();
  if (entry.has_lead()) {
    DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> lead,
                         LoadLead(txn, organization.number(), std::string(LastPart(entry.lead()))));
    if (!lead.has_value()) return CorruptRecord(Family::kLeads);
    DNC_RETURN_IF_ERROR(RemoveSummary(txn, organization.number(), id, record,
                                      lead->record.mutable_state()->mutable_entries()));
    return SaveLead(txn, organization.number(), &*lead);
  }
  const std::string key = SubjectKey(organization.number(), FromCanonical(entry.contact_point()));
  DNC_ASSIGN_OR_RETURN(SubjectEdit* const subject, txn.EditSubject(key));
  DNC_RETURN_IF_ERROR(
      RemoveSummary(txn, organization.number(), id, record, subject->record.mutable_entries()));
  subject->changed = true;
  return absl::OkStatus();
}

}  // namespace

absl::Status RevokeEntry(Txn& txn, const CatalogOrganization& organization, EntryId id,
                         const Revocation& revocation, EntryRecord* record) {
  v1::Entry* entry = record->mutable_entry();
  *entry->mutable_revoke_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  *entry->mutable_revoke_actor() = revocation.actor;
  entry->set_revoke_evidence(revocation.evidence);
  if (revocation.consent_time != nullptr) {
    *entry->mutable_consent_time() = *revocation.consent_time;
  }
  entry->set_etag(txn.etag());
  DNC_RETURN_IF_ERROR(Withdraw(txn, organization, id, *record));
  txn.Write(Family::kEntries, keys::Entry(organization.number(), id), *record);
  return txn.AddToEntryCount(organization.number(), record->list(), -1);
}

absl::StatusOr<std::optional<EntryId>> BlockLead(Txn& txn, const CatalogOrganization& organization,
                                                 EntrySpec spec, LeadEdit* lead,
                                                 std::optional<EntryId>* covering,
                                                 std::vector<EntryId>* of_points) {
  spec.covers_contact_points = true;
  DNC_ASSIGN_OR_RETURN(const std::optional<EntryId> added,
                       AddLeadEntry(txn, organization.number(), organization.id, lead->id, spec,
                                    lead->record.mutable_state()->mutable_entries(), covering));
  for (const v1::ContactPoint& point : lead->record.lead().contact_points()) {
    DNC_ASSIGN_OR_RETURN(
        const std::optional<EntryId> of_point,
        AddPointEntry(txn, organization.number(), organization.id, FromCanonical(point), spec));
    if (of_point.has_value()) of_points->push_back(*of_point);
  }
  DNC_RETURN_IF_ERROR(SaveLead(txn, organization.number(), lead));
  return added;
}

}  // namespace dnc
