// DiagnoseContactedLead: what happened to a lead, and what is wrong with that.
#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dnc/v1/registry.pb.h"
#include "google/protobuf/util/time_util.h"
#include "server/diagnose/contact_findings.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/lead_findings.h"
#include "server/diagnose/timeline.h"
#include "server/error/error.h"
#include "server/handler/check_handler.h"
#include "server/handler/contact_handler.h"
#include "server/handler/decision_handler.h"
#include "server/handler/diagnose_handler.h"
#include "server/handler/diagnose_parts.h"
#include "server/handler/object_history.h"
#include "server/handler/past_check.h"
#include "server/handler/period.h"
#include "server/name/resource_name.h"
#include "server/state/entries.h"
#include "server/state/entry_ids.h"
#include "server/subject/scope.h"
#include "server/subject/subject.h"
#include "server/workflow/rules.h"
#include "server/workflow/shape.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::AuditedObject;
using storage::v1::EntryRecord;
using storage::v1::LeadRecord;

// What is read of each source: the newest.
constexpr size_t kMostLeadChanges = 1000;
constexpr size_t kMostConfigurationChanges = 100;
constexpr size_t kMostSubjectEntries = 1000;
constexpr size_t kMostRecords = 2000;  // checks, and contacts, of each subject
constexpr int kMostPages = 100;        // of a listing, some of which may be empty
constexpr size_t kMostPointsRead = 20;
// For what was refused.
constexpr int64_t kMostRevisionsSearched = 10'000;
constexpr size_t kMostBytesSearched = size_t{64} << 20;
constexpr int64_t kRevisionsAtOnce = 64;
constexpr size_t kMostBytesOfAnOptOut = size_t{256} << 10;  // with 100 contact points
constexpr int32_t kDefaultEvents = 1000;
constexpr int32_t kMostEventsAsked = 10'000;

// Pages of one listing until it ends, or has `kMostRecords`. Answers whether it ended.
template <typename Request, typename Response, typename List, typename Take>
absl::StatusOr<bool> ReadPages(Request request, List list, Take take) {
  size_t read = 0;
  int pages = 0;
  request.set_page_size(1000);
  while (true) {
    Response page;
    DNC_RETURN_IF_ERROR(list(request, &page));
    read += take(page);
    if (page.next_page_token().empty()) return true;
    if (read >= kMostRecords || ++pages == kMostPages) return false;
    request.set_page_token(page.next_page_token());
  }
}

// Everything that is read about one lead or contact point.
class ContactedLead {
 public:
  ContactedLead(const View& view, const AuditLog& log, const DiagnoseSources& sources,
                const CatalogOrganization& organization,
                const v1::DiagnoseContactedLeadRequest& request, UnixMicros now)
      : view_(view),
        log_(log),
        sources_(sources),
        organization_(organization),
        request_(request),
        now_(now),
        timeline_(StartOf(request), EndOf(request), now) {}

  absl::Status Read(v1::DiagnoseContactedLeadResponse* response) {
    DNC_RETURN_IF_ERROR(ReadSubjects());
    DNC_RETURN_IF_ERROR(ReadChanges());
    DNC_RETURN_IF_ERROR(ReadEntries());
    DNC_RETURN_IF_ERROR(ReadRefusals());
    DNC_RETURN_IF_ERROR(ReadChecks(response));
    DNC_RETURN_IF_ERROR(ReadContacts());
    Judge(*response);
    const int32_t most = request_.max_events() == 0 ? kDefaultEvents : request_.max_events();
    std::move(timeline_).Write(static_cast<size_t>(most), response);
    std::move(findings_).Write(absl::StrCat("nothing wrong was found: no contact of ",
                                            asked_.subject, " went against its entries"),
                               response->mutable_findings(), response->mutable_diagnosis());
    return absl::OkStatus();
  }

