// Single checks as callers of the client library make them.
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/load/blocking_load.h"
#include "bench/load/dataset.h"
#include "bench/load/echo.grpc.pb.h"
#include "bench/load/prepared_calls.h"
#include "bench/load/redis.h"
#include "bench/load/scenarios.h"
#include "bench/load/stream_load.h"
#include "bench/load/turns.h"
#include "client/client.h"

namespace dnc::bench {
namespace {

constexpr size_t kWaiting = 64;
constexpr size_t kDifferentChecks = 65'536;
constexpr size_t kRedisKeys = 1'000'000;
constexpr char kEchoMethod[] = "/dnc.bench.EchoService/Echo";

// Phones, half of them denied: by the registry where there is one, else by the internal list.
std::vector<JudgedCheck> PrepareClientChecks() {
  std::mt19937_64 random(5);
  const bool registry = Phones().registry().count() > 0;
  std::vector<JudgedCheck> checks;
  checks.reserve(kDifferentChecks);
  for (size_t i = 0; i < kDifferentChecks; ++i) {
    const bool denied = i % 2 == 0;
    uint64_t phone = FreePhone(random() % kEntries);
    if (denied) phone = registry ? Phones().Listed(random()) : BlockedPhone(random() % kEntries);
    checks.push_back(
        {{.contact_point = dnc::Phone(absl::StrCat("+", phone)), .channel = v1::CHANNEL_VOICE},
         denied ? Verdict::kDeny : Verdict::kAllow});
  }
  return checks;
}

class ClientCaller final : public Caller {
 public:
  ClientCaller(Client& client, const std::vector<JudgedCheck>& checks)
      : client_(client), checks_(checks) {}

  absl::Status Call(uint64_t index) override {
    const JudgedCheck& check = checks_[index % checks_.size()];
    const Decision decision = client_.Check(check.request);
    if (!decision.status().ok()) return decision.status();
    if (decision.verdict() == check.verdict) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("a check was answered ", decision.ToString()));
  }

 private:
  Client& client_;
  const std::vector<JudgedCheck>& checks_;
};

// The echo as a blocking stub calls it, with messages as long as those of `request` and its answer.
class EchoCaller final : public Caller {
 public:
  EchoCaller(const std::shared_ptr<grpc::Channel>& channel, EchoRequest request)
      : stub_(EchoService::NewStub(channel)), request_(std::move(request)) {}

  absl::Status Call(uint64_t /*index*/) override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    EchoResponse response;
    const grpc::Status status = stub_->Echo(&context, request_, &response);
    if (status.ok()) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("Echo: ", status.error_message()));
  }

 private:
  const std::unique_ptr<EchoService::Stub> stub_;
  const EchoRequest request_;
};

Callers ClientCallers(size_t count, Client& client, const std::vector<JudgedCheck>& checks) {
  Callers callers;
  callers.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    callers.push_back(std::make_unique<ClientCaller>(client, checks));
  }
  return callers;
}

// Keys of numbers that a registry of `count` lists; checks of them, and of as many others.
absl::StatusOr<std::vector<RedisCheck>> LoadRedis(const std::string& address, uint64_t count) {
  auto connection = RedisConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  const NumberModel numbers(count, /*seed=*/7);
  absl::Status loaded = SetRedisKeys(
      *connection, [&](absl::FunctionRef<void(uint64_t)> add) { numbers.ForEach(add); });
  if (!loaded.ok()) return loaded;
  const PhoneBook book(count, /*seed=*/7);
  std::mt19937_64 random(6);
  std::vector<RedisCheck> checks;
  checks.reserve(kDifferentChecks);
  for (size_t i = 0; i < kDifferentChecks; ++i) {
    const bool listed = i % 2 == 0;
    const uint64_t number = listed ? book.Listed(random()) : book.Unlisted(random() % kEntries);
    checks.push_back({absl::StrCat("dnc:", number), listed});
  }
  return checks;
}

