// dnc_torture: kills a gateway in full flight, again and again, and counts what was lost.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>

#include "tests/fault/torture_run.h"

namespace {

constexpr int kFound = 1;
constexpr int kUsageError = 2;

constexpr char kFooter[] =
    R"(Each round starts the gateway on the data of the rounds before it, opts people out from many
threads while others check, kills the gateway with SIGKILL at a random moment, starts it again and
compares. Prints what was acknowledged, lost, stale (a check that did not deny), half applied, and
applied twice; in how many rounds the store began a new log ("new logs") and in how many the kill left
more than one ("several logs").

With --power-cut each end of the gateway, SIGTERM included, also takes away what it had written and
not synced; the marker of what was acknowledged stays or goes back.

Exit status: 0 where nothing was lost, stale, half applied or applied twice (and, in 10 rounds or more,
a new log began); 1 otherwise (the data is kept); 2 for wrong options.

Examples:
  dnc_torture --rounds 500
  dnc_torture --rounds 100 --power-cut
  dnc_torture --seed 42 --dir /tmp/torture)";

namespace fs = std::filesystem;

int Fail(int code, const std::string& what) {
  std::fprintf(stderr, "dnc_torture: %s\n", what.c_str());
  return code;
}

std::string NextToMyself(const char* name) {
  std::error_code error;
  return (fs::read_symlink("/proc/self/exe", error).parent_path() / name).string();
}

// A folder of its own; empty where it cannot be made.
std::string MakeDir(const std::string& wanted) {
  std::error_code error;
  if (wanted.empty()) {
    std::string pattern = (fs::temp_directory_path(error) / "dnc-torture-XXXXXX").string();
    return ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  fs::create_directories(wanted, error);
  return !error && fs::is_empty(wanted, error) ? wanted : "";
}

int Torture(const dnc::testing::TortureOptions& options, bool self_test) {
  dnc::testing::TortureRun run(options);
  const absl::Status status = self_test ? run.SelfTest() : run.Run();
  run.Report();
  const bool good = status.ok() && (self_test || run.Clean());
  if (!status.ok()) Fail(kFound, std::string(status.message()));
  if (good && self_test) std::printf("self-test: found all that was planted\n");
  return good ? 0 : kFound;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("dnc_torture, kill -9 under load", "dnc_torture");
  app.footer(kFooter);
  dnc::testing::TortureOptions options;
  options.seed = std::random_device()();
  options.dncd = NextToMyself("dncd");
  std::string dir;
  bool self_test = false;
  bool power_cut = false;
  app.add_option("--rounds", options.rounds, "how many times it is killed. Default 50")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", options.seed, "of all that is random. Default: another one each time");
  app.add_option("--dncd", options.dncd, "the server. Default: the one next to this program");
  app.add_option("--dir", dir, "an empty folder for data and log. Default: one in /tmp");
  app.add_flag("--power-cut", power_cut, "lose what was not synced, at each end of the server");
  app.add_flag("--self-test", self_test, "plant damage and see that it is found");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  if (::access(options.dncd.c_str(), X_OK) != 0) {
    return Fail(kUsageError, "--dncd: " + options.dncd + " cannot be run");
  }
  if (power_cut) {
    options.power_cut_shim = NextToMyself("dnc_power_cut.so");
    if (::access(options.power_cut_shim.c_str(), R_OK) != 0) {
      return Fail(kUsageError, "--power-cut: " + options.power_cut_shim +
                                   " is missing; builds with sanitizers have none");
    }
  }
  options.dir = MakeDir(dir);
  if (options.dir.empty()) return Fail(kUsageError, "--dir: must be a folder that is empty");
  options.dir = fs::canonical(options.dir).string();
  std::printf("seed %llu, data in %s\n", static_cast<unsigned long long>(options.seed),
              options.dir.c_str());
  std::fflush(stdout);
  const int code = Torture(options, self_test);
  if (code != 0 || !dir.empty()) return code;
  std::error_code error;
  fs::remove_all(options.dir, error);
  return code;
}
