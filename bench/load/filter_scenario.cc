// Whole send lists: FilterContacts through the client library, beside SMISMEMBER and = ANY.
#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/load/blocking_load.h"
#include "bench/load/dataset.h"
#include "bench/load/left_out.h"
#include "bench/load/postgres.h"
#include "bench/load/redis.h"
#include "bench/load/scenarios.h"
#include "bench/load/turns.h"
#include "client/client.h"

namespace dnc::bench {
namespace {

constexpr size_t kListBlocks = 64;
constexpr size_t kListBlockPhones = 65'536;
constexpr size_t kStreams = 2;
constexpr size_t kPeerBlockPhones = 16'000;
constexpr size_t kPeerCallers = 2;

// A block and how many of its phones are denied.
struct ListBlock {
  std::vector<uint64_t> phones;
  size_t denied = 0;
};

// `percent_blocked` of the phones are on the internal list, the others nowhere.
std::vector<ListBlock> BlocksOfEntries(int percent_blocked) {
  std::mt19937_64 random(2);
  std::vector<ListBlock> blocks(kListBlocks);
  for (ListBlock& block : blocks) {
    block.phones.reserve(kListBlockPhones);
    while (block.phones.size() < kListBlockPhones) {
      const bool blocked = random() % 100 < static_cast<uint64_t>(percent_blocked);
      const uint64_t number = random() % kEntries;
      block.phones.push_back(blocked ? BlockedPhone(number) : FreePhone(number));
      if (blocked) ++block.denied;
    }
  }
  return blocks;
}

// Random numbers of exchanges in service that are on no internal list.
std::vector<ListBlock> RandomBlocks(uint64_t more_entries) {
  std::vector<uint64_t> blocked;
  blocked.reserve(kEntries);
  for (uint64_t i = 0; i < kEntries; ++i) blocked.push_back(BlockedPhone(i));
  std::sort(blocked.begin(), blocked.end());
  std::mt19937_64 random(8);
  std::vector<ListBlock> blocks(kListBlocks);
  for (ListBlock& block : blocks) {
    block.phones.reserve(kListBlockPhones);
    while (block.phones.size() < kListBlockPhones) {
      const uint64_t phone = Phones().Any(random());
      if (std::binary_search(blocked.begin(), blocked.end(), phone)) continue;
      if (more_entries > 0 &&
          Phones().MayBeUnlisted(phone, kFirstMoreEntry, kFirstMoreEntry + more_entries)) {
        continue;
      }
      block.phones.push_back(phone);
      if (Phones().IsListed(phone)) ++block.denied;
    }
  }
  return blocks;
}

// Random numbers for a peer that has the registry of `book`. Those of a block all differ: a
// database answers one row for two that are the same.
std::vector<NumberBlock> PeerBlocks(const PhoneBook& book) {
  std::mt19937_64 random(9);
  std::vector<NumberBlock> blocks(kListBlocks);
  for (NumberBlock& block : blocks) {
    block.numbers.reserve(kPeerBlockPhones);
    block.listed.reserve(kPeerBlockPhones);
    std::unordered_set<uint64_t> seen;
    while (block.numbers.size() < kPeerBlockPhones) {
      const uint64_t number = book.Any(random());
      if (!seen.insert(number).second) continue;
      block.numbers.push_back(number);
      block.listed.push_back(book.IsListed(number));
    }
  }
  return blocks;
}

// Filters blocks over one stream until `end`; answers how many it has judged. INTERNAL where one is
// not answered as it must be.
absl::StatusOr<uint64_t> FilterUntil(Client& client, const std::vector<ListBlock>& blocks,
                                     absl::Time end) {
  std::atomic<uint64_t> given{0};
  uint64_t answered = 0;
  const auto source = [&]() -> absl::StatusOr<FilterBlock> {
    if (absl::Now() >= end) return FilterBlock{};
    return FilterBlock{.phones = blocks[given++ % blocks.size()].phones};
  };
  const auto sink = [&](const FilterAnswer& answer) -> absl::Status {
    const ListBlock& block = blocks[answered % blocks.size()];
    ++answered;
    if (!answer.status.ok()) return answer.status;
    const size_t allowed = answer.verdicts.CountAllowed();
    if (answer.verdicts.size() == block.phones.size() &&
        allowed == block.phones.size() - block.denied) {
      return absl::OkStatus();
    }
    return absl::InternalError(absl::StrCat("a block of ", block.phones.size(), " phones with ",
                                            block.denied, " denied was answered with ", allowed,
                                            " allowed"));
  };
  const absl::Status status =
      client.Filter({.channel = v1::CHANNEL_VOICE, .deadline = absl::Minutes(2)}, source, sink);
  if (!status.ok()) return status;
  return answered;
}

// One round: `streams` at once, each over a connection of its own.
absl::StatusOr<LoadResult> FilterRound(const std::vector<std::unique_ptr<Client>>& clients,
                                       const std::vector<ListBlock>& blocks,
                                       absl::Duration duration) {
  const absl::Time start = absl::Now();
  std::vector<absl::StatusOr<uint64_t>> judged(clients.size(), uint64_t{0});
  std::vector<std::thread> threads;
  threads.reserve(clients.size());
  for (size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&judged, &clients, &blocks, i, end = start + duration] {
      judged[i] = FilterUntil(*clients[i], blocks, end);
    });
  }
  for (std::thread& thread : threads) thread.join();
  LoadResult result;
  for (const auto& one : judged) {
    if (!one.ok()) return one.status();
    result.calls_started += *one;
  }
  result.calls_per_second = static_cast<double>(result.calls_started * kListBlockPhones) /
                            absl::ToDoubleSeconds(absl::Now() - start);
  return result;
}

