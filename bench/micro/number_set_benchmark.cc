// Look-ups a second in NumberSet, one core: a national registry (250 M numbers of the model), one
// of 10 M (the same exchanges, so lists), and a small list spread over the world (100,000 numbers:
// lists behind the hash table). Those who are asked for in the national one are random numbers of
// exchanges in service, a tenth of them listed; in the others half of them are.
//
// Beside the batches of the national registry, in turn with them: what the machine's memory gives,
// random reads of single bytes over a region of the same size, each fetched ahead as the look-ups
// are. `limit_share` is the look-ups' rate by that one.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "bench/data/number_model.h"
#include "storage/base/huge_memory.h"
#include "storage/registry/number_set.h"

namespace dnc::bench {
namespace {

constexpr size_t kQueries = 10'000'000;
constexpr size_t kLanes = 64;

struct Fixture {
  std::shared_ptr<const NumberSet> set;
  std::vector<uint64_t> queries;
  double entropy_bits = 0;  // of a number; 0: not known
};

std::shared_ptr<const NumberSet> BuildSet(const NumberModel& model) {
  NumberSet::Builder builder;
  model.ForEach([&builder](uint64_t number) {
    if (!builder.Add(number).ok()) std::abort();
  });
  return std::move(builder).Build();
}

const Fixture& National() {
  static const auto* const kFixture = [] {
    const NumberModel model(250'000'000);
    auto* fixture = new Fixture{BuildSet(model), {}, model.EntropyBits()};
    std::mt19937_64 random(1);
    fixture->queries.reserve(kQueries);
    for (size_t i = 0; i < kQueries; ++i) fixture->queries.push_back(model.InService(random()));
    return fixture;
  }();
  return *kFixture;
}

const Fixture& MidSized() {
  static const auto* const kFixture = [] {
    const NumberModel model(10'000'000);
    auto* fixture = new Fixture{BuildSet(model), {}, model.EntropyBits()};
    std::mt19937_64 random(1);
    fixture->queries.reserve(2 * kQueries);
    model.ForEach([fixture](uint64_t number) { fixture->queries.push_back(number); });
    std::shuffle(fixture->queries.begin(), fixture->queries.end(), random);
    fixture->queries.resize(kQueries);
    for (size_t i = 1; i < kQueries; i += 2) fixture->queries[i] = model.InService(random());
    return fixture;
  }();
  return *kFixture;
}

uint64_t RandomWorldwide(std::mt19937_64& random) {
  return 1'000'000'000 + random() % 99'000'000'000'000;
}

const Fixture& Sparse() {
  static const auto* const kFixture = [] {
    std::mt19937_64 random(1);
    std::vector<uint64_t> numbers(100'000);
    for (uint64_t& number : numbers) number = RandomWorldwide(random);
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    NumberSet::Builder builder;
    for (const uint64_t number : numbers) {
      if (!builder.Add(number).ok()) std::abort();
    }
    auto* fixture = new Fixture{std::move(builder).Build(), {}};
    fixture->queries.reserve(kQueries);
    while (fixture->queries.size() < kQueries) {
      fixture->queries.push_back(numbers[random() % numbers.size()]);
      fixture->queries.push_back(RandomWorldwide(random));
    }
    return fixture;
  }();
  return *kFixture;
}

void Report(benchmark::State& state, const Fixture& fixture) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(fixture.queries.size()));
  const double bytes = static_cast<double>(fixture.set->memory_bytes());
  const double numbers = static_cast<double>(fixture.set->size());
  state.counters["numbers"] = numbers;
  state.counters["bytes_per_number"] = bytes / numbers;
  if (fixture.entropy_bits == 0) return;
  state.counters["entropy_bytes_per_number"] = fixture.entropy_bits / 8;
  state.counters["times_entropy"] = bytes / numbers / (fixture.entropy_bits / 8);
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

// Random places of a region as large as a set.
class Region {
 public:
  explicit Region(size_t bytes) : memory_(bytes), offsets_(kQueries) {
    std::mt19937_64 random(2);
    for (uint64_t& offset : offsets_) offset = random() % bytes;
    for (size_t at = 0; at < bytes; at += 4096) memory_.data()[at] = 1;
  }