absl::Status BesideRedis(const Servers& servers, Client& client,
                         const std::vector<JudgedCheck>& checks, const Rounds& rounds,
                         Report& report) {
  absl::PrintF("Check() by %d threads, beside %d connections that GET\n", kWaiting, kWaiting);
  const Callers callers = ClientCallers(kWaiting, client, checks);
  const auto redis =
      StartRedis(servers.setup.work_dir, servers.setup.scratch_dir, RedisDurability::kNone);
  if (!redis.ok()) {
    if (!absl::IsNotFound(redis.status())) return redis.status();
    report.AddMissing("single_redis_ratio", "of redis", redis.status().message(), AtLeast(4));
    report.AddMissing("single_redis_p99_ratio", "of redis", redis.status().message(), AtMost(1));
    const auto series =
        TakeTurns({BlockingPlayer(callers, {.duration = rounds.duration}, servers.gateway)},
                  rounds.peer_count);
    if (!series.ok()) return series.status();
    report.AddSeries("single_64", series->front());
    return absl::OkStatus();
  }
  const auto redis_checks = LoadRedis(redis->address(), kRedisKeys);
  if (!redis_checks.ok()) return redis_checks.status();
  const auto getters =
      MakeCallers(kWaiting, [&] { return MakeRedisGet(redis->address(), &*redis_checks); });
  if (!getters.ok()) return getters.status();
  const auto series =
      TakeTurns({BlockingPlayer(callers, {.duration = rounds.duration}, servers.gateway),
                 BlockingPlayer(*getters, {.duration = rounds.duration}, *redis)},
                rounds.peer_count);
  if (!series.ok()) return series.status();
  report.AddSeries("single_64", (*series)[0]);
  report.AddSeries("redis_get_64", (*series)[1]);
  report.Add("single_redis_ratio", MedianRatio((*series)[0], (*series)[1], &Throughput), "of redis",
             AtLeast(4));
  report.Add("single_redis_p99_ratio", MedianRatio((*series)[0], (*series)[1], &P99), "of redis",
             AtMost(1));
  return absl::OkStatus();
}

absl::Status BesideEcho(const Servers& servers, Client& client,
                        const std::vector<JudgedCheck>& checks, const Rounds& rounds,
                        Report& report) {
  absl::PrintF("Check() by one thread, beside one that calls the echo\n");
  const auto channel = MakeChannels(servers.gateway.address(), 1).front();
  const auto sizes = PhoneCheckBytes(channel);
  if (!sizes.ok()) return sizes.status();
  const Callers callers = ClientCallers(1, client, checks);
  Callers echo;
  echo.push_back(std::make_unique<EchoCaller>(MakeChannels(servers.echo.address(), 1).front(),
                                              EchoOf(sizes->request, sizes->response)));
  const std::vector<PreparedCall> prepared = {EchoCall(sizes->request, sizes->response)};
  const Target target = {kEchoMethod, MakeChannels(servers.echo.address(), 1), &prepared};
  const LoadOptions options = {.in_flight = 1, .duration = rounds.duration};
  const auto series =
      TakeTurns({BlockingPlayer(callers, {.duration = rounds.duration}, servers.gateway),
                 BlockingPlayer(echo, {.duration = rounds.duration}, servers.echo),
                 {[&] { return RunUnaryLoad(target, options); }, &servers.echo}},
                rounds.count);
  if (!series.ok()) return series.status();
  report.AddSeries("single_1", (*series)[0]);
  report.AddSeries("echo_blocking_1", (*series)[1]);
  report.AddSeries("echo_callback_1", (*series)[2]);
  report.Add("single_echo_p50_ratio", MedianRatio((*series)[0], (*series)[1], &P50),
             "of echo, blocking", AtMost(0.75));
  report.Add("single_echo_callback_p50_ratio", MedianRatio((*series)[0], (*series)[2], &P50),
             "of echo, callback", AtMost(0.75));
  return absl::OkStatus();
}

// The library's callback form, which needs no thread a check.
absl::Status ByCallback(const Servers& servers, Client& client,
                        const std::vector<JudgedCheck>& checks, const Rounds& rounds,
                        Report& report) {
  absl::PrintF("CheckAsync(), 64 and 256 in flight\n");
  const auto play = [&](size_t in_flight) {
    return RunCallbackChecks(client, checks, {.in_flight = in_flight, .duration = rounds.duration});
  };
  const auto series = TakeTurns({{[&] { return play(kWaiting); }, &servers.gateway},
                                 {[&] { return play(4 * kWaiting); }, &servers.gateway}},
                                rounds.peer_count);
  if (!series.ok()) return series.status();
  report.AddSeries("single_callback_64", (*series)[0]);
  report.AddSeries("single_callback_256", (*series)[1]);
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureSingles(const Servers& servers, const Rounds& rounds, Report& report) {
  const auto client = Client::Create({.target = servers.gateway.address(),
                                      .organization = std::string(kOrganization),
                                      .deadline = absl::Seconds(10)});
  if (!client.ok()) return client.status();
  const std::vector<JudgedCheck> checks = PrepareClientChecks();
  if (auto status = BesideRedis(servers, **client, checks, rounds, report); !status.ok()) {
    return status;
  }
  if (auto status = ByCallback(servers, **client, checks, rounds, report); !status.ok()) {
    return status;
  }
  return BesideEcho(servers, **client, checks, rounds, report);
}

}  // namespace dnc::bench
