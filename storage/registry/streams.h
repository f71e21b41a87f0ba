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
#include "absl/types/span.h"

namespace dnc {

// Yields phone numbers (storage/registry/block.h), strictly ascending.
class NumberSource {
 public:
  virtual ~NumberSource() = default;
  // The next one or more numbers, valid until the next call; empty at the end, and ever after. No
  // call may follow an error.
  virtual absl::StatusOr<absl::Span<const uint64_t>> NextRun() = 0;
};

// Yields the changes of an import, one a number, by strictly ascending number.
class OpSource {
 public:
  using Visit = absl::FunctionRef<absl::Status(uint64_t number, bool is_delete)>;

  virtual ~OpSource() = default;
  // Calls `visit` for each; stops at its first error and returns that. Call once.
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
