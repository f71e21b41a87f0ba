// Reading a registry version from its store into memory, as a start does: 10 M and 250 M numbers of
// the model. The files are in the system's cache, so it is the gateway's own work that is timed:
// checksums, validation, building.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/data/number_model.h"
#include "server/state/load_numbers.h"
#include "storage/registry/chunk_codec.h"
#include "storage/registry/chunk_digest.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"

namespace dnc::bench {
namespace {

constexpr uint32_t kOrganization = 1;
constexpr uint32_t kList = 1;
constexpr int64_t kVersion = 1;
constexpr uint32_t kChunksPerCommit = 64;

// A store with one version of a registry. Removed at the end.
class StoredVersion {
 public:
  explicit StoredVersion(uint64_t numbers)
      : dir_(absl::StrCat("registry_load_benchmark-", static_cast<int64_t>(getpid()))) {
    record_.set_number(kList);
    record_.mutable_list()->set_name("organizations/bench/lists/national");
    record_.mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
    record_.mutable_list()->mutable_active_version()->set_version(kVersion);
    record_.mutable_list()->mutable_active_version()->set_count(static_cast<int64_t>(numbers));
    Open();
    Write(NumberModel(numbers));
    Open();  // writes what is in memory to files
  }

  StoredVersion(const StoredVersion&) = delete;
  StoredVersion& operator=(const StoredVersion&) = delete;

  ~StoredVersion() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  const StoreReader& reader() const { return store_->Latest(); }
  CatalogList list() const { return CatalogList(record_); }

 private:
  void Open() {
    store_.reset();
    StoreOptions options;
    options.dir = dir_;
    auto store = Store::Open(options);
    if (!store.ok()) std::abort();
    store_ = *std::move(store);
  }

  void Write(const NumberModel& model) {
    WriteSet pending;
    ChunkDigest digest;
    ChunkWriter writer([&](uint32_t ordinal, std::string bytes) {
      digest.Add(bytes);
      pending.Put(Family::kChunks, keys::Chunk(kOrganization, kList, kVersion, ordinal),
                  std::move(bytes));
      if (pending.changes().size() < kChunksPerCommit) return absl::OkStatus();
      return store_->Commit(std::exchange(pending, WriteSet()), Durability::kBuffered);
    });
    model.ForEach([&writer](uint64_t number) {
      if (!writer.Add(number).ok()) std::abort();
    });
    const bool written = writer.Finish().ok() && store_->Commit(pending, Durability::kSynced).ok();
    const auto finished = digest.Finish();
    if (!written || !finished.ok()) std::abort();
    record_.set_chunks(writer.chunks());
    record_.set_chunk_digest(*finished);
  }

  const std::string dir_;
  std::unique_ptr<Store> store_;
  storage::v1::ListRecord record_;
};

void Load(benchmark::State& state, uint64_t numbers) {
  const StoredVersion stored(numbers);
  const CatalogList list = stored.list();
  for (auto _ : state) {
    const auto loaded = LoadNumbers(stored.reader(), kOrganization, list);
    if (!loaded.ok() || (*loaded)->size() != numbers) state.SkipWithError("it cannot be read");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(numbers));
}

BENCHMARK_CAPTURE(Load, mid_sized, 10'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Load, national, 250'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