  // The contact point of the request; none where a lead is asked about as a whole.
  const std::vector<ContactPoint>& points() const { return points_; }
  const std::string& lead() const { return lead_; }

 private:
  static UnixMicros StartOf(const v1::DiagnoseContactedLeadRequest& request) {
    return request.period().has_start_time()
               ? TimeUtil::TimestampToMicroseconds(request.period().start_time())
               : std::numeric_limits<UnixMicros>::min();
  }
  static UnixMicros EndOf(const v1::DiagnoseContactedLeadRequest& request) {
    return request.period().has_end_time()
               ? TimeUtil::TimestampToMicroseconds(request.period().end_time())
               : std::numeric_limits<UnixMicros>::max();
  }

  // Who is meant: the lead, and the contact points that are looked at.
  absl::Status ReadSubjects() {
    asked_.channel = request_.channel();
    asked_.now = now_;
    if (request_.has_contact_point()) {
      DNC_ASSIGN_OR_RETURN(
          ContactPoint point,
          NormalizeContactPoint(request_.contact_point(),
                                organization_.record.organization().default_region(),
                                "contact_point"));
      asked_.subject = SubjectOf(point.kind);
      points_.push_back(std::move(point));
    }
    if (request_.lead().empty()) return absl::OkStatus();
    DNC_ASSIGN_OR_RETURN(lead_, LeadIdOf(organization_, request_.lead(), "lead"));
    asked_.subject = LeadName(organization_.id, lead_);
    asked_.names_lead = true;
    DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> record,
                         FindLead(*view_.reader, organization_.number(), lead_));
    if (!record.has_value()) {
      findings_.Add(LeadUnknown(asked_.subject));
      return absl::OkStatus();
    }
    DNC_ASSIGN_OR_RETURN(history_, ReadHistory(log_, organization_.number(),
                                               absl::StrCat("leads/", lead_), kMostLeadChanges));
    if (record->delete_time() != 0) findings_.Add(LeadGone(*record, organization_.id));
    if (!record->merged_into().empty()) heir_ = LeadName(organization_.id, record->merged_into());
    statuses_.insert(StatusNameOf(record->state().status()));
    TakePoints(heir_.empty() ? record->lead() : LeadBeforeItsEnd());
    return absl::OkStatus();
  }

  // As it was when it was merged into another, which got everything that it had.
  v1::Lead LeadBeforeItsEnd() const {
    v1::Lead before;
    for (const storage::v1::AuditRecord& record : history_.records) {
      if (record.mutation().merge_leads().source() != asked_.subject) continue;
      for (const AuditedObject& object : record.objects()) {
        const bool is_lead =
            object.kind() == AuditedObject::KIND_LEAD && object.name() == asked_.subject;
        if (is_lead && !before.ParseFromString(object.before())) before.Clear();
      }
    }
    return before;
  }

  void TakePoints(const v1::Lead& lead) {
    for (const v1::ContactPoint& proto : lead.contact_points()) {
      ContactPoint point = FromCanonical(proto);
      masked_points_.insert(MaskContact(ToString(point)));
      const bool wanted = !request_.has_contact_point() && points_.size() < kMostPointsRead;
      if (wanted) points_.push_back(std::move(point));
    }
    const int count = lead.contact_points_size();
    if (!request_.has_contact_point() && count > static_cast<int>(kMostPointsRead)) {
      findings_.Add(MakeFinding(
          v1::Finding::KIND_RECORDS_MISSING, v1::Finding::SEVERITY_WARNING, asked_.subject, "",
          absl::StrCat("of ", count, " contact points of ", asked_.subject, " the first ",
                       kMostPointsRead, " were looked at; ask about the others one by one")));
    }
  }

  std::string StatusNameOf(uint32_t number) const {
    const CatalogStatus* status = organization_.StatusByNumber(number);
    return status == nullptr ? "" : status->proto().name();
  }

  // What happened to the lead, and to the statuses that it was in.
  absl::Status ReadChanges() {
    if (lead_.empty()) return absl::OkStatus();
    DNC_ASSIGN_OR_RETURN(const std::optional<UnixMicros> unrecorded, UnrecordedUntil(log_));
    if (unrecorded.has_value()) timeline_.CutBefore(*unrecorded);
    NoteCut(history_);
    for (const storage::v1::AuditRecord& record : history_.records) {
      timeline_.AddLeadChange(record, asked_.subject);
      NoteStatuses(record);
      for (const MovedEntry& moved : MovedEntriesOf(record)) {
        if (moved.from == asked_.subject) given_.push_back(moved.id);
        if (moved.to == asked_.subject) taken_[FormatEntryId(moved.id)] = moved.from;
      }
    }
    const std::string prefix = OrganizationName(organization_.id) + "/";
    for (const std::string& status : statuses_) {
      absl::string_view path = status;
      if (!absl::ConsumePrefix(&path, prefix)) continue;
      DNC_ASSIGN_OR_RETURN(
          const ObjectHistory history,
          ReadHistory(log_, organization_.number(), path, kMostConfigurationChanges));
      NoteCut(history);
      for (const storage::v1::AuditRecord& record : history.records) {
        if (told_.insert(record.revision()).second) timeline_.AddConfigurationChange(record);
      }
    }
    return absl::OkStatus();
  }

  void NoteCut(const ObjectHistory& history) {
    if (history.cut) timeline_.CutBefore(history.records.front().mutation().propose_time());
  }

  // The statuses that the lead came into.
  void NoteStatuses(const storage::v1::AuditRecord& record) {
    for (const AuditedObject& object : record.objects()) {
      v1::Lead after;
      const bool is_lead =
          object.kind() == AuditedObject::KIND_LEAD && object.name() == asked_.subject;
      if (is_lead && after.ParseFromString(object.after())) statuses_.insert(after.status());
    }
  }

  absl::Status ReadEntries() {
    const uint32_t number = organization_.number();
    if (!lead_.empty()) {
      DNC_RETURN_IF_ERROR(ReadEntriesOf(organization_, EntryOwner::Lead(number, lead_)));
      DNC_RETURN_IF_ERROR(AddEntries(organization_, given_, false));
    }
    for (const ContactPoint& point : points_) {
      DNC_RETURN_IF_ERROR(
          ReadEntriesOf(organization_, EntryOwner::Subject(SubjectKey(number, point))));
      if (number == kGlobalNumber) continue;
      DNC_RETURN_IF_ERROR(ReadEntriesOf(view_.catalog->global(),
                                        EntryOwner::Subject(SubjectKey(kGlobalNumber, point))));
    }
    return absl::OkStatus();
  }

  absl::Status ReadEntriesOf(const CatalogOrganization& owner, const EntryOwner& of) {
    std::deque<EntryId> ids;
    bool cut = false;
    DNC_RETURN_IF_ERROR(of.ForEachEntry(*view_.reader, EntryId{}, [&](EntryId id) {
      ids.push_back(id);
      if (ids.size() > kMostSubjectEntries) {
        ids.pop_front();
        cut = true;
      }
      return true;
    }));
    return AddEntries(owner, ids, cut);
  }

  // `cut`: there are older ones.
  absl::Status AddEntries(const CatalogOrganization& owner, const std::deque<EntryId>& ids,
                          bool cut) {
    for (const EntryId& id : ids) {
      DNC_ASSIGN_OR_RETURN(const std::optional<EntryRecord> record,
                           FindEntry(*view_.reader, owner.number(), id));
      if (!record.has_value()) return CorruptRecord(Family::kIndex);
      KnownEntry known;
      known.entry = EntryToProto(*record);
      known.covers_contact_points = record->covers_contact_points();
      if (const CatalogList* list = owner.ListByNumber(record->list()); list != nullptr) {
        known.brand = list->record.list().brand();
        known.campaign = list->record.list().campaign();
      }
      if (std::exchange(cut, false)) {
        timeline_.CutBefore(TimeUtil::TimestampToMicroseconds(known.entry.create_time()));
      }
      if (!seen_.insert(known.entry.name()).second) continue;
      const auto taken = taken_.find(LastPart(known.entry.name()));
      timeline_.AddEntry(known.entry, taken == taken_.end() ? "" : taken->second);
      entries_.push_back(std::move(known));
    }
    return absl::OkStatus();
  }

  bool WouldBlock(const storage::v1::Mutation& mutation) const {
    if (mutation.has_add_entry()) return mutation.add_entry().entry().lead() == asked_.subject;
    if (!mutation.has_apply_action() || mutation.apply_action().lead() != asked_.subject) {
      return false;
    }
    const absl::StatusOr<ResourceName> name =
        ParseActionName(mutation.apply_action().action(), "action");
    const CatalogStatus* status =
        name.ok() ? organization_.FindStatus(name->workflow, name->status) : nullptr;
    const v1::Action* action = status == nullptr ? nullptr : status->FindAction(name->action);
    return action == nullptr || HasDncOperation(*action);  // one that is gone may have been
  }

  // Opt-outs of the lead that were refused, among the newest changes of all: no index has them.
  absl::Status ReadRefusals() {
    if (lead_.empty()) return absl::OkStatus();
    DNC_ASSIGN_OR_RETURN(const std::vector<int64_t> candidates, RevisionsThatNameTheLead());
    for (const int64_t revision : candidates) {
      DNC_ASSIGN_OR_RETURN(const std::optional<storage::v1::AuditRecord> record,
                           log_.Read(revision));
      const bool refused = record.has_value() &&
                           record->disposition() == storage::v1::AuditRecord::DISPOSITION_REFUSED;
      if (!refused || !WouldBlock(record->mutation())) continue;
      timeline_.AddLeadChange(*record, asked_.subject);
      JudgeRefusal(*record, &findings_);
    }
    return absl::OkStatus();
  }

  // Backwards, a few at a time, since the records of an import are large.
  absl::StatusOr<std::vector<int64_t>> RevisionsThatNameTheLead() const {
    std::vector<int64_t> found;
    size_t bytes = 0;
    const int64_t oldest = std::max<int64_t>(1, log_.newest() - kMostRevisionsSearched + 1);
    for (int64_t last = log_.newest(); last >= oldest && bytes < kMostBytesSearched;
         last -= kRevisionsAtOnce) {
      const int64_t first = std::max(oldest, last - kRevisionsAtOnce + 1);
      DNC_RETURN_IF_ERROR(log_.Scan(first, last, [&](int64_t revision, const StoredAudit& stored) {
        bytes += stored.content.size();
        const bool names = stored.content.size() <= kMostBytesOfAnOptOut &&
                           stored.content.find(asked_.subject) != absl::string_view::npos;
        if (names && OrganizationOfAudit(stored.content) == organization_.id) {
          found.push_back(revision);
        }
        return true;
      }));
    }
    return found;
  }

  absl::Status ReadChecks(v1::DiagnoseContactedLeadResponse* response) {
    v1::ListDecisionsRequest request;
    request.set_parent(request_.parent());
    *request.mutable_period() = request_.period();
    request.set_channel(request_.channel());
    std::map<std::string, v1::DecisionRecord> found;
    const auto read = [&](const v1::ListDecisionsRequest& wanted) -> absl::Status {
      UnixMicros oldest = 0;
      DNC_ASSIGN_OR_RETURN(const bool whole,
                           (ReadPages<v1::ListDecisionsRequest, v1::ListDecisionsResponse>(
                               wanted,
                               [&](const auto& page, auto* answer) {
                                 return sources_.decisions->List(page, answer);
                               },
                               [&](const v1::ListDecisionsResponse& page) -> size_t {
                                 if (response->gaps().empty())
                                   *response->mutable_gaps() = page.gaps();
                                 for (const v1::DecisionRecord& decision : page.decisions()) {
                                   oldest =
                                       TimeUtil::TimestampToMicroseconds(decision.evaluate_time());
                                   found.emplace(decision.name(), decision);
                                 }
                                 return static_cast<size_t>(page.decisions_size());
                               })));
      if (!whole) timeline_.CutBefore(oldest);
      return absl::OkStatus();
    };
    if (!lead_.empty()) {
      request.set_lead(request_.lead());
      DNC_RETURN_IF_ERROR(read(request));
      request.clear_lead();
    }
    for (const ContactPoint& point : points_) {
      *request.mutable_contact_point() = ToProto(point);
      DNC_RETURN_IF_ERROR(read(request));
    }
    for (auto& [name, decision] : found) {
      timeline_.AddCheck(decision);
      decisions_.push_back(std::move(decision));
    }
    return absl::OkStatus();
  }

  absl::Status ReadContacts() {
    v1::ListContactsRequest request;
    request.set_parent(request_.parent());
    *request.mutable_filter()->mutable_period() = request_.period();
    request.mutable_filter()->set_channel(request_.channel());
    std::map<std::string, v1::JudgedContact> found;
    const auto read = [&](const v1::ListContactsRequest& wanted) -> absl::Status {
      UnixMicros oldest = 0;
      DNC_ASSIGN_OR_RETURN(
          const bool whole,
          (ReadPages<v1::ListContactsRequest, v1::ListContactsResponse>(
              wanted,
              [&](const auto& page, auto* answer) { return sources_.contacts->List(page, answer); },
              [&](const v1::ListContactsResponse& page) -> size_t {
                for (const v1::JudgedContact& contact : page.contacts()) {
                  oldest = TimeUtil::TimestampToMicroseconds(contact.contact_time());
                  found.emplace(contact.contact_id(), contact);
                }
                return static_cast<size_t>(page.contacts_size());
              })));
      if (!whole) timeline_.CutBefore(oldest);
      return absl::OkStatus();
    };
    if (!lead_.empty()) {
      request.mutable_filter()->set_lead(request_.lead());
      DNC_RETURN_IF_ERROR(read(request));
      request.mutable_filter()->clear_lead();
    }
    for (const ContactPoint& point : points_) {
      *request.mutable_filter()->mutable_contact_point() = ToProto(point);
      DNC_RETURN_IF_ERROR(read(request));
    }
    for (auto& [id, contact] : found) {
      timeline_.AddContact(contact);
      contacts_.push_back(std::move(contact));
    }
    return absl::OkStatus();
  }

  void Judge(const v1::DiagnoseContactedLeadResponse& response) {
    JudgeContacts(asked_, masked_points_, contacts_, &findings_);
    ContactCase holder = asked_;
    if (!heir_.empty()) holder.subject = heir_;
    const std::optional<UnixMicros> since = JudgeEntries(holder, entries_, &findings_);
    JudgeChecks(decisions_, since, &findings_);
    for (const v1::DecisionGap& gap : response.gaps()) findings_.Add(RecordsMissing(gap));
    if (!heir_.empty()) return;  // what restricts the other one is for it to tell
    const bool own = std::any_of(entries_.begin(), entries_.end(),
                                 [](const KnownEntry& known) { return known.entry.has_lead(); });
    if (lead_.empty() ? entries_.empty() : !own) AddMissingEntry();
  }

  // The person asked, it is said, and nothing of it is on record here.
  void AddMissingEntry() {
    if (entries_.empty()) return findings_.Add(NoEntry(asked_.subject));
    findings_.Add(ContactPointFlagged(asked_.subject, "", entries_.front().entry.name()));
  }

  const View& view_;
  const AuditLog& log_;
  const DiagnoseSources& sources_;
  const CatalogOrganization& organization_;
  const v1::DiagnoseContactedLeadRequest& request_;
  const UnixMicros now_;
  Timeline timeline_;
  FindingList findings_;
  ContactCase asked_;
  std::string lead_;
  std::string heir_;  // the name of the lead that it was merged into
  ObjectHistory history_;
  std::deque<EntryId> given_;  // entries that went to another lead with a merge
  std::map<std::string, std::string, std::less<>> taken_;  // ids of those that came, from which one
  std::set<std::string> seen_;                             // names of entries
  std::vector<ContactPoint> points_;
  std::set<std::string> masked_points_;
  std::set<std::string> statuses_;
  std::set<int64_t> told_;  // revisions of configuration changes
  std::vector<KnownEntry> entries_;
  std::vector<v1::DecisionRecord> decisions_;
  std::vector<v1::JudgedContact> contacts_;
};

