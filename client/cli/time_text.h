// Times and durations as people write them.
#ifndef DNC_CLIENT_CLI_TIME_TEXT_H_
#define DNC_CLIENT_CLI_TIME_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dnc/v1/registry.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace dnc::cli {

// A positive duration: one or more of a number with a unit of w, d, h, m, s or ms, e.g. "30d",
// "1h30m", "1.5s". A day is 24 hours. INVALID_ARGUMENT shows the right form.
absl::StatusOr<absl::Duration> ParseDurationText(absl::string_view text);

// An instant: RFC 3339 ("2026-01-31T12:00:00Z"), a date (its start in UTC), "now", or a duration,
// which is added to `now`. INVALID_ARGUMENT shows the right forms.
absl::StatusOr<absl::Time> ParseTimeText(absl::string_view text, absl::Time now);

google::protobuf::Timestamp ToProtoTime(absl::Time time);
google::protobuf::Duration ToProtoDuration(absl::Duration duration);

// "2026-01-31T12:00:00Z", to the second; "-" where `time` was never set.
std::string TimeText(const google::protobuf::Timestamp& time);

// The same of a registry's date, with "(undated)" where it is only that of the import.
std::string AsOfText(const v1::ListVersion& version);

// "30d", "1h30m": what ParseDurationText reads, in its largest units.
std::string DurationText(const google::protobuf::Duration& duration);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_TIME_TEXT_H_
