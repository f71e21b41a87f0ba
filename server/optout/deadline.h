// Until when the law lets an opt-out wait. The gateway puts each in force at once; the deadline
// tells how much of that time had passed before it was told. Pure.
//
// Business days are Monday to Friday but for the federal holidays of 5 U.S.C. 6103(a), on the day
// on which they are observed: Friday for one on a Saturday (5 U.S.C. 6103(b)(1)), Monday for one on
// a Sunday (Executive Order 11582). The rules name no time zone, so days are counted as no place in
// the United States can count them stricter: the request counts as received on the date that it is
// in Hawaii-Aleutian standard time (UTC-10), and the last day ends when it ends in Eastern daylight
// time (UTC-4).
#ifndef DNC_SERVER_OPTOUT_DEADLINE_H_
#define DNC_SERVER_OPTOUT_DEADLINE_H_

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "dnc/v1/contact.pb.h"
#include "storage/base/clock.h"

namespace dnc {

struct Deadline {
  UnixMicros time = 0;     // the first instant that is too late
  absl::string_view rule;  // the citation
};

// What the request was about: phone calls and texts, or e-mail. Post and everything else has no
// federal rule of its own and is held to that for calls.
Deadline OptOutDeadline(bool is_email, UnixMicros received);

// Whether a federal holiday is observed on that day.
bool IsFederalHoliday(absl::CivilDay day);
// Monday to Friday, and no federal holiday.
bool IsBusinessDay(absl::CivilDay day);
// The `count`th business day after `day`.
absl::CivilDay AddBusinessDays(absl::CivilDay day, int count);

}  // namespace dnc

#endif  // DNC_SERVER_OPTOUT_DEADLINE_H_
