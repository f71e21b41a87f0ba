#include "server/handler/facts_reader.h"

#include <utility>
#include <vector>

#include "server/decision/decide.h"
#include "server/decision/record_facts.h"
#include "server/state/txn.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

// The bytes of a record, where there is one: out of memory, else kept.
absl::StatusOr<bool> FindRecord(const View& view, Family family, absl::string_view key,
                                KeptRecords* kept, absl::string_view* bytes) {
  if (view.records->Find(family, key, view.revision, bytes)) return true;
  return view.reader->Get(family, key, [&](absl::string_view stored) {
    *bytes = kept->emplace_front(stored.data(), stored.size());
    return absl::OkStatus();
  });
}

// What is read first of a phone, all at once instead of one cache miss after the other.
void Prefetch(const View& view, uint32_t organization, const ContactPoint& point) {
  if (point.kind != ContactKind::kPhone) return;
  const uint64_t hash = SubjectFilter::HashPhone(organization, point.phone);
  view.subjects->Prefetch(hash);
  view.records->PrefetchSubject(hash);
}

bool MayContain(const View& view, uint32_t organization, const ContactPoint& point) {
  const uint64_t hash = point.kind == ContactKind::kPhone
                            ? SubjectFilter::HashPhone(organization, point.phone)
                            : SubjectFilter::Hash(SubjectKey(organization, point));
  return view.SubjectsOf(organization).MayContain(hash);
}

absl::Status ReadSubject(const View& view, uint32_t organization, const ContactPoint& point,
                         KeptRecords* kept, SubjectFacts* facts) {
  if (!MayContain(view, organization, point)) return absl::OkStatus();
  absl::string_view record;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      FindRecord(view, Family::kSubjects, SubjectKey(organization, point), kept, &record));
  if (!found || ReadSubjectFacts(record, facts)) return absl::OkStatus();
  return CorruptRecord(Family::kSubjects);
}

// `points`: null where the lead's contact points are not asked for.
absl::Status ReadLead(const View& view, uint32_t organization, KeptRecords* kept, LeadFacts* facts,
                      std::vector<ContactPoint>* points) {
  absl::string_view record;
  DNC_ASSIGN_OR_RETURN(
      facts->known,
      FindRecord(view, Family::kLeads, keys::Lead(organization, facts->id), kept, &record));
  if (!facts->known || ReadLeadFacts(record, &facts->state, points)) return absl::OkStatus();
  return CorruptRecord(Family::kLeads);
}

}  // namespace

bool MayHaveSubject(const View& view, const Question& question, uint64_t phone) {
  const ContactPoint point{ContactKind::kPhone, phone, {}};
  return MayContain(view, question.organization->number(), point) ||
         MayContain(view, kGlobalNumber, point);
}

absl::Status ReadPoint(const View& view, const Question& question, KeptRecords* kept,
                       PointFacts* facts) {
  DNC_RETURN_IF_ERROR(
      ReadSubject(view, question.organization->number(), facts->point, kept, &facts->own));
  DNC_RETURN_IF_ERROR(ReadSubject(view, kGlobalNumber, facts->point, kept, &facts->global));
  if (facts->point.kind != ContactKind::kPhone) return absl::OkStatus();
  AppendRegistries(question, *question.organization, &facts->registries);
  AppendRegistries(question, *question.global, &facts->registries);
  for (RegistryFact& registry : facts->registries) {
    registry.member =
        registry.list->numbers != nullptr && registry.list->numbers->Contains(facts->point.phone);
  }
  return absl::OkStatus();
}

absl::Status ReadFacts(const View& view, const Question& question, absl::string_view lead_id,
                       const ContactPoint* point, KeptRecords* kept, Facts* facts) {
  const uint32_t organization = question.organization->number();
  std::vector<ContactPoint> points;
  if (point != nullptr) Prefetch(view, organization, *point);
  if (!lead_id.empty()) {
    facts->names_lead = true;
    facts->lead.id = lead_id;
    DNC_RETURN_IF_ERROR(
        ReadLead(view, organization, kept, &facts->lead, point == nullptr ? &points : nullptr));
  }
  if (point != nullptr) {
    facts->points.emplace_back().point = *point;
    return ReadPoint(view, question, kept, &facts->points.back());
  }
  for (ContactPoint& held : points) {
    if (!ChannelReaches(question.channel, held.kind)) continue;
    facts->points.emplace_back().point = std::move(held);
    DNC_RETURN_IF_ERROR(ReadPoint(view, question, kept, &facts->points.back()));
  }
  return absl::OkStatus();
}

}  // namespace dnc
