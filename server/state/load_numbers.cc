#include "server/state/load_numbers.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/registry/chunk_codec.h"
#include "storage/registry/chunk_digest.h"
#include "storage/registry/threaded_sink.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

// Fewer chunks are read sooner than a thread is started.
constexpr uint32_t kThreadMinChunks = 64;

// Makes numbers of the chunks.
class NumberLoader : public ChunkSink {
 public:
  absl::Status Put(uint32_t ordinal, std::string bytes) override {
    digest_.Add(bytes);
    const absl::Status status =
        DecodeChunk(bytes, [this](uint64_t block, const BlockPayload& payload) {
          return builder_.AddValidBlock(block, payload);
        });
    if (status.ok()) return status;
    return absl::Status(status.code(), absl::StrCat("chunk ", ordinal, ": ", status.message()));
  }

  absl::StatusOr<std::string> Digest() const { return digest_.Finish(); }
  std::shared_ptr<const NumberSet> Build() { return std::move(builder_).Build(); }

 private:
  ChunkDigest digest_;
  NumberSet::Builder builder_;
};

absl::Status Missing(uint32_t chunk, uint32_t chunks) {
  return absl::DataLossError(absl::StrCat("chunk ", chunk, " of ", chunks, " is missing"));
}

absl::Status ReadChunks(const StoreReader& reader, uint32_t organization, const CatalogList& list,
                        ChunkSink* sink) {
  const int64_t version = list.record.list().active_version().version();
  const uint32_t number = list.record.number();
  const uint32_t chunks = list.record.chunks();
  const std::string prefix = keys::ChunkPrefix(organization, number, version);
  uint32_t next = 0;
  absl::Status result;
  DNC_RETURN_IF_ERROR(reader.Scan(
      Family::kChunks, prefix, keys::PrefixEnd(prefix),
      [&](absl::string_view key, absl::string_view bytes) {
        if (next == chunks) {
          result = absl::DataLossError(absl::StrCat("it has more than ", chunks, " chunks"));
        } else if (key != keys::Chunk(organization, number, version, next)) {
          result = Missing(next, chunks);
        } else {
          result = sink->Put(next++, std::string(bytes));
        }
        return result.ok();
      }));
  DNC_RETURN_IF_ERROR(result);
  return next == chunks ? absl::OkStatus() : Missing(next, chunks);
}

absl::Status Feed(const StoreReader& reader, uint32_t organization, const CatalogList& list,
                  NumberLoader* loader) {
  if (list.record.chunks() < kThreadMinChunks) {
    return ReadChunks(reader, organization, list, loader);
  }
  ThreadedSink threaded(loader);
  DNC_RETURN_IF_ERROR(ReadChunks(reader, organization, list, &threaded));
  return threaded.Finish();
}

absl::StatusOr<std::shared_ptr<const NumberSet>> Load(const StoreReader& reader,
                                                      uint32_t organization,
                                                      const CatalogList& list) {
  NumberLoader loader;
  DNC_RETURN_IF_ERROR(Feed(reader, organization, list, &loader));
  const std::string& expected = list.record.chunk_digest();
  DNC_ASSIGN_OR_RETURN(const std::string digest, loader.Digest());
  if (!expected.empty() && digest != expected) {
    return absl::DataLossError("its chunks are intact, but not those that were activated");
  }
  std::shared_ptr<const NumberSet> numbers = loader.Build();
  const int64_t count = list.record.list().active_version().count();
  if (numbers->size() != static_cast<uint64_t>(count)) {
    return absl::DataLossError(
        absl::StrCat("it has ", numbers->size(), " numbers where it should have ", count));
  }
  return numbers;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const NumberSet>> LoadNumbers(const StoreReader& reader,
                                                             uint32_t organization,
                                                             const CatalogList& list) {
  // Chunks are read once: they would only take the place of what is asked for again.
  absl::StatusOr<std::shared_ptr<const NumberSet>> numbers =
      Load(*reader.ForScans(), organization, list);
  if (numbers.ok()) return numbers;
  return absl::Status(
      numbers.status().code(),
      absl::StrCat("version ", list.record.list().active_version().version(), " of ",
                   list.record.list().name(), " cannot be read: ", numbers.status().message(),
                   "; import a full file with allow_shrink, which replaces it, or restore the "
                   "directory from a backup"));
}

void LoadNumbersInto(const StoreReader& reader, uint32_t organization, CatalogList* list) {
  absl::StatusOr<std::shared_ptr<const NumberSet>> numbers =
      LoadNumbers(reader, organization, *list);
  if (numbers.ok()) {
    list->numbers = *std::move(numbers);
    return;
  }
  list->problem = std::string(numbers.status().message());
  spdlog::error("{}; until then, checks that it applies to answer UNKNOWN", list->problem);
}

}  // namespace dnc