absl::Status CheckContactedLead(const v1::DiagnoseContactedLeadRequest& request, UnixMicros now) {
  if (request.lead().empty() && !request.has_contact_point()) {
    return MissingField("lead", "name the lead, or the contact point that was used");
  }
  if (!v1::Channel_IsValid(request.channel())) return InvalidField("channel", "unknown value");
  if (!v1::MessageClass_IsValid(request.message_class())) {
    return InvalidField("message_class", "unknown value");
  }
  if (request.max_events() < 0 || request.max_events() > kMostEventsAsked) {
    return InvalidField("max_events",
                        absl::StrCat("must be 1 to ", kMostEventsAsked, ", or 0 for the default"));
  }
  DNC_RETURN_IF_ERROR(CheckPeriod(request.period(), "period"));
  if (!request.has_at_time()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(CheckTimestamp(request.at_time(), "at_time"));
  if (TimeUtil::TimestampToMicroseconds(request.at_time()) > now) {
    return InvalidField("at_time", "lies in the future; ask CheckContact about now");
  }
  if (request.channel() == v1::CHANNEL_UNSPECIFIED) {
    return MissingField("channel", "needed with at_time: a check names the channel");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DiagnoseHandler::Diagnose(const v1::DiagnoseContactedLeadRequest& request,
                                       const Principal&,
                                       v1::DiagnoseContactedLeadResponse* response) const {
  const UnixMicros now = sources_.clock->Now();
  const StateMachine::ViewGuard view = sources_.state->Read();
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindParent(*view, request.parent()));
  DNC_RETURN_IF_ERROR(CheckContactedLead(request, now));
  std::string brand;
  std::string campaign;
  PastQuestion past;
  DNC_ASSIGN_OR_RETURN(past.question.brand, CanonicalScope(request.brand(), "brand", &brand));
  DNC_ASSIGN_OR_RETURN(past.question.campaign,
                       CanonicalScope(request.campaign(), "campaign", &campaign));
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  ContactedLead contacted(*view, log, sources_, *organization, request, now);
  DNC_RETURN_IF_ERROR(contacted.Read(response));
  response->set_revision(view->revision);
  if (!request.has_at_time()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(
      CheckHandler::SetChannel(request.channel(), request.message_class(), &past.question));
  past.question.organization = organization;
  past.question.global = &view->catalog->global();
  past.question.now = TimeUtil::TimestampToMicroseconds(request.at_time());
  DNC_RETURN_IF_ERROR(
      CheckRegionFor(request.channel(), ViewOf(request.contact_point()), "contact_point"));
  past.lead = contacted.lead();
  past.region = std::string(RegionOf(ViewOf(request.contact_point()),
                                     organization->record.organization().default_region()));
  if (request.has_contact_point()) {
    past.point = contacted.points().front();
    DNC_RETURN_IF_ERROR(CheckChannelReaches(request.channel(), past.point->kind, "contact_point"));
  }
  return AnswerInThePast(*view, log, past, response->mutable_past_answer());
}

}  // namespace dnc
