#include "server/handler/past_check.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/decision/decide.h"
#include "server/diagnose/lead_findings.h"
#include "server/diagnose/remedies.h"
#include "server/handler/diagnose_parts.h"
#include "server/handler/object_history.h"
#include "server/handler/raw_text.h"
#include "server/handler/reason_text.h"
#include "server/name/resource_name.h"
#include "server/state/entry_ids.h"
#include "server/state/leads.h"
#include "server/subject/subject.h"
#include "storage/audit/render.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::AuditedObject;
using storage::v1::EntryRecord;
using storage::v1::LeadRecord;
using Known = PastObject::Known;

// What is read of one object's changes, of the entries of one subject, and of the leads that share
// one contact point; beyond it the answer says that it is not whole.
constexpr size_t kMostChangesRead = 2000;
constexpr size_t kMostEntriesRead = 10'000;
constexpr size_t kMostLeadsRead = 50;

// Puts the facts of one moment together.
class PastFacts {
 public:
  PastFacts(const View& view, const AuditLog& log, const PastQuestion& asked,
            v1::PastAnswer* answer)
      : view_(view),
        log_(log),
        asked_(asked),
        question_(asked.question),
        organization_(*asked.question.organization),
        global_(*asked.question.global),
        answer_(answer) {
    question_.organization = &organization_;
    // What is asked of `global` itself is both.
    question_.global =
        asked.question.organization == asked.question.global ? &organization_ : &global_;
    question_.store_writable = true;
  }

  absl::Status Answer() {
    DNC_RETURN_IF_ERROR(DoubtWhatIsOlder());
    DNC_RETURN_IF_ERROR(RewindRegistries(asked_.question.organization, &organization_));
    if (question_.global == &global_) {
      DNC_RETURN_IF_ERROR(RewindRegistries(asked_.question.global, &global_));
    }
    std::vector<ContactPoint> points;
    if (asked_.point.has_value()) points.push_back(*asked_.point);
    if (!asked_.lead.empty()) DNC_RETURN_IF_ERROR(NameLead(&points));
    for (ContactPoint& point : points) {
      if (!ChannelReaches(question_.channel, point.kind)) continue;
      for (ContactPoint& reading : ReadingsOf(std::move(point), question_.channel, asked_.region)) {
        DNC_RETURN_IF_ERROR(AddPoint(std::move(reading)));
      }
    }
    Limit("whether the gateway could record opt-outs at that moment; it is taken that it could");
    Write(Decide(question_, facts_));
    return absl::OkStatus();
  }

 private:
  UnixMicros time() const { return question_.now; }
  void Limit(std::string text) { answer_->add_limits(std::move(text)); }
  // What is not known could have denied.
  void Doubt(std::string text) {
    in_doubt_ = true;
    Limit(std::move(text));
  }

  absl::Status DoubtWhatIsOlder() {
    DNC_ASSIGN_OR_RETURN(const std::optional<UnixMicros> unrecorded, UnrecordedUntil(log_));
    if (unrecorded.value_or(time()) <= time()) return absl::OkStatus();
    Doubt(absl::StrCat("what was changed up to revision ", log_.chain().first_revision() - 1,
                       ", by a release that did not record what it changed"));
    return absl::OkStatus();
  }

  void Write(const Decision& decision) {
    *answer_->mutable_evaluate_time() = TimeUtil::MicrosecondsToTimestamp(time());
    WireWriter writer;
    for (const MatchedRule& rule : decision.rules) {
      WriteReason(v1::PastAnswer::kReasonsFieldNumber, question_, rule, &writer);
    }
    answer_->MergeFromString(std::string(writer.bytes()));
    const bool doubted = in_doubt_ && decision.verdict == v1::VERDICT_ALLOW;
    answer_->set_verdict(doubted ? v1::VERDICT_UNKNOWN : decision.verdict);
  }

  absl::StatusOr<ObjectHistory> History(uint32_t organization, absl::string_view path) {
    DNC_ASSIGN_OR_RETURN(ObjectHistory history,
                         ReadHistory(log_, organization, path, kMostChangesRead));
    if (history.cut && history.records.front().mutation().propose_time() > time()) {
      Doubt(absl::StrCat(path, ": its changes before ",
                         TimeOf(history.records.front().mutation().propose_time()),
                         " are too many to be read; it is taken as it was then"));
    }
    return history;
  }

