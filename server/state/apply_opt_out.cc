// Opt-outs as they arrive, and the reviews of what may be one.
//
// What a reply means, and until when the law lets it wait, the proposer has said: the tables for
// both change with releases, and a replay must not. What an organization makes of it is judged
// here.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/catalog/masks.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/entries.h"
#include "server/state/leads.h"
#include "server/state/revocation.h"
#include "server/state/workflow_edits.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::OptOutMessageRecord;
using storage::v1::OptOutRecord;
using storage::v1::ReviewRecord;
using v1::OptOut;

absl::string_view OptOutSourceOf(OptOut::WayCase way) {
  switch (way) {
    case OptOut::kKeywordReply:
      return kKeywordSource;
    case OptOut::kOneClick:
      return "one-click unsubscribe ";
    case OptOut::kPhoneCall:
      return "phone call ";
    case OptOut::kLetter:
      return "letter ";
    default:
      return "e-mail reply ";
  }
}

std::string OptOutReasonOf(const OptOut& opt_out) {
  switch (opt_out.way_case()) {
    case OptOut::kKeywordReply:
    case OptOut::kEmailReply:
      return absl::StrCat(
          opt_out.outcome() == v1::OPT_OUT_OUTCOME_REVIEW ? "Possible opt-out" : "Opt-out",
          " by reply", opt_out.keyword().empty() ? "" : ": ", opt_out.keyword());
    case OptOut::kOneClick:
      return "One-click unsubscribe";
    case OptOut::kPhoneCall:
      return "Opt-out by telephone";
    default:
      return "Opt-out by letter";
  }
}

const v1::OptOutPolicy& PolicyOf(const CatalogOrganization& organization) {
  return organization.record.organization().opt_out_policy();
}

// The organization's internal list of exactly that brand and campaign; null where there is none.
const CatalogList* ListOfBrand(const CatalogOrganization& organization, const std::string& brand,
                               const std::string& campaign) {
  for (const auto& [id, list] : organization.lists) {
    const v1::DncList& content = list->record.list();
    if (!list->is_registry() && absl::EqualsIgnoreCase(content.brand(), brand) &&
        absl::EqualsIgnoreCase(content.campaign(), campaign)) {
      return list.get();
    }
  }
  return nullptr;
}

// The list that the policy's scope means: never a narrower one than there is.
absl::StatusOr<const CatalogList*> OptOutListFor(const CatalogOrganization& organization,
                                                 const OptOut& opt_out) {
  const bool narrow = PolicyOf(organization).scope() == v1::REVOCATION_SCOPE_BRAND &&
                      (!opt_out.brand().empty() || !opt_out.campaign().empty());
  if (narrow) {
    const CatalogList* list = ListOfBrand(organization, opt_out.brand(), opt_out.campaign());
    if (list == nullptr && !opt_out.brand().empty()) {
      list = ListOfBrand(organization, opt_out.brand(), "");
    }
    if (list != nullptr) return list;
  }
  return ResolveInternalList(organization, "", "parent");
}

// Which classes it blocks: those that the person named; of a reply, those that the policy says.
google::protobuf::RepeatedField<int> OptOutClassesOf(const CatalogOrganization& organization,
                                                     const OptOut& opt_out) {
  google::protobuf::RepeatedField<int> classes = opt_out.message_classes();
  const bool told = opt_out.has_phone_call() || opt_out.has_letter();
  if (!told && PolicyOf(organization).classes() == v1::REVOKED_CLASSES_AS_REPLIED_TO &&
      opt_out.replied_class() == v1::MESSAGE_CLASS_MARKETING) {
    classes.Add(v1::MESSAGE_CLASS_MARKETING);
  }
  return classes;
}

