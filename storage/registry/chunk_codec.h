// Chunks: the persisted form of a list version. A version is a sequence of chunks; a chunk holds a
// run of whole blocks (storage/registry/block.h), about 64 KiB, and vouches for its own bytes. The
// byte grammar stands in chunk_codec.cc.
#ifndef DNC_STORAGE_REGISTRY_CHUNK_CODEC_H_
#define DNC_STORAGE_REGISTRY_CHUNK_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/registry/block.h"

namespace dnc {

inline constexpr size_t kChunkTargetBytes = 64 * 1024;

// Cuts ascending numbers into chunks. The same numbers and target always give the same bytes. Not
// thread-safe.
class ChunkWriter {
 public:
  // Receives chunks 0, 1, 2 …; an error stops the writer.
  using Emit = std::function<absl::Status(uint32_t ordinal, std::string bytes)>;

  // A chunk exceeds `target_bytes` only where its single block does.
  explicit ChunkWriter(Emit emit, size_t target_bytes = kChunkTargetBytes);

  // Takes the next number. INVALID_ARGUMENT for one outside 1..kMaxNumber or not above the one
  // before; RESOURCE_EXHAUSTED past 2^32 chunks; errors of `emit` as they are. After an error the
  // writer is of no further use.
  absl::Status Add(uint64_t number) {
    return assembler_.Add(
        number, [this](uint64_t block, const BlockPayload& p) { return AppendBlock(block, p); });
  }

  // Takes a whole block instead; the payload is valid. INVALID_ARGUMENT unless the block is above
  // those before. May alternate with Add.
  absl::Status AddBlock(uint64_t block, const BlockPayload& payload);

  // Emits what is left; call once, last. No numbers give no chunk.
  absl::Status Finish();

  uint32_t chunks() const { return chunks_; }  // emitted so far

 private:
  absl::Status AppendBlock(uint64_t block, const BlockPayload& payload);
  absl::Status FlushAssembler();
  absl::Status EmitChunk();
  void StartChunk();

  Emit emit_;
  size_t target_bytes_;
  BlockAssembler assembler_;
  std::string bytes_;  // the chunk in the making, without its checksum
  uint32_t blocks_ = 0;
  uint64_t last_block_ = 0;
  uint32_t chunks_ = 0;
};

// Receives one block of a chunk; the payload is valid (ValidatePayload) and a view into the chunk.
using BlockVisitor = absl::FunctionRef<absl::Status(uint64_t block, const BlockPayload& payload)>;

// Verifies `bytes` and calls `visit` for each block, ascending; stops at its first error and
// returns that. The checksum is verified before the first call, the structure as it is walked.
// DATA_LOSS for damaged bytes, with what and at which offset; FAILED_PRECONDITION for an intact
// chunk of a format version unknown here.
absl::Status DecodeChunk(absl::string_view bytes, BlockVisitor visit);

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_CHUNK_CODEC_H_
