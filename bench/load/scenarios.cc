#include "bench/load/scenarios.h"

#include <fcntl.h>
#include <grpcpp/client_context.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/load/dataset.h"
#include "bench/load/histogram.h"
#include "bench/load/prepared_calls.h"
#include "bench/load/turns.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr size_t kConnections = 4;
constexpr size_t kSaturating = 64;

constexpr char kCheckContact[] = "/dnc.v1.CheckService/CheckContact";
constexpr char kEcho[] = "/dnc.bench.EchoService/Echo";
constexpr char kRawEcho[] = "/dnc.bench.EchoService/EchoBytes";

// CheckContact beside both echoes. The raw echo plays twice: what its two series differ by is
// noise, and so is as much of every other difference.
struct CheckSeries {
  Series gateway;
  Series echo;
  Series raw_echo;
  Series raw_echo_again;
};

absl::StatusOr<CheckSeries> MeasureCheckSeries(const Servers& servers, const PairedCalls& calls,
                                               size_t connections, int rounds,
                                               const LoadOptions& options) {
  const Contestant raw_echo = {&servers.echo, kRawEcho, &calls.echo};
  auto all = TakeTurns({{&servers.gateway, kCheckContact, &calls.gateway},
                        {&servers.echo, kEcho, &calls.echo},
                        raw_echo,
                        raw_echo},
                       connections, rounds, options);
  if (!all.ok()) return all.status();
  return CheckSeries{std::move((*all)[0]), std::move((*all)[1]), std::move((*all)[2]),
                     std::move((*all)[3])};
}

// The gateway's figure by the echoes', and the raw echo's by its own. "check_throughput" adds
// check_throughput_ratio, check_throughput_raw_ratio, check_throughput_noise and …_noise_spread.
void AddRatios(absl::string_view prefix, const CheckSeries& series, Goal goal,
               double (*figure)(const LoadResult&), Report& report) {
  report.Add(absl::StrCat(prefix, "_ratio"), MedianRatio(series.gateway, series.echo, figure),
             "of echo", goal);
  report.Add(absl::StrCat(prefix, "_raw_ratio"),
             MedianRatio(series.gateway, series.raw_echo, figure), "of raw echo", goal);
  report.Add(absl::StrCat(prefix, "_noise"),
             MedianRatio(series.raw_echo_again, series.raw_echo, figure), "of itself");
  report.Add(absl::StrCat(prefix, "_noise_spread"),
             RatioSpread(series.raw_echo_again, series.raw_echo, figure), "of itself");
}

absl::Status CheckSaturated(const Servers& servers, const PairedCalls& calls, const Rounds& rounds,
                            Report& report) {
  absl::PrintF("CheckContact, %d in flight on %d connections\n", kSaturating, kConnections);
  const auto series = MeasureCheckSeries(servers, calls, kConnections, rounds.count,
                                         {.in_flight = kSaturating, .duration = rounds.duration});
  if (!series.ok()) return series.status();
  report.AddSeries("echo_saturated", series->echo);
  report.AddSeries("raw_echo_saturated", series->raw_echo);
  report.AddSeries("check_saturated", series->gateway);
  AddRatios("check_throughput", *series, AtLeast(0.97), &Throughput, report);
  return absl::OkStatus();
}

absl::Status CheckUnloaded(const Servers& servers, const PairedCalls& calls, const Rounds& rounds,
                           Report& report) {
  absl::PrintF("CheckContact, 1 in flight\n");
  const auto series = MeasureCheckSeries(servers, calls, 1, rounds.count,
                                         {.in_flight = 1, .duration = rounds.duration});
  if (!series.ok()) return series.status();
  report.AddSeries("echo_unloaded", series->echo);
  report.AddSeries("raw_echo_unloaded", series->raw_echo);
  report.AddSeries("check_unloaded", series->gateway);
  AddRatios("check_unloaded_p50", *series, AtMost(1.03), &P50, report);
  AddRatios("check_unloaded_p99", *series, AtMost(1.1), &P99, report);
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureDisk(const std::string& dir, Report& report) {
  constexpr int kWrites = 500;
  const std::string file = absl::StrCat(dir, "/fdatasync");
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return absl::UnavailableError(absl::StrCat(file, ": ", std::strerror(errno)));
  const std::string page(4096, 'x');
  std::vector<double> micros;
  // As RocksDB does with its log; else each sync also pays for the room that it takes.
  bool written = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, kWrites * 4096) == 0 || errno == EOPNOTSUPP;
  for (int i = 0; i < kWrites && written; ++i) {
    const absl::Time start = absl::Now();
    written = write(fd, page.data(), page.size()) == static_cast<ssize_t>(page.size()) &&
              fdatasync(fd) == 0;
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
  }
  close(fd);
  unlink(file.c_str());
  if (!written) return absl::UnavailableError(absl::StrCat("cannot write ", file));
  report.Add(kDiskSync, Quantile(std::move(micros), 0.5), "us");
  return absl::OkStatus();
}

absl::Status MeasureLoading(const Servers& servers, const Rounds& rounds, Report& report) {
  absl::PrintF("loading %d leads and %d entries\n", kLeads + rounds.more_leads,
               kEntries + rounds.more_entries);
  const auto channel = MakeChannels(servers.gateway.address(), 1).front();
  const auto times = LoadDataset(channel);
  if (!times.ok()) return times.status();
  report.Add("load_leads", times->leads_per_second, "leads/s");
  report.Add("load_entries", times->entries_per_second, "entries/s");
  const auto more = LoadMore(channel, rounds.more_leads, rounds.more_entries);
  if (!more.ok()) return more.status();
  if (rounds.more_leads > 0) report.Add("load_more_leads", more->leads_per_second, "leads/s");
  if (rounds.more_entries > 0) {
    report.Add("load_more_entries", more->entries_per_second, "entries/s");
  }
  return absl::OkStatus();
}

absl::Status MeasureChecks(const Servers& servers, const Rounds& rounds, Report& report) {
  const auto calls = PrepareChecks(MakeChannels(servers.gateway.address(), 1).front());
  if (!calls.ok()) return calls.status();
  if (auto status = CheckSaturated(servers, *calls, rounds, report); !status.ok()) return status;
  return CheckUnloaded(servers, *calls, rounds, report);
}

}  // namespace dnc::bench