absl::StatusOr<EntrySpec> OptOutSpecOf(const Txn& txn, const CatalogOrganization& organization,
                                       const OptOut& opt_out, bool provisional) {
  EntrySpec spec;
  spec.when_covered = WhenCovered::kNote;
  spec.provisional = provisional;
  DNC_ASSIGN_OR_RETURN(spec.list, OptOutListFor(organization, opt_out));
  *spec.entry.mutable_channels() = opt_out.channels();
  *spec.entry.mutable_message_classes() = OptOutClassesOf(organization, opt_out);
  spec.entry.set_reason(OptOutReasonOf(opt_out));
  spec.entry.set_evidence(opt_out.evidence());
  spec.entry.set_source(absl::StrCat(OptOutSourceOf(opt_out.way_case()), opt_out.name()));
  *spec.entry.mutable_actor() = txn.mutation().actor();
  const UnixMicros received = TimeUtil::TimestampToMicroseconds(opt_out.received_time());
  *spec.entry.mutable_effective_time() =
      TimeUtil::MicrosecondsToTimestamp(std::min(received, txn.now()));
  return spec;
}

// What blocking did.
struct OptOutBlock {
  std::vector<EntryId> added;
  std::vector<EntryId> covering;
  bool lead_unknown = false;
};

bool LeadHasPoint(const LeadEdit& lead, const ContactPoint& point) {
  const auto& points = lead.record.lead().contact_points();
  return std::any_of(points.begin(), points.end(),
                     [&](const v1::ContactPoint& held) { return FromCanonical(held) == point; });
}

// The lead, or nothing where it is not known and the contact point will do.
absl::StatusOr<std::optional<LeadEdit>> FindOptOutLead(const Txn& txn,
                                                       const CatalogOrganization& organization,
                                                       const OptOut& opt_out) {
  if (opt_out.lead().empty()) return std::optional<LeadEdit>();
  DNC_ASSIGN_OR_RETURN(
      std::optional<LeadEdit> lead,
      LoadLeadOrHeir(txn, organization.number(), std::string(LastPart(opt_out.lead()))));
  if (lead.has_value()) return lead;  // a deleted one too: its contact points are blocked as well
  if (opt_out.has_contact_point()) return std::optional<LeadEdit>();
  return MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND,
                   absl::StrCat(opt_out.lead(),
                                " is not known; name the contact point, which is blocked on "
                                "whatever lead"),
                   {{"lead", opt_out.lead()}});
}

absl::StatusOr<OptOutBlock> BlockOptOut(Txn& txn, const CatalogOrganization& organization,
                                        const OptOut& opt_out, bool provisional) {
  DNC_ASSIGN_OR_RETURN(EntrySpec spec, OptOutSpecOf(txn, organization, opt_out, provisional));
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> lead, FindOptOutLead(txn, organization, opt_out));
  OptOutBlock blocked;
  blocked.lead_unknown = !opt_out.lead().empty() && !lead.has_value();
  const auto revision = static_cast<uint64_t>(txn.revision());
  const auto take = [&](const std::optional<EntryId>& added,
                        const std::optional<EntryId>& covering) {
    if (added.has_value()) {
      blocked.added.push_back(*added);
    } else if (covering.has_value() && covering->revision != revision) {
      blocked.covering.push_back(*covering);
    }
  };
  if (lead.has_value()) {
    std::optional<EntryId> covering;
    std::vector<EntryId> of_points;
    DNC_ASSIGN_OR_RETURN(const std::optional<EntryId> added,
                         BlockLead(txn, organization, spec, &*lead, &covering, &of_points));
    take(added, covering);
    blocked.added.insert(blocked.added.end(), of_points.begin(), of_points.end());
  }
  if (!opt_out.has_contact_point()) return blocked;
  const ContactPoint point = FromCanonical(opt_out.contact_point());
  // With the lead's the contact point was blocked already; only what had covered it is not known.
  const bool of_lead = lead.has_value() && LeadHasPoint(*lead, point);
  if (of_lead && provisional) return blocked;
  if (of_lead) spec.when_covered = WhenCovered::kLeave;
  std::optional<EntryId> covering;
  DNC_ASSIGN_OR_RETURN(
      const std::optional<EntryId> added,
      AddPointEntry(txn, organization.number(), organization.id, point, spec, &covering));
  take(added, covering);
  return blocked;
}

