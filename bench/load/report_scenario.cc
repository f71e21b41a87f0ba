// Checks beside a report.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/load/dataset.h"
#include "bench/load/histogram.h"
#include "bench/load/prepared_calls.h"
#include "bench/load/report_load.h"
#include "bench/load/scenarios.h"
#include "bench/load/turns.h"

namespace dnc::bench {
namespace {

constexpr size_t kCheckConnections = 4;
constexpr size_t kChecksInFlight = 64;
constexpr uint64_t kFirstReportLead = 20'000'000;  // apart from those of other scenarios
constexpr double kMebibyte = 1 << 20;

double MedianOf(const Series& series, double (*figure)(const LoadResult&)) {
  std::vector<double> values;
  for (const LoadResult& round : series.rounds) values.push_back(figure(round));
  return Quantile(std::move(values), 0.5);
}

// Rounds of checks alone and of checks beside a report, in turn.
struct Pair {
  Series alone;
  Series beside;
  int64_t most_bytes = 0;
  uint64_t leads = 0;  // that reports listed during `beside`
};

absl::StatusOr<LoadResult> RoundBeside(const ChildProcess& gateway, const Target& target,
                                       const LoadOptions& options, Pair& pair) {
  ReportReader reader(MakeChannels(gateway.address(), 1).front(), gateway);
  auto result = RunUnaryLoad(target, options);
  if (absl::Status status = reader.Stop(); !status.ok()) return status;
  pair.most_bytes = std::max(pair.most_bytes, reader.most_bytes());
  pair.leads += reader.leads();
  return result;
}

absl::StatusOr<Pair> MeasurePair(const ChildProcess& gateway, const Target& target,
                                 const Rounds& rounds, const LoadOptions& options) {
  Pair pair;
  for (int i = 0; i < rounds.count; ++i) {
    for (const bool beside : {i % 2 == 0, i % 2 != 0}) {
      auto result =
          beside ? RoundBeside(gateway, target, options, pair) : RunUnaryLoad(target, options);
      if (!result.ok()) return result.status();
      (beside ? pair.beside : pair.alone).rounds.push_back(*std::move(result));
    }
  }
  return pair;
}

// How fast a report is where nothing else is asked, and that it is whole.
absl::Status MeasureAlone(const ChildProcess& gateway, uint64_t leads, Report& report) {
  const auto channel = MakeChannels(gateway.address(), 1).front();
  const absl::Time start = absl::Now();
  const auto listed = ReadActiveLeads(channel, leads);
  if (!listed.ok()) return listed.status();
  report.Add("report_leads",
             static_cast<double>(leads) / absl::ToDoubleSeconds(absl::Now() - start), "leads/s");
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureReports(const Servers& servers, const Rounds& rounds, Report& report) {
  const ChildProcess& gateway = servers.gateway;
  const auto channel = MakeChannels(gateway.address(), 1).front();
  const uint64_t more = rounds.report_leads - std::min(rounds.report_leads, kLeads);
  absl::PrintF("ListActiveLeads beside CheckContact; first creates %d leads\n", more);
  absl::Status created = CreateLeads(channel, kFirstReportLead, kFirstReportLead + more);
  if (!created.ok()) return created;
  const auto calls = PrepareChecks(channel);
  if (!calls.ok()) return calls.status();
  const Target target = {"/dnc.v1.CheckService/CheckContact",
                         MakeChannels(gateway.address(), kCheckConnections), &calls->gateway};
  const LoadOptions options = {.in_flight = kChecksInFlight, .duration = rounds.duration};
  if (auto warm = RunUnaryLoad(target, options); !warm.ok()) return warm.status();
  const auto before = gateway.ResidentBytes();
  if (!before.ok()) return before.status();
  const auto pair = MeasurePair(gateway, target, rounds, options);
  if (!pair.ok()) return pair.status();
  report.Add("check_beside_report_throughput", MedianOf(pair->beside, &Throughput), "calls/s");
  report.Add("check_beside_report_p99", MedianOf(pair->beside, &P99) / 1000, "us");
  report.Add("report_check_throughput_ratio", MedianRatio(pair->beside, pair->alone, &Throughput),
             "of alone", AtLeast(0.9));
  report.Add("report_check_p99_ratio", MedianRatio(pair->beside, pair->alone, &P99), "of alone",
             AtMost(1.25));
  report.Add("report_memory",
             static_cast<double>(std::max<int64_t>(0, pair->most_bytes - *before)) / kMebibyte,
             "MiB", AtMost(64));
  report.Add("report_leads_beside",
             static_cast<double>(pair->leads) /
                 (absl::ToDoubleSeconds(options.duration + options.warm_up) * rounds.count),
             "leads/s");
  return MeasureAlone(gateway, std::max(rounds.report_leads, kLeads), report);
}

}  // namespace dnc::bench
