// The seams between list versions and where they are kept: whoever stores chunks implements these,
// and the code that builds and reads versions knows nothing else. Implementations need not be
// thread-safe: one thread uses an object at a time.
#ifndef DNC_STORAGE_REGISTRY_STREAMS_H_
#define DNC_STORAGE_REGISTRY_STREAMS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/registry/block.h"

namespace dnc {

// A block of numbers (storage/registry/block.h) and its id; the payload is valid and not empty.
struct NumberBlock {
  uint64_t id = 0;
  BlockPayload payload;
};

// Yields the blocks of a set of numbers, by strictly ascending id.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  // The next block, valid until the next call; null at the end, and ever after. No call may follow
  // an error.
  virtual absl::StatusOr<const NumberBlock*> Next() = 0;
};

// Yields the changes of an import, one a number, by strictly ascending number.
class OpSource {
 public:
  using Visit = absl::FunctionRef<absl::Status(uint64_t number, bool is_delete)>;

  virtual ~OpSource() = default;
  // Calls `visit` for each; stops at its first error and returns that. Call once.
  virtual absl::Status Merge(Visit visit) = 0;
};

// What an import does to one block; a payload of count 0 is none. No number is in both.
struct BlockChange {
  uint64_t block = 0;
  BlockPayload adds;
  BlockPayload deletes;
};

// Yields the changes of an import a block at a time, by strictly ascending block.
class ChangeSource {
 public:
  using Visit = absl::FunctionRef<absl::Status(const BlockChange& change)>;

  virtual ~ChangeSource() = default;
  // Calls `visit` for each; what it is handed is valid during the call. Stops at its first error
  // and returns that. Call once.
  virtual absl::Status Merge(Visit visit) = 0;
};

// Yields the chunks of a version (storage/registry/chunk_codec.h) in the order of their ordinals.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  // The next chunk's bytes; nullopt at the end, and ever after.
  virtual absl::StatusOr<std::optional<std::string>> Next() = 0;
};

// Takes the chunks of a version: ordinals 0, 1, 2 … without a gap.
class ChunkSink {
 public:
  virtual ~ChunkSink() = default;
  virtual absl::Status Put(uint32_t ordinal, std::string bytes) = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_STREAMS_H_
