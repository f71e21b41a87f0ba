#include "server/state/leads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::EntrySummary;
using storage::v1::LeadRecord;
using storage::v1::LeadReference;
using storage::v1::SubjectRecord;

constexpr int kMaxContactPoints = 100;
// One record holds every lead of a contact point, and each of their changes rewrites it.
constexpr int kMaxLeadsPerContactPoint = 4096;

bool HasPoint(const LeadRecord& record, const v1::ContactPoint& point) {
  return std::any_of(record.lead().contact_points().begin(), record.lead().contact_points().end(),
                     [&](const v1::ContactPoint& held) {
                       return held.address_case() == point.address_case() &&
                              held.phone() == point.phone() && held.email() == point.email() &&
                              held.other() == point.other();
                     });
}

LeadReference* ReferenceOf(const std::string& lead_id, SubjectRecord* subject) {
  for (LeadReference& reference : *subject->mutable_leads()) {
    if (reference.lead() == lead_id) return &reference;
  }
  LeadReference* reference = subject->add_leads();
  reference->set_lead(lead_id);
  return reference;
}

absl::Status SharedTooWidely(const ContactPoint& point) {
  return MakeError(v1::ERROR_REASON_CONTACT_POINT_SHARED_TOO_WIDELY,
                   absl::StrCat("more than ", kMaxLeadsPerContactPoint,
                                " leads would share one contact point; use the number of a person, "
                                "not of a switchboard"),
                   {{"contact_point", MaskContact(ToString(point))},
                    {"limit", absl::StrCat(kMaxLeadsPerContactPoint)}});
}

}  // namespace