void NameEntries(const std::string& organization_id, const std::vector<EntryId>& ids,
                 google::protobuf::RepeatedPtrField<std::string>* names) {
  for (const EntryId id : ids) *names->Add() = EntryNameOf(organization_id, id);
}

// It is in force from now on.
void SetOptOutEffective(const Txn& txn, OptOut* opt_out) {
  const UnixMicros received = TimeUtil::TimestampToMicroseconds(opt_out->received_time());
  *opt_out->mutable_effective_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  *opt_out->mutable_delay() =
      TimeUtil::MicrosecondsToDuration(std::max<int64_t>(0, txn.now() - received));
  opt_out->set_late(opt_out->has_deadline() &&
                    txn.now() >= TimeUtil::TimestampToMicroseconds(opt_out->deadline()));
}

// The entries in force that keyword replies of the contact point made.
absl::Status FindKeywordEntries(Txn& txn, const CatalogOrganization& organization,
                                const v1::ContactPoint& point,
                                google::protobuf::RepeatedPtrField<std::string>* names) {
  DNC_ASSIGN_OR_RETURN(const SubjectEdit* const subject,
                       txn.EditSubject(SubjectKey(organization.number(), FromCanonical(point))));
  for (const storage::v1::EntrySummary& summary : subject->record.entries()) {
    if (summary.provisional()) continue;
    const EntryId id{summary.revision(), summary.ordinal()};
    DNC_ASSIGN_OR_RETURN(const EntryRecord record, ReadEntry(txn, organization.number(), id));
    if (absl::StartsWith(record.entry().source(), kKeywordSource)) {
      *names->Add() = record.entry().name();
    }
  }
  return absl::OkStatus();
}

void WriteReview(Txn& txn, uint32_t organization, v1::Review review) {
  const auto revision = static_cast<uint64_t>(review.opt_out().revision());
  const std::string pending = keys::PendingReview(organization, revision);
  if (review.state() == v1::REVIEW_STATE_PENDING) {
    txn.WriteEmpty(Family::kReviews, pending);
  } else {
    txn.Delete(Family::kReviews, pending);
  }
  review.set_etag(txn.etag());
  ReviewRecord record;
  *record.mutable_review() = std::move(review);
  txn.Write(Family::kReviews, keys::Review(organization, revision), record);
}

v1::Review NewReview(v1::ReviewKind kind, const OptOut& opt_out) {
  v1::Review review;
  review.set_name(opt_out.review());
  review.set_kind(kind);
  review.set_state(v1::REVIEW_STATE_PENDING);
  *review.mutable_opt_out() = opt_out;
  return review;
}

void TakeBlocked(const std::string& organization_id, const OptOutBlock& blocked, OptOut* opt_out) {
  NameEntries(organization_id, blocked.added, opt_out->mutable_entries());
  NameEntries(organization_id, blocked.covering, opt_out->mutable_covering_entries());
  opt_out->set_lead_unknown(blocked.lead_unknown);
  opt_out->set_blocks(true);
}

// A near miss: it blocks or not, and waits for a review.
absl::Status OpenNearMiss(Txn& txn, const CatalogOrganization& organization, OptOut* opt_out) {
  if (PolicyOf(organization).near_misses() != v1::NEAR_MISS_HANDLING_FLAG_ONLY) {
    DNC_ASSIGN_OR_RETURN(const OptOutBlock blocked, BlockOptOut(txn, organization, *opt_out, true));
    TakeBlocked(organization.id, blocked, opt_out);
  }
  v1::Review review = NewReview(v1::REVIEW_KIND_NEAR_MISS, *opt_out);
  *review.mutable_pending_entries() = opt_out->entries();
  WriteReview(txn, organization.number(), std::move(review));
  return absl::OkStatus();
}

// A word that asks for messages again: it ends nothing by itself.
absl::Status OpenRegrant(Txn& txn, const CatalogOrganization& organization, const OptOut& opt_out) {
  v1::Review review = NewReview(v1::REVIEW_KIND_CONSENT_REGRANT, opt_out);
  DNC_RETURN_IF_ERROR(FindKeywordEntries(txn, organization, opt_out.contact_point(),
                                         review.mutable_pending_entries()));
  WriteReview(txn, organization.number(), std::move(review));
  return absl::OkStatus();
}

