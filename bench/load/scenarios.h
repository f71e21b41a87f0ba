// What is measured: each scenario runs the gateway and the echo in rounds that take turns.
#ifndef DNC_BENCH_LOAD_SCENARIOS_H_
#define DNC_BENCH_LOAD_SCENARIOS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bench/load/child_process.h"
#include "bench/load/report.h"

namespace dnc::bench {

struct Servers {
  const ChildProcess& gateway;
  const ChildProcess& echo;
};

struct Rounds {
  int count = 31;
  absl::Duration duration = absl::Milliseconds(500);
  uint64_t report_leads = 1'000'000;  // that the report has, at least
};

// Writes of 4 KiB, each followed by fdatasync, in `dir`: what the disk allows a synced write.
absl::Status MeasureDisk(const std::string& dir, Report& report);

// Loads the data set and reports how fast that went.
absl::Status MeasureLoading(const Servers& servers, Report& report);

// CheckContact at saturation (64 in flight on 4 connections) and unloaded (1 in flight).
absl::Status MeasureChecks(const Servers& servers, const Rounds& rounds, Report& report);

// FilterContacts: a tenth of the phones blocked by entries of the internal list, then half of them.
absl::Status MeasureFilter(const Servers& servers, const Rounds& rounds, Report& report);

// ApplyAction with 1 and with 256 in flight, a lead of its own for each. Ends with checks of some
// of the leads: each must be DENY. INTERNAL also where single calls take less than half of what
// MeasureDisk found a sync to take: then they were not synced, and the figures are none.
absl::Status MeasureActions(const Servers& servers, const Rounds& rounds, Report& report);

// CheckContact at saturation with and without ListActiveLeads being read beside it, over
// `report_leads` leads, and what the report makes the gateway's memory grow by.
absl::Status MeasureReports(const Servers& servers, const Rounds& rounds, Report& report);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_SCENARIOS_H_
