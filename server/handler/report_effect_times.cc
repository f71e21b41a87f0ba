// MeasureEffectTimes: how long requests not to be contacted took to take effect.
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/handler/report_parts.h"
#include "server/optout/deadline.h"
#include "server/report/duration_histogram.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kDefaultLate = 100;
constexpr int64_t kMostLate = 100'000;

// The requests that came one way.
struct PathTimes {
  DurationHistogram times;
  int64_t without_request_time = 0;
  int64_t late = 0;

  void Fill(v1::OptOutPath path, v1::EffectTimes* row) const {
    row->set_path(path);
    row->set_count(times.count());
    row->set_without_request_time(without_request_time);
    row->set_late(late);
    if (times.count() == 0) return;
    *row->mutable_p50() = TimeUtil::MicrosecondsToDuration(times.Percentile(0.5));
    *row->mutable_p90() = TimeUtil::MicrosecondsToDuration(times.Percentile(0.9));
    *row->mutable_p99() = TimeUtil::MicrosecondsToDuration(times.Percentile(0.99));
    *row->mutable_max() = TimeUtil::MicrosecondsToDuration(times.max());
  }
};

struct WantedTimes {
  uint32_t paths = 0;  // 0: all
  ReportPeriod effect;
  int64_t limit = 0;  // microseconds; 0: the legal one
  int64_t most_late = kDefaultLate;

  bool Fits(v1::OptOutPath path) const { return paths == 0 || (paths & Bit(path)) != 0; }
  // The first instant that is too late.
  UnixMicros DeadlineOf(const OptOutRequest& request) const {
    return limit == 0 ? OptOutDeadline(request.is_email, *request.request_time).time
                      : SaturatingAdd(*request.request_time, limit);
  }
};

class EffectTimesReport : public PiecewiseReport<v1::MeasureEffectTimesResponse> {
 public:
  EffectTimesReport(ReportState read, const WantedTimes& wanted)
      : PiecewiseReport(std::move(read)), wanted_(wanted), scan_(wanted.effect) {}

 private:
  absl::StatusOr<bool> Slice() override {
    if (late_.empty() && !scan_.done()) {
      DNC_RETURN_IF_ERROR(
          scan_.Slice(state(), [this](const AuditRow& row) { return Measure(row); }));
    }
    while (!full() && !late_.empty()) {
      CountRow(late_.front());
      *response().add_late() = std::move(late_.front());
      late_.pop_front();
    }
    return !scan_.done() || !late_.empty();
  }

  absl::Status Measure(const AuditRow& row) {
    DNC_ASSIGN_OR_RETURN(const std::vector<OptOutRequest> requests, OptOutRequestsOf(row));
    for (const OptOutRequest& request : requests) {
      if (!wanted_.Fits(request.path) || !SeesSubject(request)) continue;
      if (!request.request_time.has_value()) {
        ++all_.without_request_time;
        ++by_path_[request.path].without_request_time;
        continue;
      }
      const UnixMicros deadline = wanted_.DeadlineOf(request);
      const bool late = row.time >= deadline;
      for (PathTimes* times : {&all_, &by_path_[request.path]}) {
        times->times.Add(row.time - *request.request_time);
        if (late) ++times->late;
      }
      if (late && all_.late <= wanted_.most_late) KeepLate(row, request, deadline);
    }
    return absl::OkStatus();
  }

  void KeepLate(const AuditRow& row, const OptOutRequest& request, UnixMicros deadline) {
    v1::LateOptOut& late = late_.emplace_back();
    late.set_revision(row.revision);
    late.set_path(request.path);
    late.set_subject(request.subject);
    *late.mutable_request_time() = TimeUtil::MicrosecondsToTimestamp(*request.request_time);
    *late.mutable_effect_time() = TimeUtil::MicrosecondsToTimestamp(row.time);
    *late.mutable_deadline() = TimeUtil::MicrosecondsToTimestamp(deadline);
    late.set_user(std::string(row.user));
  }

  // Whether the caller may see the status of the action by which it came.
  bool SeesSubject(const OptOutRequest& request) const {
    const CatalogStatus* status = StatusOfAction(state(), request.action);
    return status == nullptr || state().Sees(status->record.number());
  }

  int64_t rows_read() const override { return scan_.rows_read(); }
  void FillSummary(v1::EffectTimeSummary* summary) override {
    all_.Fill(v1::OPT_OUT_PATH_UNSPECIFIED, summary->mutable_all());
    for (const auto& [path, times] : by_path_) times.Fill(path, summary->add_by_path());
  }

  const WantedTimes wanted_;
  AuditScan scan_;
  PathTimes all_;
  std::map<v1::OptOutPath, PathTimes> by_path_;
  std::deque<v1::LateOptOut> late_;
};

absl::StatusOr<uint32_t> PathMask(const v1::MeasureEffectTimesRequest& request) {
  uint32_t mask = 0;
  for (int i = 0; i < request.paths_size(); ++i) {
    const int path = request.paths(i);
    const std::string field = absl::StrCat("paths[", i, "]");
    if (path == v1::OPT_OUT_PATH_UNSPECIFIED || !v1::OptOutPath_IsValid(path)) {
      return InvalidField(field, "no way that this server knows");
    }
    const uint32_t bit = 1u << static_cast<uint32_t>(path);
    if ((mask & bit) != 0) return InvalidField(field, "named before; leave it out");
    mask |= bit;
  }
  return mask;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::MeasureEffectTimesRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  WantedTimes wanted;
  DNC_ASSIGN_OR_RETURN(wanted.paths, PathMask(request));
  DNC_ASSIGN_OR_RETURN(wanted.effect, ReportPeriodOf(request.period()));
  if (request.has_limit()) {
    DNC_RETURN_IF_ERROR(CheckDuration(request.limit(), "limit"));
    wanted.limit = TimeUtil::DurationToMicroseconds(request.limit());
  }
  if (request.max_late() < 0 || request.max_late() > kMostLate) {
    return InvalidField("max_late",
                        absl::StrCat("must be 1 to ", kMostLate, ", or 0 for the default"));
  }
  if (request.max_late() != 0) wanted.most_late = request.max_late();
  return std::make_unique<EffectTimesReport>(std::move(state), wanted);
}

}  // namespace dnc
