// Reads the facts of a check out of one view.
#ifndef DNC_SERVER_HANDLER_FACTS_READER_H_
#define DNC_SERVER_HANDLER_FACTS_READER_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/decision/facts.h"
#include "server/state/view.h"

namespace dnc {

// Everything known of a contact point. A clean one costs two look-ups in memory. Errors are the
// store's.
absl::StatusOr<PointFacts> ReadPoint(const View& view, const Question& question,
                                     ContactPoint point);

// The facts of a check of `lead_id` (empty: none) and `point`. A lead without a point stands for
// each of its contact points that the channel reaches.
absl::StatusOr<Facts> ReadFacts(const View& view, const Question& question,
                                absl::string_view lead_id, std::optional<ContactPoint> point);

// Whether the store may have anything about a phone number, in the organization or in `global`.
bool MayHaveSubject(const View& view, const Question& question, uint64_t phone);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FACTS_READER_H_
