#include "server/handler/decision_handler.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/handler/page.h"
#include "server/handler/period.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/subject/scope.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using storage::v1::RecordedDecision;

// Rows and buckets that one call looks at; a filter that few records fit answers short pages.
constexpr int kMaxDecisionsRead = 10'000;
constexpr size_t kMaxGaps = 100;
constexpr size_t kMaxCallerBytes = 256;

absl::Status DecisionNotFound(absl::string_view name) {
  return MakeError(v1::ERROR_REASON_DECISION_NOT_FOUND,
                   absl::StrCat(name,
                                " has no record: it was never made, has been retired, or was "
                                "not recorded; ListDecisions tells for when records are missing"),
                   {{"decision", std::string(name)}});
}

// The organization and the id of "organizations/acme/decisions/…".
struct NamedDecision {
  std::string organization;
  DecisionId id;
};

absl::StatusOr<NamedDecision> ParseDecisionName(absl::string_view name, absl::string_view field) {
  constexpr absl::string_view kPart = "/decisions/";
  constexpr absl::string_view kShape =
      "not of the shape organizations/{organization}/decisions/{32 hexadecimal digits}";
  if (name.empty()) {
    return MissingField(field,
                        "name a decision, organizations/{organization}/decisions/{decision}");
  }
  const size_t at = name.find(kPart);
  if (at == absl::string_view::npos) return InvalidField(field, kShape);
  const absl::StatusOr<ResourceName> parent = ParseOrganizationName(name.substr(0, at), field);
  const std::optional<DecisionId> id = ParseDecisionId(name.substr(at + kPart.size()));
  if (!parent.ok() || !id.has_value()) return InvalidField(field, kShape);
  return NamedDecision{parent->organization, *id};
}

Timestamp ToTime(int64_t micros) { return TimeUtil::MicrosecondsToTimestamp(micros); }

// Records name lists by number; the organization, and `global`, know them by id.
struct Owners {
  const CatalogOrganization& own;
  const CatalogOrganization& global;
};

void FillReason(const storage::v1::RecordedReason& recorded, const Owners& owners,
                v1::DecisionReason* reason) {
  const CatalogOrganization& owner = recorded.global() ? owners.global : owners.own;
  reason->set_type(recorded.type());
  reason->set_effect(recorded.effect());
  const CatalogList* list =
      recorded.list() == 0 ? nullptr : owner.ListByNumber(recorded.list() - 1);
  if (list != nullptr) reason->set_list(ListName(owner.id, list->id));
  if (recorded.entry_revision() != 0) {
    const EntryId entry{recorded.entry_revision(), recorded.entry_ordinal()};
    reason->set_entry(EntryName(owner.id, FormatEntryId(entry)));
  }
}

void FillCounts(const RecordedDecision& recorded, v1::DecisionCounts* counts) {
  counts->set_allowed(recorded.allowed());
  counts->set_denied(recorded.denied());
  counts->set_unknown(recorded.unknown());
  for (const storage::v1::RecordedReasonCount& count : recorded.reason_counts()) {
    v1::DecisionReasonCount* reason = counts->add_reasons();
    reason->set_type(count.type());
    reason->set_count(count.count());
  }
}

void FillDecision(const DecisionRow& row, const Owners& owners, v1::DecisionRecord* decision) {
  const RecordedDecision& recorded = row.record;
  decision->set_name(DecisionName(owners.own.id, row.id));
  decision->set_kind(recorded.kind());
  *decision->mutable_evaluate_time() = ToTime(recorded.time());
  decision->set_caller(recorded.caller());
  *decision->mutable_contact_points() = recorded.contact_points();
  if (!recorded.lead().empty()) decision->set_lead(LeadName(owners.own.id, recorded.lead()));
  decision->set_channel(recorded.channel());
  decision->set_message_class(recorded.message_class());
  decision->set_campaign(recorded.campaign());
  decision->set_brand(recorded.brand());
  decision->set_verdict(recorded.verdict());
  for (const auto& reason : recorded.reasons()) FillReason(reason, owners, decision->add_reasons());
  decision->set_revision(recorded.revision());
  if (recorded.kind() == v1::DECISION_KIND_FILTER_BLOCK) {
    FillCounts(recorded, decision->mutable_counts());
  }
}

