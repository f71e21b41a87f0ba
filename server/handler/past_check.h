// What a check would have answered in the past. The facts are put together from what the store and
// the audit trail say of that moment, and judged by the same Decide as every check
// (docs/adr/0025-answers-in-the-past.md).
#ifndef DNC_SERVER_HANDLER_PAST_CHECK_H_
#define DNC_SERVER_HANDLER_PAST_CHECK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/catalog/catalog.h"
#include "server/contact/contact_point.h"
#include "server/decision/facts.h"
#include "server/handler/audit_log.h"
#include "server/state/view.h"

namespace dnc {

struct PastQuestion {
  // Now; its time is the moment asked for.
  Question question;
  std::string lead;                   // its id; empty: none
  std::optional<ContactPoint> point;  // none: the lead's
  std::string region;                 // of numbers without country code; the point's, if it has one
};

// CORRUPT_RECORD, and the store's errors.
absl::Status AnswerInThePast(const View& view, const AuditLog& log, const PastQuestion& asked,
                             v1::PastAnswer* answer);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_PAST_CHECK_H_
