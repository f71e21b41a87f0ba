// The figures of a run, for bench/merge_results.py.
#ifndef DNC_BENCH_LOAD_REPORT_H_
#define DNC_BENCH_LOAD_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bench/load/turns.h"

namespace dnc::bench {

// What a figure is expected to be.
struct Goal {
  enum class Kind { kAtLeast, kAtMost };
  Kind kind = Kind::kAtLeast;
  double value = 0;
};

// Collects figures and prints each as it comes. Not thread-safe.
class Report {
 public:
  void Add(absl::string_view name, double value, absl::string_view unit,
           std::optional<Goal> goal = std::nullopt);

  // A figure that could not be measured, and why: "redis-server is not installed".
  void AddMissing(absl::string_view name, absl::string_view unit, absl::string_view why,
                  std::optional<Goal> goal = std::nullopt);

  // PREFIX_throughput: the median of the rounds; PREFIX_p50, _p99 and _p99_9 over all calls of all
  // rounds, in microseconds; PREFIX_cpu, the server's CPU time a call.
  void AddSeries(absl::string_view prefix, const Series& series,
                 std::optional<Goal> throughput_goal = std::nullopt);

  // The value of a figure that was added; none where it was not.
  std::optional<double> Find(absl::string_view name) const;

  // A JSON list of {name, value, unit, target, at_most, note}; the value is null where it is
  // missing, the note says why.
  absl::Status WriteJson(const std::string& file) const;

 private:
  struct Figure {
    std::string name;
    std::optional<double> value;
    std::string unit;
    std::optional<Goal> goal;
    std::string note;
  };

  std::vector<Figure> figures_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_REPORT_H_
