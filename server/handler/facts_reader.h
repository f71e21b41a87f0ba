// Reads the facts of a check out of one view.
#ifndef DNC_SERVER_HANDLER_FACTS_READER_H_
#define DNC_SERVER_HANDLER_FACTS_READER_H_

#include <cstdint>
#include <forward_list>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/decision/facts.h"
#include "server/state/view.h"

namespace dnc {

// Records that did not lie in the memory of the view. Facts point into them.
struct KeptRecords {
  std::forward_list<std::string> records = {};
  // Whether they are worth a place in that memory. Those of a send list, each asked for once, would
  // drive out what is asked for again.
  bool may_be_cached = true;
};

// Everything known of `facts->point`. A clean one costs two look-ups in memory. Facts are good for
// as long as the view is held and the records are kept. Errors are the store's.
absl::Status ReadPoint(const View& view, const Question& question, KeptRecords* kept,
                       PointFacts* facts);

// The facts of a check of `lead_id` (empty: none) and `points` (the readings of one contact point,
// or none). A lead without a point stands for each of its contact points that the channel reaches.
absl::Status ReadFacts(const View& view, const Question& question, absl::string_view lead_id,
                       absl::Span<const ContactPoint> points, KeptRecords* kept, Facts* facts);

// Of each phone number whether the store may have anything about it, in the organization or in
// `global`: bit i % 64 of words[i / 64] answers for number i. `words` has one for each 64 of them.
void MayHaveSubjects(const View& view, const Question& question, absl::Span<const uint64_t> phones,
                     absl::Span<uint64_t> words);

// Starts to fetch what the organization's records have of the phone numbers that are set in
// `which`: bit i stands for number i.
void PrefetchRecords(const View& view, const Question& question, absl::Span<const uint64_t> phones,
                     uint64_t which);

// As ReadPoint, for a phone number of which is known what the registries have.
absl::Status ReadPhone(const View& view, const Question& question,
                       const absl::InlinedVector<RegistryFact, 4>& registries, KeptRecords* kept,
                       PointFacts* facts);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FACTS_READER_H_
