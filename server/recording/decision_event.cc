#include "server/recording/decision_event.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/random/random.h"

namespace dnc {

DecisionId NewDecisionId(UnixMicros now) {
  thread_local const auto thread_id = absl::Uniform<uint32_t>(absl::BitGen());
  thread_local uint32_t number = 0;
  return {static_cast<uint64_t>(now), thread_id, number++, 0};
}

void WriteCheckEvent(const DecisionContext& context, const DecisionId& id, absl::string_view lead,
                     const Facts& facts, const Decision& decision, EventWriter* writer) {
  event_bytes::PutHead(context, id, decision.verdict, lead, writer);
  const size_t reasons = std::min(decision.rules.size(), event_bytes::kMaxReasons);
  writer->Put(static_cast<uint8_t>(reasons));
  for (size_t i = 0; i < reasons; ++i) {
    writer->Put(event_bytes::PackReason(decision.rules[i], *context.question));
  }
  const size_t count_at = writer->size();
  writer->Put(uint8_t{0});
  uint8_t points = 0;
  for (const PointFacts& fact : facts.points) {
    const bool fits = writer->room() > event_bytes::SizeOf(fact.point);  // and what follows
    if (!fits || points == event_bytes::kMaxPoints) break;
    event_bytes::PutPoint(fact.point, writer);
    ++points;
  }
  writer->Set(count_at, points);
  writer->Put(static_cast<uint8_t>(points < facts.points.size()));
}

UnixMicros ReadEvent(absl::string_view event, const Secret& secret, PageBuilder* records) {
  event_bytes::EventReader reader(event);
  DecisionView view = event_bytes::ReadHead(&reader);
  absl::InlinedVector<ReasonView, event_bytes::kMaxReasons> reasons;
  const auto count = reader.Take<uint8_t>();
  for (int i = 0; i < count; ++i) {
    reasons.push_back(event_bytes::ViewOf(reader.Take<event_bytes::PackedReason>()));
  }
  event_bytes::PointReader points(&reader, view.org, secret);
  view.reasons = reasons;
  view.points = points.Take(reader.Take<uint8_t>());
  view.more_points = reader.Take<uint8_t>() != 0;
  records->Add(view);
  return static_cast<UnixMicros>(view.id.time);
}

}  // namespace dnc
