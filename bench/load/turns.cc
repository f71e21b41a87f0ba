#include "bench/load/turns.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bench/load/histogram.h"

namespace dnc::bench {
namespace {

// What a player has shown so far.
struct Shown {
  std::vector<LoadResult> rounds;
  absl::Duration cpu;
  uint64_t calls = 0;
};

absl::StatusOr<absl::Duration> CpuTimeOf(const ChildProcess* server) {
  if (server == nullptr) return absl::ZeroDuration();
  return server->CpuTime();
}

absl::Status Play(const Player& player, Shown& shown) {
  const absl::StatusOr<absl::Duration> before = CpuTimeOf(player.server);
  if (!before.ok()) return before.status();
  absl::StatusOr<LoadResult> result = player.play();
  if (!result.ok()) return result.status();
  const absl::StatusOr<absl::Duration> after = CpuTimeOf(player.server);
  if (!after.ok()) return after.status();
  shown.cpu += *after - *before;
  shown.calls += result->calls_started;
  shown.rounds.push_back(*std::move(result));
  return absl::OkStatus();
}

Series SeriesOf(Shown shown) {
  const double micros = absl::ToDoubleMicroseconds(shown.cpu);
  return {std::move(shown.rounds),
          shown.calls == 0 ? 0 : micros / static_cast<double>(shown.calls)};
}

// A player of a contestant's calls, with connections of its own.
Player PlayerOf(const Contestant& contestant, size_t connections, const LoadOptions& options) {
  const Target target = {contestant.method, MakeChannels(contestant.server->address(), connections),
                         contestant.calls};
  LoadOptions options_of_calls = options;
  options_of_calls.repeat_calls = contestant.repeat_calls;
  return {[target, own = options_of_calls]() mutable -> absl::StatusOr<LoadResult> {
            absl::StatusOr<LoadResult> result = RunUnaryLoad(target, own);
            if (result.ok() && !own.repeat_calls) own.first_call += result->calls_started;
            return result;
          },
          contestant.server};
}

std::vector<double> Ratios(const Series& of, const Series& to,
                           double (*figure)(const LoadResult&)) {
  std::vector<double> ratios;
  for (size_t i = 0; i < of.rounds.size(); ++i) {
    ratios.push_back(figure(of.rounds[i]) / figure(to.rounds[i]));
  }
  return ratios;
}

}  // namespace

Player BlockingPlayer(const Callers& callers, const BlockingOptions& options,
                      const ChildProcess& server) {
  return {[&callers, own = options]() mutable -> absl::StatusOr<LoadResult> {
            absl::StatusOr<LoadResult> result = RunBlockingLoad(callers, own);
            if (result.ok()) own.first_call += result->calls_started;
            return result;
          },
          &server};
}

absl::StatusOr<std::vector<Series>> TakeTurns(const std::vector<Player>& players, int rounds) {
  std::vector<Shown> shown(players.size());
  for (size_t round = 0; round < static_cast<size_t>(rounds); ++round) {
    for (size_t i = 0; i < players.size(); ++i) {
      const size_t next = (round + i) % players.size();
      if (absl::Status status = Play(players[next], shown[next]); !status.ok()) return status;
    }
  }
  std::vector<Series> all;
  all.reserve(shown.size());
  for (Shown& one : shown) all.push_back(SeriesOf(std::move(one)));
  return all;
}

absl::StatusOr<std::vector<Series>> TakeTurns(const std::vector<Contestant>& contestants,
                                              size_t connections, int rounds,
                                              const LoadOptions& options) {
  std::vector<Player> players;
  players.reserve(contestants.size());
  for (const Contestant& contestant : contestants) {
    players.push_back(PlayerOf(contestant, connections, options));
  }
  return TakeTurns(players, rounds);
}

double MedianRatio(const Series& of, const Series& to, double (*figure)(const LoadResult&)) {
  return Quantile(Ratios(of, to, figure), 0.5);
}

double RatioSpread(const Series& of, const Series& to, double (*figure)(const LoadResult&)) {
  const std::vector<double> ratios = Ratios(of, to, figure);
  return Quantile(ratios, 0.75) - Quantile(ratios, 0.25);
}

}  // namespace dnc::bench
