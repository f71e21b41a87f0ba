// Opt-outs: ApplyAction beside the echo, and beside the same change in PostgreSQL and Redis.
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/load/blocking_load.h"
#include "bench/load/dataset.h"
#include "bench/load/postgres.h"
#include "bench/load/prepared_calls.h"
#include "bench/load/redis.h"
#include "bench/load/scenarios.h"
#include "bench/load/turns.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr size_t kActionConnections = 4;
constexpr size_t kActionsInFlight = 256;
// Leads of the actions: apart from those of the checks. Enough of them for 40,000 a second.
constexpr uint64_t kFirstActionLead = 1'000'000;
constexpr double kActionsPerSecond = 40'000;
constexpr int kMostActionRounds = 15;
// Redis' 256 in flight are 64 connections with four each.
constexpr size_t kRedisDepth = 4;

constexpr char kApplyAction[] = "/dnc.v1.ActionService/ApplyAction";
constexpr char kActionEcho[] = "/dnc.bench.EchoService/Echo";

// ApplyAction, one at a time: `calls` from the first on, each once. Answers how many it used.
// An acknowledged write has waited for a sync; where it is far quicker than a sync of this disk, it
// has not, whatever the server says. Half of one, since a disk has better moments.
absl::StatusOr<size_t> ApplyUnloaded(const Servers& servers, const PairedCalls& calls,
                                     const LoadOptions& options, Report& report) {
  LoadOptions unloaded = options;
  unloaded.in_flight = 1;
  const auto series = TakeTurns(
      {{&servers.gateway, kApplyAction, &calls.gateway, /*repeat_calls=*/false}}, 1, 1, unloaded);
  if (!series.ok()) return series.status();
  report.AddSeries("apply_unloaded", series->front());
  const std::optional<double> sync = report.Find(kDiskSync);
  const std::optional<double> apply = report.Find("apply_unloaded_p50");
  if (sync && apply && *apply < *sync / 2) {
    return absl::InternalError(absl::StrFormat(
        "actions took %.1f us, and a sync of this disk takes %.1f: they were acknowledged "
        "without one",
        *apply, *sync));
  }
  return series->front().rounds.front().calls_started;
}

// An acknowledged opt-out is seen by every check that follows.
absl::Status VerifyDenied(const std::shared_ptr<grpc::Channel>& channel, uint64_t first,
                          uint64_t count) {
  const auto stub = v1::CheckService::NewStub(channel);
  for (uint64_t i = 0; i < 500; ++i) {
    v1::CheckContactRequest request;
    request.set_organization(std::string(kOrganization));
    request.set_channel(v1::CHANNEL_VOICE);
    const uint64_t lead = first + i * count / 500;
    request.mutable_contact_point()->set_phone(absl::StrCat("+", Phone(lead)));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    v1::CheckContactResponse response;
    const grpc::Status status = stub->CheckContact(&context, request, &response);
    if (!status.ok() || response.verdict() != v1::VERDICT_DENY) {
      return absl::InternalError(absl::StrCat("after its opt-out, ", LeadName(lead),
                                              " is answered ", response.ShortDebugString(),
                                              status.error_message()));
    }
  }
  return absl::OkStatus();
}

// A peer with its callers, or why there is none.
struct ActionPeer {
  absl::Status status;
  std::optional<ChildProcess> server;
  Callers callers;
};

uint64_t LeadsFor(const Rounds& rounds, const LoadOptions& options, int count) {
  const double seconds = absl::ToDoubleSeconds(rounds.duration + options.warm_up) * (count + 1);
  return static_cast<uint64_t>(seconds * kActionsPerSecond);
}

// The number of connections at which PostgreSQL is quickest, of a few that are tried in a short
// round each. `next` is the first lead that is left.
absl::StatusOr<Callers> BestPostgresCallers(const std::string& address, uint64_t leads,
                                            uint64_t& next) {
  Callers best;
  double most = -1;
  for (const size_t connections : {size_t{32}, size_t{64}, size_t{128}, kActionsInFlight}) {
    auto callers = MakeCallers(connections, [&] { return MakePostgresOptOut(address); });
    if (!callers.ok()) return callers.status();
    const auto round = RunBlockingLoad(
        *callers, {.duration = absl::Milliseconds(700), .first_call = next, .end_call = leads});
    if (!round.ok()) return round.status();
    next += round->calls_started;
    absl::PrintF("  PostgreSQL over %d connections: %.0f/s\n", connections,
                 round->calls_per_second);
    if (round->calls_per_second <= most) continue;
    most = round->calls_per_second;
    best = *std::move(callers);
  }
  return best;
}

ActionPeer StartActionPostgres(const Setup& setup, const Rounds& rounds, uint64_t leads,
                               uint64_t& next) {
  ActionPeer peer = {WithPeers(rounds), std::nullopt, {}};
  if (!peer.status.ok()) return peer;
  auto server = StartPostgres(setup.work_dir, setup.scratch_dir);
  if (!server.ok()) return {server.status(), std::nullopt, {}};
  peer.server.emplace(*std::move(server));
  auto connection = PostgresConnection::Connect(peer.server->address());
  if (!connection.ok()) return {connection.status(), std::nullopt, {}};
  peer.status = LoadPostgresLeads(*connection, leads);
  if (!peer.status.ok()) return peer;
  auto callers = BestPostgresCallers(peer.server->address(), leads, next);
  if (!callers.ok()) return {callers.status(), std::nullopt, {}};
  peer.callers = *std::move(callers);
  return peer;
}

