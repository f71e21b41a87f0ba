// The decision: a pure function of the question and the facts, with one small function a rule.
#ifndef DNC_SERVER_DECISION_DECIDE_H_
#define DNC_SERVER_DECISION_DECIDE_H_

#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/check.pb.h"
#include "server/decision/facts.h"
#include "storage/schema/keys.h"

namespace dnc {

// A rule that matched. Pointers and views go into the facts and the catalog.
struct MatchedRule {
  v1::ReasonType type = v1::REASON_TYPE_UNSPECIFIED;
  // What the rule alone answers; ALLOW: it matched, but the message class is exempt from it.
  v1::Verdict effect = v1::VERDICT_DENY;
  const CatalogOrganization* owner = nullptr;  // of the list and the entry
  const CatalogList* list = nullptr;
  std::optional<EntryId> entry;
  const CatalogStatus* status = nullptr;
  absl::string_view lead;
  const ContactPoint* point = nullptr;
  UnixMicros since = 0;  // 0: not known
  UnixMicros until = 0;  // 0: without end
  bool overridable = false;
};

struct Decision {
  v1::Verdict verdict = v1::VERDICT_UNKNOWN;
  absl::InlinedVector<MatchedRule, 4> rules;  // DENY first, then UNKNOWN, then ALLOW
  // For ALLOW: until when it may be relied on; otherwise the time of the question.
  UnixMicros valid_until = 0;
};

// DENY where any rule denies; else UNKNOWN where any rule cannot tell; else ALLOW. Thread-safe.
Decision Decide(const Question& question, const Facts& facts);

// Whether a list of that brand and campaign applies to the question. One that the question leaves
// open could be meant, so it applies: the most restrictive reading wins.
bool ScopeApplies(const Question& question, const v1::DncList& list);

// The registries of one organization that apply to the question.
void AppendRegistries(const Question& question, const CatalogOrganization& organization,
                      absl::InlinedVector<RegistryFact, 4>* registries);

}  // namespace dnc

#endif  // DNC_SERVER_DECISION_DECIDE_H_
