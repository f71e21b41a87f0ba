// The torture tool's judgement, as pure functions.
#ifndef DNC_TESTS_FAULT_JUDGE_H_
#define DNC_TESTS_FAULT_JUDGE_H_

#include <vector>

#include "tests/fault/scenario.h"

namespace dnc::testing {

// One phone or lead as the gateway shows it.
struct Subject {
  bool denied = false;
  int entries = 0;  // that are not revoked
};

// Everything that an opt-out touches.
struct Observed {
  bool lead_known = false;
  bool lead_moved = false;    // to the action's target status
  bool lead_flagged = false;  // Lead.do_not_contact
  Subject lead;
  std::vector<Subject> phones;
};

enum class Presence { kAbsent, kWhole, kHalf };

// Whether all of the opt-out took effect, nothing of it, or a part.
Presence PresenceOf(const OptOut& opt_out, const Observed& observed);

// Whether a subject has more than the one entry that the opt-out made.
bool AppliedTwice(const Observed& observed);

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_JUDGE_H_
