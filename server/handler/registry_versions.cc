#include "server/handler/registry_versions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/handler/disk_room.h"
#include "storage/base/status_macros.h"
#include "storage/registry/chunk_codec.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

constexpr size_t kCommitBytes = 1u << 20;

}  // namespace

absl::StatusOr<std::optional<std::string>> StoreChunkSource::Next() {
  if (next_ == chunks_) return std::optional<std::string>();
  std::string bytes;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      reader_->Get(Family::kChunks, keys::Chunk(id_.organization, id_.list, id_.version, next_),
                   [&](absl::string_view value) {
                     bytes = std::string(value);
                     return absl::OkStatus();
                   }));
  if (!found) {
    return absl::DataLossError(
        absl::StrCat("chunk ", next_, " of version ", id_.version, " is missing"));
  }
  ++next_;
  return std::optional<std::string>(std::move(bytes));
}

absl::Status RemoveVersions(Store* store, VersionId first, int64_t past) {
  return store->Drop(Family::kChunks,
                     keys::ChunkPrefix(first.organization, first.list, first.version),
                     keys::ChunkPrefix(first.organization, first.list, past));
}

absl::StatusOr<std::unique_ptr<StoreChunkSink>> StoreChunkSink::Create(Store* store, VersionId id) {
  DNC_RETURN_IF_ERROR(RemoveVersions(store, id, id.version + 1));
  return std::unique_ptr<StoreChunkSink>(new StoreChunkSink(store, id));
}

absl::Status StoreChunkSink::Put(uint32_t ordinal, std::string bytes) {
  DNC_RETURN_IF_ERROR(DecodeChunk(bytes, [&](uint64_t block, const BlockPayload& payload) {
    return builder_.AddValidBlock(block, payload);
  }));
  digest_.Add(bytes);
  pending_bytes_ += bytes.size();
  pending_.Put(Family::kChunks, keys::Chunk(id_.organization, id_.list, id_.version, ordinal),
               std::move(bytes));
  if (pending_bytes_ < kCommitBytes) return absl::OkStatus();
  unlogged_ = true;
  return Flush(Durability::kUnlogged);
}

absl::Status StoreChunkSink::Flush(Durability durability) {
  const WriteSet writes = std::exchange(pending_, WriteSet());
  const size_t bytes = std::exchange(pending_bytes_, 0);
  if (writes.empty()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(CheckDiskRoom(*store_, bytes));
  return store_->Commit(writes, durability);
}

absl::StatusOr<std::shared_ptr<const NumberSet>> StoreChunkSink::Finish() {
  if (unlogged_) {
    DNC_RETURN_IF_ERROR(Flush(Durability::kUnlogged));
    DNC_RETURN_IF_ERROR(store_->Flush());
  } else {
    // The activation's sync makes it durable with itself.
    DNC_RETURN_IF_ERROR(Flush(Durability::kBuffered));
  }
  return std::move(builder_).Build();
}

}  // namespace dnc