  // The registries of one organization as they were. A version that is gone cannot be asked.
  absl::Status RewindRegistries(const CatalogOrganization* now, CatalogOrganization* then) {
    for (const auto& [id, list] : now->lists) {
      if (!list->is_registry()) continue;
      const std::string& name = list->record.list().name();
      DNC_ASSIGN_OR_RETURN(const ObjectHistory history,
                           History(now->number(), absl::StrCat("lists/", id)));
      const PastObject past = ObjectAt(history, AuditedObject::KIND_LIST, name, time());
      if (past.known == Known::kAbsent) {
        then->lists.erase(id);
        continue;
      }
      storage::v1::ListRecord record = list->record;
      if (past.known == Known::kYes && !record.mutable_list()->ParseFromString(past.content)) {
        return CorruptRecord(Family::kAudit);
      }
      const int64_t version_then = record.list().active_version().version();
      const int64_t version_now = list->record.list().active_version().version();
      auto rewound = std::make_shared<CatalogList>(std::move(record));
      if (version_then == version_now) {
        rewound->numbers = list->numbers;
        then->lists[id] = std::move(rewound);
      } else if (version_then == 0) {
        then->lists[id] = std::move(rewound);  // it was empty
      } else {
        then->lists.erase(id);
        if (rewound->Blocks(question_.channel, question_.message_class) &&
            ScopeApplies(question_, rewound->record.list())) {
          Doubt(absl::StrCat("whether the registry ", CommandName(name),
                             " had the number: it was at version ", version_then, " (of ",
                             TimeOf(rewound->as_of), "), which is not kept, and is at version ",
                             version_now, " now"));
        }
      }
    }
    return absl::OkStatus();
  }

  // The lead that the question names, and, where no contact point is, those that it had.
  absl::Status NameLead(std::vector<ContactPoint>* points) {
    facts_.names_lead = true;
    facts_.lead.id = asked_.lead;
    v1::Lead lead;
    DNC_ASSIGN_OR_RETURN(facts_.lead.known,
                         LeadThen(asked_.lead, &lead, &facts_.lead.state, &merged_));
    if (!facts_.lead.known || asked_.point.has_value()) return absl::OkStatus();
    for (const v1::ContactPoint& point : lead.contact_points()) {
      points->push_back(FromCanonical(point));
    }
    return absl::OkStatus();
  }

