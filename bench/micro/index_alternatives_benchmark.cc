// What the registry index could have been (docs/adr/0026-registry-index.md): direct bitmaps,
// Roaring where its library is installed, Elias-Fano, distances per exchange, and NumberSet, which
// it is. Each is built from the same numbers of the model, 10 M and 250 M, and asked the same
// random numbers of exchanges in service, one by one and in batches; in batches, 64 are asked for
// ahead where the structure can. `build_s` is how long building took, the drawing of the numbers
// left out.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "bench/data/number_model.h"
#include "bench/micro/index_alternatives/delta_blocks.h"
#include "bench/micro/index_alternatives/direct_bitmap.h"
#include "bench/micro/index_alternatives/elias_fano.h"
#ifdef DNC_HAVE_ROARING
#include "bench/micro/index_alternatives/roaring_set.h"
#endif
#include "storage/registry/number_set.h"

namespace dnc::bench {
namespace {

constexpr size_t kQueries = 4'000'000;
constexpr size_t kAhead = 64;

// NumberSet as the others look.
class Chosen {
 public:
  void Add(uint64_t number) {
    if (!builder_->Add(number).ok()) std::abort();
  }
  void Finish() {
    set_ = std::move(*builder_).Build();
    builder_.reset();
  }
  bool Contains(uint64_t number) const { return set_->Contains(number); }
  size_t memory_bytes() const { return set_->memory_bytes(); }
  const NumberSet& set() const { return *set_; }

 private:
  std::unique_ptr<NumberSet::Builder> builder_ = std::make_unique<NumberSet::Builder>();
  std::shared_ptr<const NumberSet> set_;
};

template <typename Set>
std::unique_ptr<Set> MakeEmpty(uint64_t) {
  return std::make_unique<Set>();
}
template <>
std::unique_ptr<EliasFano> MakeEmpty<EliasFano>(uint64_t count) {
  return std::make_unique<EliasFano>(count);
}

template <typename Set>
uint64_t CountBatch(const Set& set, const std::vector<uint64_t>& queries) {
  uint64_t hits = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    if (i + kAhead < queries.size()) set.Prefetch(queries[i + kAhead]);
    hits += set.Contains(queries[i]) ? 1 : 0;
  }
  return hits;
}
template <>
uint64_t CountBatch<Chosen>(const Chosen& chosen, const std::vector<uint64_t>& queries) {
  std::vector<uint64_t> words((queries.size() + 63) / 64);
  chosen.set().ContainsBatch(queries, absl::MakeSpan(words));
  uint64_t hits = 0;
  for (const uint64_t word : words) hits += static_cast<uint64_t>(std::popcount(word));
  return hits;
}

struct Numbers {
  std::vector<uint64_t> all;  // ascending
  std::vector<uint64_t> queries;
  uint64_t hits = 0;
};

// One size at a time is held.
const Numbers& NumbersOf(uint64_t count) {
  static auto* const held = new Numbers;
  if (held->all.size() == count) return *held;
  const NumberModel model(count);
  held->all.clear();
  held->all.reserve(count);
  model.ForEach([](uint64_t number) { held->all.push_back(number); });
  std::mt19937_64 random(3);
  held->queries.resize(kQueries);
  for (uint64_t& query : held->queries) query = model.InService(random());
  held->hits = static_cast<uint64_t>(
      std::count_if(held->queries.begin(), held->queries.end(), [](uint64_t query) {
        return std::binary_search(held->all.begin(), held->all.end(), query);
      }));
  return *held;
}

template <typename Set>
struct Built {
  uint64_t count = 0;
  std::unique_ptr<Set> set;
  double seconds = 0;
};

template <typename Set>
const Built<Set>& BuiltOf(const Numbers& numbers) {
  static auto* const built = new Built<Set>;
  if (built->count == numbers.all.size()) return *built;
  built->set.reset();
  const auto begin = std::chrono::steady_clock::now();
  auto set = MakeEmpty<Set>(numbers.all.size());
  for (const uint64_t number : numbers.all) set->Add(number);
  set->Finish();
  built->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  built->set = std::move(set);
  built->count = numbers.all.size();
  return *built;
}

template <typename Set>
void Report(benchmark::State& state, const Numbers& numbers, const Built<Set>& built,
            uint64_t hits) {
  if (hits != numbers.hits) state.SkipWithError("it answers wrongly");
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kQueries));
  state.counters["bytes_per_number"] =
      static_cast<double>(built.set->memory_bytes()) / static_cast<double>(built.count);
  state.counters["build_s"] = built.seconds;
}

template <typename Set>
void Single(benchmark::State& state, uint64_t count) {
  const Numbers& numbers = NumbersOf(count);
  const Built<Set>& built = BuiltOf<Set>(numbers);
  uint64_t hits = 0;
  for (auto _ : state) {
    hits = 0;
    for (const uint64_t query : numbers.queries) {
      // The next question waits for this answer, as one caller's does.
      hits += built.set->Contains(query + hits / (2 * kQueries)) ? 1 : 0;
    }
    benchmark::DoNotOptimize(hits);
  }
  Report(state, numbers, built, hits);
}

template <typename Set>
void Batch(benchmark::State& state, uint64_t count) {
  const Numbers& numbers = NumbersOf(count);
  const Built<Set>& built = BuiltOf<Set>(numbers);
  uint64_t hits = 0;
  for (auto _ : state) {
    hits = CountBatch<Set>(*built.set, numbers.queries);
    benchmark::DoNotOptimize(hits);
  }
  Report(state, numbers, built, hits);
}

template <typename Set>
void Register(const std::string& name, const std::string& size, uint64_t count) {
  for (const auto& [way, ask] : {std::pair("batch", &Batch<Set>), {"single", &Single<Set>}}) {
    const std::string full = name + "/" + way + "/" + size;
    benchmark::RegisterBenchmark(full.c_str(), ask, count)->Unit(benchmark::kMillisecond);
  }
}

void RegisterAll(const std::string& size, uint64_t count) {
  Register<Chosen>("number_set", size, count);
  Register<DirectBitmap>("direct_bitmap", size, count);
#ifdef DNC_HAVE_ROARING
  Register<RoaringSet>("roaring", size, count);
#endif
  Register<EliasFano>("elias_fano", size, count);
  Register<DeltaBlocks>("delta_blocks", size, count);
}

}  // namespace
}  // namespace dnc::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  dnc::bench::RegisterAll("mid_sized", 10'000'000);
  dnc::bench::RegisterAll("national", 250'000'000);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
