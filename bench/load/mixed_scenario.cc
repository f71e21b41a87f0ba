// Checks while everything else goes on.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
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
  std::string file;  // imported over and over; empty: no imports
  Target actions;
  PacedOptions pace;  // of the opt-outs, none at 0 a second; `first_call` moves on
  int imports = 0;
  std::vector<LoadResult> opt_outs;
};

absl::StatusOr<LoadResult> ChecksBeside(const Target& checks, const PacedOptions& pace,
                                        Beside& beside) {
  // What the turn before has left to be flushed and compacted is none of this one's.
  if (absl::Status status = AwaitIdle(beside.servers.gateway); !status.ok()) return status;
  std::optional<RepeatedImport> imports;
  if (!beside.file.empty()) {
    imports.emplace(beside.servers.setup, beside.servers.gateway.address(), "mixed", beside.file);
  }
  absl::StatusOr<LoadResult> opt_outs = LoadResult{};
  std::thread actor;
  if (beside.pace.per_second > 0) {
    actor = std::thread([&] { opt_outs = RunPacedLoad(beside.actions, beside.pace); });
  }
  absl::StatusOr<LoadResult> result = RunPacedLoad(checks, pace);
  if (actor.joinable()) actor.join();
  if (imports.has_value()) {
    if (absl::Status status = imports->Stop(); !status.ok()) return status;
    beside.imports += imports->imports();
  }
  if (!opt_outs.ok()) return opt_outs.status();
  beside.pace.first_call += opt_outs->calls_started;
  beside.opt_outs.push_back(*std::move(opt_outs));
  return result;
}

// What the rounds of the scenario play: checks alone, and beside one or several of the others.
struct Contests {
  Beside all;
  Beside few;
  Beside imports;
  Beside opt_outs;
};

void AddMixed(const std::vector<Series>& series, Contests& contests, Report& report) {
  const auto add = [&](absl::string_view name, size_t contest,
                       std::optional<Goal> goal = std::nullopt) {
    report.AddSeries(name, series[contest]);
    report.Add(absl::StrCat(name, "_p99_ratio"), MedianRatio(series[contest], series[0], &P99),
               "of alone", goal);
  };
  report.AddSeries("check_paced", series[0]);
  add("check_mixed", 1, AtMost(1.5));
  add("check_mixed_few", 2);
  add("check_beside_imports", 3);
  add("check_beside_opt_outs", 4);
  report.AddSeries("opt_out_mixed", {std::move(contests.all.opt_outs), 0});
  report.AddSeries("opt_out_mixed_few", {std::move(contests.few.opt_outs), 0});
  report.AddSeries("opt_out_beside_checks", {std::move(contests.opt_outs.opt_outs), 0});
  report.Add("mixed_imports",
             contests.all.imports + contests.few.imports + contests.imports.imports, "imports");
}

}  // namespace

absl::Status MeasureMixed(const Servers& servers, const Rounds& rounds, Report& report) {
  const std::string& address = servers.gateway.address();
  const auto channel = MakeChannels(address, 1).front();
  const PacedOptions pace = {.per_second = kChecksPerSecond, .duration = rounds.mixed_duration};
  // Calls of one contest, with some to spare: each opts out a lead of its own.
  const auto calls_at = [&](double per_second) {
    const double seconds = absl::ToDoubleSeconds(pace.warm_up + pace.duration) * kMixedRounds;
    return static_cast<uint64_t>(seconds * per_second) + kMixedRounds + 1;
  };
  const uint64_t many = calls_at(kOptOutsPerSecond);
  const uint64_t leads = 2 * many + calls_at(kFewOptOutsPerSecond) + 1;
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
  const auto calls = PrepareChecks(channel);
  if (!calls.ok()) return calls.status();
  const Target checks = {"/dnc.v1.CheckService/CheckContact",
                         MakeChannels(address, kMixedConnections), &calls->gateway};
  const auto file = MakeRegistryFile(servers.setup, numbers);
  if (!file.ok()) return file.status();
  const auto beside = [&](double per_second, uint64_t first_call, const std::string& imported) {
    PacedOptions opt_outs = pace;
    opt_outs.per_second = per_second;
    opt_outs.repeat_calls = false;
    opt_outs.first_call = first_call;
    const Target target = {"/dnc.v1.ActionService/ApplyAction",
                           MakeChannels(address, kMixedConnections), &actions->gateway};
    return Beside{servers, imported, target, opt_outs, 0, {}};
  };
  Contests contests = {beside(kOptOutsPerSecond, 0, *file),
                       beside(kFewOptOutsPerSecond, 2 * many, *file), beside(0, 0, *file),
                       beside(kOptOutsPerSecond, many, "")};
  if (status = AwaitIdle(servers.gateway); !status.ok()) return status;
  const std::string& data = servers.setup.data_dir;
  const std::set<std::string> files = TableFiles(data);
  const auto turn = [&](Beside& others) {
    return [&] { return ChecksBeside(checks, pace, others); };
  };
  Beside nothing = beside(0, 0, "");
  const auto series = TakeTurns({{turn(nothing), &servers.gateway},
                                 {turn(contests.all)},
                                 {turn(contests.few)},
                                 {turn(contests.imports)},
                                 {turn(contests.opt_outs)}},
                                kMixedRounds);
  std::filesystem::remove(*file);
  if (!series.ok()) return series.status();
  AddMixed(*series, contests, report);
  report.Add("mixed_table_files", NewFiles(files, TableFiles(data)), "files");
  return absl::OkStatus();
}

}  // namespace dnc::bench
