// dnc_loadgen: measures dncd beside an empty gRPC echo, on this machine. bench/README.md says how
// to read what it prints.
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "bench/load/child_process.h"
#include "bench/load/dataset.h"
#include "bench/load/left_out.h"
#include "bench/load/loaded_store.h"
#include "bench/load/report.h"
#include "bench/load/scenarios.h"

namespace dnc::bench {
namespace {

struct Flags {
  std::string dncd;
  std::string echo_server;
  std::string work_dir = ".";
  bool any_dir = false;  // the work_dir need not be on a disk
  std::string json;
  std::string loaded_store;  // empty: each run loads its own
  bool quick = false;
  std::vector<std::string> only;
  int rounds = 0;             // 0: as many as usual
  double seconds = 0;         // 0: as long as usual
  uint64_t report_leads = 0;  // 0: as many as usual
  uint64_t registry = 0;
  uint64_t more_leads = 0;
  uint64_t more_entries = 0;
  int64_t peer_numbers = -1;    // -1: as many as usual
  std::string dncctl;           // empty: beside dncd
  std::string make_registry;    // the same
  std::string gateway_cpus;     // for taskset; empty: all
  int record_cache_mib = 2048;  // room for ten million leads and contact points
  int block_cache_mib = 0;      // 0: the gateway's own
};

struct Scenario {
  absl::string_view name;
  absl::Status (*measure)(const Servers&, const Rounds&, Report&);
  bool of_checks = false;  // its figures are those of checks, so records left out are told
};

// In the order in which they run: what needs the registry follows its import; reports, which need
// many leads, and everything else that fills the store come late; starts last, on all of it.
constexpr std::array<Scenario, 9> kScenarios = {{{"peers", &MeasurePeerImports},
                                                 {"import", &MeasureImport},
                                                 {"checks", &MeasureChecks, true},
                                                 {"singles", &MeasureSingles, true},
                                                 {"filter", &MeasureFilter},
                                                 {"actions", &MeasureActions},
                                                 {"mixed", &MeasureMixed},
                                                 {"reports", &MeasureReports},
                                                 {"start", &MeasureStart}}};

bool Wanted(const Flags& flags, absl::string_view scenario) {
  return flags.only.empty() ||
         std::find(flags.only.begin(), flags.only.end(), scenario) != flags.only.end();
}

Rounds RoundsOf(const Flags& flags) {
  Rounds rounds;
  if (flags.quick) {
    rounds = {.count = 7,
              .duration = absl::Milliseconds(400),
              .peer_count = 5,
              .report_leads = 200'000,
              .peer_numbers = 1'000'000,
              .import_rounds = 1,
              .start_rounds = 1,
              .mixed_duration = absl::Seconds(2)};
  }
  rounds.registry = flags.registry;
  rounds.more_leads = flags.more_leads;
  rounds.more_entries = flags.more_entries;
  if (flags.peer_numbers >= 0) rounds.peer_numbers = static_cast<uint64_t>(flags.peer_numbers);
  if (flags.report_leads > 0) rounds.report_leads = flags.report_leads;
  if (flags.rounds > 0) rounds.count = flags.rounds;
  if (flags.seconds > 0) rounds.duration = absl::Seconds(flags.seconds);
  return rounds;
}

// The folder of everything that is removed at the end: the store, the peers' data, imported files.
class DataDir {
 public:
  explicit DataDir(const std::string& parent)
      : path_(absl::StrCat(parent, "/data-", static_cast<int64_t>(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;
  ~DataDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A store in memory would make every sync free.
absl::Status RequireDisk(const std::string& dir) {
  struct statfs info = {};
  if (statfs(dir.c_str(), &info) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("there is no folder ", dir));
  }
  if (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC) {
    return absl::InvalidArgumentError(
        absl::StrCat(dir, " is in memory; --work-dir must be on a disk"));
  }
  return absl::OkStatus();
}

// A program beside dncd, where nothing else is said.
std::string ProgramBeside(const std::string& dncd, const std::string& given, const char* name) {
  if (!given.empty()) return given;
  return (std::filesystem::path(dncd).parent_path() / name).string();
}

Setup SetupOf(const Flags& flags, const std::string& scratch_dir) {
  Setup setup = {
      .dncd = flags.dncd,
      .dncctl = ProgramBeside(flags.dncd, flags.dncctl, "dncctl"),
      .make_registry = ProgramBeside(flags.dncd, flags.make_registry, "dnc_make_registry"),
      .work_dir = std::filesystem::absolute(flags.work_dir).string(),
      .scratch_dir = scratch_dir,
      .data_dir = absl::StrCat(scratch_dir, "/store"),
      .gateway_wrapper = {},
      .gateway_flags = {"--record-cache-mib", std::to_string(flags.record_cache_mib)}};
  if (flags.block_cache_mib > 0) {
    setup.gateway_flags.insert(setup.gateway_flags.end(),
                               {"--block-cache-mib", std::to_string(flags.block_cache_mib)});
  }
  if (!flags.gateway_cpus.empty()) {
    setup.gateway_wrapper = {"/usr/bin/taskset", "--cpu-list", flags.gateway_cpus};
  }
  return setup;
}

absl::Status Measure(const Scenario& scenario, const Servers& servers, const Rounds& rounds,
                     Report& report) {
  if (absl::Status status = AwaitIdle(servers.gateway); !status.ok()) return status;
  if (!scenario.of_checks) return scenario.measure(servers, rounds, report);
  const auto before = ReadRecorded(servers.gateway.address());
  if (!before.ok()) return before.status();
  if (absl::Status status = scenario.measure(servers, rounds, report); !status.ok()) return status;
  const auto after = ReadRecorded(servers.gateway.address());
  if (!after.ok()) return after.status();
  report.Add(absl::StrCat(scenario.name, "_records_left_out"), LeftOut(*before, *after), "%");
  return absl::OkStatus();
}

// For later runs.
absl::Status KeepLoaded(const Servers& servers, const std::string& dir) {
  servers.gateway.Stop();
  // A copy that was cut short must not pass for one.
  const std::string part = absl::StrCat(dir, ".part");
  std::error_code error;
  std::filesystem::remove_all(part, error);
  if (absl::Status status = CopyStore(servers.setup.data_dir, part); !status.ok()) return status;
  std::filesystem::rename(part, dir, error);
  if (error) return absl::UnavailableError(absl::StrCat(dir, ": ", error.message()));
  return RestartGateway(servers);
}

absl::Status MeasureAll(const Flags& flags, Report& report) {
  if (!flags.any_dir) {
    if (auto status = RequireDisk(flags.work_dir); !status.ok()) return status;
  }
  const DataDir scratch(std::filesystem::absolute(flags.work_dir).string());
  const Setup setup = SetupOf(flags, scratch.path());
  const auto echo = ChildProcess::Start("echo", {flags.echo_server}, flags.work_dir);
  if (!echo.ok()) return echo.status();
  const bool is_loaded = !flags.loaded_store.empty() && std::filesystem::exists(flags.loaded_store);
  if (is_loaded) {
    if (auto status = CopyStore(flags.loaded_store, setup.data_dir); !status.ok()) return status;
  }
  auto gateway = StartGateway(setup, setup.data_dir);
  if (!gateway.ok()) return gateway.status();

  const Servers servers = {*gateway, *echo, setup};
  const Rounds rounds = RoundsOf(flags);
  if (auto status = MeasureDisk(flags.work_dir, report); !status.ok()) return status;
  ChooseRegistry(rounds.registry);
  if (!is_loaded) {
    if (auto status = MeasureLoading(servers, rounds, report); !status.ok()) return status;
  }
  for (const Scenario& scenario : kScenarios) {
    // Everything after it needs the registry.
    const bool is_import = scenario.measure == &MeasureImport;
    if (is_import ? is_loaded : !Wanted(flags, scenario.name)) continue;
    if (auto status = Measure(scenario, servers, rounds, report); !status.ok()) return status;
    if (!is_import || flags.loaded_store.empty()) continue;
    if (auto status = KeepLoaded(servers, flags.loaded_store); !status.ok()) return status;
  }
  return absl::OkStatus();
}

int Run(const Flags& flags) {
  Report report;
  absl::Status status = MeasureAll(flags, report);
  if (status.ok() && !flags.json.empty()) status = report.WriteJson(flags.json);
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "dnc_loadgen: %s\n", status.message());
  return 1;
}

}  // namespace
}  // namespace dnc::bench

int main(int argc, char** argv) {
  // Debian's Abseil, and with it gRPC, looks for cycles of locks at each of them otherwise.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Measures dncd beside an empty gRPC echo", "dnc_loadgen");
  dnc::bench::Flags flags;
  app.add_option("--dncd", flags.dncd, "The gateway's program")->required();
  app.add_option("--echo-server", flags.echo_server, "The echo's program")->required();
  app.add_option("--work-dir", flags.work_dir, "Where the store and the logs go; on a disk");
  app.add_flag("--any-work-dir", flags.any_dir,
               "Take a folder in memory, where nobody looks at the figures");
  app.add_option("--json", flags.json, "Where to write the figures");
  app.add_option(
      "--loaded-store", flags.loaded_store,
      "A folder with what a run of the same --registry, --more-leads and --more-entries "
      "has loaded, instead of loading it; where there is none, this run leaves it there");
  app.add_flag("--quick", flags.quick,
               "Fewer and shorter rounds, peers with a million numbers, reports of 200,000 leads");
  app.add_option(
         "--only", flags.only,
         "Only these: peers, import, checks, singles, filter, actions, mixed, reports, start")
      ->check(CLI::IsMember({"peers", "import", "checks", "singles", "filter", "actions", "mixed",
                             "reports", "start"}));
  app.add_option("--registry", flags.registry,
                 "How many numbers the registry has; 0: there is none")
      ->check(CLI::Range(uint64_t{0}, dnc::bench::NumberModel::kMaxCount));
  app.add_option("--more-leads", flags.more_leads, "Leads beyond the 100,000 that are checked")
      ->check(CLI::Range(uint64_t{0}, uint64_t{50'000'000}));
  app.add_option("--more-entries", flags.more_entries,
                 "Entries of the internal list beyond the 300,000 that are checked")
      ->check(CLI::Range(uint64_t{0}, uint64_t{50'000'000}));
  app.add_option("--peer-numbers", flags.peer_numbers,
                 "How many of the numbers the peers are given at most; 0: without peers")
      ->check(CLI::Range(int64_t{0}, int64_t{100'000'000}));
  app.add_option("--dncctl", flags.dncctl, "The command line's program; beside dncd if not given");
  app.add_option("--make-registry", flags.make_registry,
                 "The program dnc_make_registry; beside dncd if not given");
  app.add_option("--gateway-cpus", flags.gateway_cpus,
                 "The cores that dncd may use, as taskset takes them, e.g. 0; all if not given");
  app.add_option("--record-cache-mib", flags.record_cache_mib,
                 "The gateway's setting; docs/sizing.md says how many a number of leads takes")
      ->check(CLI::Range(0, 1 << 20));
  app.add_option("--block-cache-mib", flags.block_cache_mib, "The same; its default if not given")
      ->check(CLI::Range(1, 1 << 20));
  app.add_option("--report-leads", flags.report_leads, "How many leads a report has, at least")
      ->check(CLI::Range(uint64_t{100'000}, uint64_t{10'000'000}));
  app.add_option("--rounds", flags.rounds, "How many rounds")->check(CLI::Range(1, 1000));
  app.add_option("--seconds", flags.seconds, "How long a round is")->check(CLI::Range(0.1, 3600.0));
  CLI11_PARSE(app, argc, argv);
  return dnc::bench::Run(flags);
}