  // Reads every place, kLanes of them asked for ahead.
  uint64_t Read() const {
    uint64_t sum = 0;
    Ask(0);
    for (size_t first = 0; first < offsets_.size(); first += kLanes) {
      Ask(first + kLanes);
      const size_t past = std::min(first + kLanes, offsets_.size());
      for (size_t i = first; i < past; ++i) {
        sum += static_cast<unsigned char>(memory_.data()[offsets_[i]]);
      }
    }
    return sum;
  }

  // Reads `count` places, each of them known only once the one before is read.
  uint64_t Chase(size_t count) const {
    uint64_t state = 1;
    for (size_t i = 0; i < count; ++i) {
      state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
      const uint64_t at = (state >> 20) % memory_.bytes();
      state += static_cast<unsigned char>(memory_.data()[at]);
    }
    return state;
  }

 private:
  void Ask(size_t first) const {
    const size_t past = std::min(first + kLanes, offsets_.size());
    for (size_t i = first; i < past; ++i) __builtin_prefetch(memory_.data() + offsets_[i]);
  }

  const HugeMemory memory_;
  std::vector<uint64_t> offsets_;
};

const Region& NationalRegion() {
  static const auto* const kRegion = new Region(National().set->memory_bytes());
  return *kRegion;
}

// Of the processor's time, so that others on the machine do not count.
double Now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <typename Work>
double Seconds(Work&& work) {
  const double begin = Now();
  work();
  return Now() - begin;
}

void ContainsBatch(benchmark::State& state, const Fixture& (*make)()) {
  const Fixture& fixture = make();
  std::vector<uint64_t> words((kQueries + kLanes - 1) / kLanes);
  for (auto _ : state) {
    fixture.set->ContainsBatch(fixture.queries, absl::MakeSpan(words));
    benchmark::DoNotOptimize(words.data());
    benchmark::ClobberMemory();
  }
  Report(state, fixture);
}

void ContainsBatchBesideLimit(benchmark::State& state) {
  const Fixture& fixture = National();
  const Region& region = NationalRegion();
  std::vector<uint64_t> words((kQueries + kLanes - 1) / kLanes);
  std::vector<double> shares;
  for (auto _ : state) {
    const double spent =
        Seconds([&] { fixture.set->ContainsBatch(fixture.queries, absl::MakeSpan(words)); });
    benchmark::DoNotOptimize(words.data());
    benchmark::ClobberMemory();
    state.PauseTiming();
    shares.push_back(Seconds([&] { benchmark::DoNotOptimize(region.Read()); }) / spent);
    state.ResumeTiming();
  }
  std::sort(shares.begin(), shares.end());
  Report(state, fixture);
  state.counters["limit_share"] = shares[shares.size() / 2];
}

void MemoryLimit(benchmark::State& state) {
  const Region& region = NationalRegion();
  for (auto _ : state) benchmark::DoNotOptimize(region.Read());
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kQueries));
}

void MemoryLatency(benchmark::State& state) {
  constexpr size_t kReads = 1'000'000;
  const Region& region = NationalRegion();
  for (auto _ : state) benchmark::DoNotOptimize(region.Chase(kReads));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kReads));
}

BENCHMARK(ContainsBatchBesideLimit)->Name("ContainsBatch/national")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Contains, national, &National)->Unit(benchmark::kMillisecond);
BENCHMARK(MemoryLimit)->Name("MemoryLimit/national")->Unit(benchmark::kMillisecond);
BENCHMARK(MemoryLatency)->Name("MemoryLatency/national")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Contains, mid_sized, &MidSized)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ContainsBatch, mid_sized, &MidSized)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Contains, sparse, &Sparse)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ContainsBatch, sparse, &Sparse)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
