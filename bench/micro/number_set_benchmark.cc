// Look-ups a second in NumberSet, one core: a national registry (250 M numbers over 287,000 NANP
// exchanges, so bitmaps behind pages), a mid-sized one (10 M random NANP numbers: lists behind
// pages), and a small list spread over the world (100,000 numbers: lists behind the hash table).
// Half of the 10 M numbers asked are members of a set; the others are random.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "storage/registry/number_set.h"

namespace dnc {
namespace {

constexpr size_t kQueries = 10'000'000;

struct Fixture {
  std::shared_ptr<const NumberSet> set;
  std::vector<uint64_t> queries;
};

uint64_t RandomNanp(std::mt19937_64& random) {
  return 10'000'000'000 + (2'000'000'000 + random() % 8'000'000'000);
}

uint64_t RandomWorldwide(std::mt19937_64& random) {
  return 1'000'000'000 + random() % 99'000'000'000'000;
}

std::shared_ptr<const NumberSet> BuildSet(const std::vector<uint64_t>& numbers) {
  NumberSet::Builder builder;
  for (const uint64_t number : numbers) {
    if (!builder.Add(number).ok()) std::abort();
  }
  return std::move(builder).Build();
}

template <typename Draw>
Fixture MakeFixture(std::vector<uint64_t> numbers, Draw draw, std::mt19937_64& random) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  Fixture fixture{BuildSet(numbers), {}};
  fixture.queries.reserve(kQueries);
  while (fixture.queries.size() < kQueries) {
    fixture.queries.push_back(numbers[random() % numbers.size()]);
    fixture.queries.push_back(draw(random));
  }
  return fixture;
}

template <typename Draw>
Fixture RandomFixture(size_t count, Draw draw) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> numbers(count);
  for (uint64_t& number : numbers) number = draw(random);
  return MakeFixture(std::move(numbers), draw, random);
}

const Fixture& MidSized() {
  static const auto* const kFixture = new Fixture(RandomFixture(10'000'000, RandomNanp));
  return *kFixture;
}

const Fixture& Sparse() {
  static const auto* const kFixture = new Fixture(RandomFixture(100'000, RandomWorldwide));
  return *kFixture;
}

// Every exchange of 287 area codes, a number in 11.5.
const Fixture& National() {
  static const auto* const kFixture = [] {
    std::mt19937_64 random(1);
    std::vector<uint64_t> numbers;
    numbers.reserve(253'000'000);
    for (uint64_t number = 12'010'000'000; number < 14'880'000'000; number += 1 + random() % 22) {
      numbers.push_back(number);
    }
    return new Fixture(MakeFixture(std::move(numbers), RandomNanp, random));
  }();
  return *kFixture;
}

void Report(benchmark::State& state, const Fixture& fixture) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(fixture.queries.size()));
  state.counters["numbers"] = static_cast<double>(fixture.set->size());
  state.counters["MB"] = static_cast<double>(fixture.set->memory_bytes()) / 1e6;
}

void Contains(benchmark::State& state, const Fixture& (*make)()) {
  const Fixture& fixture = make();
  for (auto _ : state) {
    uint64_t hits = 0;
    for (const uint64_t number : fixture.queries) hits += fixture.set->Contains(number) ? 1 : 0;
    benchmark::DoNotOptimize(hits);
  }
  Report(state, fixture);
}

void ContainsBatch(benchmark::State& state, const Fixture& (*make)()) {
  const Fixture& fixture = make();
  std::vector<uint64_t> words((kQueries + 63) / 64);
  for (auto _ : state) {
    fixture.set->ContainsBatch(fixture.queries, absl::MakeSpan(words));
    benchmark::DoNotOptimize(words.data());
    benchmark::ClobberMemory();
  }
  Report(state, fixture);
}

BENCHMARK_CAPTURE(Contains, national, &National)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ContainsBatch, national, &National)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Contains, mid_sized, &MidSized)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ContainsBatch, mid_sized, &MidSized)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Contains, sparse, &Sparse)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ContainsBatch, sparse, &Sparse)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dnc

BENCHMARK_MAIN();
