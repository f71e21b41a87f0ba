#include "server/handler/contact_judge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dnc/storage/v1/record.pb.h"
#include "google/protobuf/util/time_util.h"
#include "server/decision/decide.h"
#include "server/error/error.h"
#include "server/handler/decision_handler.h"
#include "server/name/resource_name.h"
#include "server/state/entry_ids.h"
#include "server/subject/subject.h"
#include "storage/base/status_macros.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::SubjectRecord;

// Records of checks that are looked at for one contact point.
constexpr int kMostChecks = 2'000;

std::string TimeText(UnixMicros time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(time), absl::UTCTimeZone());
}

v1::ContactViolation* AddViolation(v1::ContactViolationKind kind, bool uncertain,
                                   v1::JudgedContact* contact) {
  v1::ContactViolation* violation = contact->add_violations();
  violation->set_kind(kind);
  violation->set_uncertain(uncertain);
  return violation;
}

// A check that a contact goes with.
struct Match {
  DecisionRow row;
  bool allowed = false;
};

class ContactJudge {
 public:
  ContactJudge(const ContactBench& bench, ContactReport* report) : bench_(bench), report_(*report) {
    for (const ContactPoint& point : report_.points) {
      hashes_.push_back(bench.secret.Hash(SubjectKey(bench.organization.number(), point)));
    }
  }

  absl::Status Run() {
    DNC_RETURN_IF_ERROR(JudgeChecks());
    DNC_RETURN_IF_ERROR(JudgeEntries());
    report_.contact.set_revision(bench_.view.revision);
    return absl::OkStatus();
  }

 private:
  uint32_t org() const { return bench_.organization.number(); }
  UnixMicros time() const { return report_.made.time; }
  // From when on a check counts.
  UnixMicros Earliest() const { return std::max<UnixMicros>(0, time() - bench_.max_check_age); }

  absl::Status JudgeChecks() {
    std::optional<Match> match;
    bool named = false;
    if (report_.decision.has_value()) {
      DNC_ASSIGN_OR_RETURN(match, FindNamed(*report_.decision));
      named = match.has_value();
    }
    if (!named) {
      DNC_ASSIGN_OR_RETURN(match, FindLatest());
    }
    v1::JudgedContact& contact = report_.contact;
    if (!match.has_value()) {
      DNC_ASSIGN_OR_RETURN(const bool uncertain, MayBeMissing(Earliest()));
      AddViolation(v1::CONTACT_VIOLATION_KIND_WITHOUT_CHECK, uncertain, &contact)
          ->set_message(absl::StrCat("no check is on record between ", TimeText(Earliest()),
                                     " and the contact",
                                     uncertain ? ", but not all that were made need be" : ""));
      return absl::OkStatus();
    }
    contact.set_decision(DecisionName(bench_.organization.id, match->row.id));
    if (match->allowed) return absl::OkStatus();
    const auto checked = static_cast<UnixMicros>(match->row.id.time);
    bool uncertain = false;
    if (!named) {
      DNC_ASSIGN_OR_RETURN(uncertain, MayBeMissing(checked + 1));
    }
    v1::ContactViolation* violation =
        AddViolation(v1::CONTACT_VIOLATION_KIND_AFTER_DENY, uncertain, &contact);
    violation->set_decision(contact.decision());
    *violation->mutable_since() = TimeUtil::MicrosecondsToTimestamp(checked);
    violation->set_message(
        absl::StrCat("the check at ", TimeText(checked), " answered ",
                     v1::Verdict_Name(match->row.record.verdict()).substr(8),
                     uncertain ? ", but not all that came later need be on record" : ""));
    return absl::OkStatus();
  }

  bool IsOfContact(const storage::v1::RecordedDecision& check) const {
    return std::any_of(hashes_.begin(), hashes_.end(),
                       [&](const ContactHash& hash) { return hash.IsIn(check); });
  }

  // Why the check that the report names is not the contact's.
  std::optional<Match> Mismatch(absl::string_view why) {
    report_.contact.set_decision_mismatch(absl::StrCat("decision_id names a check ", why));
    return std::nullopt;
  }

