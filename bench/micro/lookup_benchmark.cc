// Reading what is known of a phone: 400,000 contact points in the files of a store, whose blocks
// are in its cache. The records themselves are cached nowhere, as after a start.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/micro/catalog_fixture.h"
#include "server/handler/facts_reader.h"
#include "server/state/subject_filter.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kSubjects = 400'000;
constexpr uint64_t kFirstUnknown = 5'000'000;
constexpr uint64_t kBatch = 10'000;

// A store with the subjects, the filter over them, and a view of both. Removed at the end.
class LookupFixture {
 public:
  LookupFixture()
      : dir_(absl::StrCat("lookup_benchmark-", static_cast<int64_t>(getpid()))),
        catalog_(MakeCatalog()) {
    Open();
    for (uint64_t first = 0; first < kSubjects; first += kBatch) Fill(first);
    Open();  // writes what is in memory to files
    view_.catalog = catalog_;
    view_.reader = store_->Snapshot();
    view_.subjects = &filter_;
    view_.global_subjects = &global_filter_;
    view_.records = &no_records_;
    question_ = MakeQuestion(*catalog_);
  }

  LookupFixture(const LookupFixture&) = delete;
  LookupFixture& operator=(const LookupFixture&) = delete;

  ~LookupFixture() {
    view_.reader.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  const View& view() const { return view_; }
  const Question& question() const { return question_; }

 private:
  void Open() {
    store_.reset();
    StoreOptions options;
    options.dir = dir_;
    auto store = Store::Open(options);
    if (!store.ok()) std::abort();
    store_ = *std::move(store);
  }

  void Fill(uint64_t first) {
    WriteSet changes;
    for (uint64_t i = first; i < first + kBatch; ++i) {
      storage::v1::SubjectRecord record;
      record.add_entries()->set_revision(i + 1);
      changes.Put(Family::kSubjects, keys::PhoneSubject(kBenchNumber, BenchPhone(i)),
                  record.SerializeAsString());
      filter_.Insert(SubjectFilter::HashPhone(kBenchNumber, BenchPhone(i)), 1);
    }
    if (!store_->Commit(changes, Durability::kBuffered).ok()) std::abort();
  }

  const std::string dir_;
  const std::shared_ptr<const Catalog> catalog_;
  std::unique_ptr<Store> store_;
  SubjectFilter filter_;
  const SubjectFilter global_filter_;
  RecordCache no_records_{0};
  View view_;
  Question question_;
};

// Everything that a check reads about one phone: the filter, the store where the filter says so,
// and four registries.
void ReadPhone(benchmark::State& state, uint64_t first, bool known) {
  const LookupFixture fixture;
  uint64_t i = 0;
  for (auto _ : state) {
    KeptRecords kept;
    PointFacts facts;
    facts.point.phone = BenchPhone(first + i);
    const absl::Status read = ReadPoint(fixture.view(), fixture.question(), &kept, &facts);
    if (!read.ok() || facts.own.entries.empty() == known) {
      state.SkipWithError("wrong facts");
    }
    i = (i + 7'919) % kSubjects;
  }
}

void Filter(benchmark::State& state, uint64_t first) {
  const LookupFixture fixture;
  uint64_t i = 0;
  for (auto _ : state) {
    const uint64_t phone = BenchPhone(first + i);
    uint64_t found = 0;
    MayHaveSubjects(fixture.view(), fixture.question(), absl::MakeConstSpan(&phone, 1),
                    absl::MakeSpan(&found, 1));
    benchmark::DoNotOptimize(found);
    i = (i + 7'919) % kSubjects;
  }
}

BENCHMARK_CAPTURE(Filter, unknown, kFirstUnknown);
BENCHMARK_CAPTURE(Filter, known, 0);
BENCHMARK_CAPTURE(ReadPhone, unknown, kFirstUnknown, false);
BENCHMARK_CAPTURE(ReadPhone, known, 0, true);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