ActionPeer StartActionRedis(const Setup& setup, const Rounds& rounds) {
  ActionPeer peer = {WithPeers(rounds), std::nullopt, {}};
  if (!peer.status.ok()) return peer;
  auto server = StartRedis(setup.work_dir, setup.scratch_dir, RedisDurability::kAlways);
  if (!server.ok()) return {server.status(), std::nullopt, {}};
  peer.server.emplace(*std::move(server));
  auto callers = MakeCallers(kActionsInFlight / kRedisDepth,
                             [&] { return MakeRedisOptOut(peer.server->address(), kRedisDepth); });
  if (!callers.ok()) return {callers.status(), std::nullopt, {}};
  peer.callers = *std::move(callers);
  return peer;
}

void AddActionPeer(absl::string_view name, const ActionPeer& peer, const Series& gateway,
                   const Series* series, std::optional<Goal> goal, Report& report) {
  const std::string ratio = absl::StrCat("apply_", name, "_ratio");
  const std::string unit = absl::StrCat("of ", name);
  if (series == nullptr) return report.AddMissing(ratio, unit, peer.status.message(), goal);
  report.AddSeries(absl::StrCat(name, "_opt_out"), *series);
  report.Add(ratio, MedianRatio(gateway, *series, &Throughput), unit, goal);
}

struct ActionContest {
  const PairedCalls& calls;
  LoadOptions options;
  uint64_t applied = 0;  // by the gateway
};

// The gateway, the echo and the peers that there are, in turn.
absl::Status BesidePeers(const Servers& servers, const Rounds& rounds, ActionContest& contest,
                         Report& report) {
  const LoadOptions& options = contest.options;
  const uint64_t leads = LeadsFor(rounds, options, rounds.peer_count + 4);
  uint64_t next = 0;
  const ActionPeer postgres = StartActionPostgres(servers.setup, rounds, leads, next);
  const ActionPeer redis = StartActionRedis(servers.setup, rounds);
  for (const ActionPeer* const peer : {&postgres, &redis}) {
    if (!peer->status.ok() && !absl::IsNotFound(peer->status)) return peer->status;
  }
  const Target target = {kApplyAction, MakeChannels(servers.gateway.address(), kActionConnections),
                         &contest.calls.gateway};
  LoadOptions once = options;
  once.repeat_calls = false;
  std::vector<Player> players = {{[&]() -> absl::StatusOr<LoadResult> {
                                    auto result = RunUnaryLoad(target, once);
                                    if (result.ok()) once.first_call += result->calls_started;
                                    return result;
                                  },
                                  &servers.gateway}};
  if (postgres.server) {
    players.push_back(BlockingPlayer(
        postgres.callers, {.duration = options.duration, .first_call = next, .end_call = leads},
        *postgres.server));
  }
  if (redis.server) {
    players.push_back(BlockingPlayer(redis.callers,
                                     {.duration = options.duration, .items_per_call = kRedisDepth},
                                     *redis.server));
  }
  const auto series = TakeTurns(players, rounds.peer_count);
  if (!series.ok()) return series.status();
  const Series& gateway = series->front();
  const Series* const of_postgres = postgres.server ? &(*series)[1] : nullptr;
  const Series* const of_redis = redis.server ? &series->back() : nullptr;
  AddActionPeer("postgres", postgres, gateway, of_postgres, AtLeast(3), report);
  AddActionPeer("redis", redis, gateway, of_redis, std::nullopt, report);
  contest.options.first_call = once.first_call;
  for (const LoadResult& round : gateway.rounds) contest.applied += round.latency_ns.count();
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureActions(const Servers& servers, const Rounds& rounds, Report& report) {
  const auto channel = MakeChannels(servers.gateway.address(), 1).front();
  LoadOptions options = {.in_flight = kActionsInFlight, .duration = rounds.duration};
  const int count = std::min(rounds.count, kMostActionRounds);
  const uint64_t leads = LeadsFor(rounds, options, count + rounds.peer_count);
  absl::PrintF("ApplyAction, synced, 1 and %d in flight; first creates %d leads\n",
               kActionsInFlight, leads);
  absl::Status created = CreateLeads(channel, kFirstActionLead, kFirstActionLead + leads);
  if (!created.ok()) return created;
  const auto calls = PrepareActions(channel, kFirstActionLead, kFirstActionLead + leads);
  if (!calls.ok()) return calls.status();
  if (auto status = AwaitIdle(servers.gateway); !status.ok()) return status;
  const auto used = ApplyUnloaded(servers, *calls, options, report);
  if (!used.ok()) return used.status();
  options.first_call = *used;
  const auto series =
      TakeTurns({{&servers.gateway, kApplyAction, &calls->gateway, /*repeat_calls=*/false},
                 {&servers.echo, kActionEcho, &calls->echo}},
                kActionConnections, count, options);
  if (!series.ok()) return series.status();
  const Series& gateway = (*series)[0];
  const Series& echo = (*series)[1];
  report.AddSeries("echo_256", echo);
  report.AddSeries("apply", gateway, AtLeast(8000));
  report.Add("apply_throughput_ratio", MedianRatio(gateway, echo, &Throughput), "of echo",
             AtLeast(0.6));
  ActionContest contest = {*calls, options, *used};
  for (const LoadResult& round : gateway.rounds) {
    contest.applied += round.latency_ns.count();
    contest.options.first_call += round.calls_started;
  }
  if (auto status = BesidePeers(servers, rounds, contest, report); !status.ok()) return status;
  return VerifyDenied(channel, kFirstActionLead, contest.applied);
}

}  // namespace dnc::bench
