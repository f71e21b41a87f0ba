// Periods of time that requests ask for.
#ifndef DNC_SERVER_HANDLER_PERIOD_H_
#define DNC_SERVER_HANDLER_PERIOD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/workflow/shape.h"
#include "storage/base/status_macros.h"

namespace dnc {

// INVALID_FIELD: no times, or it ends before it begins, so that nothing could be in it. `field`: of
// the request.
inline absl::Status CheckPeriod(const v1::Period& period, absl::string_view field) {
  const std::string end = absl::StrCat(field, ".end_time");
  DNC_RETURN_IF_ERROR(CheckTimestamp(period.start_time(), absl::StrCat(field, ".start_time")));
  DNC_RETURN_IF_ERROR(CheckTimestamp(period.end_time(), end));
  const bool both = period.has_start_time() && period.has_end_time();
  if (both && period.end_time() < period.start_time()) {
    return InvalidField(end, "lies before start_time");
  }
  return absl::OkStatus();
}

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_PERIOD_H_
