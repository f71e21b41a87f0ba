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
#include "bench/load/filter_load.h"
#include "bench/load/histogram.h"
#include "bench/load/prepared_calls.h"
#include "bench/load/turns.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr size_t kConnections = 4;
constexpr size_t kSaturating = 64;
constexpr size_t kActionsInFlight = 256;
// Leads of the actions: apart from those of the checks. Enough of them for 20,000 a second.
constexpr uint64_t kFirstActionLead = 1'000'000;
constexpr double kActionsPerSecond = 20'000;

constexpr char kDiskSync[] = "disk_fdatasync_p50";

constexpr Goal AtLeast(double value) { return {Goal::Kind::kAtLeast, value}; }
constexpr Goal AtMost(double value) { return {Goal::Kind::kAtMost, value}; }

constexpr char kCheckContact[] = "/dnc.v1.CheckService/CheckContact";
constexpr char kApplyAction[] = "/dnc.v1.ActionService/ApplyAction";
constexpr char kEcho[] = "/dnc.bench.EchoService/Echo";
constexpr char kRawEcho[] = "/dnc.bench.EchoService/EchoBytes";

double Throughput(const LoadResult& round) { return round.calls_per_second; }
double P50(const LoadResult& round) { return static_cast<double>(round.latency_ns.Quantile(0.5)); }

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
  AddRatios("check_throughput", *series, AtLeast(0.9), &Throughput, report);
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
  AddRatios("check_unloaded_p50", *series, AtMost(1.1), &P50, report);
  return absl::OkStatus();
}

// ApplyAction, one at a time: `calls` from the first on, each once. Answers how many it used.
// An acknowledged write has waited for a sync; where it is far quicker than a sync of this disk, it
// has not, whatever the server says. Half of one, since a disk has better moments.
absl::StatusOr<size_t> ApplyUnloaded(const Servers& servers, const PairedCalls& calls,
                                     const LoadOptions& options, Report& report) {
  LoadOptions unloaded = options;
  unloaded.in_flight = 1;
  const auto series = TakeTurns(
      {{&servers.gateway, kApplyAction, &calls.gateway, /*repeat_calls=*/false}}, 1, 1, unloaded);
  if (!series.ok()) return series.status();
  report.AddSeries("apply_unloaded", series->front());
  const std::optional<double> sync = report.Find(kDiskSync);
  const std::optional<double> apply = report.Find("apply_unloaded_p50");
  if (sync && apply && *apply < *sync / 2) {
    return absl::InternalError(absl::StrFormat(
        "actions took %.1f us, and a sync of this disk takes %.1f: they were acknowledged "
        "without one",
        *apply, *sync));
  }
  return series->front().rounds.front().calls_started;
}

// An acknowledged opt-out is seen by every check that follows.
absl::Status VerifyDenied(const std::shared_ptr<grpc::Channel>& channel, uint64_t first,
                          uint64_t count) {
  const auto stub = v1::CheckService::NewStub(channel);
  for (uint64_t i = 0; i < 500; ++i) {
    v1::CheckContactRequest request;
    request.set_organization(std::string(kOrganization));
    request.set_channel(v1::CHANNEL_VOICE);
    const uint64_t lead = first + i * count / 500;
    request.mutable_contact_point()->set_phone(absl::StrCat("+", Phone(lead)));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    v1::CheckContactResponse response;
    const grpc::Status status = stub->CheckContact(&context, request, &response);
    if (!status.ok() || response.verdict() != v1::VERDICT_DENY) {
      return absl::InternalError(absl::StrCat("after its opt-out, ", LeadName(lead),
                                              " is answered ", response.ShortDebugString(),
                                              status.error_message()));
    }
  }
  return absl::OkStatus();
}

absl::Status FilterRounds(const Servers& servers, const Rounds& rounds, int percent_blocked,
                          absl::string_view name, std::optional<Goal> goal, Report& report) {
  const auto channel = MakeChannels(servers.gateway.address(), 1).front();
  const std::vector<FilterBlock> blocks = PrepareBlocks(percent_blocked);
  std::vector<double> phones_per_second;
  for (int i = 0; i < rounds.count; ++i) {
    const auto result = RunFilterLoad(channel, blocks, rounds.duration);
    if (!result.ok()) return result.status();
    phones_per_second.push_back(*result);
  }
  report.Add(name, Quantile(std::move(phones_per_second), 0.5), "phones/s", goal);
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

absl::Status MeasureLoading(const Servers& servers, Report& report) {
  absl::PrintF("loading %d leads and %d entries\n", kLeads, kEntries);
  const auto times = LoadDataset(MakeChannels(servers.gateway.address(), 1).front());
  if (!times.ok()) return times.status();
  report.Add("load_leads", times->leads_per_second, "leads/s");
  report.Add("load_entries", times->entries_per_second, "entries/s");
  return absl::OkStatus();
}

absl::Status MeasureChecks(const Servers& servers, const Rounds& rounds, Report& report) {
  const auto calls = PrepareChecks(MakeChannels(servers.gateway.address(), 1).front());
  if (!calls.ok()) return calls.status();
  if (auto status = CheckSaturated(servers, *calls, rounds, report); !status.ok()) return status;
  return CheckUnloaded(servers, *calls, rounds, report);
}

absl::Status MeasureFilter(const Servers& servers, const Rounds& rounds, Report& report) {
  absl::PrintF("FilterContacts, one stream, blocks of 8,192 phones, with reasons\n");
  if (auto status = FilterRounds(servers, rounds, 10, "filter_throughput", AtLeast(1e6), report);
      !status.ok()) {
    return status;
  }
  return FilterRounds(servers, rounds, 50, "filter_half_blocked_throughput", std::nullopt, report);
}

absl::Status MeasureActions(const Servers& servers, const Rounds& rounds, Report& report) {
  const auto channel = MakeChannels(servers.gateway.address(), 1).front();
  LoadOptions options = {.in_flight = kActionsInFlight, .duration = rounds.duration};
  const double seconds =
      absl::ToDoubleSeconds(options.duration + options.warm_up) * (rounds.count + 1);
  const auto leads = static_cast<uint64_t>(seconds * kActionsPerSecond);
  absl::PrintF("ApplyAction, synced, 1 and %d in flight; first creates %d leads\n",
               kActionsInFlight, leads);
  absl::Status created = CreateLeads(channel, kFirstActionLead, kFirstActionLead + leads);
  if (!created.ok()) return created;
  const auto calls = PrepareActions(channel, kFirstActionLead, kFirstActionLead + leads);
  if (!calls.ok()) return calls.status();
  const auto used = ApplyUnloaded(servers, *calls, options, report);
  if (!used.ok()) return used.status();
  options.first_call = *used;
  const auto series =
      TakeTurns({{&servers.gateway, kApplyAction, &calls->gateway, /*repeat_calls=*/false},
                 {&servers.echo, kEcho, &calls->echo}},
                kConnections, rounds.count, options);
  if (!series.ok()) return series.status();
  const Series& gateway = (*series)[0];
  const Series& echo = (*series)[1];
  report.AddSeries("echo_256", echo);
  report.AddSeries("apply", gateway, AtLeast(8000));
  report.Add("apply_throughput_ratio", MedianRatio(gateway, echo, &Throughput), "of echo");
  uint64_t applied = *used;
  for (const LoadResult& round : gateway.rounds) applied += round.latency_ns.count();
  return VerifyDenied(channel, kFirstActionLead, applied);
}

}  // namespace dnc::bench
