// The facts of a check out of stored records, read where they lie instead of parsed into messages.
#ifndef DNC_SERVER_DECISION_RECORD_FACTS_H_
#define DNC_SERVER_DECISION_RECORD_FACTS_H_

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "server/decision/facts.h"

namespace dnc {

// The contact points of a lead; few have more.
using PointsOfLead = absl::InlinedVector<ContactPoint, 4>;

// Out of a serialised storage.v1.SubjectRecord; ids of leads stay in `record`. False where it is
// malformed, or a lead's id or state is missing.
bool ReadSubjectFacts(absl::string_view record, SubjectFacts* facts);

// Out of a serialised storage.v1.LeadRecord: what restricts the lead, and, unless `points` is null,
// its contact points. False where it is malformed, its state is missing, or a contact point is
// none.
bool ReadLeadFacts(absl::string_view record, LeadStateFacts* state, PointsOfLead* points);

}  // namespace dnc

#endif  // DNC_SERVER_DECISION_RECORD_FACTS_H_
