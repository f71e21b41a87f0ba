#include "bench/load/scenarios.h"

#include <fcntl.h>
#include <grpcpp/client_context.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/load/dataset.h"
#include "bench/load/filter_load.h"
#include "bench/load/histogram.h"
#include "bench/load/prepared_calls.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr size_t kConnections = 4;
constexpr size_t kSaturating = 64;
constexpr size_t kActionsInFlight = 256;
// Leads of the actions: apart from those of the checks. Enough of them for 20,000 a second.
constexpr uint64_t kFirstActionLead = 1'000'000;
constexpr double kActionsPerSecond = 20'000;

constexpr Goal AtLeast(double value) { return {Goal::Kind::kAtLeast, value}; }
constexpr Goal AtMost(double value) { return {Goal::Kind::kAtMost, value}; }

using RoundResults = std::vector<LoadResult>;

// The rounds of the gateway and of the echo, with messages and without.
struct PairedRounds {
  RoundResults gateway;
  RoundResults echo;
  RoundResults raw_echo;
};

// Each round of the gateway over the echo's of the same turn, so that a machine that is slower for
// a while is so for both; the median of that.
double MedianRatio(const RoundResults& gateway, const RoundResults& echo,
                   double (*figure)(const LoadResult&)) {
  std::vector<double> ratios;
  for (size_t i = 0; i < gateway.size(); ++i) {
    ratios.push_back(figure(gateway[i]) / figure(echo[i]));
  }
  return Median(std::move(ratios));
}

double Throughput(const LoadResult& round) { return round.calls_per_second; }
double P50(const LoadResult& round) { return static_cast<double>(round.latency_ns.Quantile(0.5)); }

absl::Status RunRound(const Target& target, const LoadOptions& options, RoundResults& results) {
  auto result = RunUnaryLoad(target, options);
  if (!result.ok()) return result.status();
  results.push_back(*std::move(result));
  return absl::OkStatus();
}

Target MakeTarget(const std::string& address, const std::string& method, size_t connections,
                  const std::vector<PreparedCall>& calls) {
  return {method, MakeChannels(address, connections), &calls};
}

// Echo, gateway and, if wanted, the echo without messages; again and again.
absl::StatusOr<PairedRounds> Alternate(const Servers& servers, const std::string& method,
                                       const PairedCalls& calls, size_t connections, int count,
                                       const LoadOptions& options, bool with_raw_echo) {
  const Target gateway = MakeTarget(servers.gateway, method, connections, calls.gateway);
  const Target echo =
      MakeTarget(servers.echo, "/dnc.bench.EchoService/Echo", connections, calls.echo);
  const Target raw_echo =
      MakeTarget(servers.echo, "/dnc.bench.EchoService/EchoBytes", connections, calls.echo);
  LoadOptions echo_options = options;
  echo_options.repeat_calls = true;
  LoadOptions gateway_options = options;
  PairedRounds results;
  for (int i = 0; i < count; ++i) {
    if (auto status = RunRound(echo, echo_options, results.echo); !status.ok()) return status;
    if (auto status = RunRound(gateway, gateway_options, results.gateway); !status.ok()) {
      return status;
    }
    gateway_options.first_call += results.gateway.back().calls_started;
    if (!with_raw_echo) continue;
    if (auto status = RunRound(raw_echo, echo_options, results.raw_echo); !status.ok()) {
      return status;
    }
  }
  return results;
}

absl::Status CheckSaturated(const Servers& servers, const PairedCalls& calls, const Rounds& rounds,
                            Report& report) {
  absl::PrintF("CheckContact, %d in flight on %d connections\n", kSaturating, kConnections);
  const auto results =
      Alternate(servers, "/dnc.v1.CheckService/CheckContact", calls, kConnections, rounds.count,
                {.in_flight = kSaturating, .duration = rounds.duration}, true);
  if (!results.ok()) return results.status();
  report.AddRounds("echo_saturated", results->echo);
  report.AddRounds("raw_echo_saturated", results->raw_echo);
  report.AddRounds("check_saturated", results->gateway);
  report.Add("check_throughput_ratio", MedianRatio(results->gateway, results->echo, &Throughput),
             "of echo", AtLeast(0.9));
  report.Add("check_throughput_raw_ratio",
             MedianRatio(results->gateway, results->raw_echo, &Throughput), "of raw echo",
             AtLeast(0.9));
  return absl::OkStatus();
}

