// A check as the server answers it, without gRPC: request bytes in, response bytes out, over
// 100,000 leads in a real store of which every second phone is on the internal list. Phones are in
// E.164 but in the cases "spelled"; records come from their cache but in the cases of CheckStored,
// which read them from the store's files, as after a start.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bench/micro/check_fixture.h"
#include "storage/base/wire.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kLeads = 100'000;

// The verdict is what an answer begins with.
bool Begins(absl::string_view answer, v1::Verdict verdict) {
  WireReader reader(answer);
  return reader.Next() && reader.number() == static_cast<uint64_t>(verdict);
}

void CheckOf(benchmark::State& state, const CheckFixture& gateway, int names, v1::Verdict right) {
  std::vector<std::string> requests;
  for (uint64_t i = right == v1::VERDICT_DENY ? 0 : 1; i < kLeads; i += 2) {
    requests.push_back(CheckRequest(i * 7'918 % kLeads + i % 2, names));
  }
  size_t next = 0;
  for (auto _ : state) {
    WireWriter answer;
    if (!gateway.checks().Check(requests[next], &answer).ok() || !Begins(answer.bytes(), right)) {
      state.SkipWithError("wrong answer");
    }
    next = (next + 1) % requests.size();
  }
}

void Check(benchmark::State& state, int names, v1::Verdict right) {
  static const CheckFixture gateway(kLeads, StoredRecords::kCached);
  CheckOf(state, gateway, names, right);
}

void CheckStored(benchmark::State& state, int names, v1::Verdict right) {
  static const CheckFixture gateway(kLeads, StoredRecords::kStored);
  CheckOf(state, gateway, names, right);
}

BENCHMARK_CAPTURE(Check, phone_allow, kPhone, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, phone_deny, kPhone, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(Check, spelled_phone_allow, kSpelledPhone, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, spelled_phone_deny, kSpelledPhone, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(Check, lead_allow, kLead, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, lead_deny, kLead, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(Check, both_allow, kBoth, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, both_deny, kBoth, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(CheckStored, phone_deny, kPhone, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(CheckStored, lead_deny, kLead, v1::VERDICT_DENY);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
