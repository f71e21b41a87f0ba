#include "server/handler/report_entries.h"

#include "server/decision/record_facts.h"
#include "server/name/resource_name.h"
#include "server/state/entries.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using storage::v1::EntrySummary;
using storage::v1::LeadRecord;

EntryFacts FactsOf(const EntrySummary& summary) {
  EntryFacts facts;
  facts.id = {summary.revision(), summary.ordinal()};
  facts.list = summary.list();
  facts.channels = summary.channels();
  facts.message_classes = summary.message_classes();
  facts.begun = summary.begun();
  facts.effective_time = summary.effective_time();
  facts.expire_time = summary.expire_time();
  return facts;
}

// What stops the walk: an error, or somebody who has seen enough.
class Walk {
 public:
  Walk(const ReportState& state, OnEntry on_entry) : state_(state), on_entry_(on_entry) {}

  // False: stop.
  bool Visit(const CatalogOrganization& owner, const EntryFacts& entry,
             const v1::ContactPoint* point) {
    if (!InForce(entry, state_.now)) return true;
    const absl::StatusOr<bool> more = on_entry_({&owner, &entry, point});
    if (!more.ok()) error_ = more.status();
    return more.ok() && *more;
  }
  // Whether to go on.
  bool VisitPoint(const CatalogOrganization& owner, absl::string_view lead,
                  const v1::ContactPoint& point) {
    const std::string key = SubjectKey(owner.number(), FromCanonical(point));
    bool more = true;
    const absl::StatusOr<bool> found =
        state_.reader->Get(Family::kSubjects, key, [&](absl::string_view record) {
          SubjectFacts facts;
          if (!ReadSubjectFacts(record, &facts)) return CorruptRecord(Family::kSubjects);
          more = VisitFacts(owner, lead, point, facts);
          return absl::OkStatus();
        });
    if (!found.ok()) error_ = found.status();
    return found.ok() && more;
  }
  const absl::Status& error() const { return error_; }

 private:
  bool VisitFacts(const CatalogOrganization& owner, absl::string_view lead,
                  const v1::ContactPoint& point, const SubjectFacts& facts) {
    for (const EntryFacts& entry : facts.entries) {
      if (!Visit(owner, entry, &point)) return false;
    }
    for (const LeadOfPoint& other : facts.leads) {
      if (other.lead == lead) continue;
      for (const EntryFacts& entry : other.state.entries) {
        if (!Visit(owner, entry, &point)) return false;
      }
    }
    return true;
  }

  const ReportState& state_;
  const OnEntry on_entry_;
  absl::Status error_;
};

}  // namespace

bool InForce(const EntryFacts& entry, UnixMicros now) {
  const bool begun = entry.begun || entry.effective_time <= now;
  return begun && (entry.expire_time == 0 || entry.expire_time > now);
}

bool IsFlagged(const LeadRecord& lead, UnixMicros now) {
  for (const EntrySummary& entry : lead.state().entries()) {
    if (IsActive(entry, now)) return true;
  }
  return false;
}

absl::Status ForEachEntry(const ReportState& state, const LeadRecord& lead, OnEntry on_entry) {
  Walk walk(state, on_entry);
  for (const EntrySummary& summary : lead.state().entries()) {
    if (!walk.Visit(*state.organization, FactsOf(summary), nullptr)) return walk.error();
  }
  const absl::string_view id = LastPart(lead.lead().name());
  for (const v1::ContactPoint& point : lead.lead().contact_points()) {
    for (const CatalogOrganization* owner : {state.organization, &state.global()}) {
      if (!walk.VisitPoint(*owner, id, point)) return walk.error();
    }
  }
  return absl::OkStatus();
}

}  // namespace dnc