absl::Status CheckUnloaded(const Servers& servers, const PairedCalls& calls, const Rounds& rounds,
                           Report& report) {
  absl::PrintF("CheckContact, 1 in flight\n");
  const auto results = Alternate(servers, "/dnc.v1.CheckService/CheckContact", calls, 1,
                                 rounds.count, {.in_flight = 1, .duration = rounds.duration}, true);
  if (!results.ok()) return results.status();
  report.AddRounds("echo_unloaded", results->echo);
  report.AddRounds("raw_echo_unloaded", results->raw_echo);
  report.AddRounds("check_unloaded", results->gateway);
  report.Add("check_unloaded_p50_ratio", MedianRatio(results->gateway, results->echo, &P50),
             "of echo", AtMost(1.1));
  report.Add("check_unloaded_p50_raw_ratio", MedianRatio(results->gateway, results->raw_echo, &P50),
             "of raw echo", AtMost(1.1));
  return absl::OkStatus();
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
  const auto channel = MakeChannels(servers.gateway, 1).front();
  const std::vector<FilterBlock> blocks = PrepareBlocks(percent_blocked);
  std::vector<double> phones_per_second;
  for (int i = 0; i < rounds.count; ++i) {
    const auto result = RunFilterLoad(channel, blocks, rounds.duration);
    if (!result.ok()) return result.status();
    phones_per_second.push_back(*result);
  }
  report.Add(name, Median(std::move(phones_per_second)), "phones/s", goal);
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
  bool written = true;
  for (int i = 0; i < kWrites && written; ++i) {
    const absl::Time start = absl::Now();
    written = write(fd, page.data(), page.size()) == static_cast<ssize_t>(page.size()) &&
              fdatasync(fd) == 0;
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
  }
  close(fd);
  unlink(file.c_str());
  if (!written) return absl::UnavailableError(absl::StrCat("cannot write ", file));
  report.Add("disk_fdatasync_p50", Median(std::move(micros)), "us");
  return absl::OkStatus();
}

absl::Status MeasureLoading(const Servers& servers, Report& report) {
  absl::PrintF("loading %d leads and %d entries\n", kLeads, kEntries);
  const auto times = LoadDataset(MakeChannels(servers.gateway, 1).front());
  if (!times.ok()) return times.status();
  report.Add("load_leads", times->leads_per_second, "leads/s");
  report.Add("load_entries", times->entries_per_second, "entries/s");
  return absl::OkStatus();
}

absl::Status MeasureChecks(const Servers& servers, const Rounds& rounds, Report& report) {
  const auto calls = PrepareChecks(MakeChannels(servers.gateway, 1).front());
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
  const auto channel = MakeChannels(servers.gateway, 1).front();
  const LoadOptions options = {
      .in_flight = kActionsInFlight, .duration = rounds.duration, .repeat_calls = false};
  const double seconds = absl::ToDoubleSeconds(options.duration + options.warm_up) * rounds.count;
  const auto leads = static_cast<uint64_t>(seconds * kActionsPerSecond);
  absl::PrintF("ApplyAction, synced, %d in flight; first creates %d leads\n", kActionsInFlight,
               leads);
  absl::Status created = CreateLeads(channel, kFirstActionLead, kFirstActionLead + leads);
  if (!created.ok()) return created;
  const auto calls = PrepareActions(channel, kFirstActionLead, kFirstActionLead + leads);
  if (!calls.ok()) return calls.status();
  const auto results = Alternate(servers, "/dnc.v1.ActionService/ApplyAction", *calls, kConnections,
                                 rounds.count, options, false);
  if (!results.ok()) return results.status();
  report.AddRounds("echo_256", results->echo);
  report.AddRounds("apply", results->gateway, AtLeast(8000));
  report.Add("apply_throughput_ratio", MedianRatio(results->gateway, results->echo, &Throughput),
             "of echo");
  uint64_t applied = 0;
  for (const LoadResult& round : results->gateway) applied += round.latency_ns.count();
  return VerifyDenied(channel, kFirstActionLead, applied);
}

}  // namespace dnc::bench
