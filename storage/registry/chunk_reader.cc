#include "storage/registry/chunk_reader.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/registry/block.h"
#include "storage/registry/chunk_codec.h"

namespace dnc {

absl::StatusOr<absl::Span<const uint64_t>> ChunkReader::NextRun() {
  run_.clear();
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, chunks_.Next());
  if (!bytes.has_value()) return absl::MakeConstSpan(run_);
  const absl::Status decoded =
      DecodeChunk(*bytes, [this](uint64_t block, const BlockPayload& payload) {
        const uint64_t base = block * kNumbersPerBlock;
        ForEachSuffix(payload, [&](uint32_t suffix) { run_.push_back(base + suffix); });
        return absl::OkStatus();
      });
  if (!decoded.ok()) {
    return absl::Status(decoded.code(), absl::StrCat("chunk ", ordinal_, ": ", decoded.message()));
  }
  if (run_.front() <= last_) {
    return absl::DataLossError(
        absl::StrCat("chunk ", ordinal_,
                     " of a number list does not begin above the end of the one before; "
                     "chunks are out of order or repeated: import the list again"));
  }
  last_ = run_.back();
  ++ordinal_;
  return absl::MakeConstSpan(run_);
}

}  // namespace dnc
