#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/load/scenarios.h"

namespace dnc::bench {

absl::StatusOr<ChildProcess> StartGateway(const Setup& setup, const std::string& data_dir,
                                          const std::vector<std::string>& flags) {
  std::vector<std::string> argv = setup.gateway_wrapper;
  argv.insert(argv.end(), {setup.dncd, "--data-dir", data_dir});
  argv.insert(argv.end(), setup.gateway_flags.begin(), setup.gateway_flags.end());
  argv.insert(argv.end(), flags.begin(), flags.end());
  // A log and a port file of its own for each store.
  const std::string store = std::filesystem::path(data_dir).filename().string();
  return ChildProcess::Start(absl::StrCat("dncd-", store), std::move(argv), setup.work_dir);
}

absl::Status RestartGateway(const Servers& servers) {
  servers.gateway.Stop();
  auto gateway = StartGateway(servers.setup, servers.setup.data_dir);
  if (!gateway.ok()) return gateway.status();
  servers.gateway = *std::move(gateway);
  return absl::OkStatus();
}

absl::Status AwaitIdle(const ChildProcess& server) {
  // Reading the contact points of tens of millions of leads after a start takes minutes.
  constexpr int kMostSeconds = 1'800;
  constexpr absl::Duration kIdle = absl::Milliseconds(30);  // of the processor's time, in a second
  absl::StatusOr<absl::Duration> used = server.CpuTime();
  for (int i = 0; i < kMostSeconds && used.ok(); ++i) {
    absl::SleepFor(absl::Seconds(1));
    const absl::Duration before = *used;
    used = server.CpuTime();
    if (used.ok() && *used - before < kIdle) return absl::OkStatus();
  }
  if (!used.ok()) return used.status();
  return absl::DeadlineExceededError(
      absl::StrCat("the gateway was still busy by itself after ", kMostSeconds, " s"));
}

absl::StatusOr<int64_t> SteadyBytes(const ChildProcess& server) {
  constexpr int kMostSeconds = 60;
  absl::StatusOr<int64_t> bytes = server.ResidentBytes();
  for (int i = 0; i < kMostSeconds && bytes.ok(); ++i) {
    absl::SleepFor(absl::Seconds(1));
    const int64_t before = *bytes;
    bytes = server.ResidentBytes();
    if (bytes.ok() && *bytes - before < *bytes / 256) break;
  }
  return bytes;
}

}  // namespace dnc::bench
