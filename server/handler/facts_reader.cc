#include "server/handler/facts_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "server/decision/decide.h"
#include "server/decision/record_facts.h"
#include "server/handler/raw_text.h"
#include "server/state/txn.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

// The bytes of a record, where there is one: out of memory, else kept.
absl::StatusOr<bool> FindRecord(const View& view, Family family, absl::string_view key,
                                KeptRecords* kept, absl::string_view* bytes) {
  if (view.records->Find(family, key, view.revision, bytes)) return true;
  return view.reader->Get(family, key, [&](absl::string_view stored) {
    *bytes = kept->records.emplace_front(stored.data(), stored.size());
    if (kept->may_be_cached) view.records->Offer(family, key, stored, view.revision);
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
                      PointsOfLead* points) {
  absl::string_view record;
  DNC_ASSIGN_OR_RETURN(
      facts->known,
      FindRecord(view, Family::kLeads, keys::Lead(organization, facts->id), kept, &record));
  if (!facts->known || ReadLeadFacts(record, &facts->state, points)) return absl::OkStatus();
  return CorruptRecord(Family::kLeads);
}

using Hashes = std::array<uint64_t, SubjectFilter::kBatch>;

// Of the phones 64 * word and up, and fetches what they are looked up in.
absl::Span<const uint64_t> HashWord(const SubjectFilter& subjects, uint32_t organization,
                                    absl::Span<const uint64_t> phones, size_t word,
                                    Hashes* hashes) {
  const absl::Span<const uint64_t> of_word =
      phones.subspan(word * SubjectFilter::kBatch, SubjectFilter::kBatch);
  for (size_t i = 0; i < of_word.size(); ++i) {
    (*hashes)[i] = SubjectFilter::HashPhone(organization, of_word[i]);
    subjects.Prefetch((*hashes)[i]);
  }
  return absl::MakeConstSpan(hashes->data(), of_word.size());
}

// What the phones of a word are looked up in comes into the cache while the word before is read.
void AddSubjects(const View& view, uint32_t organization, absl::Span<const uint64_t> phones,
                 absl::Span<uint64_t> words) {
  const SubjectFilter& subjects = view.SubjectsOf(organization);
  if (words.empty() || (subjects.complete() && subjects.size() == 0)) return;
  std::array<Hashes, 2> hashes;  // NOLINT: written before it is read
  absl::Span<const uint64_t> next = HashWord(subjects, organization, phones, 0, hashes.data());
  for (size_t word = 0; word < words.size(); ++word) {
    const absl::Span<const uint64_t> now = next;
    if (word + 1 < words.size()) {
      next = HashWord(subjects, organization, phones, word + 1, &hashes[(word + 1) % 2]);
    }
    words[word] |= subjects.MayContainBatch(now);
  }
}

absl::Status ReadSubjects(const View& view, const Question& question, KeptRecords* kept,
                          PointFacts* facts) {
  DNC_RETURN_IF_ERROR(
      ReadSubject(view, question.organization->number(), facts->point, kept, &facts->own));
  if (question.organization == question.global) return absl::OkStatus();  // is both; read once
  return ReadSubject(view, kGlobalNumber, facts->point, kept, &facts->global);
}

}  // namespace

void MayHaveSubjects(const View& view, const Question& question, absl::Span<const uint64_t> phones,
                     absl::Span<uint64_t> words) {
  std::fill(words.begin(), words.end(), 0);
  AddSubjects(view, question.organization->number(), phones, words);
  if (question.organization != question.global) AddSubjects(view, kGlobalNumber, phones, words);
}

void PrefetchRecords(const View& view, const Question& question, absl::Span<const uint64_t> phones,
                     uint64_t which) {
  absl::InlinedVector<uint64_t, SubjectFilter::kBatch> hashes;
  for (; which != 0; which &= which - 1) {
    const uint64_t phone = phones[static_cast<size_t>(std::countr_zero(which))];
    hashes.push_back(SubjectFilter::HashPhone(question.organization->number(), phone));
    view.records->PrefetchSubject(hashes.back());
  }
  for (const uint64_t hash : hashes) view.records->PrefetchSubjectRecord(hash);
}

absl::Status ReadPhone(const View& view, const Question& question,
                       const absl::InlinedVector<RegistryFact, 4>& registries, KeptRecords* kept,
                       PointFacts* facts) {
  facts->registries = registries;
  return ReadSubjects(view, question, kept, facts);
}

absl::Status ReadPoint(const View& view, const Question& question, KeptRecords* kept,
                       PointFacts* facts) {
  DNC_RETURN_IF_ERROR(ReadSubjects(view, question, kept, facts));
  if (facts->point.kind != ContactKind::kPhone) return absl::OkStatus();
  AppendRegistries(question, *question.organization, &facts->registries);
  if (question.organization != question.global) {
    AppendRegistries(question, *question.global, &facts->registries);
  }
  for (RegistryFact& registry : facts->registries) {
    registry.member =
        registry.list->numbers != nullptr && registry.list->numbers->Contains(facts->point.phone);
  }
  return absl::OkStatus();
}

namespace {

absl::Status AddPoint(const View& view, const Question& question, ContactPoint point,
                      KeptRecords* kept, Facts* facts) {
  facts->points.emplace_back().point = std::move(point);
  return ReadPoint(view, question, kept, &facts->points.back());
}

}  // namespace

absl::Status ReadFacts(const View& view, const Question& question, absl::string_view lead_id,
                       absl::Span<const ContactPoint> points, KeptRecords* kept, Facts* facts) {
  const uint32_t organization = question.organization->number();
  PointsOfLead held;
  if (!points.empty()) Prefetch(view, organization, points.front());
  if (!lead_id.empty()) {
    facts->names_lead = true;
    facts->lead.id = lead_id;
    DNC_RETURN_IF_ERROR(
        ReadLead(view, organization, kept, &facts->lead, points.empty() ? &held : nullptr));
  }
  for (const ContactPoint& point : points) {
    DNC_RETURN_IF_ERROR(AddPoint(view, question, point, kept, facts));
  }
  const std::string& region = question.organization->record.organization().default_region();
  for (ContactPoint& point : held) {
    if (!ChannelReaches(question.channel, point.kind)) continue;
    for (ContactPoint& reading : ReadingsOf(std::move(point), question.channel, region)) {
      DNC_RETURN_IF_ERROR(AddPoint(view, question, std::move(reading), kept, facts));
    }
  }
  return absl::OkStatus();
}

}  // namespace dnc