using Clients = std::vector<std::unique_ptr<Client>>;

absl::StatusOr<Clients> MakeFilterClients(const std::string& address) {
  Clients clients;
  for (size_t i = 0; i < kStreams; ++i) {
    auto client = Client::Create({.target = address, .organization = std::string(kOrganization)});
    if (!client.ok()) return client.status();
    clients.push_back(*std::move(client));
  }
  return clients;
}

double MedianThroughput(const Series& series) {
  std::vector<double> values;
  values.reserve(series.rounds.size());
  for (const LoadResult& round : series.rounds) values.push_back(round.calls_per_second);
  return Quantile(std::move(values), 0.5);
}

// A peer with its callers, or why there is none.
struct FilterPeer {
  absl::Status status;
  std::optional<ChildProcess> server;
  Callers callers;
};

absl::Status LoadFilterRedis(const std::string& address, const NumberModel& numbers) {
  auto connection = RedisConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  return AddToRedisSet(*connection,
                       [&](absl::FunctionRef<void(uint64_t)> add) { numbers.ForEach(add); });
}

absl::Status LoadFilterPostgres(const std::string& address, const NumberModel& numbers) {
  auto connection = PostgresConnection::Connect(address);
  if (!connection.ok()) return connection.status();
  return LoadPostgresNumbers(*connection,
                             [&](absl::FunctionRef<void(uint64_t)> add) { numbers.ForEach(add); });
}

template <typename Start, typename Load, typename Make>
FilterPeer MakeFilterPeer(const Rounds& rounds, const Start& start, const Load& load,
                          const Make& make) {
  FilterPeer peer = {WithPeers(rounds), std::nullopt, {}};
  if (!peer.status.ok()) return peer;
  auto server = start();
  if (!server.ok()) return {server.status(), std::nullopt, {}};
  peer.server.emplace(*std::move(server));
  peer.status = load(peer.server->address());
  if (!peer.status.ok()) return peer;
  auto callers = MakeCallers(kPeerCallers, [&] { return make(peer.server->address()); });
  if (!callers.ok()) return {callers.status(), std::nullopt, {}};
  peer.callers = *std::move(callers);
  return peer;
}

