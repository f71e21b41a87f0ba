// What is measured. Each scenario runs the gateway and what it is compared with in rounds that take
// turns; a figure that needs a peer which is not installed is reported as not measured.
#ifndef DNC_BENCH_LOAD_SCENARIOS_H_
#define DNC_BENCH_LOAD_SCENARIOS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bench/load/child_process.h"
#include "bench/load/report.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// Where programs are and files go.
struct Setup {
  std::string dncd;
  std::string dncctl;
  std::string make_registry;
  std::string work_dir;     // on a disk: for logs
  std::string scratch_dir;  // in it: for the peers' data and files to import; removed at the end
  std::string data_dir;     // in that: the gateway's store
  std::vector<std::string> gateway_wrapper;  // before dncd, e.g. {"/usr/bin/taskset", "-c", "0"}
  std::vector<std::string> gateway_flags;    // of every start
};

struct Servers {
  ChildProcess& gateway;
  const ChildProcess& echo;
  const Setup& setup;
};

// How much and how long.
struct Rounds {
  int count = 31;
  absl::Duration duration = absl::Milliseconds(500);
  int peer_count = 9;                 // of comparisons with Redis and PostgreSQL
  uint64_t report_leads = 1'000'000;  // that the report has, at least
  uint64_t more_leads = 0;            // beyond those that are checked
  uint64_t more_entries = 0;          // the same
  uint64_t registry = 0;              // numbers; 0: none
  uint64_t peer_numbers =
      10'000'000;         // that the peers are given, at most the registry's; 0: no peers
  int import_rounds = 3;  // of imports at the peers' scale
  int start_rounds = 3;   // of starts
  absl::Duration mixed_duration = absl::Seconds(5);  // of a round of checks beside everything else
};

constexpr Goal AtLeast(double value) { return {Goal::Kind::kAtLeast, value}; }
constexpr Goal AtMost(double value) { return {Goal::Kind::kAtMost, value}; }

// The name of MeasureDisk's figure.
inline constexpr char kDiskSync[] = "disk_fdatasync_p50";

// NOT_FOUND where peers are left out.
inline absl::Status WithPeers(const Rounds& rounds) {
  return rounds.peer_numbers > 0 ? absl::OkStatus() : absl::NotFoundError("peers are left out");
}

inline double Throughput(const LoadResult& round) { return round.calls_per_second; }
inline double P50(const LoadResult& round) {
  return static_cast<double>(round.latency_ns.Quantile(0.5));
}
inline double P99(const LoadResult& round) {
  return static_cast<double>(round.latency_ns.Quantile(0.99));
}

// Starts dncd on a store, with more flags.
absl::StatusOr<ChildProcess> StartGateway(const Setup& setup, const std::string& data_dir,
                                          const std::vector<std::string>& flags = {});

// Ends the gateway and starts it again on the same store.
absl::Status RestartGateway(const Servers& servers);
// Waits, for half an hour at most, until the server has nothing to do: what was loaded before a
// measurement is compacted before it, as it would be in a server that has run for a while.
absl::Status AwaitIdle(const ChildProcess& server);
// What a server has in memory once that no longer grows: it may go on reading after its start.
absl::StatusOr<int64_t> SteadyBytes(const ChildProcess& server);

// Writes of 4 KiB, each followed by fdatasync, in `dir`: what the disk allows a synced write.
absl::Status MeasureDisk(const std::string& dir, Report& report);

// Loads the data set and reports how fast that went.
absl::Status MeasureLoading(const Servers& servers, const Rounds& rounds, Report& report);

// How long imports take: of as many numbers as the peers get, beside PostgreSQL's COPY and primary
// key and Redis' SADD, into a gateway of its own; then of the whole registry into the gateway, and
// what that adds to its memory from one start to another.
absl::Status MeasurePeerImports(const Servers& servers, const Rounds& rounds, Report& report);
absl::Status MeasureImport(const Servers& servers, const Rounds& rounds, Report& report);

// CheckContact at saturation (64 in flight on 4 connections) and unloaded (1 in flight).
absl::Status MeasureChecks(const Servers& servers, const Rounds& rounds, Report& report);

// Single checks through the client library: 64 and 256 callbacks in flight beside 64 connections of
// Redis with a GET each, 64 threads that wait beside 64 that wait for a GET, one beside one that
// waits for the echo.
absl::Status MeasureSingles(const Servers& servers, const Rounds& rounds, Report& report);

// FilterContacts: a tenth of the phones blocked by entries of the internal list, then half of them;
// where there is a registry, random numbers, beside SMISMEMBER and = ANY.
absl::Status MeasureFilter(const Servers& servers, const Rounds& rounds, Report& report);

// ApplyAction with 1 and with 256 in flight, a lead of its own for each, beside the echo and the
// same change in PostgreSQL and Redis. Ends with checks of some of the leads: each must be DENY.
// INTERNAL also where single calls take less than half of what MeasureDisk found a sync to take:
// then they were not synced, and the figures are none.
absl::Status MeasureActions(const Servers& servers, const Rounds& rounds, Report& report);

// Checks at a fixed rate, alone, beside imports, beside 5,000 opt-outs a second, and beside both,
// with the compaction that they bring.
absl::Status MeasureMixed(const Servers& servers, const Rounds& rounds, Report& report);

// From the start of dncd to its first right answer, and what it then has in memory; with the
// store's files in the page cache and without.
absl::Status MeasureStart(const Servers& servers, const Rounds& rounds, Report& report);

// CheckContact at saturation with and without ListActiveLeads being read beside it, over
// `report_leads` leads, and what the report makes the gateway's memory grow by.
absl::Status MeasureReports(const Servers& servers, const Rounds& rounds, Report& report);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_SCENARIOS_H_