void FillGap(const storage::v1::RecordedGap& recorded, v1::DecisionGap* gap) {
  gap->set_cause(recorded.cause());
  if (recorded.start_time() != 0) *gap->mutable_start_time() = ToTime(recorded.start_time());
  if (recorded.end_time() != std::numeric_limits<int64_t>::max()) {
    *gap->mutable_end_time() = ToTime(recorded.end_time());
  }
  gap->set_count(recorded.count());
}

// What a listing asks for beside its range.
struct DecisionFilter {
  const v1::ListDecisionsRequest& request;
  std::string lead;
  std::optional<ContactHash> contact;  // none: every contact point
  std::string campaign;                // empty: every
  std::optional<DecisionId> id;

  bool Fits(const DecisionRow& row) const {
    const RecordedDecision& record = row.record;
    if (!lead.empty() && record.lead() != lead) return false;
    if (contact.has_value() && !contact->IsIn(record)) return false;
    if (id.has_value() && !IsOf(*id, row.id)) return false;
    if (!request.caller().empty() && record.caller() != request.caller()) return false;
    if (request.verdict() != v1::VERDICT_UNSPECIFIED && record.verdict() != request.verdict()) {
      return false;
    }
    if (!campaign.empty() && record.campaign() != campaign) return false;
    return request.channel() == v1::CHANNEL_UNSPECIFIED || record.channel() == request.channel();
  }

 private:
  // That one, or of that block.
  static bool IsOf(const DecisionId& wanted, const DecisionId& found) {
    if (wanted.index != 0) return wanted == found;
    return wanted.time == found.time && wanted.random == found.random &&
           wanted.number == found.number;
  }
};

absl::Status CheckShape(const v1::ListDecisionsRequest& request) {
  if (!v1::Verdict_IsValid(request.verdict())) return InvalidField("verdict", "unknown value");
  if (!v1::Channel_IsValid(request.channel())) return InvalidField("channel", "unknown value");
  if (request.caller().size() <= kMaxCallerBytes) return absl::OkStatus();
  return InvalidField("caller", absl::StrCat("at most ", kMaxCallerBytes, " bytes are taken"));
}

absl::StatusOr<DecisionFilter> FilterFor(const CatalogOrganization& organization,
                                         const Secret& secret,
                                         const v1::ListDecisionsRequest& request) {
  DNC_RETURN_IF_ERROR(CheckShape(request));
  DecisionFilter filter{request, {}, {}, {}, {}};
  DNC_ASSIGN_OR_RETURN(filter.lead, LeadOf(organization, request.lead(), "lead"));
  if (request.has_contact_point()) {
    DNC_ASSIGN_OR_RETURN(const ContactPoint point,
                         NormalizeContactPoint(request.contact_point(),
                                               organization.record.organization().default_region(),
                                               "contact_point"));
    filter.contact = secret.Hash(SubjectKey(organization.number(), point));
  }
  if (!request.decision_id().empty()) {
    filter.id = ParseDecisionId(request.decision_id());
    if (!filter.id.has_value()) return InvalidField("decision_id", "not 32 hexadecimal digits");
  }
  DNC_ASSIGN_OR_RETURN(filter.campaign, RecordedScope(request.campaign(), "campaign"));
  return filter;
}

// The narrowest range that holds every record that the filter wants.
absl::StatusOr<DecisionRange> DecisionRangeOf(const DecisionFilter& filter) {
  DNC_ASSIGN_OR_RETURN(const TimeRange times, RangeOf(filter.request.period(), "period"));
  DecisionRange range;
  range.lead = filter.lead;
  if (!filter.lead.empty()) range.of = DecisionRange::Of::kLead;
  if (filter.contact.has_value()) {
    range.of = DecisionRange::Of::kContact;
    range.contact = *filter.contact;
  }
  range.start_time = static_cast<uint64_t>(times.start);
  range.end_time = static_cast<uint64_t>(times.end);
  if (filter.id.has_value()) {
    range.start_time = std::max(range.start_time, filter.id->time);
    range.end_time = std::min(range.end_time, filter.id->time + 1);
  }
  return range;
}

}  // namespace

