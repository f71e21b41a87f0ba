#include "bench/load/turns.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bench/load/histogram.h"

namespace dnc::bench {
namespace {

// A contestant with its connections and what it has shown so far.
class Player {
 public:
  Player(const Contestant& contestant, size_t connections, const LoadOptions& options)
      : server_(*contestant.server), options_(options) {
    target_ = {contestant.method, MakeChannels(server_.address(), connections), contestant.calls};
    options_.repeat_calls = contestant.repeat_calls;
  }

  absl::Status Play() {
    const absl::StatusOr<absl::Duration> before = server_.CpuTime();
    if (!before.ok()) return before.status();
    absl::StatusOr<LoadResult> result = RunUnaryLoad(target_, options_);
    if (!result.ok()) return result.status();
    const absl::StatusOr<absl::Duration> after = server_.CpuTime();
    if (!after.ok()) return after.status();
    cpu_ += *after - *before;
    calls_ += result->calls_started;
    if (!options_.repeat_calls) options_.first_call += result->calls_started;
    rounds_.push_back(*std::move(result));
    return absl::OkStatus();
  }

  Series Take() && {
    const double micros = absl::ToDoubleMicroseconds(cpu_);
    return {std::move(rounds_), calls_ == 0 ? 0 : micros / static_cast<double>(calls_)};
  }

 private:
  const ChildProcess& server_;
  LoadOptions options_;
  Target target_;
  std::vector<LoadResult> rounds_;
  absl::Duration cpu_;
  uint64_t calls_ = 0;
};

std::vector<double> Ratios(const Series& of, const Series& to,
                           double (*figure)(const LoadResult&)) {
  std::vector<double> ratios;
  for (size_t i = 0; i < of.rounds.size(); ++i) {
    ratios.push_back(figure(of.rounds[i]) / figure(to.rounds[i]));
  }
  return ratios;
}

}  // namespace

absl::StatusOr<std::vector<Series>> TakeTurns(const std::vector<Contestant>& contestants,
                                              size_t connections, int rounds,
                                              const LoadOptions& options) {
  std::vector<Player> players;
  players.reserve(contestants.size());
  for (const Contestant& contestant : contestants) {
    players.emplace_back(contestant, connections, options);
  }
  for (size_t round = 0; round < static_cast<size_t>(rounds); ++round) {
    for (size_t i = 0; i < players.size(); ++i) {
      absl::Status status = players[(round + i) % players.size()].Play();
      if (!status.ok()) return status;
    }
  }
  std::vector<Series> all;
  for (Player& player : players) all.push_back(std::move(player).Take());
  return all;
}

double MedianRatio(const Series& of, const Series& to, double (*figure)(const LoadResult&)) {
  return Quantile(Ratios(of, to, figure), 0.5);
}

double RatioSpread(const Series& of, const Series& to, double (*figure)(const LoadResult&)) {
  const std::vector<double> ratios = Ratios(of, to, figure);
  return Quantile(ratios, 0.75) - Quantile(ratios, 0.25);
}

}  // namespace dnc::bench
