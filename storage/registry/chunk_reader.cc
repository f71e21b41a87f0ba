#include "storage/registry/chunk_reader.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/registry/block.h"
#include "storage/registry/chunk_codec.h"

namespace dnc {

absl::StatusOr<const NumberBlock*> ChunkReader::Next() {
  if (next_ == blocks_.size()) DNC_RETURN_IF_ERROR(ReadChunk());
  return blocks_.empty() ? nullptr : &blocks_[next_++];
}

absl::Status ChunkReader::ReadChunk() {
  blocks_.clear();
  next_ = 0;
  DNC_ASSIGN_OR_RETURN(bytes_, chunks_.Next());
  if (!bytes_.has_value()) return absl::OkStatus();
  const absl::Status decoded =
      DecodeChunk(*bytes_, [this](uint64_t block, const BlockPayload& payload) {
        blocks_.push_back({block, payload});
        return absl::OkStatus();
      });
  if (!decoded.ok()) {
    return absl::Status(decoded.code(), absl::StrCat("chunk ", ordinal_, ": ", decoded.message()));
  }
  if (last_.has_value() && blocks_.front().id <= *last_) {
    return absl::DataLossError(
        absl::StrCat("chunk ", ordinal_,
                     " of a number list does not begin above the end of the one before; "
                     "chunks are out of order or repeated: import the list again"));
  }
  last_ = blocks_.back().id;
  ++ordinal_;
  return absl::OkStatus();
}

}  // namespace dnc
