// Reads the facts of a check out of one view.
#ifndef DNC_SERVER_HANDLER_FACTS_READER_H_
#define DNC_SERVER_HANDLER_FACTS_READER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/arena.h"
#include "server/decision/facts.h"
#include "server/state/view.h"

namespace dnc {

// Everything known of `facts->point`. A clean one costs two look-ups in memory. The records are
// allocated on `arena`, which must outlive the facts. Errors are the store's.
absl::Status ReadPoint(const View& view, const Question& question, google::protobuf::Arena* arena,
                       PointFacts* facts);

// The facts of a check of `lead_id` (empty: none) and `point` (null: none). A lead without a point
// stands for each of its contact points that the channel reaches.
absl::Status ReadFacts(const View& view, const Question& question, absl::string_view lead_id,
                       const ContactPoint* point, google::protobuf::Arena* arena, Facts* facts);

// Whether the store may have anything about a phone number, in the organization or in `global`.
bool MayHaveSubject(const View& view, const Question& question, uint64_t phone);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FACTS_READER_H_