std::string OptOutMessageKey(uint32_t organization, const OptOut& opt_out) {
  const std::string subject = opt_out.has_contact_point()
                                  ? SubjectKey(organization, FromCanonical(opt_out.contact_point()))
                                  : opt_out.lead();
  return keys::OptOutMessage(organization, static_cast<uint8_t>(opt_out.way_case()),
                             opt_out.message_id(), subject);
}

// The first opt-out with that message id, from the same by the same way.
absl::StatusOr<std::optional<OptOut>> FindSameMessage(const Txn& txn, uint32_t organization,
                                                      const OptOut& opt_out) {
  if (opt_out.message_id().empty()) return std::optional<OptOut>();
  DNC_ASSIGN_OR_RETURN(
      const std::optional<OptOutMessageRecord> first,
      txn.Read<OptOutMessageRecord>(Family::kReviews, OptOutMessageKey(organization, opt_out)));
  if (!first.has_value()) return std::optional<OptOut>();
  DNC_ASSIGN_OR_RETURN(
      std::optional<OptOutRecord> record,
      txn.Read<OptOutRecord>(Family::kReviews, keys::OptOut(organization, first->revision())));
  if (!record.has_value()) return CorruptRecord(Family::kReviews);
  return std::optional<OptOut>(std::move(*record->mutable_opt_out()));
}

// How far it goes towards blocking.
int StrengthOf(v1::OptOutOutcome outcome) {
  if (outcome == v1::OPT_OUT_OUTCOME_OPTED_OUT) return 2;
  return outcome == v1::OPT_OUT_OUTCOME_REVIEW ? 1 : 0;
}

// Whether both have the same words, of the same person, about the same messages.
bool SaysTheSame(const OptOut& first, const OptOut& opt_out) {
  const v1::EmailReply& mail = opt_out.email_reply();
  return first.keyword_reply().text() == opt_out.keyword_reply().text() &&
         first.email_reply().subject() == mail.subject() &&
         first.email_reply().text() == mail.text() && first.lead() == opt_out.lead() &&
         first.brand() == opt_out.brand() && first.campaign() == opt_out.campaign() &&
         first.replied_class() == opt_out.replied_class() &&
         MaskOf(first.channels()) == MaskOf(opt_out.channels()) &&
         MaskOf(first.message_classes()) == MaskOf(opt_out.message_classes());
}

absl::StatusOr<bool> IsPending(const Txn& txn, uint32_t organization, const OptOut& opt_out) {
  DNC_ASSIGN_OR_RETURN(
      const std::optional<ReviewRecord> record,
      txn.Read<ReviewRecord>(
          Family::kReviews, keys::Review(organization, static_cast<uint64_t>(opt_out.revision()))));
  return record.has_value() && record->review().state() == v1::REVIEW_STATE_PENDING;
}

// Whether it may ask for more than the first message of its id did. A platform may give ids that
// are no message's own: a repeat is what says the same and was not sent later. What an opt-out asks
// for that is new, blocking finds out; a near miss opens a review of its own, unless it is the same
// once more while that of the first waits.
absl::StatusOr<bool> MayAskForMore(const Txn& txn, uint32_t organization, const OptOut& first,
                                   const OptOut& opt_out) {
  const int strength = StrengthOf(opt_out.outcome());
  if (strength > StrengthOf(first.outcome())) return true;
  if (strength == 0) return false;
  if (!SaysTheSame(first, opt_out)) return true;
  if (opt_out.received_time() <= first.received_time()) return false;
  if (strength == 2) return true;
  DNC_ASSIGN_OR_RETURN(const bool pending, IsPending(txn, organization, first));
  return !pending;
}

void WriteOptOut(Txn& txn, uint32_t organization, const OptOut& opt_out) {
  OptOutRecord record;
  *record.mutable_opt_out() = opt_out;
  txn.Write(Family::kReviews, keys::OptOut(organization, static_cast<uint64_t>(opt_out.revision())),
            record);
}

