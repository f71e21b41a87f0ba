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
#include "bench/load/redis_loop.h"
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

void AddRatios(absl::string_view what, const Series& own, const std::string& peer_name,
               const Series& peer, Report& report) {
  report.AddSeries(peer_name, peer);
  report.Add(absl::StrCat(what, "_redis_ratio"), MedianRatio(own, peer, &Throughput), "of redis",
             AtLeast(4));
  report.Add(absl::StrCat(what, "_redis_p99_ratio"), MedianRatio(own, peer, &P99), "of redis",
             AtMost(1));
}

// Whom the client library is compared with.
struct Peer {
  ChildProcess redis;
  std::vector<RedisCheck> checks;
};

// NOT_FOUND where there is none.
absl::StatusOr<Peer> StartPeer(const Servers& servers, const Rounds& rounds) {
  if (absl::Status status = WithPeers(rounds); !status.ok()) return status;
  auto redis =
      StartRedis(servers.setup.work_dir, servers.setup.scratch_dir, RedisDurability::kNone);
  if (!redis.ok()) return redis.status();
  auto checks = LoadRedis(redis->address(), kRedisKeys);
  if (!checks.ok()) return checks.status();
  return Peer{*std::move(redis), *std::move(checks)};
}

// 64 callers each of whom goes on when its own answer is there, and nothing waits but one thread:
// CheckAsync beside as many connections of Redis, the quickest that clients of both can do. Then
// 256 of the library's.
absl::Status ByCallback(const Servers& servers, Client& client,
                        const std::vector<JudgedCheck>& checks, const Peer* peer,
                        const Rounds& rounds, Report& report) {
  absl::PrintF("CheckAsync() by %d callers, beside %d connections that GET\n", kWaiting, kWaiting);
  const auto play = [&](size_t in_flight) {
    return RunCallbackChecks(client, checks, {.in_flight = in_flight, .duration = rounds.duration});
  };
  std::vector<Player> players = {{[&] { return play(kWaiting); }, &servers.gateway},
                                 {[&] { return play(4 * kWaiting); }, &servers.gateway}};
  std::unique_ptr<RedisLoop> loop;
  if (peer != nullptr) {
    auto connected = RedisLoop::Connect(peer->redis.address(), &peer->checks, kWaiting);
    if (!connected.ok()) return connected.status();
    loop = *std::move(connected);
    players.push_back({[&] { return loop->Run({.duration = rounds.duration}); }, &peer->redis});
  }
  const auto series = TakeTurns(players, rounds.peer_count);
  if (!series.ok()) return series.status();
  report.AddSeries("single_64", (*series)[0]);
  report.AddSeries("single_256", (*series)[1]);
  if (peer != nullptr) AddRatios("single", (*series)[0], "redis_get_64", (*series)[2], report);
  return absl::OkStatus();
}

// A thread a caller, on both sides.
absl::Status ByThreads(const Servers& servers, Client& client,
                       const std::vector<JudgedCheck>& checks, const Peer* peer,
                       const Rounds& rounds, Report& report) {
  absl::PrintF("Check() by %d threads, beside %d threads that GET\n", kWaiting, kWaiting);
  const BlockingOptions options = {.duration = rounds.duration};
  const Callers callers = ClientCallers(kWaiting, client, checks);
  std::vector<Player> players = {BlockingPlayer(callers, options, servers.gateway)};
  Callers getters;
  if (peer != nullptr) {
    auto made =
        MakeCallers(kWaiting, [&] { return MakeRedisGet(peer->redis.address(), &peer->checks); });
    if (!made.ok()) return made.status();
    getters = *std::move(made);
    players.push_back(BlockingPlayer(getters, options, peer->redis));
  }
  const auto series = TakeTurns(players, rounds.peer_count);
  if (!series.ok()) return series.status();
  report.AddSeries("single_blocking_64", (*series)[0]);
  if (peer != nullptr) {
    AddRatios("single_blocking", (*series)[0], "redis_get_blocking_64", (*series)[1], report);
  }
  return absl::OkStatus();
}

absl::Status BesideRedis(const Servers& servers, Client& client,
                         const std::vector<JudgedCheck>& checks, const Rounds& rounds,
                         Report& report) {
  const absl::StatusOr<Peer> started = StartPeer(servers, rounds);
  if (!started.ok() && !absl::IsNotFound(started.status())) return started.status();
  const Peer* const peer = started.ok() ? &*started : nullptr;
  if (auto status = ByCallback(servers, client, checks, peer, rounds, report); !status.ok()) {
    return status;
  }
  if (auto status = ByThreads(servers, client, checks, peer, rounds, report); !status.ok()) {
    return status;
  }
  if (peer != nullptr) return absl::OkStatus();
  for (const absl::string_view what : {"single", "single_blocking"}) {
    const absl::string_view why = started.status().message();
    report.AddMissing(absl::StrCat(what, "_redis_ratio"), "of redis", why, AtLeast(4));
    report.AddMissing(absl::StrCat(what, "_redis_p99_ratio"), "of redis", why, AtMost(1));
  }
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
  return BesideEcho(servers, **client, checks, rounds, report);
}

}  // namespace dnc::bench
