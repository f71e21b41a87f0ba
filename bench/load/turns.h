// Rounds of several servers in turn, so that whatever else the machine does meets all of them.
#ifndef DNC_BENCH_LOAD_TURNS_H_
#define DNC_BENCH_LOAD_TURNS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/blocking_load.h"
#include "bench/load/child_process.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// Who is measured, and with which calls.
struct Contestant {
  const ChildProcess* server = nullptr;
  std::string method;
  const std::vector<PreparedCall>* calls = nullptr;
  bool repeat_calls = true;
};

// Whoever plays rounds: `play` plays one. The CPU time is that of `server`, where one is named.
struct Player {
  std::function<absl::StatusOr<LoadResult>()> play;
  const ChildProcess* server = nullptr;
};

// What a contestant's rounds have shown.
struct Series {
  std::vector<LoadResult> rounds;
  double cpu_micros_per_call = 0;  // of the server, warm-ups included
};

// `rounds` rounds of each, one Series a contestant. Who begins changes from round to round, so that
// nobody always follows the same other.
absl::StatusOr<std::vector<Series>> TakeTurns(const std::vector<Contestant>& contestants,
                                              size_t connections, int rounds,
                                              const LoadOptions& options);

// One whose callers wait; each round goes on with the calls where the last one ended. `callers` and
// `server` must outlive it.
Player BlockingPlayer(const Callers& callers, const BlockingOptions& options,
                      const ChildProcess& server);

absl::StatusOr<std::vector<Series>> TakeTurns(const std::vector<Player>& players, int rounds);

// The median, over the rounds, of a figure of `of` by that of `to` in the same round.
double MedianRatio(const Series& of, const Series& to, double (*figure)(const LoadResult&));

// How far the rounds' ratios lie apart: the distance between their quartiles.
double RatioSpread(const Series& of, const Series& to, double (*figure)(const LoadResult&));

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_TURNS_H_