  // The check that the report names, where it was about this contact and not too long before.
  absl::StatusOr<std::optional<Match>> FindNamed(const DecisionId& id) {
    DNC_ASSIGN_OR_RETURN(std::optional<DecisionRow> row, bench_.decisions.Get(org(), id));
    if (!row.has_value()) return Mismatch("that is not on record");
    const auto checked = static_cast<UnixMicros>(id.time);
    if (checked < Earliest()) return Mismatch("that was made too long before the contact");
    if (checked > time() + kReporterSkewMicros) return Mismatch("that was made after the contact");
    if (!CheckFits(row->record, report_.made)) {
      return Mismatch("of another channel, message class, campaign or brand");
    }
    if (row->record.kind() == v1::DECISION_KIND_FILTER_BLOCK) return JudgeBlock(*std::move(row));
    if (!IsOfContact(row->record)) {
      const bool more = row->record.more_contact_points();
      cut_ |= more;
      return Mismatch(more ? "of more contact points than are on record"
                           : "of another contact point");
    }
    const bool allowed = row->record.verdict() == v1::VERDICT_ALLOW;
    return std::optional<Match>(Match{*std::move(row), allowed});
  }

  // Of a block only those that were not allowed are on record.
  absl::StatusOr<std::optional<Match>> JudgeBlock(DecisionRow block) {
    Match match{std::move(block), true};
    match.allowed = match.row.record.allowed() > 0;
    const DecisionId id = match.row.id;
    DNC_RETURN_IF_ERROR(ScanChecks(id.time, id.time + 1, [&](const DecisionRow& row) {
      const bool denied = row.id.random == id.random && row.id.number == id.number;
      if (denied) match = {row, false};
      return denied;
    }));
    return std::optional<Match>(std::move(match));
  }