// False: there is nothing to keep. It asks for nothing, or all that it asks for was blocked
// already, which what blocks it has noted, and the opt-out of its id, `first`, stands for it.
absl::StatusOr<bool> KeepOptOut(Txn& txn, const CatalogOrganization& organization,
                                const std::optional<OptOut>& first, OptOut* opt_out) {
  if (opt_out->outcome() == v1::OPT_OUT_OUTCOME_HELP ||
      opt_out->outcome() == v1::OPT_OUT_OUTCOME_NONE) {
    return false;
  }
  const std::string id = std::to_string(txn.revision());
  opt_out->set_name(OptOutName(organization.id, id));
  opt_out->set_revision(txn.revision());
  switch (opt_out->outcome()) {
    case v1::OPT_OUT_OUTCOME_OPTED_OUT: {
      DNC_ASSIGN_OR_RETURN(const OptOutBlock blocked,
                           BlockOptOut(txn, organization, *opt_out, false));
      const bool opted_out = first.has_value() && first->outcome() == v1::OPT_OUT_OUTCOME_OPTED_OUT;
      if (opted_out && blocked.added.empty()) return false;
      TakeBlocked(organization.id, blocked, opt_out);
      break;
    }
    case v1::OPT_OUT_OUTCOME_REVIEW:
      opt_out->set_review(ReviewName(organization.id, id));
      DNC_RETURN_IF_ERROR(OpenNearMiss(txn, organization, opt_out));
      break;
    default:
      opt_out->set_review(ReviewName(organization.id, id));
      DNC_RETURN_IF_ERROR(OpenRegrant(txn, organization, *opt_out));
      break;
  }
  WriteOptOut(txn, organization.number(), *opt_out);
  if (!opt_out->message_id().empty()) {
    OptOutMessageRecord message;
    message.set_revision(static_cast<uint64_t>(txn.revision()));
    txn.Write(Family::kReviews, OptOutMessageKey(organization.number(), *opt_out), message);
  }
  return true;
}

absl::StatusOr<v1::Review> FindReview(const Txn& txn, const CatalogOrganization& organization,
                                      const std::string& name) {
  uint64_t revision = 0;
  std::optional<ReviewRecord> record;
  if (absl::SimpleAtoi(LastPart(name), &revision) && absl::StrCat(revision) == LastPart(name)) {
    DNC_ASSIGN_OR_RETURN(
        record,
        txn.Read<ReviewRecord>(Family::kReviews, keys::Review(organization.number(), revision)));
  }
  if (record.has_value()) return std::move(*record->mutable_review());
  return MakeError(v1::ERROR_REASON_REVIEW_NOT_FOUND, absl::StrCat(name, " does not exist"),
                   {{"review", name}});
}

// What a decision about one review does.
class ReviewResolution {
 public:
  ReviewResolution(Txn& txn, const CatalogOrganization& organization,
                   const v1::ResolveReviewRequest& request, v1::Review* review)
      : txn_(txn), organization_(organization), request_(request), review_(review) {}

  absl::Status Run() {
    const bool confirmed = request_.decision() == v1::REVIEW_DECISION_CONFIRM;
    if (review_->kind() == v1::REVIEW_KIND_NEAR_MISS) {
      DNC_RETURN_IF_ERROR(confirmed ? ConfirmNearMiss() : DismissNearMiss());
    } else if (confirmed) {
      DNC_RETURN_IF_ERROR(ConfirmRegrant());
    }
    review_->set_state(confirmed ? v1::REVIEW_STATE_CONFIRMED : v1::REVIEW_STATE_DISMISSED);
    *review_->mutable_resolve_time() = TimeUtil::MicrosecondsToTimestamp(txn_.now());
    *review_->mutable_resolve_actor() = request_.actor();
    review_->set_resolve_reason(request_.reason());
    WriteOptOut(txn_, organization_.number(), review_->opt_out());
    WriteReview(txn_, organization_.number(), *review_);
    return absl::OkStatus();
  }

