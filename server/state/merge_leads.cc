// DeleteLead and MergeLeads: leads go, what restricts contact stays.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/leads.h"
#include "server/state/workflow_edits.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using storage::v1::EntryRecord;
using storage::v1::EntrySummary;
using storage::v1::LeadState;

// A lead that is there and not deleted. The name stands in `field`.
absl::StatusOr<LeadEdit> LoadLiving(const Txn& txn, const CatalogOrganization& organization,
                                    const std::string& name, const std::string& etag,
                                    absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> lead,
                       LoadLead(txn, organization.number(), std::string(LastPart(name))));
  if (!lead.has_value()) {
    return WithField(MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND, absl::StrCat(name, " is not known"),
                               {{"lead", name}}),
                     field);
  }
  DNC_RETURN_IF_ERROR(WithField(CheckNotDeleted(lead->record, organization.id), field));
  DNC_RETURN_IF_ERROR(CheckEtag(name, etag, std::to_string(lead->record.revision())));
  return *std::move(lead);
}

// One lead taking in another.
class Merger {
 public:
  Merger(Txn& txn, const CatalogOrganization& organization, LeadEdit source, LeadEdit target,
         v1::MergeLeadsResponse* response)
      : txn_(txn),
        organization_(organization),
        source_(std::move(source)),
        target_(std::move(target)),
        response_(response) {}