std::string DecisionName(absl::string_view organization, const DecisionId& id) {
  return absl::StrCat(OrganizationName(organization), "/decisions/", FormatDecisionId(id));
}

absl::StatusOr<TimeRange> RangeOf(const v1::Period& period, absl::string_view field) {
  TimeRange range{0, std::numeric_limits<int64_t>::max()};
  DNC_RETURN_IF_ERROR(CheckPeriod(period, field));
  if (period.has_start_time()) {
    range.start = std::max<int64_t>(0, TimeUtil::TimestampToMicroseconds(period.start_time()));
  }
  if (period.has_end_time()) {
    range.end = std::max<int64_t>(0, TimeUtil::TimestampToMicroseconds(period.end_time()));
  }
  return range;
}

absl::StatusOr<std::string> RecordedScope(absl::string_view scope, absl::string_view field) {
  std::string kept;
  DNC_ASSIGN_OR_RETURN(const absl::string_view canonical, CanonicalScope(scope, field, &kept));
  return absl::AsciiStrToLower(canonical);
}

absl::StatusOr<std::string> LeadOf(const CatalogOrganization& organization, const std::string& name,
                                   absl::string_view field) {
  if (name.empty()) return std::string();
  DNC_ASSIGN_OR_RETURN(const ResourceName lead, ParseLeadName(name, field));
  if (lead.organization == organization.id) return lead.lead;
  return InvalidField(field, "must belong to the request's organization");
}

absl::Status DecisionHandler::Get(const v1::GetDecisionRequest& request,
                                  v1::GetDecisionResponse* response) const {
  DNC_ASSIGN_OR_RETURN(const NamedDecision name, ParseDecisionName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(sources_.recorder->Flush());
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  DNC_ASSIGN_OR_RETURN(const std::optional<DecisionRow> row,
                       sources_.store->Get(organization->number(), name.id));
  if (!row.has_value()) return DecisionNotFound(request.name());
  FillDecision(*row, {*organization, view->catalog->global()}, response->mutable_decision());
  return absl::OkStatus();
}

absl::Status DecisionHandler::List(const v1::ListDecisionsRequest& request,
                                   v1::ListDecisionsResponse* response) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  const std::string filter_text = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter_text));
  DNC_RETURN_IF_ERROR(sources_.recorder->Flush());
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  DNC_ASSIGN_OR_RETURN(const DecisionFilter filter,
                       FilterFor(*organization, *sources_.secret, request));
  DNC_ASSIGN_OR_RETURN(const DecisionRange range, DecisionRangeOf(filter));
  const Owners owners{*organization, view->catalog->global()};
  int budget = kMaxDecisionsRead;
  DNC_ASSIGN_OR_RETURN(const std::string next,
                       sources_.store->ScanDown(organization->number(), range, page.start, &budget,
                                                [&](const DecisionRow& row) {
                                                  if (!filter.Fits(row)) return true;
                                                  FillDecision(row, owners,
                                                               response->add_decisions());
                                                  return response->decisions_size() < page.size;
                                                }));
  if (!next.empty()) response->set_next_page_token(MakePageToken(next, filter_text));
  if (!page.start.empty()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(const TimeRange times, RangeOf(request.period(), "period"));
  DNC_ASSIGN_OR_RETURN(const std::vector<storage::v1::RecordedGap> gaps,
                       sources_.store->Gaps(times.start, times.end, kMaxGaps));
  for (const storage::v1::RecordedGap& gap : gaps) FillGap(gap, response->add_gaps());
  return absl::OkStatus();
}

}  // namespace dnc