void AddFilterPeer(absl::string_view name, const FilterPeer& peer, const Series& gateway,
                   const Series* series, Goal goal, Report& report) {
  const std::string ratio = absl::StrCat("filter_", name, "_ratio");
  const std::string unit = absl::StrCat("of ", name);
  if (series == nullptr) return report.AddMissing(ratio, unit, peer.status.message(), goal);
  report.Add(absl::StrCat(name, "_filter_throughput"), MedianThroughput(*series), "phones/s");
  report.Add(ratio, MedianRatio(gateway, *series, &Throughput), unit, goal);
}

absl::Status FilterRandom(const Servers& servers, const Clients& clients, const Rounds& rounds,
                          Report& report) {
  const uint64_t count = std::min(rounds.peer_numbers, rounds.registry);
  absl::PrintF("FilterContacts of random numbers against a registry of %d; peers have %d\n",
               rounds.registry, count);
  const PhoneBook book(count);
  const std::vector<NumberBlock> peer_blocks = PeerBlocks(book);
  const Setup& setup = servers.setup;
  const FilterPeer redis = MakeFilterPeer(
      rounds, [&] { return StartRedis(setup.work_dir, setup.scratch_dir, RedisDurability::kNone); },
      [&](const std::string& address) { return LoadFilterRedis(address, book.registry()); },
      [&](const std::string& address) { return MakeRedisFilter(address, &peer_blocks); });
  const FilterPeer postgres = MakeFilterPeer(
      rounds, [&] { return StartPostgres(setup.work_dir, setup.scratch_dir); },
      [&](const std::string& address) { return LoadFilterPostgres(address, book.registry()); },
      [&](const std::string& address) { return MakePostgresFilter(address, &peer_blocks); });
  for (const FilterPeer* const peer : {&redis, &postgres}) {
    if (!peer->status.ok() && !absl::IsNotFound(peer->status)) return peer->status;
  }
  const std::vector<ListBlock> blocks = RandomBlocks(rounds.more_entries);
  std::vector<Player> players = {
      {[&] { return FilterRound(clients, blocks, rounds.duration); }, &servers.gateway}};
  const BlockingOptions options = {.duration = rounds.duration, .items_per_call = kPeerBlockPhones};
  for (const FilterPeer* const peer : {&redis, &postgres}) {
    if (peer->server) players.push_back(BlockingPlayer(peer->callers, options, *peer->server));
  }
  const auto before = ReadRecorded(servers.gateway.address());
  if (!before.ok()) return before.status();
  const auto series = TakeTurns(players, rounds.peer_count);
  if (!series.ok()) return series.status();
  const auto after = ReadRecorded(servers.gateway.address());
  if (!after.ok()) return after.status();
  const Series& gateway = series->front();
  report.Add("filter_random_throughput", MedianThroughput(gateway), "phones/s", AtLeast(40e6));
  report.Add("filter_records_left_out", LeftOut(*before, *after), "%");
  AddFilterPeer("redis", redis, gateway, redis.server ? &(*series)[1] : nullptr, AtLeast(8),
                report);
  AddFilterPeer("postgres", postgres, gateway, postgres.server ? &series->back() : nullptr,
                AtLeast(40), report);
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureFilter(const Servers& servers, const Rounds& rounds, Report& report) {
  absl::PrintF(
      "FilterContacts through the client, %d stream(s), blocks of %d phones, with reasons\n",
      kStreams, kListBlockPhones);
  const auto clients = MakeFilterClients(servers.gateway.address());
  if (!clients.ok()) return clients.status();
  for (const auto& [percent, name] :
       {std::pair(10, "filter_throughput"), std::pair(50, "filter_half_blocked_throughput")}) {
    const std::vector<ListBlock> blocks = BlocksOfEntries(percent);
    const auto series =
        TakeTurns({{[&] { return FilterRound(*clients, blocks, rounds.duration); }, nullptr}},
                  rounds.peer_count);
    if (!series.ok()) return series.status();
    const std::optional<Goal> goal =
        percent == 10 ? std::optional<Goal>(AtLeast(1e6)) : std::nullopt;
    report.Add(name, MedianThroughput(series->front()), "phones/s", goal);
  }
  if (rounds.registry == 0) return absl::OkStatus();
  return FilterRandom(servers, *clients, rounds, report);
}

}  // namespace dnc::bench
