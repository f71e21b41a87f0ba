// Keys and records as they go into the store and come out of it.
#include <benchmark/benchmark.h>

#include <string>

#include "dnc/storage/v1/record.pb.h"
#include "server/decision/record_facts.h"
#include "storage/schema/keys.h"

namespace dnc::bench {
namespace {

storage::v1::SubjectRecord BlockedSubject() {
  storage::v1::SubjectRecord record;
  storage::v1::EntrySummary& entry = *record.add_entries();
  entry.set_revision(123'456);
  entry.set_ordinal(1);
  entry.set_effective_time(1'750'000'000'000'000);
  storage::v1::LeadReference& lead = *record.add_leads();
  lead.set_lead("lead-000042");
  lead.mutable_state()->set_status(3);
  lead.mutable_state()->set_status_time(1'740'000'000'000'000);
  return record;
}

void KeyOfPhone(benchmark::State& state) {
  uint64_t phone = 12'125'551'234;
  for (auto _ : state) benchmark::DoNotOptimize(keys::PhoneSubject(1, phone++));
}

void KeyOfLead(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(keys::Lead(1, "lead-000042"));
}

void KeyOfEntry(benchmark::State& state) {
  uint64_t revision = 1;
  for (auto _ : state) benchmark::DoNotOptimize(keys::Entry(1, {revision++, 0}));
}

void ParseEntryKey(benchmark::State& state) {
  const std::string key = keys::Entry(1, {123'456, 7});
  for (auto _ : state) benchmark::DoNotOptimize(keys::EntryIdOfKey(key));
}

void SerializeSubject(benchmark::State& state) {
  const storage::v1::SubjectRecord record = BlockedSubject();
  std::string bytes;
  for (auto _ : state) {
    record.SerializeToString(&bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
}

void ParseSubject(benchmark::State& state) {
  const std::string bytes = BlockedSubject().SerializeAsString();
  for (auto _ : state) {
    storage::v1::SubjectRecord record;
    benchmark::DoNotOptimize(record.ParseFromString(bytes));
  }
}

// The same as a check reads it.
void ReadSubject(benchmark::State& state) {
  const std::string bytes = BlockedSubject().SerializeAsString();
  for (auto _ : state) {
    SubjectFacts facts;
    benchmark::DoNotOptimize(ReadSubjectFacts(bytes, &facts));
  }
}

BENCHMARK(KeyOfPhone);
BENCHMARK(KeyOfLead);
BENCHMARK(KeyOfEntry);
BENCHMARK(ParseEntryKey);
BENCHMARK(SerializeSubject);
BENCHMARK(ParseSubject);
BENCHMARK(ReadSubject);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
