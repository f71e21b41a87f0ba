// Reads the blocks of a stored version back, in order.
#ifndef DNC_STORAGE_REGISTRY_CHUNK_READER_H_
#define DNC_STORAGE_REGISTRY_CHUNK_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/registry/streams.h"

namespace dnc {

// The blocks of a chunk stream; holds one chunk. Not thread-safe.
class ChunkReader : public BlockSource {
 public:
  // `chunks` outlives the reader.
  explicit ChunkReader(ChunkSource& chunks) : chunks_(chunks) {}

  // Errors of the source and of DecodeChunk as they are, with the chunk's ordinal; DATA_LOSS where
  // a chunk does not begin above the end of the one before.
  absl::StatusOr<const NumberBlock*> Next() override;

 private:
  absl::Status ReadChunk();

  ChunkSource& chunks_;
  uint32_t ordinal_ = 0;
  std::optional<std::string> bytes_;
  std::vector<NumberBlock> blocks_;  // views of bytes_
  size_t next_ = 0;
  std::optional<uint64_t> last_;  // the last block of the chunks before
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_CHUNK_READER_H_
