#include "server/handler/facts_reader.h"

#include <utility>

#include "server/decision/decide.h"
#include "server/state/txn.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using storage::v1::LeadRecord;
using storage::v1::SubjectRecord;

absl::Status ReadSubject(const View& view, uint32_t organization, const ContactPoint& point,
                         SubjectRecord* record) {
  const std::string key = SubjectKey(organization, point);
  if (!view.subjects->MayContain(SubjectFilter::Hash(key))) return absl::OkStatus();
  return view.reader
      ->Get(Family::kSubjects, key,
            [&](absl::string_view bytes) {
              return record->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                         ? absl::OkStatus()
                         : CorruptRecord(Family::kSubjects);
            })
      .status();
}

absl::StatusOr<std::optional<LeadRecord>> ReadLead(const View& view, uint32_t organization,
                                                   absl::string_view lead_id) {
  LeadRecord record;
  DNC_ASSIGN_OR_RETURN(const bool found,
                       view.reader->Get(Family::kLeads, keys::Lead(organization, lead_id),
                                        [&](absl::string_view bytes) {
                                          return record.ParseFromArray(
                                                     bytes.data(), static_cast<int>(bytes.size()))
                                                     ? absl::OkStatus()
                                                     : CorruptRecord(Family::kLeads);
                                        }));
  if (!found) return std::optional<LeadRecord>();
  return std::optional<LeadRecord>(std::move(record));
}

}  // namespace

bool MayHaveSubject(const View& view, const Question& question, uint64_t phone) {
  return view.subjects->MayContain(
             SubjectFilter::HashPhone(question.organization->number(), phone)) ||
         view.subjects->MayContain(SubjectFilter::HashPhone(kGlobalNumber, phone));
}

absl::StatusOr<PointFacts> ReadPoint(const View& view, const Question& question,
                                     ContactPoint point) {
  PointFacts facts;
  facts.point = std::move(point);
  DNC_RETURN_IF_ERROR(ReadSubject(view, question.organization->number(), facts.point, &facts.own));
  DNC_RETURN_IF_ERROR(ReadSubject(view, kGlobalNumber, facts.point, &facts.global));
  if (facts.point.kind != ContactKind::kPhone) return facts;
  AppendRegistries(question, *question.organization, &facts.registries);
  AppendRegistries(question, *question.global, &facts.registries);
  for (RegistryFact& registry : facts.registries) {
    registry.member =
        registry.list->numbers != nullptr && registry.list->numbers->Contains(facts.point.phone);
  }
  return facts;
}

absl::StatusOr<Facts> ReadFacts(const View& view, const Question& question,
                                absl::string_view lead_id, std::optional<ContactPoint> point) {
  Facts facts;
  std::optional<LeadRecord> lead;
  if (!lead_id.empty()) {
    facts.names_lead = true;
    facts.lead.id = std::string(lead_id);
    DNC_ASSIGN_OR_RETURN(lead, ReadLead(view, question.organization->number(), lead_id));
    facts.lead.known = lead.has_value();
    if (lead.has_value()) facts.lead.state = lead->state();
  }
  if (point.has_value()) {
    DNC_ASSIGN_OR_RETURN(PointFacts read, ReadPoint(view, question, *std::move(point)));
    facts.points.push_back(std::move(read));
    return facts;
  }
  if (!lead.has_value()) return facts;
  for (const v1::ContactPoint& proto : lead->lead().contact_points()) {
    ContactPoint held = FromCanonical(proto);
    if (!ChannelReaches(question.channel, held.kind)) continue;
    DNC_ASSIGN_OR_RETURN(PointFacts read, ReadPoint(view, question, std::move(held)));
    facts.points.push_back(std::move(read));
  }
  return facts;
}

}  // namespace dnc
