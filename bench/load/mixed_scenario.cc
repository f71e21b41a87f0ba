// Checks while everything else goes on.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/load/dataset.h"
#include "bench/load/paced_load.h"
#include "bench/load/prepared_calls.h"
#include "bench/load/registry_import.h"
#include "bench/load/scenarios.h"
#include "bench/load/turns.h"

namespace dnc::bench {
namespace {

constexpr double kChecksPerSecond = 2'000;
constexpr double kOptOutsPerSecond = 5'000;
// Where they alone, with those who send them, leave no processor idle, the wait for one is all that
// the figure tells; this many leave some of two cores.
constexpr double kFewOptOutsPerSecond = 1'000;
constexpr int kMixedRounds = 5;
constexpr size_t kMixedConnections = 4;
constexpr uint64_t kFirstMixedLead = 30'000'000;  // apart from those of other scenarios
constexpr uint64_t kImportedNumbers = 10'000'000;

// The table files that there are: each is what a flush or a compaction wrote.
std::set<std::string> TableFiles(const std::string& data_dir) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_dir)) {
    if (entry.path().extension() == ".sst") files.insert(entry.path().string());
  }
  return files;
}

// How many there are besides those of `before`.
double NewFiles(const std::set<std::string>& before, const std::set<std::string>& now) {
  std::vector<std::string> added;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  return static_cast<double>(added.size());
}

// What goes on beside the checks.
struct Beside {
  const Servers& servers;
  Target actions;
  std::string file;
  PacedOptions pace;  // of the opt-outs; `first_call` moves on
  int imports = 0;
  std::vector<LoadResult> opt_outs;
};

absl::StatusOr<LoadResult> ChecksBeside(const Target& checks, const PacedOptions& pace,
                                        Beside& beside) {
  RepeatedImport imports(beside.servers.setup, beside.servers.gateway.address(), "mixed",
                         beside.file);
  absl::StatusOr<LoadResult> opt_outs = absl::UnknownError("not run");
  std::thread actor([&] { opt_outs = RunPacedLoad(beside.actions, beside.pace); });
  absl::StatusOr<LoadResult> result = RunPacedLoad(checks, pace);
  actor.join();
  if (absl::Status status = imports.Stop(); !status.ok()) return status;
  if (!opt_outs.ok()) return opt_outs.status();
  beside.imports += imports.imports();
  beside.pace.first_call += opt_outs->calls_started;
  beside.opt_outs.push_back(*std::move(opt_outs));
  return result;
}

}  // namespace

absl::Status MeasureMixed(const Servers& servers, const Rounds& rounds, Report& report) {
  const std::string& address = servers.gateway.address();
  const auto channel = MakeChannels(address, 1).front();
  const PacedOptions pace = {.per_second = kChecksPerSecond, .duration = rounds.mixed_duration};
  Beside beside = {servers, {}, "", pace, 0, {}};
  beside.pace.per_second = kOptOutsPerSecond;
  beside.pace.repeat_calls = false;
  const double seconds = absl::ToDoubleSeconds(pace.warm_up + pace.duration) * kMixedRounds;
  const double opt_outs = seconds * (kOptOutsPerSecond + kFewOptOutsPerSecond);
  const auto leads = static_cast<uint64_t>(opt_outs) + 2 * (kMixedRounds + 1);
  const uint64_t numbers = std::min(kImportedNumbers, std::max<uint64_t>(rounds.registry, 100'000));
  absl::PrintF(
      "%.0f checks a second, alone and beside %.0f and %.0f opt-outs a second and imports of %d "
      "numbers; first creates %d leads\n",
      kChecksPerSecond, kOptOutsPerSecond, kFewOptOutsPerSecond, numbers, leads);
  absl::Status status = CreateLeads(channel, kFirstMixedLead, kFirstMixedLead + leads);
  // Blocks another channel than the checks', whose right answers are known.
  if (status.ok()) status = CreateRegistry(servers.setup, address, "mixed", "fax");
  if (!status.ok()) return status;
  const auto actions = PrepareActions(channel, kFirstMixedLead, kFirstMixedLead + leads);
  if (!actions.ok()) return actions.status();
  beside.actions = {"/dnc.v1.ActionService/ApplyAction", MakeChannels(address, kMixedConnections),
                    &actions->gateway};
  const auto calls = PrepareChecks(channel);
  if (!calls.ok()) return calls.status();
  const Target checks = {"/dnc.v1.CheckService/CheckContact",
                         MakeChannels(address, kMixedConnections), &calls->gateway};
  auto file = MakeRegistryFile(servers.setup, numbers);
  if (!file.ok()) return file.status();
  beside.file = *std::move(file);
  Beside few = beside;
  few.pace.per_second = kFewOptOutsPerSecond;
  few.pace.first_call = static_cast<uint64_t>(seconds * kOptOutsPerSecond) + kMixedRounds + 1;
  if (status = AwaitIdle(servers.gateway); !status.ok()) return status;
  const std::string& data = servers.setup.data_dir;
  const std::set<std::string> files = TableFiles(data);
  const auto series = TakeTurns({{[&] { return RunPacedLoad(checks, pace); }, &servers.gateway},
                                 {[&] { return ChecksBeside(checks, pace, beside); }},
                                 {[&] { return ChecksBeside(checks, pace, few); }}},
                                kMixedRounds);
  std::filesystem::remove(beside.file);
  if (!series.ok()) return series.status();
  report.AddSeries("check_paced", (*series)[0]);
  report.AddSeries("check_mixed", (*series)[1]);
  report.AddSeries("opt_out_mixed", {std::move(beside.opt_outs), 0});
  report.Add("check_mixed_p99_ratio", MedianRatio((*series)[1], (*series)[0], &P99), "of alone",
             AtMost(1.5));
  report.Add("check_mixed_p50_ratio", MedianRatio((*series)[1], (*series)[0], &P50), "of alone");
  report.AddSeries("check_mixed_few", (*series)[2]);
  report.AddSeries("opt_out_mixed_few", {std::move(few.opt_outs), 0});
  report.Add("check_mixed_few_p99_ratio", MedianRatio((*series)[2], (*series)[0], &P99),
             "of alone");
  report.Add("mixed_imports", beside.imports + few.imports, "imports");
  report.Add("mixed_table_files", NewFiles(files, TableFiles(data)), "files");
  return absl::OkStatus();
}

}  // namespace dnc::bench
