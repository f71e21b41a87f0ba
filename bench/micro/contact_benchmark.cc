// Normalising contact points, by spelling: what a check pays before it looks anything up.
#include <benchmark/benchmark.h>

#include "server/contact/email.h"
#include "server/contact/other.h"
#include "server/contact/phone.h"

namespace dnc::bench {
namespace {

void Phone(benchmark::State& state, const char* text, const char* region) {
  if (!NormalizePhone(text, region).ok()) state.SkipWithError("not a number");
  for (auto _ : state) benchmark::DoNotOptimize(NormalizePhone(text, region));
}

void Email(benchmark::State& state, const char* text) {
  if (!NormalizeEmail(text).ok()) state.SkipWithError("not an address");
  for (auto _ : state) benchmark::DoNotOptimize(NormalizeEmail(text));
}

void Other(benchmark::State& state, const char* text) {
  if (!NormalizeOther(text).ok()) state.SkipWithError("not an address");
  for (auto _ : state) benchmark::DoNotOptimize(NormalizeOther(text));
}

BENCHMARK_CAPTURE(Phone, e164, "+12125551234", "US");
BENCHMARK_CAPTURE(Phone, ten_digits, "2125551234", "US");
BENCHMARK_CAPTURE(Phone, punctuated, "(212) 555-1234", "US");
BENCHMARK_CAPTURE(Phone, german, "+4930123456", "US");
BENCHMARK_CAPTURE(Email, plain, "jane.doe@example.com");
BENCHMARK_CAPTURE(Email, with_name, "Jane Doe <Jane.Doe@EXAMPLE.com>");
BENCHMARK_CAPTURE(Email, international, "jané@bücher.example");
BENCHMARK_CAPTURE(Other, postal, "12 Main Street, Springfield");

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