  // Calls `is_wanted` for the checks of the contact point within [start, end), newest first.
  absl::Status ScanChecks(uint64_t start, uint64_t end,
                          absl::FunctionRef<bool(const DecisionRow&)> is_wanted) {
    for (const ContactHash& hash : hashes_) {
      DecisionRange range;
      range.of = DecisionRange::Of::kContact;
      range.contact = hash;
      range.start_time = start;
      range.end_time = end;
      int budget = kMostChecks;
      bool found = false;
      const auto on_row = [&](const DecisionRow& row) {
        found |= is_wanted(row);
        return true;
      };
      DNC_ASSIGN_OR_RETURN(const std::string next,
                           bench_.decisions.ScanDown(org(), range, "", &budget, on_row));
      cut_ |= !next.empty() && !found;  // what was not read is older than what was found
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<Match>> FindLatest() {
    std::optional<Match> latest;
    const auto end = static_cast<uint64_t>(time()) + 1;
    DNC_RETURN_IF_ERROR(
        ScanChecks(static_cast<uint64_t>(Earliest()), end, [&](const DecisionRow& row) {
          if (!CheckFits(row.record, report_.made)) return false;
          const bool later =
              !latest.has_value() || row.id.time > latest->row.id.time ||
              (row.id.time == latest->row.id.time && row.id.number > latest->row.id.number);
          if (later) latest = Match{row, row.record.verdict() == v1::VERDICT_ALLOW};
          return true;
        }));
    return latest;
  }

  // Whether a check since `start` may have been made that is not on record, or not by itself.
  absl::StatusOr<bool> MayBeMissing(UnixMicros start) const {
    if (cut_ || start < bench_.decisions.OldestTime()) return true;
    DNC_ASSIGN_OR_RETURN(const auto gaps, bench_.decisions.Gaps(start, time(), 1));
    if (!gaps.empty()) return true;
    return AnyIncompleteFits(start);
  }

  // Whether any check since `start` fits of those that do not name every contact point that they
  // may have allowed, or there are too many to tell. Whose they are is not asked: a number may be
  // on thousands of leads, and a lead's points on another one since.
  absl::StatusOr<bool> AnyIncompleteFits(UnixMicros start) const {
    DecisionRange range;
    range.of = DecisionRange::Of::kIncomplete;
    range.channel = report_.made.channel;
    range.start_time = static_cast<uint64_t>(start);
    range.end_time = static_cast<uint64_t>(time()) + 1;
    int budget = kMostChecks;
    bool found = false;
    DNC_ASSIGN_OR_RETURN(
        const std::string next,
        bench_.decisions.ScanDown(org(), range, "", &budget, [&](const DecisionRow& row) {
          found = (row.record.allowed() > 0 || row.record.more_contact_points()) &&
                  CheckFits(row.record, report_.made);
          return !found;
        }));
    return found || !next.empty();
  }

  // The entry that blocked longest.
  absl::Status JudgeEntries() {
    for (const ContactPoint& point : report_.points) {
      DNC_RETURN_IF_ERROR(JudgePoint(bench_.organization, point));
      if (org() != kGlobalNumber) {
        DNC_RETURN_IF_ERROR(JudgePoint(bench_.view.catalog->global(), point));
      }
    }
    if (!report_.lead.empty()) {
      DNC_RETURN_IF_ERROR(
          JudgeEntriesOf(bench_.organization, EntryOwner::Lead(org(), report_.lead)));
    }
    if (!blocking_.has_value()) return absl::OkStatus();
    v1::ContactViolation* violation = AddViolation(v1::CONTACT_VIOLATION_KIND_AFTER_OPT_OUT,
                                                   /*uncertain=*/false, &report_.contact);
    violation->set_entry(blocking_->name());
    *violation->mutable_since() = TimeUtil::MicrosecondsToTimestamp(BlockedSince(*blocking_));
    const UnixMicros known = TimeUtil::TimestampToMicroseconds(blocking_->create_time());
    violation->set_message(absl::StrCat(
        "an entry blocked it since ", TimeText(BlockedSince(*blocking_)),
        known > time()
            ? absl::StrCat("; it was recorded at ", TimeText(known), ", after the contact")
            : ""));
    return absl::OkStatus();
  }

  // Its own entries, and those of the leads that have it.
  absl::Status JudgePoint(const CatalogOrganization& owner, const ContactPoint& point) {
    const std::string key = SubjectKey(owner.number(), point);
    DNC_RETURN_IF_ERROR(JudgeEntriesOf(owner, EntryOwner::Subject(key)));
    DNC_ASSIGN_OR_RETURN(const SubjectRecord subject, ReadSubject(key));
    for (const storage::v1::LeadReference& reference : subject.leads()) {
      DNC_RETURN_IF_ERROR(
          JudgeEntriesOf(owner, EntryOwner::Lead(owner.number(), reference.lead())));
    }
    return absl::OkStatus();
  }

  // Empty where there is none.
  absl::StatusOr<SubjectRecord> ReadSubject(const std::string& key) const {
    SubjectRecord subject;
    DNC_RETURN_IF_ERROR(bench_.view.reader
                            ->Get(Family::kSubjects, key,
                                  [&](absl::string_view bytes) {
                                    return ParseAs(bytes, Family::kSubjects, &subject);
                                  })
                            .status());
    return subject;
  }

  template <typename Record>
  static absl::Status ParseAs(absl::string_view bytes, Family family, Record* record) {
    return record->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
               ? absl::OkStatus()
               : CorruptRecord(family);
  }

  absl::Status JudgeEntriesOf(const CatalogOrganization& owner, const EntryOwner& of) {
    std::vector<EntryId> ids;
    DNC_RETURN_IF_ERROR(of.ForEachEntry(*bench_.view.reader, EntryId{}, [&](EntryId id) {
      ids.push_back(id);
      return true;
    }));
    for (const EntryId& id : ids) {
      EntryRecord record;
      DNC_RETURN_IF_ERROR(bench_.view.reader
                              ->Get(Family::kEntries, keys::Entry(owner.number(), id),
                                    [&](absl::string_view bytes) {
                                      return ParseAs(bytes, Family::kEntries, &record);
                                    })
                              .status());
      TakeEntry(owner, std::move(record));
    }
    return absl::OkStatus();
  }

  void TakeEntry(const CatalogOrganization& owner, EntryRecord record) {
    const CatalogList* list = owner.ListByNumber(record.list());
    if (list != nullptr && !Applies(*list)) return;  // one that cannot be told applies
    if (!EntryBlocked(record.entry(), report_.made)) return;
    if (blocking_.has_value() && BlockedSince(*blocking_) <= BlockedSince(record.entry())) return;
    blocking_ = std::move(*record.mutable_entry());
  }

  bool Applies(const CatalogList& list) const {
    Question question;
    question.campaign = report_.made.campaign;
    question.brand = report_.made.brand;
    return ScopeApplies(question, list.record.list());
  }

  const ContactBench& bench_;
  ContactReport& report_;
  std::vector<ContactHash> hashes_;
  std::optional<v1::Entry> blocking_;
  bool cut_ = false;  // a check that may be this contact's was not, or not wholly, read
};

}  // namespace

std::string HashOf(const Secret& secret, const CatalogOrganization& organization,
                   const ContactPoint& point) {
  return secret.Digest(SubjectKey(organization.number(), point));
}

absl::Status JudgeContact(const ContactBench& bench, ContactReport* report) {
  return ContactJudge(bench, report).Run();
}

}  // namespace dnc
