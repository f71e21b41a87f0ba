// dncd: reads its settings, serves, and drains on SIGTERM or SIGINT.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/synchronization/mutex.h"
#include "server/ops/command_line.h"
#include "server/server.h"
#include "storage/base/logging.h"

namespace {

constexpr int kUsageError = 2;
constexpr int kStartError = 1;

constexpr char kFooter[] =
    R"(Settings come from, highest first: flags, environment variables (DNC_DATA_DIR for
--data-dir), the file given by --config, defaults. How much memory and disk what
takes: docs/sizing.md.

Exit status: 0 after a drain, 1 when the server cannot start, 2 for wrong settings.

Examples:
  dncd --data-dir /var/lib/dnc
  dncd --config /etc/dnc/dncd.yaml
  dncd --listen 127.0.0.1:0 --port-file port --data-dir demo)";

// Blocks the signals that end the server in every thread; main waits for one of them. Writes to a
// full disk or a closed connection must fail, not kill.
sigset_t PrepareSignals() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

int Fail(int code, const absl::Status& status) {
  std::fprintf(stderr, "dncd: %s\n", std::string(status.message()).c_str());
  return code;
}

int Serve(const dnc::ServerConfig& config) {
  const sigset_t ending = PrepareSignals();
  absl::StatusOr<std::unique_ptr<dnc::Server>> server =
      dnc::Server::Start(config, dnc::ServerParts());
  if (!server.ok()) return Fail(kStartError, server.status());
  spdlog::info("serving listen={} port={} data_dir={}", config.listen, (*server)->port(),
               config.data_dir);
  if (config.insecure) spdlog::warn("connections are neither encrypted nor authenticated");
  int received = 0;
  sigwait(&ending, &received);
  spdlog::info("draining signal={}", received);
  (*server)->Shutdown();
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Debian's Abseil, and with it gRPC, looks for cycles of locks at each of them otherwise.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("dncd, the Do-Not-Contact gateway's server", "dncd");
  app.set_version_flag("--version", DNC_VERSION);
  app.footer(kFooter);
  dnc::AddFlags(&app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  const absl::StatusOr<dnc::ServerConfig> config =
      dnc::LoadConfig(app, [](const char* name) { return std::getenv(name); });
  if (!config.ok()) return Fail(kUsageError, config.status());
  const absl::Status logging =
      dnc::InitLogging(config->log_level, config->log_format == "json" ? dnc::LogFormat::kJson
                                                                       : dnc::LogFormat::kText);
  if (!logging.ok()) return Fail(kUsageError, logging);
  return Serve(*config);
}
