#include "server/state/reconsent.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::EntrySummary;

uint32_t ChannelBits(uint32_t mask) { return mask == 0 ? kAllChannels : mask; }

// Revokes entries of one lead and its contact points.
class Revoker {
 public:
  Revoker(Txn& txn, const CatalogOrganization& organization, const v1::ApplyActionRequest& request,
          v1::OperationResult* result)
      : txn_(txn), organization_(organization), request_(request), result_(result) {}

  absl::Status TakeScope(const v1::RemoveRestriction& operation) {
    channels_ = ChannelBits(MaskOf(operation.channels()));
    for (const std::string& name : operation.lists()) {
      DNC_ASSIGN_OR_RETURN(const CatalogList* list,
                           ResolveInternalList(organization_, name, "lists"));
      lists_.insert(list->record.number());
    }
    return absl::OkStatus();
  }

  absl::Status OfLead(LeadEdit* lead) {
    EntrySummaries* entries = lead->record.mutable_state()->mutable_entries();
    DNC_ASSIGN_OR_RETURN(const std::vector<EntrySpec> rest, RevokeIn(entries, 0));
    for (const EntrySpec& spec : rest) {
      DNC_ASSIGN_OR_RETURN(
          const std::optional<EntryId> id,
          AddLeadEntry(txn_, organization_.number(), organization_.id, lead->id, spec, entries));
      Record(id);
    }
    return absl::OkStatus();
  }

  // Entries of revision `since` and later.
  absl::Status OfPoint(const ContactPoint& point, int64_t since) {
    const std::string key = SubjectKey(organization_.number(), point);
    DNC_ASSIGN_OR_RETURN(SubjectEdit* const subject, txn_.EditSubject(key));
    const int before = result_->revoked_entries_size();
    DNC_ASSIGN_OR_RETURN(const std::vector<EntrySpec> rest,
                         RevokeIn(subject->record.mutable_entries(), since));
    if (result_->revoked_entries_size() == before) return absl::OkStatus();
    subject->changed = true;
    for (const EntrySpec& spec : rest) {
      DNC_ASSIGN_OR_RETURN(
          const std::optional<EntryId> id,
          AddPointEntry(txn_, organization_.number(), organization_.id, point, spec));
      Record(id);
    }
    return absl::OkStatus();
  }

 private:
  bool InScope(const EntrySummary& entry, int64_t since) const {
    const bool over = entry.expire_time() != 0 && entry.expire_time() <= txn_.now();
    const bool recent = static_cast<int64_t>(entry.revision()) >= since;
    return recent && !over && lists_.count(entry.list()) > 0 &&
           (ChannelBits(entry.channels()) & channels_) != 0;
  }

  // Revokes all in scope; also those that come back because one that covered them is gone. Returns
  // what they block beside the scope.
  absl::StatusOr<std::vector<EntrySpec>> RevokeIn(EntrySummaries* entries, int64_t since) {
    std::vector<EntrySpec> rest;
    for (;;) {
      const auto found =
          std::find_if(entries->begin(), entries->end(),
                       [&](const EntrySummary& entry) { return InScope(entry, since); });
      if (found == entries->end()) return rest;
      const EntrySummary entry = *found;
      const EntryId id{entry.revision(), entry.ordinal()};
      DNC_ASSIGN_OR_RETURN(EntryRecord record, ReadEntry(txn_, organization_.number(), id));
      DNC_RETURN_IF_ERROR(CheckConsent(record.entry()));
      const uint32_t beside = ChannelBits(entry.channels()) & ~channels_;
      if (beside != 0) rest.push_back(RestOf(record, entry, beside));
      Revoke(&record);
      DNC_RETURN_IF_ERROR(RemoveSummary(txn_, organization_.number(), id, record, entries));
      txn_.Write(Family::kEntries, keys::Entry(organization_.number(), id), record);
      DNC_RETURN_IF_ERROR(txn_.AddToEntryCount(organization_.number(), record.list(), -1));
      result_->add_revoked_entries(record.entry().name());
    }
  }

