// A small catalog for the micro benchmarks: the organizations `global` and `bench`, with an
// internal list each and four registries of 100,000 numbers in `bench`.
#ifndef DNC_BENCH_MICRO_CATALOG_FIXTURE_H_
#define DNC_BENCH_MICRO_CATALOG_FIXTURE_H_

#include <cstdint>
#include <memory>

#include "server/catalog/catalog.h"
#include "server/decision/facts.h"

namespace dnc::bench {

inline constexpr UnixMicros kNow = 1'750'000'000'000'000;
inline constexpr uint32_t kBenchNumber = 1;

// The i-th phone number: of North America, all different.
inline uint64_t BenchPhone(uint64_t i) { return 12'010'000'000 + i * 86'028'121 % 7'880'000'000; }

std::shared_ptr<const Catalog> MakeCatalog();

// VOICE, marketing, in `bench`. The catalog outlives it.
Question MakeQuestion(const Catalog& catalog);

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_CATALOG_FIXTURE_H_
