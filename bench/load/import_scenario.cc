// Imports of the registry, and what they cost Redis and PostgreSQL.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/load/dataset.h"
#include "bench/load/histogram.h"
#include "bench/load/postgres.h"
#include "bench/load/redis.h"
#include "bench/load/registry_import.h"
#include "bench/load/scenarios.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kNational = 250'000'000;
constexpr double kBytesPerMebibyte = 1 << 20;
constexpr double kBitsPerByte = 8;

double Seconds(absl::Time since) { return absl::ToDoubleSeconds(absl::Now() - since); }

// Adds to `seconds` how long the peer takes, where it is installed; else says so.
absl::Status TimePostgres(const Setup& setup, const NumberModel& numbers,
                          std::vector<double>& seconds) {
  const auto server = StartPostgres(setup.work_dir, setup.scratch_dir);
  if (!server.ok()) return server.status();
  auto connection = PostgresConnection::Connect(server->address());
  if (!connection.ok()) return connection.status();
  const absl::Time start = absl::Now();
  absl::Status loaded = LoadPostgresNumbers(
      *connection, [&](absl::FunctionRef<void(uint64_t)> add) { numbers.ForEach(add); });
  seconds.push_back(Seconds(start));
  return loaded;
}

absl::Status TimeRedis(const Setup& setup, const NumberModel& numbers,
                       std::vector<double>& seconds) {
  const auto server = StartRedis(setup.work_dir, setup.scratch_dir, RedisDurability::kNone);
  if (!server.ok()) return server.status();
  auto connection = RedisConnection::Connect(server->address());
  if (!connection.ok()) return connection.status();
  const absl::Time start = absl::Now();
  absl::Status loaded = AddToRedisSet(
      *connection, [&](absl::FunctionRef<void(uint64_t)> add) { numbers.ForEach(add); });
  seconds.push_back(Seconds(start));
  return loaded;
}

// Into a gateway that has nothing else.
absl::Status TimeGateway(const Setup& setup, const std::string& file,
                         std::vector<double>& seconds) {
  const std::string data = absl::StrCat(setup.data_dir, "-import");
  absl::Status status;
  {
    const auto gateway = StartGateway(setup, data);
    if (!gateway.ok()) return gateway.status();
    status = CreateOrganization(MakeChannels(gateway->address(), 1).front());
    if (status.ok()) status = CreateRegistry(setup, gateway->address(), "national", "voice");
    const absl::Time start = absl::Now();
    if (status.ok()) status = ImportRegistry(setup, gateway->address(), "national", file);
    seconds.push_back(Seconds(start));
  }
  std::filesystem::remove_all(data);
  return status;
}

void AddPeer(absl::string_view peer, const absl::Status& status, std::vector<double> seconds,
             double gateway, Report& report) {
  const std::string name = absl::StrCat(peer, "_load_seconds");
  const std::string ratio = absl::StrCat("import_", peer, "_ratio");
  if (!status.ok()) {
    report.AddMissing(name, "s", status.message());
    report.AddMissing(ratio, "of its rate", status.message());
    return;
  }
  const double median = Quantile(std::move(seconds), 0.5);
  report.Add(name, median, "s");
  report.Add(ratio, median / gateway, "of its rate");
}

absl::Status TimeImport(const Servers& servers, const std::string& file, int64_t bytes_before,
                        const Rounds& rounds, Report& report) {
  const std::string& address = servers.gateway.address();
  absl::Status status = CreateRegistry(servers.setup, address, "national", "voice");
  if (!status.ok()) return status;
  const absl::Time start = absl::Now();
  status = ImportRegistry(servers.setup, address, "national", file);
  const double seconds = Seconds(start);
  if (!status.ok()) return status;
  const std::optional<Goal> goal =
      rounds.registry == kNational ? std::optional<Goal>(AtMost(60)) : std::nullopt;
  report.Add("import_seconds", seconds, "s", goal);
  report.Add("import_rate", static_cast<double>(rounds.registry) / seconds, "numbers/s");
  const auto peak = servers.gateway.PeakBytes();
  if (!peak.ok()) return peak.status();
  report.Add("import_memory", static_cast<double>(*peak - bytes_before) / kBytesPerMebibyte, "MiB");
  return absl::OkStatus();
}

// What the registry adds to the memory of a gateway that has just been started.
absl::Status AddMemory(const Servers& servers, int64_t bytes_before, const Rounds& rounds,
                       Report& report) {
  const auto bytes = SteadyBytes(servers.gateway);
  if (!bytes.ok()) return bytes.status();
  const double per_number =
      static_cast<double>(*bytes - bytes_before) / static_cast<double>(rounds.registry);
  const double entropy = Phones().registry().EntropyBits() / kBitsPerByte;
  report.Add("memory_without_registry", static_cast<double>(bytes_before) / kBytesPerMebibyte,
             "MiB");
  report.Add("registry_memory_per_number", per_number, "bytes", AtMost(2));
  report.Add("registry_entropy_per_number", entropy, "bytes");
  report.Add("registry_memory_entropy_ratio", per_number / entropy, "of entropy", AtMost(2.5));
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasurePeerImports(const Servers& servers, const Rounds& rounds, Report& report) {
  const uint64_t count = std::min(rounds.peer_numbers, rounds.registry);
  if (count == 0) return absl::OkStatus();
  absl::PrintF(
      "import of %d numbers, beside PostgreSQL's COPY with a primary key and Redis' SADD\n", count);
  const auto file = MakeRegistryFile(servers.setup, count);
  if (!file.ok()) return file.status();
  const NumberModel numbers(count);
  std::vector<double> gateway;
  std::vector<double> postgres;
  std::vector<double> redis;
  absl::Status postgres_status;
  absl::Status redis_status;
  for (int i = 0; i < rounds.import_rounds; ++i) {
    absl::Status status = TimeGateway(servers.setup, *file, gateway);
    if (!status.ok()) return status;
    if (postgres_status.ok()) postgres_status = TimePostgres(servers.setup, numbers, postgres);
    if (redis_status.ok()) redis_status = TimeRedis(servers.setup, numbers, redis);
  }
  std::filesystem::remove(*file);
  for (const absl::Status& status : {postgres_status, redis_status}) {
    if (!status.ok() && !absl::IsNotFound(status)) return status;
  }
  const double median = Quantile(std::move(gateway), 0.5);
  report.Add("import_peer_scale_seconds", median, "s");
  AddPeer("postgres", postgres_status, std::move(postgres), median, report);
  AddPeer("redis", redis_status, std::move(redis), median, report);
  return absl::OkStatus();
}

absl::Status MeasureImport(const Servers& servers, const Rounds& rounds, Report& report) {
  if (rounds.registry == 0) return absl::OkStatus();
  absl::PrintF("import of %d numbers\n", rounds.registry);
  const auto file = MakeRegistryFile(servers.setup, rounds.registry);
  if (!file.ok()) return file.status();
  if (absl::Status status = RestartGateway(servers); !status.ok()) return status;
  const auto before = SteadyBytes(servers.gateway);
  if (!before.ok()) return before.status();
  absl::Status status = TimeImport(servers, *file, *before, rounds, report);
  std::filesystem::remove(*file);
  if (!status.ok()) return status;
  status = VerifyRegistry(MakeChannels(servers.gateway.address(), 1).front());
  if (!status.ok()) return status;
  status = RestartGateway(servers);
  if (!status.ok()) return status;
  return AddMemory(servers, *before, rounds, report);
}

}  // namespace dnc::bench
