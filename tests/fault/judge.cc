#include "tests/fault/judge.h"

#include <algorithm>

namespace dnc::testing {
namespace {

Presence OfSubject(const Subject& subject) {
  if (subject.denied && subject.entries > 0) return Presence::kWhole;
  return !subject.denied && subject.entries == 0 ? Presence::kAbsent : Presence::kHalf;
}

Presence OfFlag(bool set) { return set ? Presence::kWhole : Presence::kAbsent; }

}  // namespace

Presence PresenceOf(const OptOut& opt_out, const Observed& observed) {
  std::vector<Presence> parts;
  for (const Subject& phone : observed.phones) parts.push_back(OfSubject(phone));
  if (opt_out.kind == OptOutKind::kNewLead) parts.push_back(OfFlag(observed.lead_known));
  if (opt_out.moves_lead()) parts.push_back(OfFlag(observed.lead_moved));
  if (!opt_out.lead.empty()) {
    parts.push_back(OfFlag(observed.lead_flagged));
    if (observed.lead_known) parts.push_back(OfSubject(observed.lead));
  }
  const bool uniform =
      std::all_of(parts.begin(), parts.end(), [&](Presence part) { return part == parts.front(); });
  return uniform ? parts.front() : Presence::kHalf;
}

bool AppliedTwice(const Observed& observed) {
  return observed.lead.entries > 1 ||
         std::any_of(observed.phones.begin(), observed.phones.end(),
                     [](const Subject& phone) { return phone.entries > 1; });
}

}  // namespace dnc::testing
