// Where the versions of registries are kept: chunks in the store, numbers in memory.
#ifndef DNC_SERVER_HANDLER_REGISTRY_VERSIONS_H_
#define DNC_SERVER_HANDLER_REGISTRY_VERSIONS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/registry/chunk_digest.h"
#include "storage/registry/number_set.h"
#include "storage/registry/streams.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// Names a version of a list.
struct VersionId {
  uint32_t organization = 0;
  uint32_t list = 0;
  int64_t version = 0;
};

// Reads a version's chunks in order. `reader` must outlive it.
class StoreChunkSource : public ChunkSource {
 public:
  StoreChunkSource(const StoreReader* reader, VersionId id, uint32_t chunks)
      : reader_(reader), id_(id), chunks_(chunks) {}
  absl::StatusOr<std::optional<std::string>> Next() override;

 private:
  const StoreReader* const reader_;
  const VersionId id_;
  const uint32_t chunks_;
  uint32_t next_ = 0;
};

// Writes a version's chunks, about a megabyte a commit, and builds the numbers in memory meanwhile.
// Nothing of it counts before the version is activated. The chunks of a version that takes more
// than one commit do not go through the log: opt-outs, which sync it, need not wait for them.
class StoreChunkSink : public ChunkSink {
 public:
  // Removes what an import that did not come to its end may have left under the same version.
  static absl::StatusOr<std::unique_ptr<StoreChunkSink>> Create(Store* store, VersionId id);

  // DISK_SPACE_LOW where the store's disk has little more left than others need.
  absl::Status Put(uint32_t ordinal, std::string bytes) override;
  // Makes all of it outlive a power cut, or as good as that where the activation is synced after
  // it, and gives the numbers away. Call once, last.
  absl::StatusOr<std::shared_ptr<const NumberSet>> Finish();
  // Of the chunks so far.
  absl::StatusOr<std::string> Digest() const { return digest_.Finish(); }

 private:
  StoreChunkSink(Store* store, VersionId id) : store_(store), id_(id) {}
  absl::Status Flush(Durability durability);

  Store* const store_;
  const VersionId id_;
  WriteSet pending_;
  size_t pending_bytes_ = 0;
  bool unlogged_ = false;
  ChunkDigest digest_;
  NumberSet::Builder builder_;
};

// Removes every version of the list from `first` on and before `past`, and gives its disk space
// back.
absl::Status RemoveVersions(Store* store, VersionId first, int64_t past);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REGISTRY_VERSIONS_H_