 private:
  // The opt-out gets entries of its own before those end that waited.
  absl::Status ConfirmNearMiss() {
    OptOut* opt_out = review_->mutable_opt_out();
    DNC_ASSIGN_OR_RETURN(const OptOutBlock blocked,
                         BlockOptOut(txn_, organization_, *opt_out, false));
    NameEntries(organization_.id, blocked.added, review_->mutable_created_entries());
    if (!opt_out->blocks()) SetOptOutEffective(txn_, opt_out);
    opt_out->set_blocks(true);
    return RevokePending(nullptr);
  }

  absl::Status DismissNearMiss() {
    review_->mutable_opt_out()->set_blocks(false);
    return RevokePending(nullptr);
  }

  absl::Status ConfirmRegrant() { return RevokePending(&review_->opt_out().received_time()); }

  // Ends the entries that wait for the review; with a consent, only those that are older than it.
  absl::Status RevokePending(const google::protobuf::Timestamp* consent) {
    for (const std::string& name : review_->pending_entries()) {
      const std::optional<EntryId> id = ParseEntryId(LastPart(name));
      if (!id.has_value()) return CorruptRecord(Family::kReviews);
      DNC_ASSIGN_OR_RETURN(EntryRecord record, ReadEntry(txn_, organization_.number(), *id));
      if (record.entry().has_revoke_time()) continue;
      if (consent != nullptr &&
          LastRequestTime(record.entry()) >= TimeUtil::TimestampToMicroseconds(*consent)) {
        continue;
      }
      const Revocation revocation{
          request_.actor(),
          absl::StrCat(
              review_->name(),
              request_.decision() == v1::REVIEW_DECISION_CONFIRM ? " confirmed: " : " dismissed: ",
              request_.reason()),
          consent};
      DNC_RETURN_IF_ERROR(RevokeEntry(txn_, organization_, *id, revocation, &record));
      review_->add_revoked_entries(name);
    }
    return absl::OkStatus();
  }

  Txn& txn_;
  const CatalogOrganization& organization_;
  const v1::ResolveReviewRequest& request_;
  v1::Review* const review_;
};

}  // namespace

absl::Status Apply(const v1::RecordOptOutRequest& request, Txn& txn,
                   v1::RecordOptOutResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const std::optional<OptOut> first,
                       FindSameMessage(txn, organization->number(), request.opt_out()));
  OptOut* opt_out = response->mutable_opt_out();
  *opt_out = request.opt_out();
  *opt_out->mutable_actor() = txn.mutation().actor();
  SetOptOutEffective(txn, opt_out);
  bool more = true;
  if (first.has_value()) {
    DNC_ASSIGN_OR_RETURN(more, MayAskForMore(txn, organization->number(), *first, *opt_out));
  }
  if (more) {
    DNC_ASSIGN_OR_RETURN(more, KeepOptOut(txn, *organization, first, opt_out));
  }
  if (!more && first.has_value()) {
    *opt_out = *first;
    response->set_repeated_message(true);
  }
  return absl::OkStatus();
}

absl::Status Apply(const v1::ResolveReviewRequest& request, Txn& txn,
                   v1::ResolveReviewResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(v1::Review review, FindReview(txn, *organization, request.name()));
  if (review.state() != v1::REVIEW_STATE_PENDING) {
    const bool confirmed = review.state() == v1::REVIEW_STATE_CONFIRMED;
    return MakeError(
        v1::ERROR_REASON_REVIEW_ALREADY_RESOLVED,
        absl::StrCat(request.name(), " was ", confirmed ? "confirmed" : "dismissed", " on ",
                     TimeUtil::ToString(review.resolve_time())),
        {{"review", request.name()}, {"state", confirmed ? "CONFIRMED" : "DISMISSED"}});
  }
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), review.etag()));
  DNC_RETURN_IF_ERROR(ReviewResolution(txn, *organization, request, &review).Run());
  review.set_etag(txn.etag());
  *response->mutable_review() = std::move(review);
  return absl::OkStatus();
}

}  // namespace dnc
