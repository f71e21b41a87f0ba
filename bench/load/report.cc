#include "bench/load/report.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dnc::bench {
namespace {

double Micros(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; }

}  // namespace

void Report::Add(absl::string_view name, double value, absl::string_view unit,
                 std::optional<Goal> goal) {
  figures_.push_back({std::string(name), value, std::string(unit), goal, ""});
  absl::PrintF("  %-36s %14.2f %s\n", name, value, unit);
  std::fflush(stdout);
}

void Report::AddMissing(absl::string_view name, absl::string_view unit, absl::string_view why,
                        std::optional<Goal> goal) {
  figures_.push_back({std::string(name), std::nullopt, std::string(unit), goal, std::string(why)});
  absl::PrintF("  %-36s %14s %s\n", name, "not measured:", why);
  std::fflush(stdout);
}

void Report::AddSeries(absl::string_view prefix, const Series& series,
                       std::optional<Goal> throughput_goal) {
  Histogram all;
  std::vector<double> throughputs;
  for (const LoadResult& round : series.rounds) {
    all.Merge(round.latency_ns);
    throughputs.push_back(round.calls_per_second);
  }
  Add(absl::StrCat(prefix, "_throughput"), Quantile(std::move(throughputs), 0.5), "calls/s",
      throughput_goal);
  Add(absl::StrCat(prefix, "_p50"), Micros(all.Quantile(0.5)), "us");
  Add(absl::StrCat(prefix, "_p99"), Micros(all.Quantile(0.99)), "us");
  Add(absl::StrCat(prefix, "_p99_9"), Micros(all.Quantile(0.999)), "us");
  Add(absl::StrCat(prefix, "_cpu"), series.cpu_micros_per_call, "us/call");
}

std::optional<double> Report::Find(absl::string_view name) const {
  for (const Figure& figure : figures_) {
    if (figure.name == name) return figure.value;
  }
  return std::nullopt;
}

absl::Status Report::WriteJson(const std::string& file) const {
  std::ofstream out(file);
  const char* separator = "[\n";
  for (const Figure& figure : figures_) {
    const std::string target = figure.goal ? absl::StrFormat("%.6g", figure.goal->value) : "null";
    const bool at_most = figure.goal && figure.goal->kind == Goal::Kind::kAtMost;
    // A ratio to nothing is none: in rounds of an instant a side may have answered no call.
    const bool is_number = figure.value && std::isfinite(*figure.value);
    const std::string value = is_number ? absl::StrFormat("%.6g", *figure.value) : "null";
    out << separator
        << absl::StrFormat(
               R"(  {"name": "%s", "value": %s, "unit": "%s", "target": %s, "at_most": %s, "note": "%s"})",
               figure.name, value, figure.unit, target, at_most ? "true" : "false", figure.note);
    separator = ",\n";
  }
  out << "\n]\n";
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", file));
  return absl::OkStatus();
}

}  // namespace dnc::bench