absl::Status CoverPoint(Txn& txn, const CatalogOrganization& organization,
                        const ContactPoint& point, const LeadEdit& lead,
                        google::protobuf::RepeatedPtrField<std::string>* added) {
  for (const EntrySummary& held : lead.state().entries()) {
    // One that waits for a review blocks the contact point by way of the lead.
    if (!held.covers_contact_points() || held.provisional()) continue;
    if (held.expire_time() != 0 && held.expire_time() <= txn.now()) continue;
    const EntryId id{held.revision(), held.ordinal()};
    DNC_ASSIGN_OR_RETURN(
        const std::optional<EntryRecord> record,
        txn.Read<EntryRecord>(Family::kEntries, keys::Entry(organization.number(), id)));
    if (!record.has_value()) return CorruptRecord(Family::kEntries);
    EntrySpec spec;
    spec.entry = record->entry();
    spec.entry.set_source(absl::StrCat("entry ", record->entry().name()));
    spec.list = organization.ListByNumber(held.list());
    if (spec.list == nullptr) return CorruptRecord(Family::kEntries);
    DNC_ASSIGN_OR_RETURN(const std::optional<EntryId> of_point,
                         AddPointEntry(txn, organization.number(), organization.id, point, spec));
    if (of_point.has_value() && added != nullptr) {
      *added->Add() = EntryNameOf(organization.id, *of_point);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<LeadEdit>> LoadLead(const Txn& txn, uint32_t organization,
                                                 const std::string& lead_id) {
  DNC_ASSIGN_OR_RETURN(std::optional<LeadRecord> record,
                       txn.Read<LeadRecord>(Family::kLeads, keys::Lead(organization, lead_id)));
  if (!record.has_value()) return std::optional<LeadEdit>();
  if (!record->has_state()) return CorruptRecord(Family::kLeads);  // writing one would hide that
  LeadEdit edit;
  edit.id = lead_id;
  edit.stored_status = record->state().status();
  edit.listed = record->delete_time() == 0;
  edit.record = *std::move(record);
  return std::optional<LeadEdit>(std::move(edit));
}

absl::StatusOr<std::optional<LeadEdit>> LoadLeadOrHeir(const Txn& txn, uint32_t organization,
                                                       const std::string& lead_id) {
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> lead, LoadLead(txn, organization, lead_id));
  // A lead that was merged takes no part in another merge, so this comes to an end.
  while (lead.has_value() && !lead->record.merged_into().empty()) {
    DNC_ASSIGN_OR_RETURN(lead, LoadLead(txn, organization, lead->record.merged_into()));
    if (!lead.has_value()) return CorruptRecord(Family::kLeads);
  }
  return lead;
}

absl::Status CheckNotMerged(const LeadRecord& lead, const std::string& organization_id) {
  if (lead.merged_into().empty()) return absl::OkStatus();
  const std::string heir = LeadName(organization_id, lead.merged_into());
  return MakeError(v1::ERROR_REASON_LEAD_MERGED,
                   absl::StrCat(lead.lead().name(), " was merged into ", heir, "; name that one"),
                   {{"lead", lead.lead().name()}, {"merged_into", heir}});
}

absl::Status CheckNotDeleted(const LeadRecord& lead, const std::string& organization_id) {
  DNC_RETURN_IF_ERROR(CheckNotMerged(lead, organization_id));
  if (lead.delete_time() == 0) return absl::OkStatus();
  const std::string when =
      TimeUtil::ToString(TimeUtil::MicrosecondsToTimestamp(lead.delete_time()));
  return MakeError(v1::ERROR_REASON_LEAD_DELETED,
                   absl::StrCat(lead.lead().name(), " was deleted on ", when,
                                "; an upsert brings it back with all its entries"),
                   {{"lead", lead.lead().name()}, {"delete_time", when}});
}

LeadEdit NewLead(const Txn& txn, const std::string& organization_id, const std::string& lead_id,
                 const CatalogStatus& status) {
  LeadEdit edit;
  edit.id = lead_id;
  edit.created = true;
  edit.record.mutable_lead()->set_name(LeadName(organization_id, lead_id));
  edit.record.mutable_lead()->set_record_type(status.record_type);
  edit.record.mutable_state()->set_status(status.record.number());
  edit.record.mutable_state()->set_status_time(txn.now());
  edit.record.set_create_time(txn.now());
  return edit;
}

absl::StatusOr<bool> AddContactPoint(Txn& txn, const CatalogOrganization& organization,
                                     const ContactPoint& point, LeadEdit* lead,
                                     google::protobuf::RepeatedPtrField<std::string>* added) {
  const v1::ContactPoint proto = ToProto(point);
  if (HasPoint(lead->record, proto)) return false;
  if (lead->record.lead().contact_points_size() >= kMaxContactPoints) {
    return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                     absl::StrCat("contact_points: a lead has at most ", kMaxContactPoints),
                     {{"field", "contact_points"},
                      {"limit", absl::StrCat(kMaxContactPoints)},
                      {"actual", absl::StrCat(kMaxContactPoints + 1)}});
  }
  DNC_ASSIGN_OR_RETURN(const SubjectEdit* const subject,
                       txn.EditSubject(SubjectKey(organization.number(), point)));
  if (subject->record.leads_size() >= kMaxLeadsPerContactPoint) return SharedTooWidely(point);
  *lead->record.mutable_lead()->add_contact_points() = proto;
  DNC_RETURN_IF_ERROR(CoverPoint(txn, organization, point, *lead, added));
  return true;
}

bool MoveLead(const Txn& txn, const CatalogStatus& status, LeadEdit* lead) {
  storage::v1::LeadState* state = lead->record.mutable_state();
  // Asked for again, a restriction for a time runs its whole time once more.
  const bool same = state->status() == status.record.number();
  const bool runs = status.restricts && status.restriction_micros != 0;
  if (same && (!runs || state->status_time() >= txn.now())) return false;
  state->set_status(status.record.number());
  state->set_status_time(txn.now());
  return true;
}

namespace {

// Keeps the index of leads by status and the counts; a deleted lead is in neither.
absl::Status SaveListing(Txn& txn, uint32_t organization, LeadEdit* lead) {
  const uint32_t status = lead->state().status();
  const bool listed = lead->record.delete_time() == 0;
  if (lead->listed == listed && lead->stored_status == status) return absl::OkStatus();
  if (lead->listed) {
    txn.Delete(Family::kIndex, keys::StatusIndex(organization, lead->stored_status, lead->id));
    DNC_RETURN_IF_ERROR(txn.AddToLeadCount(organization, lead->stored_status, -1));
  }
  if (listed) {
    txn.WriteEmpty(Family::kIndex, keys::StatusIndex(organization, status, lead->id));
    DNC_RETURN_IF_ERROR(txn.AddToLeadCount(organization, status, 1));
  }
  lead->listed = listed;
  lead->stored_status = status;
  return absl::OkStatus();
}

}  // namespace

absl::Status SaveLead(Txn& txn, uint32_t organization, LeadEdit* lead) {
  LeadRecord& record = lead->record;
  record.set_update_time(txn.now());
  record.set_revision(txn.revision());
  txn.Write(Family::kLeads, keys::Lead(organization, lead->id), record);
  for (const v1::ContactPoint& point : record.lead().contact_points()) {
    DNC_ASSIGN_OR_RETURN(SubjectEdit* const subject,
                         txn.EditSubject(SubjectKey(organization, FromCanonical(point))));
    *ReferenceOf(lead->id, &subject->record)->mutable_state() = record.state();
    subject->changed = true;
  }
  return SaveListing(txn, organization, lead);
}

void CompleteLead(const LeadRecord& record, const CatalogOrganization& organization, UnixMicros now,
                  v1::Lead* lead) {
  const CatalogStatus* status = organization.StatusByNumber(record.state().status());
  if (status != nullptr) lead->set_status(status->proto().name());
  for (const EntrySummary& entry : record.state().entries()) {
    if (IsActive(entry, now)) lead->set_do_not_contact(true);
  }
  if (record.state().nurture_until() > now) {
    *lead->mutable_nurture_until() =
        TimeUtil::MicrosecondsToTimestamp(record.state().nurture_until());
  }
  *lead->mutable_status_time() = TimeUtil::MicrosecondsToTimestamp(record.state().status_time());
  *lead->mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(record.create_time());
  *lead->mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(record.update_time());
  lead->set_etag(std::to_string(record.revision()));
  if (record.delete_time() != 0) {
    *lead->mutable_delete_time() = TimeUtil::MicrosecondsToTimestamp(record.delete_time());
  }
}

v1::Lead LeadToProto(const LeadRecord& record, const CatalogOrganization& organization,
                     UnixMicros now) {
  v1::Lead lead = record.lead();
  CompleteLead(record, organization, now, &lead);
  return lead;
}

}  // namespace dnc
