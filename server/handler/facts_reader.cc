#include "server/handler/facts_reader.h"

#include <string>

#include "server/decision/decide.h"
#include "server/state/txn.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using google::protobuf::Arena;
using storage::v1::LeadRecord;
using storage::v1::SubjectRecord;

// Null where there is no such record.
template <typename Record>
absl::StatusOr<const Record*> ReadRecord(const View& view, Family family, absl::string_view key,
                                         Arena* arena) {
  const Record* read = nullptr;
  DNC_RETURN_IF_ERROR(view.reader
                          ->Get(family, key,
                                [&](absl::string_view bytes) {
                                  auto* record = Arena::CreateMessage<Record>(arena);
                                  read = record;
                                  return record->ParseFromArray(bytes.data(),
                                                                static_cast<int>(bytes.size()))
                                             ? absl::OkStatus()
                                             : CorruptRecord(family);
                                })
                          .status());
  return read;
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
                         Arena* arena, const SubjectRecord** record) {
  if (!MayContain(view, organization, point)) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(
      const SubjectRecord* read,
      ReadRecord<SubjectRecord>(view, Family::kSubjects, SubjectKey(organization, point), arena));
  if (read != nullptr) *record = read;
  return absl::OkStatus();
}

}  // namespace

bool MayHaveSubject(const View& view, const Question& question, uint64_t phone) {
  const ContactPoint point{ContactKind::kPhone, phone, {}};
  return MayContain(view, question.organization->number(), point) ||
         MayContain(view, kGlobalNumber, point);
}

absl::Status ReadPoint(const View& view, const Question& question, Arena* arena,
                       PointFacts* facts) {
  DNC_RETURN_IF_ERROR(
      ReadSubject(view, question.organization->number(), facts->point, arena, &facts->own));
  DNC_RETURN_IF_ERROR(ReadSubject(view, kGlobalNumber, facts->point, arena, &facts->global));
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
                       const ContactPoint* point, Arena* arena, Facts* facts) {
  const LeadRecord* lead = nullptr;
  if (point != nullptr) Prefetch(view, question.organization->number(), *point);
  if (!lead_id.empty()) {
    DNC_ASSIGN_OR_RETURN(
        lead, ReadRecord<LeadRecord>(view, Family::kLeads,
                                     keys::Lead(question.organization->number(), lead_id), arena));
    facts->names_lead = true;
    facts->lead.id = lead_id;
    facts->lead.known = lead != nullptr;
    if (lead != nullptr) facts->lead.state = &lead->state();
  }
  if (point != nullptr) {
    facts->points.emplace_back().point = *point;
    return ReadPoint(view, question, arena, &facts->points.back());
  }
  if (lead == nullptr) return absl::OkStatus();
  for (const v1::ContactPoint& proto : lead->lead().contact_points()) {
    ContactPoint held = FromCanonical(proto);
    if (!ChannelReaches(question.channel, held.kind)) continue;
    facts->points.emplace_back().point = std::move(held);
    DNC_RETURN_IF_ERROR(ReadPoint(view, question, arena, &facts->points.back()));
  }
  return absl::OkStatus();
}

}  // namespace dnc
