// Makes a version of a bulk list from a source file's changes and, where there is one, the version
// before. Knows nothing of where either is kept (storage/registry/streams.h).
#ifndef DNC_STORAGE_REGISTRY_VERSION_BUILDER_H_
#define DNC_STORAGE_REGISTRY_VERSION_BUILDER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/registry/streams.h"

namespace dnc {

enum class VersionMode {
  kFull,    // the new version is what the file adds, and nothing else
  kChange,  // the new version is the one before, with the file's adds, without its deletes
};

struct VersionSummary {
  uint64_t count = 0;    // numbers in the new version
  uint64_t added = 0;    // of those, not in the version before
  uint64_t removed = 0;  // of the version before, not in the new one
  std::string digest;    // of the new version, see storage/registry/set_digest.h
  uint32_t chunks = 0;   // handed to the sink, ordinals 0..chunks-1
};

// Hears how many numbers of the new version are written so far, after each chunk; an error ends the
// building.
using VersionProgress = std::function<absl::Status(uint64_t written)>;

// Reads `previous` (null: there is none) and `changes` to their ends and writes the new version to
// `sink`, in memory independent of their sizes, a block at a time; the digest is computed on a
// thread of its own meanwhile. Nothing is activated: the caller does that after judging the
// summary, and drops the chunks after an error. A `previous` that ends early without an error
// cannot be told from a short one: in either mode, the summary must satisfy
// count = count of the version before + added - removed, and a caller that knows that count checks.
//
// Adds of numbers already there and deletes of numbers not there change nothing and are no error.
// INVALID_ARGUMENT for a delete in mode kFull; FAILED_PRECONDITION for mode kChange without
// `previous`, since the result would lack all that the changes build upon (pass an empty source to
// start a list from changes); errors of the sources, the sink and
// `progress` are returned as they are.
absl::StatusOr<VersionSummary> BuildVersion(VersionMode mode, BlockSource* previous,
                                            ChangeSource& changes, ChunkSink& sink,
                                            const VersionProgress& progress = nullptr);

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_VERSION_BUILDER_H_
