#include "storage/registry/version_builder.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/registry/chunk_codec.h"
#include "storage/registry/set_digest.h"

namespace dnc {
namespace {

// One number at a time out of a source that may be absent.
class NumberCursor {
 public:
  explicit NumberCursor(NumberSource* source) : source_(source) {}

  // The number at the cursor; UINT64_MAX, above any number, at the end. Valid after Start.
  uint64_t number() const { return run_.empty() ? UINT64_MAX : run_.front(); }

  absl::Status Start() { return source_ == nullptr ? absl::OkStatus() : NextRun(); }

  absl::Status Advance() {
    run_.remove_prefix(1);
    return run_.empty() ? NextRun() : absl::OkStatus();
  }

 private:
  absl::Status NextRun() {
    DNC_ASSIGN_OR_RETURN(run_, source_->NextRun());
    return absl::OkStatus();
  }

  NumberSource* source_;
  absl::Span<const uint64_t> run_;
};

// Joins the version before with the changes, both ascending.
class VersionJoin {
 public:
  VersionJoin(VersionMode mode, NumberSource* previous, ChunkSink& sink)
      : mode_(mode), previous_(previous), writer_([&sink](uint32_t ordinal, std::string bytes) {
          return sink.Put(ordinal, std::move(bytes));
        }) {}

  absl::Status Start() { return previous_.Start(); }

  absl::Status Apply(uint64_t number, bool is_delete) {
    if (is_delete && mode_ == VersionMode::kFull) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a full file deletes number ", MaskContact(absl::StrCat("+", number)),
          "; a full file states what the list is: leave the number out, or import a change file"));
    }
    DNC_RETURN_IF_ERROR(PassUntouchedBelow(number));
    const bool present = previous_.number() == number;
    if (present) DNC_RETURN_IF_ERROR(previous_.Advance());
    if (is_delete) {
      summary_.removed += present ? 1 : 0;
      return absl::OkStatus();
    }
    summary_.added += present ? 0 : 1;
    return Write(number);
  }

  absl::StatusOr<VersionSummary> Finish() {
    DNC_RETURN_IF_ERROR(PassUntouchedBelow(UINT64_MAX));
    DNC_RETURN_IF_ERROR(writer_.Finish());
    DNC_ASSIGN_OR_RETURN(summary_.digest, digest_.Finish());
    summary_.chunks = writer_.chunks();
    return std::move(summary_);
  }

 private:
  // Numbers of the version before that no change speaks of: a change file keeps them.
  absl::Status PassUntouchedBelow(uint64_t limit) {
    while (previous_.number() < limit) {
      if (mode_ == VersionMode::kFull) {
        ++summary_.removed;
      } else {
        DNC_RETURN_IF_ERROR(Write(previous_.number()));
      }
      DNC_RETURN_IF_ERROR(previous_.Advance());
    }
    return absl::OkStatus();
  }

  absl::Status Write(uint64_t number) {
    ++summary_.count;
    digest_.Add(number);
    return writer_.Add(number);
  }

  VersionMode mode_;
  NumberCursor previous_;
  ChunkWriter writer_;
  SetDigest digest_;
  VersionSummary summary_;
};

}  // namespace

absl::StatusOr<VersionSummary> BuildVersion(VersionMode mode, NumberSource* previous, OpSource& ops,
                                            ChunkSink& sink) {
  if (mode == VersionMode::kChange && previous == nullptr) {
    return absl::FailedPreconditionError(
        "a change file needs a version to change and the list has none; import a full file first");
  }
  VersionJoin join(mode, previous, sink);
  DNC_RETURN_IF_ERROR(join.Start());
  DNC_RETURN_IF_ERROR(ops.Merge(
      [&join](uint64_t number, bool is_delete) { return join.Apply(number, is_delete); }));
  return join.Finish();
}

}  // namespace dnc