  // Whether the lead existed, and what restricted it. `merged` gets the ids of those that were
  // merged into it since.
  absl::StatusOr<bool> LeadThen(const std::string& id, v1::Lead* lead, LeadStateFacts* state,
                                std::vector<std::string>* merged) {
    const uint32_t number = organization_.number();
    DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> record,
                         FindLead(*view_.reader, number, id));
    if (!record.has_value()) return false;
    DNC_ASSIGN_OR_RETURN(const ObjectHistory history, History(number, absl::StrCat("leads/", id)));
    AddMerged(history, record->lead().name(), merged);
    const PastObject past =
        ObjectAt(history, AuditedObject::KIND_LEAD, record->lead().name(), time());
    if (past.known == Known::kAbsent) return false;
    if (past.known == Known::kYes) {
      if (!lead->ParseFromString(past.content)) return CorruptRecord(Family::kAudit);
    } else {
      *lead = LeadToProto(*record, *asked_.question.organization, time());
      Doubt(absl::StrCat("how ", id,
                         " was then: the trail has no change of it; it is taken as it "
                         "is now"));
    }
    DNC_RETURN_IF_ERROR(FillState(*record, *lead, state));
    DNC_ASSIGN_OR_RETURN(std::vector<EntryId> ids, EntriesOf(EntryOwner::Lead(number, id)));
    UndoMerges(history, record->lead().name(), &ids);
    DNC_RETURN_IF_ERROR(AddEntries(number, ids, &state->entries));
    return true;
  }

  // Merges of after that moment, the newest first.
  void UndoMerges(const ObjectHistory& history, const std::string& lead,
                  std::vector<EntryId>* ids) const {
    for (auto record = history.records.rbegin(); record != history.records.rend(); ++record) {
      if (record->mutation().propose_time() <= time()) continue;
      for (const MovedEntry& moved : MovedEntriesOf(*record)) {
        if (moved.to == lead)
          ids->erase(std::remove(ids->begin(), ids->end(), moved.id), ids->end());
        if (moved.from == lead) ids->push_back(moved.id);
      }
    }
  }

  // The leads that were merged into this one after that moment.
  void AddMerged(const ObjectHistory& history, const std::string& lead,
                 std::vector<std::string>* ids) const {
    for (const storage::v1::AuditRecord& record : history.records) {
      const v1::MergeLeadsRequest& merge = record.mutation().merge_leads();
      const bool applied = record.disposition() == storage::v1::AuditRecord::DISPOSITION_APPLIED;
      if (!applied || merge.target() != lead || record.mutation().propose_time() <= time())
        continue;
      ids->emplace_back(LastPart(merge.source()));
    }
  }

  absl::Status FillState(const LeadRecord& record, const v1::Lead& lead, LeadStateFacts* state) {
    state->status_time = TimeUtil::TimestampToMicroseconds(lead.status_time());
    state->deleted = lead.has_delete_time();
    if (lead.has_nurture_until()) {
      state->nurture_until = TimeUtil::TimestampToMicroseconds(lead.nurture_until());
      if (record.state().nurture_until() == state->nurture_until) {
        state->nurture_channels = record.state().nurture_channels();
        state->nurture_since = record.state().nurture_since();
      } else if (state->nurture_until > time()) {
        Limit(absl::StrCat("which channels the nurture period of ", LastPart(lead.name()),
                           " restricted; it is taken as every one"));
      }
    }
    return RewindStatus(lead.status(), &state->status);
  }

  // The status as it restricted contact then.
  absl::Status RewindStatus(const std::string& name, uint32_t* number) {
    const absl::StatusOr<ResourceName> parsed = ParseStatusName(name, "status");
    const CatalogStatus* now =
        parsed.ok() ? asked_.question.organization->FindStatus(parsed->workflow, parsed->status)
                    : nullptr;
    *number = now == nullptr ? 0 : now->record.number();
    if (now == nullptr || !rewound_.insert(name).second) return absl::OkStatus();
    const std::string path =
        absl::StrCat("workflows/", parsed->workflow, "/statuses/", parsed->status);
    DNC_ASSIGN_OR_RETURN(const ObjectHistory history, History(organization_.number(), path));
    const PastObject past = ObjectAt(history, AuditedObject::KIND_STATUS, name, time());
    if (past.known != Known::kYes) return absl::OkStatus();
    storage::v1::StatusRecord record;
    record.set_number(now->record.number());
    if (!record.mutable_status()->ParseFromString(past.content)) {
      return CorruptRecord(Family::kAudit);
    }
    organization_.statuses_by_number[record.number()] =
        std::make_shared<CatalogStatus>(record, now->record_type);
    return absl::OkStatus();
  }

  // The entries of it that were there and not revoked.
  template <typename Entries>
  absl::Status ReadEntries(uint32_t organization, const EntryOwner& owner, Entries* entries) {
    DNC_ASSIGN_OR_RETURN(const std::vector<EntryId> ids, EntriesOf(owner));
    return AddEntries(organization, ids, entries);
  }

  absl::StatusOr<std::vector<EntryId>> EntriesOf(const EntryOwner& owner) {
    std::vector<EntryId> ids;
    DNC_RETURN_IF_ERROR(owner.ForEachEntry(*view_.reader, EntryId{}, [&](EntryId id) {
      ids.push_back(id);
      return ids.size() <= kMostEntriesRead;
    }));
    if (ids.size() > kMostEntriesRead) {
      ids.pop_back();
      Doubt(absl::StrCat("what entries after the first ", kMostEntriesRead, " blocked"));
    }
    return ids;
  }

  template <typename Entries>
  absl::Status AddEntries(uint32_t organization, const std::vector<EntryId>& ids,
                          Entries* entries) {
    for (const EntryId& id : ids) {
      DNC_ASSIGN_OR_RETURN(const std::optional<EntryRecord> record,
                           FindEntry(*view_.reader, organization, id));
      if (!record.has_value()) return CorruptRecord(Family::kIndex);
      const v1::Entry& entry = record->entry();
      const UnixMicros created = TimeUtil::TimestampToMicroseconds(entry.create_time());
      const bool revoked = entry.has_revoke_time() &&
                           TimeUtil::TimestampToMicroseconds(entry.revoke_time()) <= time();
      if (created > time() || revoked) continue;
      EntryFacts facts;
      facts.id = id;
      facts.list = record->list();
      facts.channels = MaskOf(entry.channels());
      facts.message_classes = MaskOf(entry.message_classes());
      facts.effective_time = TimeUtil::TimestampToMicroseconds(entry.effective_time());
      facts.begun = facts.effective_time <= created;
      facts.expire_time =
          entry.has_expire_time() ? TimeUtil::TimestampToMicroseconds(entry.expire_time()) : 0;
      entries->push_back(facts);
    }
    return absl::OkStatus();
  }

  absl::Status AddPoint(ContactPoint point) {
    PointFacts& facts = facts_.points.emplace_back();
    facts.point = std::move(point);
    const uint32_t number = organization_.number();
    const std::string key = SubjectKey(number, facts.point);
    PointFacts built = facts;
    DNC_RETURN_IF_ERROR(ReadEntries(number, EntryOwner::Subject(key), &built.own.entries));
    DNC_RETURN_IF_ERROR(AddLeadsOf(key, &built));
    const bool asks_global = question_.global == &organization_;
    if (!asks_global) {
      const std::string global_key = SubjectKey(kGlobalNumber, facts.point);
      DNC_RETURN_IF_ERROR(
          ReadEntries(kGlobalNumber, EntryOwner::Subject(global_key), &built.global.entries));
    }
    if (built.point.kind == ContactKind::kPhone) {
      AppendRegistries(question_, organization_, &built.registries);
      if (!asks_global) AppendRegistries(question_, global_, &built.registries);
      for (RegistryFact& registry : built.registries) {
        registry.member = registry.list->numbers != nullptr &&
                          registry.list->numbers->Contains(built.point.phone);
      }
    }
    facts_.points.back() = std::move(built);
    return absl::OkStatus();
  }

  // Other leads that had the contact point, also those that were merged into another since.
  absl::Status AddLeadsOf(const std::string& subject_key, PointFacts* point) {
    storage::v1::SubjectRecord subject;
    DNC_RETURN_IF_ERROR(view_.reader
                            ->Get(Family::kSubjects, subject_key,
                                  [&](absl::string_view bytes) {
                                    return subject.ParseFromArray(bytes.data(),
                                                                  static_cast<int>(bytes.size()))
                                               ? absl::OkStatus()
                                               : CorruptRecord(Family::kSubjects);
                                  })
                            .status());
    std::vector<std::string> leads;
    for (const auto& held : subject.leads()) leads.push_back(held.lead());
    for (size_t i = 0; i < leads.size(); ++i) {
      if (i == kMostLeadsRead) {
        Doubt(absl::StrCat("how more than ", kMostLeadsRead,
                           " leads with the contact point were restricted"));
        break;
      }
      const std::string& id = ids_.emplace_back(leads[i]);
      if (facts_.names_lead && id == asked_.lead) {
        leads.insert(leads.end(), merged_.begin(), merged_.end());
        continue;
      }
      v1::Lead lead;
      LeadOfPoint reference;
      reference.lead = id;
      DNC_ASSIGN_OR_RETURN(const bool existed, LeadThen(id, &lead, &reference.state, &leads));
      const bool had = std::any_of(
          lead.contact_points().begin(), lead.contact_points().end(),
          [&](const v1::ContactPoint& held) { return FromCanonical(held) == point->point; });
      reference.state.deleted = false;  // what it restricts goes on
      if (existed && had) point->own.leads.push_back(std::move(reference));
    }
    return absl::OkStatus();
  }

  const View& view_;
  const AuditLog& log_;
  const PastQuestion& asked_;
  Question question_;
  CatalogOrganization organization_;  // as it was, as far as it matters
  CatalogOrganization global_;
  Facts facts_;
  std::deque<std::string> ids_;      // of leads, which facts point to
  std::vector<std::string> merged_;  // ids of leads that were merged into the asked one since
  std::set<std::string> rewound_;
  bool in_doubt_ = false;
  v1::PastAnswer* const answer_;
};

}  // namespace

absl::Status AnswerInThePast(const View& view, const AuditLog& log, const PastQuestion& asked,
                             v1::PastAnswer* answer) {
  return PastFacts(view, log, asked, answer).Answer();
}

}  // namespace dnc
