// CountBlockedChecks: what the hourly counts of the recorded checks say.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/handler/decision_handler.h"
#include "server/handler/report_parts.h"
#include "server/recording/decision_recorder.h"
#include "server/workflow/shape.h"
#include "storage/recording/decision_store.h"

namespace dnc {
namespace {

constexpr int64_t kHourMicros = 3600 * int64_t{1'000'000};
constexpr uint32_t kSliceHours = 365 * 24;
constexpr int kMostBlockedRows = 100'000;
constexpr int kMostCampaigns = 1000;

// Hours since 1970, [first, end).
struct Hours {
  uint32_t first = 0;
  uint32_t end = 0;
};

uint32_t HourOf(UnixMicros time) {
  const int64_t hour = std::clamp<int64_t>(time / kHourMicros, 0, UINT32_MAX - kSliceHours);
  return static_cast<uint32_t>(hour);
}

// Nothing was counted after now, nor is before 1970.
Hours HoursOf(const ReportPeriod& period, UnixMicros now) {
  Hours hours;
  hours.first = HourOf(period.start);
  hours.end = std::min(HourOf(period.end - 1), HourOf(now)) + 1;
  return hours;
}

class BlockedChecksReport : public PiecewiseReport<v1::CountBlockedChecksResponse> {
 public:
  BlockedChecksReport(ReportState read, const DecisionStore* store, Hours hours, uint32_t channels,
                      std::set<std::string> campaigns, bool incomplete)
      : PiecewiseReport(std::move(read)),
        store_(store),
        hours_(hours),
        channels_(channels),
        campaigns_(std::move(campaigns)) {
    summary_.set_incomplete(incomplete);
  }

 private:
  using Key = std::tuple<uint8_t, std::string, uint8_t>;  // channel, campaign, reason

  absl::StatusOr<bool> Slice() override {
    if (hours_.first < hours_.end) {
      const uint32_t end = std::min(hours_.end, hours_.first + kSliceHours);
      bool fits = true;
      DNC_RETURN_IF_ERROR(store_->ScanCounters(
          hours_.first, end - 1, [&](const recording_keys::Counter& counter, uint64_t count) {
            ++rows_read_;
            fits = fits && Count(counter, static_cast<int64_t>(count));
          }));
      hours_.first = end;
      if (!fits) return CheckCount("campaigns", kMostBlockedRows + 1, kMostBlockedRows);
      return true;
    }
    while (!full() && !counts_.empty()) Send(counts_.extract(counts_.begin()).mapped());
    return !counts_.empty() || full();
  }

  // False: there would be too many rows.
  bool Count(const recording_keys::Counter& counter, int64_t count) {
    if (counter.org != state().organization->number()) return true;
    if (channels_ != 0 && (channels_ >> counter.channel & 1) == 0) return true;
    if (!campaigns_.empty() && campaigns_.count(counter.campaign) == 0) return true;
    if (counter.verdict == v1::VERDICT_ALLOW) {
      summary_.set_allowed(summary_.allowed() + count);
      return true;
    }
    const Key key(counter.channel, counter.campaign, counter.reason);
    v1::BlockedCheckCount& row = counts_[key];
    row.set_channel(static_cast<v1::Channel>(counter.channel));
    row.set_campaign(counter.campaign);
    row.set_reason(static_cast<v1::ReasonType>(counter.reason));
    if (counter.verdict == v1::VERDICT_DENY) {
      row.set_denied(row.denied() + count);
      summary_.set_denied(summary_.denied() + count);
    } else {
      row.set_unknown(row.unknown() + count);
      summary_.set_unknown(summary_.unknown() + count);
    }
    return counts_.size() <= static_cast<size_t>(kMostBlockedRows);
  }

  void Send(const v1::BlockedCheckCount& row) {
    CountRow(row);
    *response().add_counts() = row;
  }

  int64_t rows_read() const override { return rows_read_; }
  void FillSummary(v1::BlockedCheckSummary* summary) override { *summary = summary_; }

  const DecisionStore* const store_;
  Hours hours_;
  const uint32_t channels_;                // 0: all
  const std::set<std::string> campaigns_;  // empty: all
  std::map<Key, v1::BlockedCheckCount> counts_;
  int64_t rows_read_ = 0;
  v1::BlockedCheckSummary summary_;
};

absl::StatusOr<std::set<std::string>> BlockedCampaigns(
    const v1::CountBlockedChecksRequest& request) {
  DNC_RETURN_IF_ERROR(CheckCount("campaigns", request.campaigns_size(), kMostCampaigns));
  std::set<std::string> campaigns;
  for (int i = 0; i < request.campaigns_size(); ++i) {
    DNC_ASSIGN_OR_RETURN(std::string campaign,
                         RecordedScope(request.campaigns(i), absl::StrCat("campaigns[", i, "]")));
    campaigns.insert(std::move(campaign));
  }
  return campaigns;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::CountBlockedChecksRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  DNC_ASSIGN_OR_RETURN(const ReportPeriod period, ReportPeriodOf(request.period()));
  DNC_ASSIGN_OR_RETURN(const uint32_t channels, ChannelMask(request.channels()));
  DNC_ASSIGN_OR_RETURN(std::set<std::string> campaigns, BlockedCampaigns(request));
  DNC_RETURN_IF_ERROR(context.recorder->Flush());
  const Hours hours = HoursOf(period, state.now);
  DNC_ASSIGN_OR_RETURN(
      const auto gaps,
      context.decisions->Gaps(hours.first * kHourMicros, hours.end * kHourMicros - 1, /*limit=*/1));
  // Retired records have been counted; such a gap is told only where there is no other.
  const bool missing = !gaps.empty() && gaps.front().cause() != v1::DECISION_GAP_CAUSE_RETIRED;
  const bool incomplete = missing || !context.recorder->enabled();
  return std::make_unique<BlockedChecksReport>(std::move(state), context.decisions, hours, channels,
                                               std::move(campaigns), incomplete);
}

}  // namespace dnc
