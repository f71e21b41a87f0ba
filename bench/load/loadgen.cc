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
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/load/child_process.h"
#include "bench/load/report.h"
#include "bench/load/scenarios.h"

namespace dnc::bench {
namespace {

struct Flags {
  std::string dncd;
  std::string echo_server;
  std::string work_dir = ".";
  std::string json;
  bool quick = false;
  std::vector<std::string> only;
  int rounds = 0;             // 0: as many as usual
  double seconds = 0;         // 0: as long as usual
  uint64_t report_leads = 0;  // 0: as many as usual
};

struct Scenario {
  absl::string_view name;
  absl::Status (*measure)(const Servers&, const Rounds&, Report&);
};

// Reports last: they need many leads, and checks the records of theirs in the cache.
constexpr std::array<Scenario, 4> kScenarios = {{{"checks", &MeasureChecks},
                                                 {"filter", &MeasureFilter},
                                                 {"actions", &MeasureActions},
                                                 {"reports", &MeasureReports}}};

bool Wanted(const Flags& flags, absl::string_view scenario) {
  return flags.only.empty() ||
         std::find(flags.only.begin(), flags.only.end(), scenario) != flags.only.end();
}

Rounds RoundsOf(const Flags& flags) {
  Rounds rounds;
  if (flags.quick) {
    rounds = {.count = 7, .duration = absl::Milliseconds(400), .report_leads = 200'000};
  }
  if (flags.report_leads > 0) rounds.report_leads = flags.report_leads;
  if (flags.rounds > 0) rounds.count = flags.rounds;
  if (flags.seconds > 0) rounds.duration = absl::Seconds(flags.seconds);
  return rounds;
}

// The store's folder; removed at the end.
class DataDir {
 public:
  explicit DataDir(const std::string& parent)
      : path_(absl::StrCat(parent, "/data-", static_cast<int64_t>(getpid()))) {}
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

absl::Status MeasureAll(const Flags& flags, Report& report) {
  if (auto status = RequireDisk(flags.work_dir); !status.ok()) return status;
  const DataDir data(flags.work_dir);
  const auto echo = ChildProcess::Start("echo", {flags.echo_server}, flags.work_dir);
  if (!echo.ok()) return echo.status();
  const auto gateway =
      ChildProcess::Start("dncd", {flags.dncd, "--data-dir", data.path()}, flags.work_dir);
  if (!gateway.ok()) return gateway.status();

  const Servers servers = {*gateway, *echo};
  const Rounds rounds = RoundsOf(flags);
  if (auto status = MeasureDisk(flags.work_dir, report); !status.ok()) return status;
  if (auto status = MeasureLoading(servers, report); !status.ok()) return status;
  for (const Scenario& scenario : kScenarios) {
    if (!Wanted(flags, scenario.name)) continue;
    if (auto status = scenario.measure(servers, rounds, report); !status.ok()) return status;
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
  CLI::App app("Measures dncd beside an empty gRPC echo", "dnc_loadgen");
  dnc::bench::Flags flags;
  app.add_option("--dncd", flags.dncd, "The gateway's program")->required();
  app.add_option("--echo-server", flags.echo_server, "The echo's program")->required();
  app.add_option("--work-dir", flags.work_dir, "Where the store and the logs go; on a disk");
  app.add_option("--json", flags.json, "Where to write the figures");
  app.add_flag(
      "--quick", flags.quick,
      "Seven rounds of 0.4 s instead of 31 of half a second, and a fifth of the leads in reports");
  app.add_option("--only", flags.only, "Only these: checks, filter, actions, reports")
      ->check(CLI::IsMember({"checks", "filter", "actions", "reports"}));
  app.add_option("--report-leads", flags.report_leads, "How many leads a report has, at least")
      ->check(CLI::Range(uint64_t{100'000}, uint64_t{10'000'000}));
  app.add_option("--rounds", flags.rounds, "How many rounds")->check(CLI::Range(1, 1000));
  app.add_option("--seconds", flags.seconds, "How long a round is")->check(CLI::Range(0.1, 3600.0));
  CLI11_PARSE(app, argc, argv);
  return dnc::bench::Run(flags);
}
