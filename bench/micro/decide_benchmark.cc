// Decide: the pure function between the facts and the answer.
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/micro/catalog_fixture.h"
#include "server/decision/decide.h"

namespace dnc::bench {
namespace {

// One phone, known to no list; the four registries have been asked.
Facts CleanPhone(const Question& question) {
  Facts facts;
  PointFacts& point = facts.points.emplace_back();
  point.point.phone = BenchPhone(1);
  AppendRegistries(question, *question.organization, &point.registries);
  return facts;
}

Facts PhoneOnInternalList(const Question& question) {
  Facts facts = CleanPhone(question);
  EntryFacts& entry = facts.points.front().own.entries.emplace_back();
  entry.id.revision = 123'456;
  entry.effective_time = kNow - 1'000'000;
  return facts;
}

Facts PhoneOnRegistry(const Question& question) {
  Facts facts = CleanPhone(question);
  facts.points.front().registries.back().member = true;
  return facts;
}

void DecideFacts(benchmark::State& state, Facts (*make)(const Question&), v1::Verdict right) {
  const std::shared_ptr<const Catalog> catalog = MakeCatalog();
  const Question question = MakeQuestion(*catalog);
  const Facts facts = make(question);
  if (Decide(question, facts).verdict != right) state.SkipWithError("wrong verdict");
  for (auto _ : state) benchmark::DoNotOptimize(Decide(question, facts));
}

BENCHMARK_CAPTURE(DecideFacts, clean, &CleanPhone, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(DecideFacts, on_internal_list, &PhoneOnInternalList, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(DecideFacts, on_registry, &PhoneOnRegistry, v1::VERDICT_DENY);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
