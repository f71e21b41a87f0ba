#include "server/report/dnc_action_tally.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kMaxZoneName = 64;

// Without it the loader of time zones would open any file.
bool IsZoneName(absl::string_view name) {
  const auto fits = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_+-/", c);
  };
  return name.size() <= kMaxZoneName &&
         absl::ascii_isalpha(static_cast<unsigned char>(name.front())) && name != "localtime" &&
         std::all_of(name.begin(), name.end(), fits);
}

absl::StatusOr<absl::TimeZone> ZoneOf(const std::string& name) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (name.empty() || (IsZoneName(name) && absl::LoadTimeZone(name, &zone))) return zone;
  return InvalidField("time_zone",
                      "no time zone of the IANA database, such as \"America/New_York\" or \"UTC\"");
}

bool* FlagOf(v1::DncActionDimension dimension, DncActionGrouping* grouping) {
  switch (dimension) {
    case v1::DNC_ACTION_DIMENSION_ACTION:
      return &grouping->by_action;
    case v1::DNC_ACTION_DIMENSION_STATUS:
      return &grouping->by_status;
    case v1::DNC_ACTION_DIMENSION_USER:
      return &grouping->by_user;
    case v1::DNC_ACTION_DIMENSION_DAY:
      return &grouping->by_day;
    default:
      return nullptr;
  }
}

absl::Status TooManyRows() {
  return MakeError(
      v1::ERROR_REASON_LIMIT_EXCEEDED,
      absl::StrCat("group_by: the report would have more than ", DncActionTally::kMaxRows,
                   " rows; count by less, or ask for a shorter period"),
      {{"field", "group_by"},
       {"limit", absl::StrCat(DncActionTally::kMaxRows)},
       {"actual", absl::StrCat(DncActionTally::kMaxRows + 1)}});
}

}  // namespace

absl::StatusOr<DncActionGrouping> GroupingOf(const v1::CountDncActionsRequest& request) {
  DncActionGrouping grouping;
  DNC_ASSIGN_OR_RETURN(grouping.time_zone, ZoneOf(request.time_zone()));
  if (request.group_by().empty()) return grouping;
  grouping.by_action = grouping.by_status = grouping.by_user = grouping.by_day = false;
  for (int i = 0; i < request.group_by_size(); ++i) {
    bool* flag = FlagOf(request.group_by(i), &grouping);
    const std::string field = absl::StrCat("group_by[", i, "]");
    if (flag == nullptr) return InvalidField(field, "no dimension that this server knows");
    if (*flag) return InvalidField(field, "named before; leave it out");
    *flag = true;
  }
  return grouping;
}

std::string DayText(UnixMicros time, const absl::TimeZone& zone) {
  return absl::FormatTime("%E4Y-%m-%d", absl::FromUnixMicros(time), zone);
}

absl::Status DncActionTally::Add(const PerformedDncAction& action, absl::string_view user,
                                 UnixMicros time) {
  Key key;
  if (grouping_.by_day) key[0] = DayText(time, grouping_.time_zone);
  if (grouping_.by_status) key[1] = std::string(action.status());
  if (grouping_.by_action) key[2] = action.action;
  if (grouping_.by_user) key[3] = std::string(user);
  auto found = counts_.find(key);
  if (found == counts_.end()) {
    for (const std::string& part : key) name_bytes_ += part.size();
    if (counts_.size() == kMaxRows || name_bytes_ > kMaxNameBytes) return TooManyRows();
    found = counts_.emplace(std::move(key), Counts()).first;
    summary_.set_rows(summary_.rows() + 1);
  }
  ++found->second.all;
  summary_.set_count(summary_.count() + 1);
  if (action.already_blocked) {
    ++found->second.already_blocked;
    summary_.set_already_blocked(summary_.already_blocked() + 1);
  }
  return absl::OkStatus();
}

bool DncActionTally::Pop(v1::DncActionCount* count) {
  if (counts_.empty()) return false;
  auto first = counts_.extract(counts_.begin());
  count->set_day(std::move(first.key()[0]));
  count->set_status(std::move(first.key()[1]));
  count->set_action(std::move(first.key()[2]));
  count->set_user(std::move(first.key()[3]));
  count->set_count(first.mapped().all);
  count->set_already_blocked(first.mapped().already_blocked);
  return true;
}

}  // namespace dnc