  absl::Status Check(bool allow_lifting) const {
    const std::string& source_type = source_.record.lead().record_type();
    const std::string& target_type = target_.record.lead().record_type();
    if (source_type != target_type) {
      return WithField(
          MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                    absl::StrCat("the source is a ", source_type, " and the target a ", target_type,
                                 "; only leads of one record type are merged"),
                    {{"source_record_type", source_type},
                     {"target_record_type", target_type},
                     {"target", target_.record.lead().name()}}),
          "target");
    }
    const CatalogStatus* target = organization_.StatusByNumber(target_.state().status());
    if (target == nullptr) return CorruptRecord(Family::kLeads);
    const CatalogStatus* source = organization_.StatusByNumber(source_.state().status());
    if (allow_lifting || CheckMoveKeepsRestriction(source, source_.state().status_time(), *target,
                                                   target_.state().status_time(), txn_.now())
                             .ok()) {
      return absl::OkStatus();
    }
    const std::string name =
        source == nullptr ? "a status that is not known" : source->proto().name();
    return WithField(MakeError(v1::ERROR_REASON_RESTRICTION_LIFTED,
                               absl::StrCat("the source is in ", name, ", and the target's ",
                                            target->proto().name(),
                                            " restricts contact less; merge the other way round, "
                                            "or confirm with allow_lifting_restriction"),
                               {{"status", name}}),
                     "source");
  }

  absl::Status Run() {
    std::vector<ContactPoint> points_before;
    for (const v1::ContactPoint& point : target_.record.lead().contact_points()) {
      points_before.push_back(FromCanonical(point));
    }
    LeadEdit moved;  // a lead with the source's entries alone
    *moved.record.mutable_state()->mutable_entries() = source_.state().entries();
    for (const EntrySummary& entry : source_.state().entries()) {
      DNC_RETURN_IF_ERROR(MoveEntry(entry));
      *target_.record.mutable_state()->add_entries() = entry;
    }
    MergeNurture();
    DNC_RETURN_IF_ERROR(MovePoints());
    for (const ContactPoint& point : points_before) {
      DNC_RETURN_IF_ERROR(
          CoverPoint(txn_, organization_, point, moved, response_->mutable_added_entries()));
    }
    DNC_RETURN_IF_ERROR(Bury());
    DNC_RETURN_IF_ERROR(SaveLead(txn_, organization_.number(), &target_));
    *response_->mutable_lead() = LeadToProto(target_.record, organization_, txn_.now());
    return absl::OkStatus();
  }

 private:
  // The entry's record names the target, as do those whose place it took.
  absl::Status MoveEntry(const EntrySummary& summary) {
    std::vector<EntrySummary> waiting = {summary};
    while (!waiting.empty()) {
      const EntryId id{waiting.back().revision(), waiting.back().ordinal()};
      waiting.pop_back();
      DNC_ASSIGN_OR_RETURN(EntryRecord record, ReadEntry(txn_, organization_.number(), id));
      waiting.insert(waiting.end(), record.superseded().begin(), record.superseded().end());
      record.mutable_entry()->set_lead(target_.record.lead().name());
      record.mutable_entry()->set_etag(txn_.etag());
      txn_.Write(Family::kEntries, keys::Entry(organization_.number(), id), record);
      txn_.Delete(Family::kIndex, IndexKey(source_.id, id));
      txn_.WriteEmpty(Family::kIndex, IndexKey(target_.id, id));
      response_->add_moved_entries(record.entry().name());
    }
    return absl::OkStatus();
  }

  std::string IndexKey(const std::string& lead, EntryId id) const {
    return keys::WithEntryId(keys::LeadIndexPrefix(organization_.number(), lead), id);
  }

  // Both periods stay in force until the later end, on the channels of either.
  void MergeNurture() {
    const LeadState& from = source_.state();
    LeadState* to = target_.record.mutable_state();
    if (from.nurture_until() <= txn_.now()) return;
    const bool running = to->nurture_until() > txn_.now();
    const bool all = from.nurture_channels() == 0 || (running && to->nurture_channels() == 0);
    const uint32_t others = running ? to->nurture_channels() : 0;
    to->set_nurture_channels(all ? 0 : from.nurture_channels() | others);
    to->set_nurture_since(running ? std::min(to->nurture_since(), from.nurture_since())
                                  : from.nurture_since());
    to->set_nurture_until(std::max(to->nurture_until(), from.nurture_until()));
  }

  absl::Status MovePoints() {
    for (const v1::ContactPoint& proto : source_.record.lead().contact_points()) {
      const ContactPoint point = FromCanonical(proto);
      DNC_RETURN_IF_ERROR(RemoveReference(point));
      const absl::Status added =
          AddContactPoint(txn_, organization_, point, &target_, response_->mutable_added_entries())
              .status();
      if (!added.ok()) return WithField(added, "source");
    }
    return absl::OkStatus();
  }

  absl::Status RemoveReference(const ContactPoint& point) {
    DNC_ASSIGN_OR_RETURN(SubjectEdit* const subject,
                         txn_.EditSubject(SubjectKey(organization_.number(), point)));
    auto* leads = subject->record.mutable_leads();
    leads->erase(
        std::remove_if(leads->begin(), leads->end(),
                       [&](const auto& reference) { return reference.lead() == source_.id; }),
        leads->end());
    subject->changed = true;
    return absl::OkStatus();
  }

  // What remains of the source points to the target.
  absl::Status Bury() {
    source_.record.mutable_lead()->clear_contact_points();
    source_.record.mutable_state()->clear_entries();
    source_.record.mutable_state()->clear_nurture_until();
    source_.record.mutable_state()->clear_nurture_channels();
    source_.record.mutable_state()->clear_nurture_since();
    source_.record.set_delete_time(txn_.now());
    source_.record.set_merged_into(target_.id);
    return SaveLead(txn_, organization_.number(), &source_);
  }

  Txn& txn_;
  const CatalogOrganization& organization_;
  LeadEdit source_;
  LeadEdit target_;
  v1::MergeLeadsResponse* const response_;
};

}  // namespace

absl::Status Apply(const v1::DeleteLeadRequest& request, Txn& txn,
                   v1::DeleteLeadResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(LeadEdit lead,
                       LoadLiving(txn, *organization, request.name(), request.etag(), "name"));
  lead.record.set_delete_time(txn.now());
  DNC_RETURN_IF_ERROR(SaveLead(txn, organization->number(), &lead));
  *response->mutable_lead() = LeadToProto(lead.record, *organization, txn.now());
  return absl::OkStatus();
}

absl::Status Apply(const v1::MergeLeadsRequest& request, Txn& txn,
                   v1::MergeLeadsResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(LeadEdit source, LoadLiving(txn, *organization, request.source(),
                                                   request.source_etag(), "source"));
  DNC_ASSIGN_OR_RETURN(LeadEdit target, LoadLiving(txn, *organization, request.target(),
                                                   request.target_etag(), "target"));
  if (source.id == target.id) return InvalidField("target", "is the source itself");
  Merger merger(txn, *organization, std::move(source), std::move(target), response);
  DNC_RETURN_IF_ERROR(merger.Check(request.allow_lifting_restriction()));
  return merger.Run();
}

}  // namespace dnc