  // Consent ends only opt-outs that were made before it.
  absl::Status CheckConsent(const v1::Entry& entry) const {
    if (!request_.has_request_time()) return absl::OkStatus();
    const UnixMicros last = LastRequestTime(entry);
    if (TimeUtil::TimestampToMicroseconds(request_.request_time()) > last) return absl::OkStatus();
    const std::string consent_text = TimeUtil::ToString(request_.request_time());
    const std::string last_text = TimeUtil::ToString(TimeUtil::MicrosecondsToTimestamp(last));
    return MakeError(
        v1::ERROR_REASON_CONSENT_OLDER_THAN_OPT_OUT,
        absl::StrCat("request_time: ", entry.name(), " was last asked for on ", last_text,
                     ", and the consent of ", consent_text, " is no later; ask the person again"),
        {{"entry", entry.name()},
         {"consent_time", consent_text},
         {"last_request_time", last_text}});
  }

  // What the entry blocks on other channels, as an entry that is to be added in its place.
  EntrySpec RestOf(const EntryRecord& record, const EntrySummary& summary,
                   uint32_t channels) const {
    EntrySpec spec;
    spec.entry = record.entry();
    spec.entry.clear_channels();
    for (int channel = 1; channel < v1::Channel_ARRAYSIZE; ++channel) {
      if ((channels & (1u << channel)) != 0) {
        spec.entry.add_channels(static_cast<v1::Channel>(channel));
      }
    }
    spec.entry.set_source(absl::StrCat("entry ", record.entry().name()));
    if (summary.begun()) {
      // It stays in force, whatever becomes of the clock.
      const UnixMicros effective = TimeUtil::TimestampToMicroseconds(spec.entry.effective_time());
      *spec.entry.mutable_effective_time() =
          TimeUtil::MicrosecondsToTimestamp(std::min(effective, txn_.now()));
    }
    spec.list = organization_.ListByNumber(record.list());
    spec.covers_contact_points = record.covers_contact_points();
    return spec;
  }

  void Revoke(EntryRecord* record) const {
    v1::Entry* entry = record->mutable_entry();
    *entry->mutable_revoke_time() = TimeUtil::MicrosecondsToTimestamp(txn_.now());
    *entry->mutable_revoke_actor() = request_.actor();
    entry->set_revoke_evidence(request_.evidence());
    if (request_.has_request_time()) *entry->mutable_consent_time() = request_.request_time();
    entry->set_etag(txn_.etag());
  }

  void Record(const std::optional<EntryId>& id) {
    if (id.has_value()) result_->add_entries(EntryNameOf(organization_.id, *id));
  }

  Txn& txn_;
  const CatalogOrganization& organization_;
  const v1::ApplyActionRequest& request_;
  v1::OperationResult* const result_;
  std::set<uint32_t> lists_;
  uint32_t channels_ = 0;
};

bool EndNurture(UnixMicros now, storage::v1::LeadState* state) {
  if (state->nurture_until() <= now) return false;
  state->clear_nurture_until();
  state->clear_nurture_channels();
  state->clear_nurture_since();
  return true;
}

}  // namespace

absl::Status RemoveRestriction(Txn& txn, const CatalogOrganization& organization,
                               const v1::RemoveRestriction& operation,
                               const v1::ApplyActionRequest& request,
                               const std::vector<ContactPoint>& own, LeadEdit* lead,
                               v1::OperationResult* result) {
  Revoker revoker(txn, organization, request, result);
  DNC_RETURN_IF_ERROR(revoker.TakeScope(operation));
  DNC_RETURN_IF_ERROR(revoker.OfLead(lead));
  for (const v1::ContactPoint& proto : lead->record.lead().contact_points()) {
    const ContactPoint point = FromCanonical(proto);
    const bool is_own = std::find(own.begin(), own.end(), point) != own.end();
    DNC_RETURN_IF_ERROR(revoker.OfPoint(point, is_own ? 0 : txn.revision()));
  }
  const bool ended = operation.end_nurture() && EndNurture(txn.now(), lead->record.mutable_state());
  result->set_outcome(ended || !result->revoked_entries().empty()
                          ? v1::OperationResult::OUTCOME_APPLIED
                          : v1::OperationResult::OUTCOME_NO_CHANGE);
  return absl::OkStatus();
}

}  // namespace dnc
