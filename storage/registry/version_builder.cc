#include "storage/registry/version_builder.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/registry/block.h"
#include "storage/registry/block_bits.h"
#include "storage/registry/chunk_codec.h"
#include "storage/registry/set_digest.h"
#include "storage/registry/threaded_sink.h"

namespace dnc {
namespace {

// One block at a time out of a source that may be absent.
class BlockCursor {
 public:
  explicit BlockCursor(BlockSource* source) : source_(source) {}

  // The block at the cursor; at the end its id is above any other. Valid after Start.
  const NumberBlock& block() const { return block_ == nullptr ? end_ : *block_; }

  absl::Status Start() { return source_ == nullptr ? absl::OkStatus() : Advance(); }

  absl::Status Advance() {
    DNC_ASSIGN_OR_RETURN(block_, source_->Next());
    return absl::OkStatus();
  }

 private:
  BlockSource* source_;
  const NumberBlock end_{UINT64_MAX, {}};
  const NumberBlock* block_ = nullptr;
};

// Computes the digest of what is in the chunks.
class DigestSink : public ChunkSink {
 public:
  absl::Status Put(uint32_t /*ordinal*/, std::string bytes) override {
    return DecodeChunk(bytes, [this](uint64_t block, const BlockPayload& payload) {
      const uint64_t base = block * kNumbersPerBlock;
      ForEachSuffix(payload, [&](uint32_t suffix) { digest_.Add(base + suffix); });
      return absl::OkStatus();
    });
  }
  absl::StatusOr<std::string> Finish() { return digest_.Finish(); }

 private:
  SetDigest digest_;
};

// The number that a block's lowest suffix stands for.
uint64_t FirstNumber(uint64_t block, const BlockPayload& payload) {
  uint64_t first = UINT64_MAX;
  ForEachSuffix(payload, [&](uint32_t suffix) {
    if (first == UINT64_MAX) first = block * kNumbersPerBlock + suffix;
  });
  return first;
}

// Joins the version before with the changes, both ascending.
class VersionJoin {
 public:
  VersionJoin(VersionMode mode, BlockSource* previous, ChunkSink& sink,
              const VersionProgress& progress)
      : mode_(mode),
        previous_(previous),
        sink_(sink),
        progress_(progress),
        digest_thread_(&digest_),
        writer_([this](uint32_t ordinal, std::string bytes) {
          return Emit(ordinal, std::move(bytes));
        }) {}

  absl::Status Start() { return previous_.Start(); }

  absl::Status Apply(const BlockChange& change) {
    if (change.deletes.count > 0 && mode_ == VersionMode::kFull) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a full file deletes number ",
          MaskContact(absl::StrCat("+", FirstNumber(change.block, change.deletes))),
          "; a full file states what the list is: leave the number out, or import a change file"));
    }
    DNC_RETURN_IF_ERROR(PassUntouchedBelow(change.block));
    if (mode_ == VersionMode::kFull) return Replace(change);
    DNC_RETURN_IF_ERROR(TakeBefore(change.block));
    after_.Assign(change.adds);
    after_.Add(before_);
    removes_.Assign(change.deletes);
    after_.Remove(removes_);
    CountChanges();
    return Write(change.block, after_.Payload());
  }

  absl::StatusOr<VersionSummary> Finish() {
    DNC_RETURN_IF_ERROR(PassUntouchedBelow(UINT64_MAX));
    DNC_RETURN_IF_ERROR(writer_.Finish());
    DNC_RETURN_IF_ERROR(digest_thread_.Finish());
    DNC_ASSIGN_OR_RETURN(summary_.digest, digest_.Finish());
    summary_.chunks = writer_.chunks();
    return std::move(summary_);
  }

 private:
  // A full file says what the block is.
  absl::Status Replace(const BlockChange& change) {
    if (previous_.block().id == change.block) {
      DNC_RETURN_IF_ERROR(TakeBefore(change.block));
      after_.Assign(change.adds);
      CountChanges();
    } else {
      summary_.added += change.adds.count;
    }
    return Write(change.block, change.adds);
  }

  // The block as it was, or an empty one.
  absl::Status TakeBefore(uint64_t block) {
    const bool present = previous_.block().id == block;
    before_.Assign(present ? previous_.block().payload : BlockPayload());
    return present ? previous_.Advance() : absl::OkStatus();
  }

  void CountChanges() {
    summary_.added += after_.CountWithout(before_);
    summary_.removed += before_.CountWithout(after_);
  }

  // Blocks of the version before that no change speaks of: a change file keeps them.
  absl::Status PassUntouchedBelow(uint64_t limit) {
    while (previous_.block().id < limit) {
      const NumberBlock& block = previous_.block();
      if (mode_ == VersionMode::kFull) {
        summary_.removed += block.payload.count;
      } else {
        DNC_RETURN_IF_ERROR(Write(block.id, block.payload));
      }
      DNC_RETURN_IF_ERROR(previous_.Advance());
    }
    return absl::OkStatus();
  }

  absl::Status Write(uint64_t block, const BlockPayload& payload) {
    if (payload.count == 0) return absl::OkStatus();
    summary_.count += payload.count;
    return writer_.AddBlock(block, payload);
  }

  absl::Status Emit(uint32_t ordinal, std::string bytes) {
    DNC_RETURN_IF_ERROR(digest_thread_.Put(ordinal, bytes));
    DNC_RETURN_IF_ERROR(sink_.Put(ordinal, std::move(bytes)));
    return progress_ == nullptr ? absl::OkStatus() : progress_(summary_.count);
  }

  VersionMode mode_;
  BlockCursor previous_;
  ChunkSink& sink_;
  const VersionProgress& progress_;
  DigestSink digest_;
  ThreadedSink digest_thread_;
  ChunkWriter writer_;
  BlockBits before_, after_, removes_;
  VersionSummary summary_;
};

}  // namespace

absl::StatusOr<VersionSummary> BuildVersion(VersionMode mode, BlockSource* previous,
                                            ChangeSource& changes, ChunkSink& sink,
                                            const VersionProgress& progress) {
  if (mode == VersionMode::kChange && previous == nullptr) {
    return absl::FailedPreconditionError(
        "a change file needs a version to change and the list has none; import a full file first");
  }
  VersionJoin join(mode, previous, sink, progress);
  DNC_RETURN_IF_ERROR(join.Start());
  DNC_RETURN_IF_ERROR(
      changes.Merge([&join](const BlockChange& change) { return join.Apply(change); }));
  return join.Finish();
}

}  // namespace dnc
