// Reads the numbers of a stored version back, in order.
#ifndef DNC_STORAGE_REGISTRY_CHUNK_READER_H_
#define DNC_STORAGE_REGISTRY_CHUNK_READER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/registry/streams.h"

namespace dnc {

// The numbers of a chunk stream, a chunk a run: about 4 MiB of memory at the usual chunk size. Not
// thread-safe.
class ChunkReader : public NumberSource {
 public:
  // `chunks` outlives the reader.
  explicit ChunkReader(ChunkSource& chunks) : chunks_(chunks) {}

  // Errors of the source and of DecodeChunk as they are, with the chunk's ordinal; DATA_LOSS where
  // a chunk does not begin above the end of the one before.
  absl::StatusOr<absl::Span<const uint64_t>> NextRun() override;

 private:
  ChunkSource& chunks_;
  uint32_t ordinal_ = 0;
  uint64_t last_ = 0;
  std::vector<uint64_t> run_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_CHUNK_READER_H_
