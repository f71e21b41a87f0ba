// Counts of DNC actions by what a report groups them by.
#ifndef DNC_SERVER_REPORT_DNC_ACTION_TALLY_H_
#define DNC_SERVER_REPORT_DNC_ACTION_TALLY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dnc/v1/report.pb.h"
#include "server/report/audit_row.h"

namespace dnc {

// What is counted by what; an empty group_by means everything.
struct DncActionGrouping {
  bool by_action = true;
  bool by_status = true;
  bool by_user = true;
  bool by_day = true;
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

// The grouping of a request. INVALID_FIELD: a dimension twice or of none, or no such time zone.
absl::StatusOr<DncActionGrouping> GroupingOf(const v1::CountDncActionsRequest& request);

// "2026-11-28" in that zone.
std::string DayText(UnixMicros time, const absl::TimeZone& zone);

class DncActionTally {
 public:
  static constexpr size_t kMaxRows = 100'000;
  static constexpr size_t kMaxNameBytes = size_t{32} << 20;

  explicit DncActionTally(const DncActionGrouping& grouping) : grouping_(grouping) {}

  // LIMIT_EXCEEDED: the counts would have more rows, or longer names in all, than the limits above.
  absl::Status Add(const PerformedDncAction& action, absl::string_view user, UnixMicros time);

  // Takes the next count out, in the order of day, status, action, user. False: there is none.
  bool Pop(v1::DncActionCount* count);

  v1::DncActionSummary summary() const { return summary_; }

 private:
  using Key = std::array<std::string, 4>;  // day, status, action, user
  struct Counts {
    int64_t all = 0;
    int64_t already_blocked = 0;
  };

  const DncActionGrouping grouping_;
  std::map<Key, Counts> counts_;
  size_t name_bytes_ = 0;
  v1::DncActionSummary summary_;
};

}  // namespace dnc

#endif  // DNC_SERVER_REPORT_DNC_ACTION_TALLY_H_
